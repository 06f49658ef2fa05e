#!/usr/bin/env bash
# Compiles the C library from the sources that the npm package carries and packs it under NuGet's own id.
# Run in a folder that holds node_modules; $1 is where the results go, laid out as under .sentinel.
set -euo pipefail
out=$1
here=$PWD
sources=$here/node_modules/@confluentinc/kafka-javascript/deps/librdkafka

# The library's configure breaks on a path with spaces, so the sources move where there are none.
case $sources in
  *[!A-Za-z0-9_./@+-]*)
    plain=$(mktemp -d "/tmp/llm-sentinel.XXXXXXXX")
    echo "$plain" > "$here/elsewhere" # So that the next setup removes it, should this one be killed.
    mv "$sources" "$plain/"
    sources=$plain/librdkafka
    ;;
esac

cd "$sources"
# Only the C library is built: configure asks for a C++ compiler, make below never calls it. Debug symbols are left
# out at the source, since they double the time and carry paths that make every build different.
CXX=cc ./configure --disable-gssapi --disable-curl --disable-debug-symbols
make -j "$(getconf _NPROCESSORS_ONLN)" -C src librdkafka.so.1
strip --strip-unneeded -o "$here/librdkafka.so" src/librdkafka.so.1
cp LICENSES.txt "$here/"

cd "$here"
dotnet pack librdkafka.redist.csproj -c Release -v quiet -nologo -nodeReuse:false -o "$out/feed"
if [[ -f elsewhere ]]; then rm -rf -- "$plain" elsewhere; fi

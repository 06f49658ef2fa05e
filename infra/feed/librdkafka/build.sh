#!/usr/bin/env bash
# Compiles the C library from the sources that the npm package carries and packs it under NuGet's own id. zstd is
# compiled into it from the sources of another, so that batches of that codec are read on every machine.
# Run in a folder that holds node_modules; $1 is where the results go, laid out as under .sentinel.
set -euo pipefail
out=$1
here=$PWD
sources=$here/node_modules/@confluentinc/kafka-javascript/deps/librdkafka
zstd=$here/node_modules/zstd-napi/deps/zstd

# The library's configure breaks on a path with spaces, so the sources move where there are none.
case $sources in
  *[!A-Za-z0-9_./@+-]*)
    plain=$(mktemp -d "/tmp/llm-sentinel.XXXXXXXX")
    echo "$plain" > "$here/elsewhere" # So that the next setup removes it, should this one be killed.
    mv "$sources" "$zstd" "$plain/"
    sources=$plain/librdkafka
    zstd=$plain/zstd
    ;;
esac

# Only the archive is there to link against, so the library carries zstd inside; its version script keeps the symbols
# to itself.
cd "$zstd/lib"
find common compress decompress -name '*.c' -print0 \
  | xargs -0 -P "$(getconf _NPROCESSORS_ONLN)" -n 1 cc -O2 -fPIC -DZSTD_DISABLE_ASM -DXXH_NAMESPACE=ZSTD_ -I. -Icommon -c
ar rcsD libzstd.a ./*.o

cd "$sources"
# A broker that has just started may know no broker, not even itself. Told so, the library lets go of every broker it knew
# and never connects again (its issue 5301, open since 2.13). Here such an answer is no answer, and it asks again.
empty='md->broker_cnt == 0 && md->topic_cnt == 0'
grep -qF "if ($empty)" src/rdkafka_metadata.c || { echo "src/rdkafka_metadata.c is not as expected: see build.sh" >&2; exit 1; }
sed -i "s/if ($empty)/if (md->broker_cnt == 0)/" src/rdkafka_metadata.c

# Only the C library is built: configure asks for a C++ compiler, make below never calls it. Debug symbols are left
# out at the source, since they double the time and carry paths that make every build different.
CPPFLAGS="-I$zstd/lib" LDFLAGS="-L$zstd/lib" CXX=cc \
  ./configure --enable-zstd --disable-gssapi --disable-curl --disable-debug-symbols
make -j "$(getconf _NPROCESSORS_ONLN)" -C src librdkafka.so.1
strip --strip-unneeded -o "$here/librdkafka.so" src/librdkafka.so.1
{
  cat LICENSES.txt
  printf '\n\nLICENSE of zstd\n--------------------------------------------------------------\n'
  cat "$zstd/LICENSE"
} > "$here/LICENSES.txt"

cd "$here"
dotnet pack librdkafka.redist.csproj -c Release -v quiet -nologo -nodeReuse:false -o "$out/feed"
if [[ -f elsewhere ]]; then rm -rf -- "$plain" elsewhere; fi

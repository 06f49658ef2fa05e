#!/usr/bin/env bash
# An old but real ClickHouse server (Debian's 18.16) for tests of the HTTP transport: brings it once, pinned by hash,
# installs nothing, and serves on a loopback port from a folder until it is told to end or its caller has ended.
#   serve.sh CACHE                    only brings it
#   serve.sh CACHE FOLDER HTTP TCP    serves; user "sentinel", password "test"
# Exit code 77: it cannot be had here (no apt, no network, another release); standard error says why.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source=infra/tests/debian.sh
. "$here/../debian.sh"
mkdir -p -- "$1"
cache=$(readlink -f -- "$1")
root=$cache/root
debian_bring clickhouse "$cache" "$here/packages.sha256"
if (( $# == 1 )); then exit 0; fi

folder=$2 http=$3 tcp=$4
mkdir -p -- "$folder"/{data,tmp}
cat > "$folder/config.xml" << XML
<yandex>
  <logger><level>warning</level><log>$folder/server.log</log><errorlog>$folder/error.log</errorlog></logger>
  <http_port>$http</http_port>
  <tcp_port>$tcp</tcp_port>
  <listen_host>127.0.0.1</listen_host>
  <path>$folder/data/</path>
  <tmp_path>$folder/tmp/</tmp_path>
  <users_config>$folder/users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <mark_cache_size>67108864</mark_cache_size>
</yandex>
XML
cat > "$folder/users.xml" << XML
<yandex>
  <profiles><default><max_memory_usage>4000000000</max_memory_usage></default></profiles>
  <quotas><default></default></quotas>
  <users>
    <sentinel>
      <password>test</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
    </sentinel>
  </users>
</yandex>
XML

export LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu
cd "$folder"
"$root/usr/sbin/clickhouse-server" --config-file="$folder/config.xml" > "$folder/out.log" 2>&1 &
server=$!
trap 'kill "$server" 2> /dev/null || true; wait "$server" 2> /dev/null || true' EXIT
trap 'exit 0' TERM INT
# Standard input ends with whoever holds it: a killed test leaves no server behind.
while kill -0 "$server" 2> /dev/null; do
  if read -r -t 1 _; then :; elif (( $? <= 128 )); then exit 0; fi
done
debian_give_up "the server ended by itself: $(tail -n 2 "$folder/out.log" | cut -c1-300)"

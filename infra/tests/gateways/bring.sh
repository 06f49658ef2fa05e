#!/usr/bin/env bash
# nginx and HAProxy as Debian has them, for tests of the example configurations: brings them once, pinned by hash, and
# installs nothing. Programs are then under CACHE/root/usr/sbin, their libraries under CACHE/root/usr/lib/x86_64-linux-gnu.
#   bring.sh CACHE
# Exit code 77: they cannot be had here (no apt, no network, another release); standard error says why.
set -euo pipefail

cannot=77
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
pins=$here/packages.sha256
mkdir -p -- "$1"
cache=$(readlink -f -- "$1")

give_up() { echo "gateways: $*" >&2; exit "$cannot"; }

bring() {
  [[ $(uname -m) == x86_64 ]] || give_up "only for x86-64"
  command -v apt-get > /dev/null && command -v dpkg > /dev/null || give_up "apt-get and dpkg are not there"
  local work name
  work=$(mktemp -d "$cache/bring.XXXXXX")
  # What a file's name says: package_version_architecture, with a colon of the version as %3a.
  mapfile -t names < <(sed -E 's/^[0-9a-f]+ +([^_]+)_(.*)_[^_]+$/\1=\2/; s/%3a/:/' "$pins")
  (cd "$work" && timeout 300 apt-get download "${names[@]}" > /dev/null 2> "$work/apt.log") \
    || { tail -n 2 "$work/apt.log" >&2; rm -rf -- "$work"; give_up "the packages cannot be downloaded"; }
  (cd "$work" && sha256sum --check --quiet "$pins" >&2) \
    || { rm -rf -- "$work"; give_up "what was downloaded is not what was tested with"; }
  for name in "$work"/*.deb; do dpkg -x "$name" "$work/root"; done
  rm -rf -- "$cache/root"
  mv -- "$work/root" "$cache/root"
  rm -rf -- "$work"
  sha256sum < "$pins" > "$cache/stamp"
}

exec 9> "$cache/lock"
flock -w 400 9 || give_up "another run has been bringing them for minutes"
if [[ ! -f $cache/stamp || $(< "$cache/stamp") != "$(sha256sum < "$pins")" ]]; then bring; fi

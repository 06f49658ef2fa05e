# Debian's packages as programs for tests: brought once, pinned by hash, unpacked into a folder, never installed. Sourced by
# the scripts that bring them.
#   debian_bring NAME CACHE PINS   afterwards the packages' files are under CACHE/root
# PINS has lines as sha256sum writes them for the packages' files. Exit code 77: they cannot be had here (no apt, no network,
# another release); standard error says why.
# shellcheck shell=bash

debian_cannot=77

debian_give_up() { echo "$debian_name: $*" >&2; exit "$debian_cannot"; }

debian_bring() {
  debian_name=$1
  local cache=$2 pins=$3 work file names
  exec 9> "$cache/lock"
  flock -w 400 9 || debian_give_up "another run has been bringing them for minutes"
  if [[ -f $cache/stamp && $(< "$cache/stamp") == "$(sha256sum < "$pins")" ]]; then exec 9>&-; return; fi
  [[ $(uname -m) == x86_64 ]] || debian_give_up "only for x86-64"
  command -v apt-get > /dev/null && command -v dpkg > /dev/null || debian_give_up "apt-get and dpkg are not there"
  work=$(mktemp -d "$cache/bring.XXXXXX")
  # What a file's name says: package_version_architecture, with a colon of the version as %3a.
  mapfile -t names < <(sed -E 's/^[0-9a-f]+ +([^_]+)_(.*)_[^_]+$/\1=\2/; s/%3a/:/' "$pins")
  (cd "$work" && timeout 300 apt-get download "${names[@]}" > /dev/null 2> "$work/apt.log") \
    || { tail -n 2 "$work/apt.log" >&2; rm -rf -- "$work"; debian_give_up "the packages cannot be downloaded"; }
  (cd "$work" && sha256sum --check --quiet "$pins" >&2) \
    || { rm -rf -- "$work"; debian_give_up "what was downloaded is not what was tested with"; }
  for file in "$work"/*.deb; do dpkg -x "$file" "$work/root"; done
  rm -rf -- "$cache/root"
  mv -- "$work/root" "$cache/root"
  rm -rf -- "$work"
  sha256sum < "$pins" > "$cache/stamp"
  exec 9>&-
}

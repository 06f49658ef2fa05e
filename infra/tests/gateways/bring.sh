#!/usr/bin/env bash
# nginx and HAProxy as Debian has them, for tests of the example configurations. Programs are then under
# CACHE/root/usr/sbin, their libraries under CACHE/root/usr/lib/x86_64-linux-gnu.
#   bring.sh CACHE
# Exit code 77: they cannot be had here; standard error says why.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source=infra/tests/debian.sh
. "$here/../debian.sh"
mkdir -p -- "$1"
debian_bring gateways "$(readlink -f -- "$1")" "$here/packages.sha256"

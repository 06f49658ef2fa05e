# shellcheck shell=bash
# Brings the browser that some tests drive, Debian's Chromium, where that is a matter of one package: on Debian, as root.
# Sourced by ./sentinel, which sets `feed_state`, `have` and `say`. Tests that need it skip themselves where it is absent, so
# nothing here fails a run, and nothing takes longer than a minute or is tried more than once a day.

# shellcheck disable=SC2154 # Set by ./sentinel.
browser_download_seconds_max=45

browser_ensure() {
  local tried=$feed_state/browser.tried log=$feed_state/log/browser.log
  if [[ -x /usr/bin/chromium ]]; then return 0; fi
  if (( EUID != 0 )) || ! have apt-get || ! grep -qs '^ID=debian$' /etc/os-release \
    || [[ -n $(find "$tried" -mtime -1 2> /dev/null) ]]; then
    say "test: note: no /usr/bin/chromium, so tests in a browser are skipped (Debian: apt-get install chromium)"
    return 0
  fi
  mkdir -p "$feed_state/log"
  touch "$tried"
  # Only what may be broken off at any time is: an installation that is begun is finished.
  if browser_download > "$log" 2>&1 3>&- && browser_install >> "$log" 2>&1 3>&- && [[ -x /usr/bin/chromium ]]; then
    say "test: brought Debian's Chromium"
  else
    say "test: note: Chromium could not be brought, so tests in a browser are skipped: $(tail -n 1 "$log")"
  fi
}

browser_download() {
  timeout --kill-after=5 "$browser_download_seconds_max" \
    sh -c 'apt-get -qq update && apt-get -qq install -y --no-install-recommends --download-only chromium' < /dev/null
}

browser_install() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=10 install -y --no-install-recommends --no-download \
    chromium < /dev/null
}

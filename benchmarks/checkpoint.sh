#!/usr/bin/env bash
# What checkpoints cost: the paper's active model, 100,000 neurons.
#
#   benchmarks/checkpoint.sh [NEURONS] [REPEATS]        100000 neurons, 7 times
#
# Prints, the best of the repeats:
#   stall      how long the run stands still for a checkpoint (`seconds.snapshot` of run.json)
#   cost       what one checkpoint takes of the run's time, all told: a run with some ten more of
#              them against one with none more, both to the end of the process
#   size       bytes of a generation over those of the state that it holds
#   fsyncs     calls of a run of 1 s of the recurrent network with its spikes, outputs and checkpoint
set -euo pipefail
cd "$(dirname "$0")/.."
neurons=${1:-100000}
repeats=${2:-7}
coppice=$(realpath "${COPPICE_BINARY:-.build/release/coppice}")
[[ -x $coppice ]] || { echo "checkpoint.sh: no $coppice; run 'make build' first" >&2; exit 66; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

run() {  # run NAME [OPTION]...: its wall time in s
  local begin end
  begin=$(date +%s.%N)
  "$coppice" run jobs/scalability/active.yaml --output "$scratch/$1" --threads 2 --fresh \
    --set "constants.neurons=$neurons" --set "simulation.duration=200 ms" --log-level error "${@:2}"
  end=$(date +%s.%N)
  echo "$begin $end" | awk '{ print $2 - $1 }'
}

for ((repeat = 1; repeat <= repeats; repeat++)); do
  without=$(run without)
  with=$(run with --set "checkpoint={every_simulated: 19 ms, keep: 12}")
  generations=("$scratch"/with/checkpoints/gen-*)
  stall=$(sed -n 's/.*"snapshot" : \([0-9.e-]*\).*/\1/p' "$scratch/with/run.json")
  echo "$without $with $stall $((${#generations[@]} - 1))"
  echo "$repeat of $repeats: $without s, with $((${#generations[@]} - 1)) checkpoints more $with s, stall $stall s" >&2
done > "$scratch/times"
generation=$(ls -d "$scratch"/with/checkpoints/gen-* | tail -1)
bytes=$(cat "$generation"/* | wc -c)
state=$("$coppice" inspect "$generation/shard-00000.h5" \
  | awk '$2 ~ /^[fui][0-9]+$/ { bits = substr($2, 2); gsub(/[^0-9]/, "", $3); sum += bits / 8 * $3 }
         END { print sum }')
"$coppice" run jobs/scalability/recurrent.yaml --output "$scratch/warm" --set constants.neurons=1000 \
  --log-level error
strace -f -qq -c -e trace=fsync,fdatasync,sync,syncfs,sync_file_range -o "$scratch/calls" \
  "$coppice" run jobs/scalability/recurrent.yaml --output "$scratch/syncs" \
  --set constants.neurons=1000 --log-level error
fsyncs=$(awk '$NF ~ /sync/ { sum += $4 } END { print sum + 0 }' "$scratch/calls")

awk -v neurons="$neurons" -v bytes="$bytes" -v state="$state" -v fsyncs="$fsyncs" '
  { if (NR == 1 || $1 < without) without = $1
    if (NR == 1 || $2 < with) { with = $2; more = $4 }
    if (NR == 1 || $3 < stall) stall = $3 }
  END {
    cost = (with - without) / more
    printf "%d neurons, best of %d\n", neurons, NR
    printf "stall   %.2f ms                (at most 5)\n", stall * 1e3
    printf "cost    %.3f s, %.3f %% of 15 min (at most 1 %%)\n", cost, cost / 900 * 100
    printf "size    %.3f of %.1f MB of state (at most 1.2)\n", bytes / state, state / 1e6
    printf "fsyncs  %d                     (at most 12)\n", fsyncs
    exit !(stall <= 5e-3 && cost <= 9 && bytes <= 1.2 * state && fsyncs <= 12)
  }' "$scratch/times"

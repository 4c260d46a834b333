#!/usr/bin/env bash
# The paper's recurrent network, 1 s at 0.1 ms: Coppice against Brian 2, in one run, alternating.
#
#   benchmarks/recurrent.sh [NEURONS] [REPEATS]        100000 neurons, 3 times
#
# Measured is the time from the beginning of the work to the last result. For Coppice: `seconds.total`
# of run.json (reading the job, compiling, drawing the synapses, simulating, writing spikes). For
# Brian 2: from describing the network to the last result (generating and compiling code, making the
# synapses, simulating), on C++ standalone with one thread and with OpenMP on two. Importing Python's
# modules is not counted. Prints a table of medians and the ratios; writes benchmarks/results.
set -euo pipefail
cd "$(dirname "$0")/.."
neurons=${1:-100000}
repeats=${2:-3}
coppice=${COPPICE_BINARY:-.build/release/coppice}
python=${COPPICE_ENV:-.env}/paper/bin/python

[[ -x $coppice ]] || { echo "recurrent.sh: no $coppice; run 'make build' first" >&2; exit 66; }
benchmarks/peers/setup.sh >&2
mkdir -p benchmarks/results
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for ((repeat = 1; repeat <= repeats; repeat++)); do
  echo "$repeat of $repeats: Coppice" >&2
  "$coppice" run jobs/scalability/recurrent.yaml --output "$scratch/coppice-$repeat" --threads 2 \
    --set "constants.neurons=$neurons" --log-level error
  cp "$scratch/coppice-$repeat/run.json" "$scratch/$repeat-coppice.json"
  rm -rf "$scratch/coppice-$repeat"
  for backend in cpp_standalone cpp_standalone_openmp2; do
    echo "$repeat of $repeats: Brian 2, $backend" >&2
    "$python" benchmarks/peers/brian2_scalability.py --case recurrent --neurons "$neurons" \
      --backend "$backend" --seconds 1 2> "$scratch/errors" | tail -n 1 \
      > "$scratch/$repeat-$backend.json" || { cat "$scratch/errors" >&2; exit 70; }
  done
done

"$python" - "$scratch" "$neurons" "$repeats" <<'END'
import json, os, pathlib, platform, statistics, sys, time

folder, neurons, repeats = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])


def runs(name):
    return [json.loads((folder / f"{k}-{name}.json").read_text()) for k in range(1, repeats + 1)]


def row(label, total, loop, rate):
    return {"engine": label, "total_seconds": total, "loop_seconds": loop, "mean_rate_hz": rate}


ours = runs("coppice")
rows = [row("Coppice, 2 threads", [r["seconds"]["total"] for r in ours],
            [r["seconds"]["simulate"] for r in ours],
            ours[0]["spikes"]["pyr"] / neurons / (ours[0]["steps"] * ours[0]["dt_s"]))]
for name, label in [("cpp_standalone", "Brian 2 C++, 1 thread"),
                    ("cpp_standalone_openmp2", "Brian 2 C++, OpenMP 2")]:
    peer = runs(name)
    rows.append(row(label, [r["total_seconds"] for r in peer], [r["loop_seconds"] for r in peer],
                    peer[0]["mean_rate_hz"]))
base = statistics.median(rows[0]["total_seconds"])
print(f"{neurons} neurons, 1 s, median of {repeats}")
print(f"{'engine':24}{'total s':>10}{'loop s':>10}{'rate Hz':>10}{'total / ours':>14}")
for one in rows:
    total = statistics.median(one["total_seconds"])
    one["ratio"] = total / base
    print(f"{one['engine']:24}{total:10.2f}{statistics.median(one['loop_seconds']):10.2f}"
          f"{one['mean_rate_hz']:10.2f}{one['ratio']:14.1f}")
stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
path = pathlib.Path(f"benchmarks/results/recurrent-{neurons}-{stamp}.json")
path.write_text(json.dumps({
    "benchmark": "recurrent", "neurons": neurons, "repeats": repeats, "rows": rows,
    "coppice": ours[0]["coppice"], "backend": ours[0]["backend"], "host": platform.node(),
    "processors": os.cpu_count(), "load": os.getloadavg()}, indent=2) + "\n")
print(f"written to {path}")
END

#!/usr/bin/env bash
# Fuzzes the readers of what comes from outside, one after the other, and keeps count.
#
#   Tests/Fuzz/fuzz.sh [SECONDS] [TARGET]...      60 s each; all targets
#
# Counts accumulate in .build/fuzz/executions.tsv, with the commit; what libFuzzer learns, in
# .build/fuzz/corpus/TARGET. COPPICE_FUZZ_OPTIONS are more options for it. A crash ends it with the
# input that makes it, below .build/fuzz/crashes. Then: mend the cause, and put the input into
# Tests/Fuzz/corpus/TARGET, which `make test` replays.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
targets=("${@:2}")
((${#targets[@]})) || targets=(job equations quantity override record)
fuzzer=.build/fuzz/coppice-fuzz
[[ -x $fuzzer ]] || { echo "make reliability-fuzz builds $fuzzer" >&2; exit 66; }
# For speed: no stacks of allocations, a small quarantine. Swift's runtime keeps what it needs.
export ASAN_OPTIONS=detect_leaks=0:malloc_context_size=0:quarantine_size_mb=16
# Longer inputs find no more of such readers, and take longer.
declare -A longest=([job]=8192 [equations]=1024 [quantity]=128 [override]=256 [record]=4096)

for target in "${targets[@]}"; do
  learned=.build/fuzz/corpus/$target
  mkdir -p "$learned" .build/fuzz/crashes
  if [[ $target == job && ! -e $learned/.seeded ]]; then
    COPPICE_FUZZ_SEEDS=$learned $fuzzer
    cp jobs/*.yaml Tests/CommandTests/Fixtures/*.yaml "$learned"
    touch "$learned/.seeded"
  fi
  log=.build/fuzz/$target.log
  if ! COPPICE_FUZZ=$target $fuzzer "$learned" "Tests/Fuzz/corpus/$target" \
    -dict=Tests/Fuzz/coppice.dict -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 \
    -max_len="${longest[$target]}" -print_final_stats=1 -artifact_prefix=".build/fuzz/crashes/$target-" \
    ${COPPICE_FUZZ_OPTIONS:-} > "$log" 2>&1; then
    tail -40 "$log"
    echo "fuzz: $target: crash, see .build/fuzz/crashes" >&2
    exit 1
  fi
  count=$(awk '/number_of_executed_units/ { print $2 }' "$log")
  printf '%s\t%s\t%s\t%s\n' "$(date +%F)" "$(git rev-parse --short HEAD)" "$target" "$count" \
    >> .build/fuzz/executions.tsv
  echo "fuzz: $target: $count executions, $(awk '/stat::peak_rss_mb/ { print $2 }' "$log") MB at most"
done
awk -F'\t' '{ sum[$3] += $4; all += $4 } END { for (t in sum) print "fuzz: " t ": " sum[t] " in total"
  print "fuzz: " all " executions in total, 0 crashes" }' .build/fuzz/executions.tsv

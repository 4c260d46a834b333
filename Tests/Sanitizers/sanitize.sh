#!/usr/bin/env bash
# The unit tests and the network of the determinism tests under the address and the thread sanitizer,
# each a build of its own in .build/SANITIZER.
#
#   Tests/Sanitizers/sanitize.sh [address|thread]... [--filter TESTS]
#
# COPPICE_HEAVY may name a command that each step is run by.
set -euo pipefail
cd "$(dirname "$0")/../.."
filter='^(Units|Equations|Models|Kernels|KernelABI|Networks|Messaging|Engine|Storage|Jobs|Coppice)Tests\.'
kinds=()
while (($#)); do
  case $1 in
    --filter) filter=$2; shift ;;
    *) kinds+=("$1") ;;
  esac
  shift
done
((${#kinds[@]})) || kinds=(address thread)
read -ra heavy <<< "${COPPICE_HEAVY:-}"

# Swift's runtime and libhdf5 keep what they need to the end; what is reported ends the process.
export ASAN_OPTIONS=detect_leaks=0:abort_on_error=0:exitcode=99
export TSAN_OPTIONS=exitcode=99:halt_on_error=0:suppressions=$PWD/Tests/Sanitizers/thread.supp
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

step() {  # step NAME COMMAND...: fails on any report
  local name=$1 log=$scratch/log
  shift
  if ! "${heavy[@]}" "$@" > "$log" 2>&1 || grep -q 'Sanitizer:' "$log"; then
    grep -A25 'Sanitizer' "$log" | head -60 || true
    tail -20 "$log"
    echo "sanitize: $kind: $name: failed" >&2
    exit 1
  fi
  echo "sanitize: $kind: $name: clean$(sed -n 's/.*Test run with \([0-9]*\) tests.*/, \1 tests/p' "$log" | tail -1)"
}

for kind in "${kinds[@]}"; do
  build=.build/$kind
  step build swift build --build-tests --sanitize="$kind" --scratch-path "$build"
  # Tests that limit the size of files do so in a forked process, which may wait for a lock of Swift's
  # runtime for ever that another thread of the tests held. It has one thread: there is no race to see.
  skipped=()
  [[ $kind == thread ]] && skipped=(--skip 'FullCheckpointDiskTests|FullDiskTests')
  step "unit tests" swift test --skip-build --sanitize="$kind" --scratch-path "$build" \
    --filter "$filter" "${skipped[@]}"
  fixture=(Tests/CommandTests/Fixtures/determinism.yaml --checkpoint-every 1s --log-level warn)
  for backend in portable compiled; do
    out=$scratch/$kind-$backend
    # Stopped and gone on with, at 4 threads.
    stopped() { COPPICE_STOP_AT=150 "$@" || [[ $? == 75 ]]; }
    export -f stopped
    step "$backend, 4 threads, stopped" bash -c 'stopped "$@"' stopped \
      "$build/debug/coppice" run "${fixture[@]}" --backend "$backend" --threads 4 --output "$out"
    step "$backend, 4 threads, gone on" \
      "$build/debug/coppice" run "${fixture[@]}" --backend "$backend" --threads 4 --output "$out"
  done
  step "inspect" "$build/debug/coppice" inspect "$scratch/$kind-compiled"
  step "the same output" "$build/debug/coppice" compare "$scratch/$kind-portable" \
    "$scratch/$kind-compiled"
  if [[ $kind == address ]]; then
    step "portable, 2 ranks of 2 threads" mpirun --oversubscribe --bind-to none -np 2 \
      "$build/debug/coppice" run "${fixture[@]}" --backend portable --threads 2 \
      --output "$scratch/ranks"
  fi
done

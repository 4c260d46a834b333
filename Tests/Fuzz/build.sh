#!/usr/bin/env bash
# Builds the fuzzer, .build/fuzz/coppice-fuzz: the project's own modules, instrumented for libFuzzer
# and the address sanitizer, and the sources beside this script linked to them.
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=.build/fuzz
libraries=(Units Equations Models KernelABI Kernels CMPI Messaging Networks CThreads Engine CHDF5
  CXXHash Storage CYAML Jobs Coppice BadJobs)

for target in Coppice BadJobs; do
  swift build -c release --scratch-path "$scratch" --target "$target" \
    -Xswiftc -sanitize=fuzzer,address -Xswiftc -enable-testing \
    -Xcc -fsanitize=fuzzer-no-link,address > "$scratch.log" 2>&1 || { tail -30 "$scratch.log"; exit 1; }
done

release=$(realpath "$scratch/release")
# What SwiftPM calls the package, on which access to `package` declarations hangs.
package=$(basename "$PWD" | tr '[:upper:]' '[:lower:]' | sed 's/\.git$//; s/[^a-z0-9_]/_/g')
flags=()
for map in Sources/*/include/module.modulemap Sources/*System/module.modulemap \
  "$release"/*.build/module.modulemap; do
  [[ -f $map ]] && flags+=(-Xcc "-fmodule-map-file=$map")
done
for name in ompi-c hdf5 yaml-0.1 libxxhash; do
  for flag in $(pkg-config --cflags "$name"); do flags+=(-Xcc "$flag"); done
  for flag in $(pkg-config --libs "$name"); do
    case $flag in -Wl,*) flags+=(-Xlinker "${flag#-Wl,}") ;; *) flags+=("$flag") ;; esac
  done
done
objects=()
for library in "${libraries[@]}"; do
  while read -r object; do objects+=("$object"); done < <(find "$release/$library.build" -name '*.o')
done
swiftc -O -swift-version 6 -parse-as-library -sanitize=fuzzer,address -package-name "$package" \
  -module-name CoppiceFuzz -I "$release/Modules" -I "$release" "${flags[@]}" \
  Tests/Fuzz/*.swift Tests/FuzzTests/{FuzzTarget,EquationInput,RecordInput}.swift "${objects[@]}" -lm \
  -o "$scratch/coppice-fuzz" > "$scratch.log" 2>&1 || { tail -30 "$scratch.log"; exit 1; }
echo "$scratch/coppice-fuzz"

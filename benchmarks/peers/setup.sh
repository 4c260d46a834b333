#!/usr/bin/env bash
# Makes the environments of Brian 2 and Dendrify: those of the oracles (see there for what it needs), and
# beside `paper` an older Cython, since Brian 2.6 does not work with the newest.
#   benchmarks/peers/setup.sh [FOLDER]      FOLDER: $COPPICE_ENV, else .env at the top of the project
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-${COPPICE_ENV:-$top/.env}}
"$top/Tests/Oracles/setup.sh" "$folder"

cython=Cython==3.0.12
overlay=$folder/paper-cython
if [ "$(cat "$overlay/complete" 2> /dev/null)" != "$cython" ]; then
  rm -rf "$overlay"
  "$folder/paper/bin/pip" install --quiet --disable-pip-version-check --target "$overlay" "$cython"
  echo "$cython" > "$overlay/complete"
fi
echo "$overlay: there"

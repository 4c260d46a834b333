#!/usr/bin/env bash
# Makes the environment that draws plots, with pinned versions: that of the documentation.
#   benchmarks/peers/plots-setup.sh [FOLDER]   FOLDER: $COPPICE_ENV, else .env at the top of the project
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
environment=${1:-${COPPICE_ENV:-$top/.env}}/docs
if [[ -f $environment/complete ]]; then
  exit 0
fi
rm -rf "$environment"
"${PYTHON:-python3}" -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check \
  --requirement "$top/docs/figures/requirements.txt"
touch "$environment/complete"

#!/usr/bin/env bash
# Makes the Python environment that draws figures, unless it is there, and tells its interpreter.
#
#   python=$(jobs/analysis/setup.sh)
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=${COPPICE_ENV:-$PWD/.env}/docs
if ! cmp -s jobs/analysis/requirements.txt "$environment/complete"; then
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check \
    --requirement jobs/analysis/requirements.txt >&2
  cp jobs/analysis/requirements.txt "$environment/complete"
fi
echo "$environment/bin/python"

#!/usr/bin/env bash
# Makes the environment `cable` of the simulators of cables, from wheels of PyPI, all versions pinned.
#   benchmarks/peers/cable-setup.sh [FOLDER]   FOLDER: $COPPICE_ENV, else .env at the top of the project
#
# Needs Python 3.11 with venv (Debian 12: python3 python3-venv); $PYTHON names another interpreter. The
# wheels are for x86-64 and glibc 2.28 or newer; there are others for Python 3.10 to 3.13, but
# the pins beside this script are for 3.11.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
environment=${1:-${COPPICE_ENV:-$here/../../.env}}/cable
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || {
  echo "cable-setup.sh: needs Python 3.11 ($python is another); set PYTHON" >&2
  exit 69
}
if cmp -s "$here/cable-requirements.txt" "$environment/complete"; then
  echo "$environment: there already"
  exit 0
fi
rm -rf "$environment"
mkdir -p "$(dirname "$environment")"
"$python" -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps \
  --requirement "$here/cable-requirements.txt"
cp "$here/cable-requirements.txt" "$environment/complete"
echo "$environment: made"

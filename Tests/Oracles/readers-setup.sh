#!/bin/sh
# Makes a Python environment with the readers of SONATA files that the tests ask:
#
#     Tests/Oracles/readers-setup.sh DIRECTORY
#     COPPICE_READERS_PYTHON=DIRECTORY/bin/python swift test --filter StorageTests
set -eu

if [ $# -ne 1 ]; then
  echo "usage: $0 DIRECTORY" >&2
  exit 64
fi
here=$(cd "$(dirname "$0")" && pwd)
python3 -m venv "$1"
"$1/bin/pip" install --quiet --requirement "$here/readers-requirements.txt"
echo "COPPICE_READERS_PYTHON=$1/bin/python"

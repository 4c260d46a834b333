#!/usr/bin/env bash
# Makes the environments of the peers: those of the oracles (see there for what it needs).
#   benchmarks/peers/setup.sh [FOLDER]
set -euo pipefail
exec "$(dirname "$0")/../../Tests/Oracles/setup.sh" "$@"

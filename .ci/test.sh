#!/usr/bin/env bash
# Every test. The command line under test is the release build; its slow parts run there.
set -euo pipefail
cd "$(dirname "$0")/.."
export COPPICE_BINARY=.build/release/coppice
swift test --explicit-target-dependency-import-check error "$@"

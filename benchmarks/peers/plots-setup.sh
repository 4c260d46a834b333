#!/usr/bin/env bash
# Makes the environment that draws plots: that of the jobs' own figures.
#   benchmarks/peers/plots-setup.sh [FOLDER]   FOLDER: $COPPICE_ENV, else .env at the top of the project
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
COPPICE_ENV=${1:-${COPPICE_ENV:-$top/.env}} "$top/jobs/analysis/setup.sh" > /dev/null

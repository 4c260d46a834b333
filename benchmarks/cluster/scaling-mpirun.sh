#!/usr/bin/env bash
# Strong and weak scaling over nodes with Open MPI's mpirun and a file of hosts.
#
#   benchmarks/cluster/scaling-mpirun.sh HOSTFILE NODES CORES_PER_NODE [OPTION OF THE SUITE]...
#
# RANKS_PER_NODE (2) sets the ranks of a node. The project's directory, and the runs' (SCRATCH, default
# this directory), must be seen by all nodes. Writes one run set below benchmarks/results.
set -euo pipefail
cd "$(dirname "$0")/../.."
if (($# < 3)); then
  echo "usage: $0 HOSTFILE NODES CORES_PER_NODE [OPTION]..." >&2
  exit 64
fi
hosts=$(realpath "$1") most=$2 cores=$3
shift 3
ranks_per_node=${RANKS_PER_NODE:-2}
threads=$((cores / ranks_per_node))
layouts=1x$threads
for ((nodes = 1; nodes <= most; nodes *= 2)); do
  layouts+=,$((nodes * ranks_per_node))x$threads
done
exec python3 -m benchmarks run strong weak --name "strong-weak-$(hostname -s)-$(date -u +%Y%m%dT%H%M%S)" \
  --layouts "$layouts" --scratch "${SCRATCH:-$PWD}" \
  --launcher "mpirun -np {ranks} --hostfile $hosts --map-by slot:PE={threads} --bind-to core" "$@"

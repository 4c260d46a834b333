#!/usr/bin/env bash
# Installs what the build and a run need and this machine lacks (Debian's packages). Does nothing
# if all is there.
#
#   .ci/setup.sh [--plots]
#
# --plots: gnuplot too, which `coppice plot` draws with. No run and no test needs it; the commands of
# the documentation do.
set -euo pipefail

packages=()
need() {  # need FILE-OR-COMMAND PACKAGE
  if [[ $1 == /* ]]; then
    compgen -G "$1" > /dev/null || packages+=("$2")
  else
    command -v "$1" > /dev/null || packages+=("$2")
  fi
}

need /usr/lib/*/pkgconfig/hdf5.pc libhdf5-dev
need /usr/lib/*/pkgconfig/ompi-c.pc libopenmpi-dev
need /usr/lib/*/pkgconfig/yaml-0.1.pc libyaml-dev
need /usr/lib/*/pkgconfig/libxxhash.pc libxxhash-dev
need mpirun openmpi-bin
need pkg-config pkg-config
need cc gcc
need make make
# The reliability harness.
need python3 python3
need strace strace
if [[ ${1:-} == --plots ]]; then need gnuplot gnuplot-nox; fi

if ((${#packages[@]} == 0)); then exit 0; fi

as_root=()
if ((EUID != 0)); then
  command -v sudo > /dev/null || {
    echo "missing packages: ${packages[*]}; install them as root, or install sudo" >&2
    exit 1
  }
  as_root=(sudo)
fi
echo "installing ${packages[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" > /dev/null

#!/usr/bin/env bash
# Makes the two Python environments of the oracles and peers, all versions pinned:
#   paper    Dendrify 1.0.9 on Brian 2.6.0, the generation of the paper
#   current  Dendrify 2.2.0 on Brian 2.9.0
#
#   Tests/Oracles/setup.sh [FOLDER]     FOLDER: $COPPICE_ENV, else .env at the top of the project
#
# Needs Python 3.11 with venv (Debian 12: python3 python3-venv) and a C++ compiler. $PYTHON names
# another interpreter. What is there already, in these versions, is left alone.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-${COPPICE_ENV:-$top/.env}}
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || {
  echo "setup.sh: needs Python 3.11 ($python is another); set PYTHON" >&2
  exit 69
}

common=(Jinja2==3.1.6 MarkupSafe==3.0.4 mpmath==1.3.0 packaging==26.3 pyparsing==3.3.3 sympy==1.14.0
  Cython==3.3.1)

make() {
  local name=$1 dendrify=$2
  shift 2
  local environment=$folder/$name
  if [ "$(cat "$environment/complete" 2> /dev/null)" = "$dendrify ${common[*]} $*" ]; then
    echo "$environment: there already"
    return
  fi
  [ -x "$environment/bin/pip" ] || "$python" -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check "${common[@]}" "$@"
  # Dendrify's own requirements would bring other versions of Brian and numpy.
  "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps "$dendrify"
  echo "$dendrify ${common[*]} $*" > "$environment/complete"
  echo "$environment: made"
}

mkdir -p "$folder"
# h5py reads and writes what Coppice does.
make paper dendrify==1.0.9 brian2==2.6.0 numpy==1.26.4 setuptools==69.5.1 h5py==3.16.0
# Dendrify 2 does not import without matplotlib; its examples need scipy and networkx.
make current dendrify==2.2.0 brian2==2.9.0 numpy==2.2.6 setuptools==69.5.1 tzdata==2026.6 \
  matplotlib==3.11.2 contourpy==1.3.3 cycler==0.12.1 fonttools==4.68.0 kiwisolver==1.5.1 \
  pillow==13.0.0 python-dateutil==4.0.0 h5py==3.16.0 scipy==1.17.1 networkx==3.6.1

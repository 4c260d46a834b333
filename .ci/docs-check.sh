#!/usr/bin/env bash
# Runs what README.md and docs/*.md tell people to run, in a copy of the project.
#
#   .ci/docs-check.sh [FILE.md]...
#
# Taken from a page, in its order, as one script:
#   ```sh            run
#   ```python        run
#   ```yaml NAME     written to the file NAME
# Other blocks (```slurm, ```text, ```yaml without a name) are only read. Of `make`, the target
# `run` is run without building; of other targets it is checked that they exist.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$(realpath "${COPPICE_BINARY:-.build/release/coppice}")
.ci/setup.sh --plots
environment=$(dirname "$(jobs/analysis/setup.sh)")
pages=("$@")
((${#pages[@]})) || pages=(README.md docs/*.md)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/bin" "$scratch/project"
ln -s "$binary" "$scratch/bin/coppice"
export PATH=$scratch/bin:$environment:$PATH
# Ranks on any machine: as root in a container, and more of them than processors.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
git ls-files --cached --others --exclude-standard -z | xargs -0 cp --parents -t "$scratch/project"

make() {
  case ${1:-} in
    run) command make --no-print-directory -o build COPPICE="$(command -v coppice)" run ;;
    *) command make --no-print-directory -n -o build "$@" > /dev/null ;;
  esac
}
export -f make

blocks() {  # blocks PAGE: the page as a script
  awk -v page="$1" '
    /^```/ && inside { if (closing != "") print closing; inside = 0; next }
    /^```/ {
      inside = 1; kind = substr($1, 4); closing = ""; shown = 0
      if (kind == "sh") shown = 1
      else if (kind == "python") { shown = 1; opening = "python - <<\"END_OF_BLOCK\"" }
      else if (kind == "yaml" && $2 != "") { shown = 1; opening = "cat > " $2 " <<\"END_OF_BLOCK\"" }
      if (shown) printf "where=%s:%d\n", page, NR
      if (shown && kind != "sh") { print opening; closing = "END_OF_BLOCK" }
      next
    }
    inside && shown { print }' "$1"
}

cd "$scratch/project"
failed=0 passed=0
for page in "${pages[@]}"; do
  script=$scratch/script
  {
    echo 'set -euo pipefail; where=start'
    echo "trap 'echo \"docs-check: failed at or after the block at \$where\" >&2' ERR"
    blocks "$page"
  } > "$script"
  if bash "$script" > "$scratch/output" 2>&1 < /dev/null; then
    echo "docs-check: $page: $(grep -c '^where=' "$script" || true) blocks"
    passed=$((passed + 1))
  else
    cat "$scratch/output"
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
((failed == 0))

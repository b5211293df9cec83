#!/usr/bin/env bash
# Every check that is not a test, each named before it runs; all of them run, and one failure fails the whole.
# Called by `make check`, which puts .venv/bin first in PATH and clears the settings of the shell.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# The Dagster commands get a home of their own, with deploy/local's settings, and nothing is left in the tree.
export DAGSTER_HOME=$scratch/dagster REELINEAGE_HOME=$scratch/home DAGSTER_DISABLE_TELEMETRY=1
mkdir -p "$DAGSTER_HOME" "$REELINEAGE_HOME"
cp deploy/local/dagster.yaml "$DAGSTER_HOME/"

failed=()
check() {
    printf 'check: %s\n' "$*"
    "$@" || failed+=("$1 $2")
}

# Without its cache: what ruff says of a file also depends on which packages lie beside it, and the cache forgets that.
check ruff check --no-cache
check ruff format --check
check mypy --no-error-summary
check lint-imports --no-logo
check dg check defs
check dagster definitions validate --log-level warning -w workspace.yaml
check pytest tests/docs -q -p no:cacheprovider

if ((${#failed[@]})); then
    printf 'check: failed: %s\n' "${failed[@]}" >&2
    exit 1
fi
echo 'check: all good'

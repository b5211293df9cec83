#!/usr/bin/env bash
# Writes the versions installed in .venv to constraints.txt, without this project and without any address.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pins=$(.venv/bin/python -m pip freeze --disable-pip-version-check --exclude-editable | grep -E '^[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+$')
# pip freeze leaves out what it builds with.
setuptools=$(.venv/bin/python -c 'from importlib.metadata import version; print("setuptools==" + version("setuptools"))')
{
    echo '# Every package of the environment at one tested version, for Python 3.11 to 3.13. Written by `make pins`.'
    printf '%s\n%s\n' "$pins" "$setuptools" | LC_ALL=C sort -f -u
} >constraints.txt

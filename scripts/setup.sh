#!/usr/bin/env bash
# The shared set-up: checks what the system lacks, makes .venv, installs the pinned packages and this project into it.
# Safe to run again at any time: at once when nothing changed, and a half-made .venv is made anew.
# PYTHON=/path/to/python3.12 chooses the interpreter; pip's own configuration is used as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly VENV=.venv
readonly STAMP=$VENV/.setup-done             # what the finished environment was made from
readonly UNFINISHED=$VENV/.setup-unfinished  # exists while the environment is being made
if [[ -n ${PYTHON:-} ]]; then PYTHONS=("$PYTHON"); else PYTHONS=(python3.13 python3.12 python3.11 python3); fi
readonly PYTHONS
readonly LIBRARIES=(libEGL.so.1:libegl1 libGL.so.1:libgl1 libexpat.so.1:libexpat1) # skia-python links these

say() { printf 'setup: %s\n' "$*" >&2; }
stop() { say "$@"; exit 1; }

# Two set-ups at once would take each other's files away: the second waits, then finds the work done.
exec 9<scripts/setup.sh
if command -v flock >/dev/null; then flock 9; fi

identity() { "$1" -ISc 'import sys; print(sys.version, sys.base_prefix)' 2>/dev/null; }
digest() { # of the inputs, the interpreter, and the folder (a .venv that was moved does not work)
    { cat constraints.txt pyproject.toml setup.cfg scripts/setup.sh; identity $VENV/bin/python; echo "$PWD"; } | sha256sum
}
python_as_wished() { [[ -z ${PYTHON:-} || $(identity $VENV/bin/python) == "$(identity "$PYTHON")" ]]; }

if [[ -f $STAMP && ! -f $UNFINISHED && $(<"$STAMP") == "$(digest)" ]] && python_as_wished; then exit 0; fi

[[ $(uname -s) == Linux ]] || stop "this script knows Debian and Ubuntu. Elsewhere: install Python 3.11-3.13 with venv, EGL, GL and expat, then run
  python3 -m venv .venv && .venv/bin/pip install -c constraints.txt setuptools && .venv/bin/pip install --no-build-isolation --use-pep517 -c constraints.txt -e '.[dev]'"

supported() { "$1" -ISc 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }
makes_venvs() { "$1" -ISc 'import ensurepip, venv' 2>/dev/null; }
find_python() { # prints the first interpreter that can make environments, else the first of a fitting version
    local candidate found=
    for candidate in "${PYTHONS[@]}"; do
        command -v "$candidate" >/dev/null && supported "$candidate" || continue
        if makes_venvs "$candidate"; then command -v "$candidate"; return; fi
        found=${found:-$(command -v "$candidate")}
    done
    printf '%s' "$found"
}

missing_packages() { # one Debian package a line
    local pair python
    local -r loadable=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p)
    for pair in "${LIBRARIES[@]}"; do
        grep -qF "${pair%%:*}" <<<"$loadable" || echo "${pair##*:}"
    done
    python=$(find_python)
    if [[ -z $python ]]; then printf 'python3\npython3-venv\n'
    elif ! makes_venvs "$python"; then
        "$python" -ISc 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    fi
}

no_python() {
    stop "no Python 3.11, 3.12 or 3.13 found (looked for ${PYTHONS[*]}).
  Install one of them, or name it: make setup PYTHON=/path/to/python3.12"
}
[[ -z ${PYTHON:-} || -n $(find_python) ]] || no_python
mapfile -t packages < <(missing_packages)
if ((${#packages[@]})); then
    install="apt-get update && apt-get install -y --no-install-recommends ${packages[*]}"
    if ! command -v apt-get >/dev/null || ((EUID != 0)); then
        stop "the system lacks ${packages[*]}. Install them and run make setup again; on Debian or Ubuntu:
  sudo sh -c '$install'"
    fi
    say "installing what the system lacks: ${packages[*]}"
    DEBIAN_FRONTEND=noninteractive sh -c "$install" >&2 </dev/null || stop "apt-get failed (see above). When it works again: make setup"
fi

python=$(find_python)
[[ -n $python ]] || no_python
makes_venvs "$python" || stop "$python cannot make virtual environments: it lacks the modules venv and ensurepip. Install them, or name another one: make setup PYTHON=..."

# An environment is kept only when its making ended, in this folder, with a fitting Python; else it is made anew.
keepable() {
    [[ ! -f $UNFINISHED ]] && supported $VENV/bin/python && python_as_wished &&
        head -n 3 $VENV/bin/pip 2>/dev/null | grep -qF "$PWD/$VENV/"
}
keepable || rm -rf $VENV
mkdir -p $VENV
: >$UNFINISHED
rm -f $STAMP
if [[ ! -f $VENV/bin/pip ]]; then
    say "making $VENV with $python"
    "$python" -m venv $VENV
fi

say "installing the pinned packages (about 150; a minute or two the first time)"
pip_install() { $VENV/bin/python -m pip install --quiet --no-input --disable-pip-version-check -c constraints.txt "$@" </dev/null; }
# setuptools first and no build isolation: what builds is pinned like everything else.
pip_install setuptools && pip_install --no-build-isolation --use-pep517 -e '.[dev]' ||
    stop "pip failed (see above). It needs to reach a package index, set up as pip's own configuration says. Then: make setup"
$VENV/bin/python -c 'import skia' || stop "skia-python does not load (see above): a system library is missing. Install it, then: make setup"

digest >$STAMP
rm -f $UNFINISHED
say "done"

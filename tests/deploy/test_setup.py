"""`make setup`: what it makes, when it makes it again, and what it says when it cannot.

Belongs here: the script's decisions, with a stand-in for the interpreter. Not here: real packages; each run of the
tests has a real set-up behind it.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INPUTS = ("scripts/setup.sh", "constraints.txt", "pyproject.toml", "setup.cfg")
# Makes the smallest environment; its pip writes down that it was called, and fails while there is no file `index`.
INTERPRETER = f"""#!/bin/sh
case "$1 $2" in
"-m venv") mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; echo "#!$PWD/$3/bin/python" >"$3/bin/pip" ;;
"-m pip") echo "$*" >>pip.log; test -f index ;;
*) exec '{sys.executable}' "$@" ;;
esac
"""


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that the set-up reads, in a folder of their own (with a space in its name), and an index to reach."""
    folder = tmp_path / "a clone"
    (folder / "scripts").mkdir(parents=True)
    for name in INPUTS:
        shutil.copy(ROOT / name, folder / name)
    program(folder / "bin" / "python3.13", INTERPRETER)
    program(folder / "bin" / "apt-get", "#!/bin/sh\ntouch apt-get.called\nexit 1\n")  # no test changes the system
    (folder / "index").touch()
    return folder


def set_up(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [clone / "scripts" / "setup.sh"],
        env={"PATH": f"{clone / 'bin'}:/usr/bin:/bin", "HOME": str(clone), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def pip_calls(clone: Path) -> list[str]:
    log = clone / "pip.log"
    return log.read_text().splitlines() if log.exists() else []


def test_a_second_set_up_does_nothing(clone: Path) -> None:
    assert set_up(clone).returncode == 0
    calls = pip_calls(clone)
    assert any("-e .[dev]" in call and "-c constraints.txt" in call for call in calls)
    again = set_up(clone)
    assert (again.returncode, again.stderr) == (0, "")
    assert pip_calls(clone) == calls


@pytest.mark.parametrize("name", INPUTS)
def test_a_changed_input_installs_again(clone: Path, name: str) -> None:
    assert set_up(clone).returncode == 0
    calls = pip_calls(clone)
    with (clone / name).open("a") as file:
        file.write("\n# a change\n")
    assert set_up(clone).returncode == 0
    assert len(pip_calls(clone)) == 2 * len(calls)


def test_a_clone_that_was_moved_gets_a_new_environment(clone: Path) -> None:
    assert set_up(clone).returncode == 0
    moved = clone.rename(clone.with_name("moved"))
    (moved / ".venv" / "from the old place").touch()
    assert set_up(moved).returncode == 0
    assert not (moved / ".venv" / "from the old place").exists()


def test_an_interrupted_set_up_starts_from_nothing(clone: Path) -> None:
    assert set_up(clone).returncode == 0
    (clone / ".venv" / ".setup-unfinished").touch()
    (clone / ".venv" / "half of a package").touch()
    assert set_up(clone).returncode == 0
    assert not (clone / ".venv" / "half of a package").exists()
    assert not (clone / ".venv" / ".setup-unfinished").exists()


def test_a_failing_pip_is_named_and_the_environment_does_not_count_as_made(clone: Path) -> None:
    (clone / "index").unlink()
    failed = set_up(clone)
    assert failed.returncode == 1
    assert "Then: make setup" in failed.stderr
    assert not (clone / ".venv" / ".setup-done").exists()
    (clone / "index").touch()
    assert set_up(clone).returncode == 0


def test_another_python_makes_another_environment(clone: Path) -> None:
    assert set_up(clone).returncode == 0
    (clone / ".venv" / "of the first").touch()
    other = program(clone / "bin" / "other", '#!/bin/sh\ncase "$*" in *sys.version,*) echo 3.12.99 ;; esac\n')
    assert set_up(clone, PYTHON=str(other)).returncode != 0  # the stand-in makes no environment
    assert not (clone / ".venv" / "of the first").exists()


def test_a_python_that_does_not_fit_is_named_before_anything_is_made(clone: Path) -> None:
    old = program(clone / "bin" / "python3.9", "#!/bin/sh\nexit 1\n")
    result = set_up(clone, PYTHON=str(old))
    assert result.returncode == 1
    assert str(old) in result.stderr
    assert not (clone / ".venv").exists()
    assert not (clone / "apt-get.called").exists()


def test_a_missing_system_library_is_named_with_the_line_that_installs_it(clone: Path) -> None:
    program(clone / "bin" / "ldconfig", "#!/bin/sh\necho libGL.so.1 libexpat.so.1\n")
    result = set_up(clone)
    assert result.returncode == 1
    assert "libegl1" in result.stderr
    assert "libexpat1" not in result.stderr
    assert (clone / "apt-get.called").exists() or "sudo sh -c 'apt-get update && apt-get install" in result.stderr
    assert not (clone / ".venv").exists()

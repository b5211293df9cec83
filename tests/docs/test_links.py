"""Links lead somewhere, and no page tells of the machine it was written on."""

import re
import unicodedata

import pytest

from tests.docs.pages import ROOT, Page, all_pages, anchor_of

_MACHINE_PATH = re.compile(r"(?<![\w.$}/])/(?:work|root|home|Users|opt|tmp)/\w")
# What a stranger reads first: pages, settings, scripts.
_PLAIN_FILES = (
    "Makefile",
    "constraints.txt",
    ".env.example",
    ".ci/run",
    "workspace.yaml",
    "pyproject.toml",
    "setup.cfg",
)


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file_and_heading_that_exist(page: Page) -> None:
    broken = [link for link in page.links() if not re.match(r"[a-z]+:", link) and not leads_somewhere(page, link)]
    assert not broken, f"{page.name} links to what does not exist: {broken}"


def leads_somewhere(page: Page, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (page.path.parent / name).resolve() if name else page.path
    if not target.is_relative_to(ROOT) or target.is_relative_to(ROOT / "var") or not target.exists():
        return False
    return not anchor or anchor in Page(name, target.read_text(encoding="utf-8")).anchors()


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_a_page_has_a_title_and_something_to_say(page: Page) -> None:
    assert re.search(r"^# \S", page.text, re.MULTILINE), f"{page.name} has no title"
    assert len(page.text) > 200, f"{page.name} is nearly empty"


def test_nothing_names_a_path_of_one_machine() -> None:
    texts = {page.name: page.text for page in all_pages()}
    texts |= {name: (ROOT / name).read_text(encoding="utf-8") for name in _PLAIN_FILES}
    for folder in ("scripts", "deploy", "themes"):
        texts |= {
            file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
            for file in (ROOT / folder).rglob("*")
            if file.suffix in ("", ".sh", ".yaml", ".example")
            if file.is_file()
        }
    found = {name: _MACHINE_PATH.findall(text) for name, text in texts.items() if _MACHINE_PATH.search(text)}
    assert not found, f"paths of one machine: {found}"


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_a_page_has_no_invisible_characters(page: Page) -> None:
    hidden = {c for c in page.text if unicodedata.category(c) in ("Cf", "Co", "Cn") or (c < " " and c not in "\n\t")}
    assert not hidden, f"{page.name} holds {[hex(ord(c)) for c in hidden]}"


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("What is stored", "what-is-stored"),
        ("`make demo`, step by step", "make-demo-step-by-step"),
        ("1. Words", "1-words"),
        ("See [the map](map.md)", "see-the-map"),
    ],
)
def test_anchors_are_spelled_as_code_hosts_spell_them(heading: str, anchor: str) -> None:
    assert anchor_of(heading) == anchor

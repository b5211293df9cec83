"""The pages of the project, taken apart: links, headings, code, tables.

Belongs here: reading Markdown just as far as the tests need it. Not here: what a page has to say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|(?:src|href)=\"([^\"]+)\"")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One Markdown file. `name` is its path from the top of the project."""

    name: str
    text: str

    @property
    def path(self) -> Path:
        return ROOT / self.name

    @property
    def prose(self) -> str:
        """The text without its code blocks."""
        return _FENCE.sub("", self.text)

    def links(self) -> list[str]:
        """Targets of links and images, in order."""
        return [markdown or html for markdown, html in _LINK.findall(self.prose)]

    def anchors(self) -> set[str]:
        """What `#...` may point at, spelled as code hosts spell it."""
        return {anchor_of(heading) for heading in _HEADING.findall(self.prose)}

    def code(self) -> Iterator[str]:
        """Every line of shell code blocks and every inline code span, without prompts and comments."""
        for language, block in _FENCE.findall(self.text):
            if language in ("sh", "bash", "console", "shell"):
                for line in block.replace("\\\n", " ").splitlines():
                    yield line.removeprefix("$ ").strip()
        yield from _INLINE.findall(self.prose)

    def rows(self) -> Iterator[list[str]]:
        """The cells of every table row, headers and rulers included."""
        for line in self.prose.splitlines():
            if line.startswith("|"):
                yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def anchor_of(heading: str) -> str:
    """The anchor of a heading: lower case, punctuation dropped, spaces as hyphens."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


def all_pages() -> list[Page]:
    """README and its neighbours, and everything under docs/."""
    files = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    return [Page(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in files]


def page(name: str) -> Page:
    """One page by its path from the top."""
    return Page(name, (ROOT / name).read_text(encoding="utf-8"))

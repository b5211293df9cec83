"""Pages as tests read them: their text, links and form fields, found by the HTML parser that Python ships.

Belongs here: looking into a page. Not here: asking for one (`web_client.py`).
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "input", "img", "br", "hr", "track", "path", "circle", "rect", "source"})


@dataclass
class Element:
    """One element with its attributes and all text inside it."""

    tag: str
    attributes: dict[str, str]
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its text on one line."""
        return " ".join("".join(self.parts).split())

    @property
    def raw(self) -> str:
        """Its text as it stands there: what a text field holds."""
        return "".join(self.parts).removeprefix("\n")


class Page(HTMLParser):
    """Every element of a page, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.parts.append(data)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Elements of a tag with these attributes; `data_sentence` asks for `data-sentence`."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if element.tag == tag and all(element.attributes.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        """The only such element."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements {tag} {attributes}"
        return found[0]

    def has(self, tag: str, **attributes: str) -> bool:
        """Whether there is one."""
        return bool(self.all(tag, **attributes))

    @property
    def text(self) -> str:
        """All that is read on it."""
        return self.one("main").text

"""An answer as one HTML page that needs nothing else: no script, no address outside, both colour schemes, any width.

Belongs here: the page. Every text goes through `html.escape`; a policy in the page itself forbids scripts and loading.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from html import escape

from console.showing.data import LARGE
from console.showing.style import STYLE
from console.showing.summary import counts, plural
from console.showing.view import Box, Drawing, View, drawing
from console.showing.words import clean, describe, marked, money, name, said
from reelineage.family import Ref

_MOST_OF_A_KIND = 60
_MOST_ARROWS = 5_000
_MOST_LINKS = 40  # under one row: a report holds hundreds of observations
_MOST_VALUE = 4_000


def page(view: View) -> str:
    """The page: a column for each stage, every row a heading that opens, linked with its neighbours."""
    drawn = drawing(view, most_of_a_kind=_MOST_OF_A_KIND, most_arrows=_MOST_ARROWS)
    return "\n".join(_Page(view, drawn).lines())


class _Page:
    """One page over one drawing."""

    def __init__(self, view: View, drawn: Drawing) -> None:
        self._view = view
        self._drawn = drawn
        self._boxes = {box.name: box for boxes in drawn.groups.values() for box in boxes}
        self._from: dict[str, list[str]] = {}
        self._into: dict[str, list[str]] = {}
        for used, made in drawn.arrows:
            self._from.setdefault(made, []).append(used)
            self._into.setdefault(used, []).append(made)

    def lines(self) -> Iterator[str]:
        """The page, piece by piece."""
        heading = escape(clean(self._view.heading, most=200))
        yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield (
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        )
        yield f"<title>{heading}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
        yield f"<header><h1>{heading}</h1>\n<p>{self._told_counts()}</p>"
        yield from self._files()
        yield "</header>\n<main>"
        for group, boxes in self._drawn.groups.items():
            yield f"<section>\n<h2>{escape(group.replace('_', ' '))}</h2>"
            for box in boxes:
                yield from self._box(box)
            yield "</section>"
        yield "</main>\n</body>\n</html>"

    def _told_counts(self) -> str:
        found = counts(self._view) if self._view.down else self._kinds()
        told = [f"<b>{count:,}</b> {escape(plural(node, count))}" for node, count in found.items() if count]
        return " · ".join(told) or "nothing was made from it"

    def _kinds(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for ref in self._view.family.graph:
            found[ref.node] = found.get(ref.node, 0) + 1
        return found

    def _files(self) -> Iterator[str]:
        at_hand = [one for one in self._view.delivered if one.path]
        if not at_hand:
            return
        yield f"<details><summary>Files in output/: {len(at_hand):,}</summary><ul>"
        for one in at_hand[:_MOST_LINKS]:
            path = escape(clean(one.path or ""))
            yield f"<li>{escape(str(one.video))} <i>{escape(one.state)}</i> <code>{path}</code></li>"
        if len(at_hand) > _MOST_LINKS:
            yield f"<li>… and {len(at_hand) - _MOST_LINKS:,} more</li>"
        yield "</ul></details>"

    def _box(self, box: Box) -> Iterator[str]:
        if box.ref is None:
            yield f'<p class="more" id="{box.name}">… and {box.count:,} more {escape(box.node)} rows</p>'
            return
        ref, marks = box.ref, marked(self._view, box.ref)
        start = " start" if ref in self._view.family.starts else ""
        gone = " gone" if marks else ""
        opened = " open" if start and len(self._view.family.starts) == 1 else ""
        told = describe(self._view, ref, plain=True).removeprefix(name(ref)).strip()
        yield f'<details class="row{start}{gone}" id="{box.name}"{opened}><summary><b>{escape(name(ref))}</b> '
        yield f"<span>{escape(clean(told, most=240))}</span></summary>"
        yield from (f'<p class="mark">{escape(mark)}</p>' for mark in marks)
        yield from self._links("made from", self._from.get(box.name, []))
        yield from self._links("went into", self._into.get(box.name, []))
        yield from self._table(ref)
        yield "</details>"

    def _links(self, word: str, names: list[str]) -> Iterator[str]:
        if not names:
            return
        links = [f'<a href="#{other}">{escape(self._short(other))}</a>' for other in names[:_MOST_LINKS]]
        more = f" … and {len(names) - _MOST_LINKS:,} more" if len(names) > _MOST_LINKS else ""
        yield f'<p class="links"><i>{word}</i> {" ".join(links)}{more}</p>'

    def _short(self, box_name: str) -> str:
        box = self._boxes[box_name]
        return name(box.ref) if box.ref else f"{box.count:,} more {box.node}"

    def _table(self, ref: Ref) -> Iterator[str]:
        values = {column: value for column, value in self._view.values(ref).items() if column not in LARGE}
        yield "<table>"
        for column, value in values.items():
            if value is not None:
                yield f"<tr><th>{escape(column)}</th><td>{escape(_value(column, value))}</td></tr>"
        yield "</table>"


def _value(column: str, value: object) -> str:
    """A value in full, but for what is as long as a book."""
    if isinstance(value, dict | list):
        return clean(json.dumps(value, ensure_ascii=False), most=_MOST_VALUE)
    if column == "cost_nanousd" and isinstance(value, int):
        return money(value)
    if isinstance(value, datetime):
        return said(column, value)
    return clean(str(value), most=_MOST_VALUE)

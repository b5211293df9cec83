"""The outside items behind a video: works in it, models that made parts of it, trend sources it rests on.

Belongs here: the lines of the bill, which licences are unknown. Not here: the credits made from it (`credits.py`),
how it is printed (`console/commands/bom.py`), the refusal to approve (`resources/decisions.py`).
An unknown licence stands in the way of a video for works that are seen or heard in it. Models and trend sources are
listed with what is known of their terms; what a model makes is not the model, and a cited number is not the source.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Row

from reelineage.explain import Family
from reelineage.family import Ref
from reelineage.rights.disclosure import scenes_in_words

Kind = Literal["footage", "music", "voice", "font", "model", "trend_source", "citation"]

KINDS: Final[tuple[Kind, ...]] = ("footage", "music", "voice", "font", "model", "trend_source", "citation")
WORKS: Final = ("footage", "music", "voice", "font")
UNKNOWN: Final = "unknown"
_NO_LICENCE: Final = ("", "unknown", "none", "not known", "not stated", "n/a", "na", "tbd", "todo", "?", "-")
_OWN: Final = ("Reelineage", "Apache-2.0", "")
# Who made the embedded models, under which licence, and where they are told of; anything else is unknown.
_MODELS: Final[Mapping[tuple[str, str], tuple[str, str, str]]] = {
    ("trend_source", "embedded"): _OWN,
    ("script_writer", "embedded"): _OWN,
    ("footage_source", "motion_graphics"): _OWN,
    ("footage_source", "own_media"): _OWN,
    ("music_source", "bed"): _OWN,
    ("music_source", "own_file"): _OWN,
    ("speech_synthesizer", "piper"): (
        "The Piper authors", "GPL-3.0-or-later (the engine; the voice has a line of its own)",
        "https://github.com/OHF-Voice/piper1-gpl",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One outside item. `scenes` is empty when it belongs to the whole video; unknown texts say `unknown`."""

    kind: Kind
    provider: str
    title: str
    author: str
    licence: str
    url: str
    attribution: str
    sha256: str | None
    scenes: tuple[int, ...] = ()
    note: str = ""

    @property
    def used_in(self) -> str:
        """Where in the video, for people."""
        return scenes_in_words(self.scenes) if self.scenes else "whole video"

    @property
    def licence_known(self) -> bool:
        """Whether anybody said under which terms it may be used."""
        return is_known(self.licence)


def is_known(licence: str) -> bool:
    """Whether a licence says anything: not empty, `unknown`, or one of the other ways to say nothing."""
    return " ".join(licence.split()).casefold() not in _NO_LICENCE


def bill(family: Family) -> tuple[Line, ...]:
    """Every outside item of a video, works first, each once.

    Args:
        family: everything that the video was made from (`explain.explain`).
    """
    lines = (*_works(family), *_models(family), *_trend_sources(family), *_citations(family))
    return tuple(sorted(lines, key=_order))


def unknown_licences(family: Family) -> tuple[Line, ...]:
    """The works in a video that nobody named a licence for: what stands in the way of its approval."""
    return tuple(line for line in bill(family) if line.kind in WORKS and not line.licence_known)


def _works(family: Family) -> Iterator[Line]:
    rows, shown = _rows(family, "media_item"), _scenes_by(family, "media_item")
    for ref, item in rows.items():
        yield Line(
            kind=item.kind,
            provider=item.provider,
            title=item.title,
            author=item.author or UNKNOWN,
            licence=item.licence or UNKNOWN,
            url=item.page_url,
            attribution=item.attribution,
            sha256=item.sha256,
            scenes=shown.get(ref, ()),
        )


def _models(family: Family) -> Iterator[Line]:
    """One line for each provider, model and prompt, however often it was called."""
    shown = _scenes_by(family, "provider_call")
    asked: dict[tuple[str, str, str, str], list[Ref]] = {}
    for ref, call in _rows(family, "provider_call").items():
        asked.setdefault((call.role, call.provider, call.model, call.prompt_version or ""), []).append(ref)
    for (role, provider, model, prompt), calls in asked.items():
        author, licence, url = _MODELS.get((role, provider), (UNKNOWN, UNKNOWN, UNKNOWN))
        scenes = {scene for ref in calls for scene in shown.get(ref, ())}
        stand_in = next((family.rows[ref].stand_in for ref in calls if family.rows[ref].stand_in), None)
        notes = (role.replace("_", " "), f"prompt {prompt}" if prompt else "", f"{stand_in} data" if stand_in else "")
        yield Line(
            "model",
            provider,
            model,
            author,
            licence,
            url,
            "",
            None,
            tuple(sorted(scenes)),
            ", ".join(filter(None, notes)),
        )


def _trend_sources(family: Family) -> Iterator[Line]:
    kept: dict[int, int] = {}
    platforms: dict[int, set[str]] = {}
    items = _rows(family, "trend_item")
    for row in _rows(family, "trend_observation").values():
        kept[row.fetch_id] = kept.get(row.fetch_id, 0) + 1
        item = items.get(Ref("trend_item", str(row.item_id)))
        platforms.setdefault(row.fetch_id, set()).update({item.platform} if item else ())
    for ref, fetch in _rows(family, "trend_fetch").items():
        number = int(ref.key)
        seen_on = ", ".join(sorted(platforms.get(number, ()))) or UNKNOWN
        sample = fetch.source_kind == "sample"
        duty = f"; its text is to be deleted by {fetch.delete_by:%Y-%m-%d}" if fetch.delete_by else ""
        yield Line(
            kind="trend_source",
            provider=fetch.source_kind,
            title=fetch.source_name,
            author="Reelineage" if sample else UNKNOWN,
            licence="Apache-2.0 (made up)" if sample else UNKNOWN,
            url="",
            attribution="Made-up sample data" if sample else f"Trend data: {fetch.source_name} ({seen_on})",
            sha256=fetch.artifact_sha256,
            note=f"{kept.get(number, 0):,} items used, {fetch.skipped_count:,} rows skipped; platform {seen_on}{duty}",
        )


def _citations(family: Family) -> Iterator[Line]:
    """What the script cites, as far as its text is still there; the page is named, not the title."""
    scripts = [ref for ref in family.graph if ref.node == "script"]
    cited = dict.fromkeys(one for ref in scripts for one in family.graph[ref] if one.node == "trend_observation")
    for ref in cited:
        row = family.rows[ref]
        item = family.rows.get(Ref("trend_item", str(row.item_id)))
        if item is None or not row.url:
            continue
        by = f"{row.creator}, " if row.creator else ""
        yield Line(
            kind="citation",
            provider=item.platform,
            title=item.external_id,
            author=row.creator or UNKNOWN,
            licence=UNKNOWN,
            url=row.url,
            attribution=f"{by}{item.platform}: {row.url}",
            sha256=None,
        )


def _scenes_by(family: Family, node: str) -> dict[Ref, tuple[int, ...]]:
    """In which scenes each row of a kind is seen; rows that also serve the whole video are left out."""
    scenes: dict[Ref, set[int]] = {}
    whole: set[Ref] = set()
    for ref, parents in family.graph.items():
        for parent in parents:
            if parent.node != node:
                continue
            if ref.node == "clip":
                scenes.setdefault(parent, set()).add(family.rows[ref].scene)
            else:
                whole.add(parent)
    return {ref: tuple(sorted(found)) for ref, found in scenes.items() if ref not in whole}


def _rows(family: Family, node: str) -> dict[Ref, Row[Any]]:
    return {ref: row for ref, row in family.rows.items() if ref.node == node}


def _order(line: Line) -> tuple[int, str, str, str, Collection[int]]:
    return KINDS.index(line.kind), line.provider, line.title, line.sha256 or line.note, line.scenes

"""Which scene a provider call worked for, and what each scene cost.

Belongs here: finding the scene in the rows that were made from a call, or in what was asked. Not here: sums by anything
that a call says itself (`costs.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pydantic import JsonValue
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from reelineage.models import Clip, ClipCall, ProviderCall, Script, Voiceover
from resources.cost_groups import sums

WHOLE_VIDEO: Final = "whole video"
_JOBS_AT_ONCE: Final = 500
_KEYS_AT_ONCE: Final = 5_000  # SQLite takes 32,766 parameters in one statement
_COLUMNS: Final = (
    ProviderCall.id, ProviderCall.job_id, ProviderCall.role, ProviderCall.request_sha256, ProviderCall.cost_nanousd,
)  # fmt: skip
_SPEECH: Final = "speech_synthesizer"
_FOOTAGE: Final = "footage_source"


@dataclass
class SceneSum:
    """The calls that worked for one scene: how many, their known prices in billionths of a dollar, the unknown ones."""

    calls: int = 0
    known_nanousd: int = 0
    unknown_calls: int = 0

    def add(self, calls: int, known_nanousd: int, unknown_calls: int) -> None:
        """Count more calls in."""
        self.calls += calls
        self.known_nanousd += known_nanousd
        self.unknown_calls += unknown_calls


class _Call(NamedTuple):
    """What is needed of a provider call to find its scene and its price."""

    id: int
    job_id: int
    role: str
    request_sha256: str
    cost_nanousd: int | None


def scene_costs(session: Session, within: Sequence[ColumnElement[bool]]) -> dict[str, SceneSum]:
    """Sums by scene over all jobs, `scene 1` first and what no scene can be told for last.

    A call whose answer serves several scenes (a sentence said twice) counts for the first of them. Some hundred jobs
    are held in memory at a time.
    """
    found: dict[int | None, SceneSum] = {}
    for job_ids in _batches(session, within):
        rows = session.execute(select(*_COLUMNS).where(ProviderCall.job_id.in_(job_ids), *within))
        calls = [_Call._make(row) for row in rows]
        scenes = _scenes(session, job_ids, calls)
        for call in calls:
            cost = call.cost_nanousd
            found.setdefault(scenes.get(call.id), SceneSum()).add(1, cost or 0, int(cost is None))
    without_job, known_nanousd, priced = session.execute(
        select(*sums()).where(ProviderCall.job_id.is_(None), *within)
    ).one()
    if without_job:
        found.setdefault(None, SceneSum()).add(without_job, int(known_nanousd or 0), without_job - priced)
    told = sorted(found, key=lambda scene: (scene is None, scene or 0))
    return {WHOLE_VIDEO if scene is None else f"scene {scene}": found[scene] for scene in told}


def _batches(session: Session, within: Sequence[ColumnElement[bool]]) -> Iterator[Sequence[int]]:
    last = 0
    while True:
        found = session.scalars(
            select(ProviderCall.job_id)
            .where(ProviderCall.job_id > last, *within)
            .distinct()
            .order_by(ProviderCall.job_id)
            .limit(_JOBS_AT_ONCE)
        ).all()
        job_ids = [job_id for job_id in found if job_id is not None]
        if not job_ids:
            return
        yield job_ids
        last = job_ids[-1]


def _scenes(session: Session, job_ids: Sequence[int], calls: Sequence[_Call]) -> dict[int, int]:
    """The scene of each call that has one, from what was made of it; where nothing was, from what it asked for."""
    clips = select(ClipCall.call_id, func.min(Clip.scene)).join(Clip, Clip.id == ClipCall.clip_id)
    rows = session.execute(clips.where(ClipCall.job_id.in_(job_ids)).group_by(ClipCall.call_id))
    scenes = {call_id: scene for call_id, scene in rows}  # noqa: C416 — a result's rows are no pairs to dict()
    spoken = [call for call in calls if call.role == _SPEECH]
    said = _said(session, sorted({call.job_id for call in spoken}))
    scenes |= {call.id: said[key] for call in spoken if (key := (call.job_id, call.request_sha256)) in said}
    unused = [call for call in calls if call.role in (_SPEECH, _FOOTAGE) and call.id not in scenes]
    return scenes | _asked(session, unused)


def _said(session: Session, job_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """The first scene in which the answer to a request is heard, by job and request."""
    found: dict[tuple[int, str], int] = {}
    for job_id, document in _documents(session, Voiceover, job_ids):
        for sentence in _items(document, "sentences"):
            _first(found, (job_id, str(sentence.get("request_sha256"))), _number(sentence.get("scene")))
    return found


def _asked(session: Session, calls: Sequence[_Call]) -> dict[int, int]:
    """The scenes that calls name in their parameters: clips by number, speech by a sentence of the job's scripts."""
    texts: dict[tuple[int, str], int] = {}
    for job_id, document in _documents(session, Script, sorted({one.job_id for one in calls if one.role == _SPEECH})):
        for part in _items(document, "scenes"):
            for sentence in _items(part, "sentences"):
                _first(texts, (job_id, str(sentence.get("text"))), _number(part.get("number")))
    found: dict[int, int] = {}
    for batch in (calls[start : start + _KEYS_AT_ONCE] for start in range(0, len(calls), _KEYS_AT_ONCE)):
        told = select(ProviderCall.id, ProviderCall.parameters).where(ProviderCall.id.in_([one.id for one in batch]))
        given = {call_id: parameters or {} for call_id, parameters in session.execute(told)}
        for call in batch:
            asked = given[call.id]
            by_text = texts.get((call.job_id, str(asked.get("text"))))
            if scene := (_number(asked.get("scene")) if call.role == _FOOTAGE else by_text):
                found[call.id] = scene
    return found


def _documents(
    session: Session, kind: type[Voiceover] | type[Script], job_ids: Sequence[int]
) -> Iterator[tuple[int, Mapping[str, JsonValue]]]:
    """Those that were not taken down."""
    asked = select(kind.job_id, kind.document).where(kind.job_id.in_(job_ids))
    for job_id, document in session.execute(asked):
        if document:
            yield job_id, document


def _items(document: Mapping[str, JsonValue], name: str) -> Iterator[dict[str, JsonValue]]:
    found = document.get(name)
    return (item for item in (found if isinstance(found, list) else []) if isinstance(item, dict))


def _number(value: JsonValue) -> int | None:
    """A scene's number as calls carry it: by itself, or in the scene that was asked for."""
    number = value.get("number") if isinstance(value, dict) else value
    return number if isinstance(number, int) and number > 0 else None


def _first(scenes: dict[tuple[int, str], int], key: tuple[int, str], scene: int | None) -> None:
    """Keep the first scene of a key."""
    if scene is not None:
        scenes[key] = min(scene, scenes.get(key, scene))

"""A script as it is shown beside its video: every sentence with when it is heard and the rows that it rests on.

Belongs here: putting a script, its voiceover and its citations together. Not here: what else a job's page shows
(`job_view.py`), walking further up from a row (`reelineage/explain.py`).
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage import documents as docs
from reelineage.models import (
    Artifact,
    Clip,
    Script,
    ScriptCitation,
    TrendItem,
    TrendObservation,
    Video,
    VideoClip,
    Voiceover,
)
from resources.observed_rates import reactions_per_hour


@dataclass(frozen=True)
class Source:
    """One observation that a script cites.

    `number` counts from 1 as they are first cited, in one sentence the one that answers first. Texts are None when they
    were taken down. `reactions_per_hour` is the rate as an analysis computes it from this observation alone, None where
    it cannot be told.
    """

    number: int
    observation_id: int
    platform: str
    external_id: str
    observed_at: datetime
    title: str | None
    creator: str | None
    views: int | None
    reactions_per_hour: float | None = None


@dataclass(frozen=True)
class Line:
    """One spoken sentence; `number` counts from 1 within its scene. Times are None until there is a voice."""

    scene: int
    number: int
    text: str
    start_seconds: float | None
    end_seconds: float | None
    sources: tuple[Source, ...]

    @property
    def name(self) -> str:
        """`2.1`: the first sentence of scene 2."""
        return f"{self.scene}.{self.number}"


@dataclass(frozen=True)
class SceneView:
    """One scene: what is said, what is shown, and the clip of it; `clip_type` is the clip's media type."""

    number: int
    role: str
    headline: str
    shown: str
    lines: tuple[Line, ...]
    picture_sources: tuple[Source, ...]
    clip_id: int | None
    clip_type: str | None

    @property
    def start_seconds(self) -> float | None:
        """When its first sentence is heard."""
        return self.lines[0].start_seconds if self.lines else None


@dataclass(frozen=True)
class ScriptView:
    """All scenes of a script version, and every source that they cite once."""

    scenes: tuple[SceneView, ...]
    sources: tuple[Source, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every sentence, in the order in which they are heard."""
        return tuple(line for scene in self.scenes for line in scene.lines)


_Row = tuple[TrendItem, TrendObservation]
NOTHING: Final = ScriptView((), ())


def script_view(session: Session, script: Script, voiceover: Voiceover | None, video: Video | None) -> ScriptView:
    """The scenes of a script, timed by the voiceover made from it; nothing when its content was taken down."""
    if script.document is None:
        return NOTHING
    document = docs.Script.model_validate(script.document)
    rows = _observations(session, script.id)
    rates = {key: reactions_per_hour(*row) for key, row in rows.items()}
    ordered = _telling_first(rows, rates)
    cited = dict.fromkeys(key for scene in document.scenes for keys in _keys(scene) for key in ordered if key in keys)
    numbers = {key: number for number, key in enumerate(cited, 1)}
    sources = {key: _source(numbers[key], rows[key], rates[key]) for key in ordered if key in numbers}
    times, clips = _times(voiceover), _clips(session, video)
    scenes = tuple(_scene(scene, times, sources, clips.get(scene.number)) for scene in document.scenes)
    return ScriptView(scenes, tuple(sorted(sources.values(), key=lambda one: one.number)))


def _scene(
    scene: docs.Scene,
    times: Mapping[int, Sequence[docs.SpokenSentence]],
    sources: Mapping[str, Source],
    clip: tuple[int, str] | None,
) -> SceneView:
    heard = times.get(scene.number, ())
    lines = tuple(
        Line(
            scene=scene.number,
            number=number,
            text=sentence.text,
            start_seconds=heard[number - 1].start_seconds if number <= len(heard) else None,
            end_seconds=heard[number - 1].end_seconds if number <= len(heard) else None,
            sources=_among(sentence.citations, sources),
        )
        for number, sentence in enumerate(scene.sentences, 1)
    )
    return SceneView(
        number=scene.number,
        role=scene.role.value,
        headline=scene.visual.headline,
        shown=scene.visual.kind.value,
        lines=lines,
        picture_sources=_among(_on_screen(scene), sources),
        clip_id=clip[0] if clip else None,
        clip_type=clip[1] if clip else None,
    )


def _keys(scene: docs.Scene) -> Iterator[frozenset[str]]:
    """The observation keys that a scene cites, by where: each of its sentences, then its picture."""
    yield from (frozenset(sentence.citations) for sentence in scene.sentences)
    yield _on_screen(scene)


def _on_screen(scene: docs.Scene) -> frozenset[str]:
    return frozenset(datum.evidence for datum in scene.visual.data if datum.evidence)


def _among(keys: Collection[str], sources: Mapping[str, Source]) -> tuple[Source, ...]:
    """The sources of one sentence or picture, in the order in which they answer."""
    wanted = frozenset(keys)
    return tuple(source for key, source in sources.items() if key in wanted)


def _telling_first(rows: Mapping[str, _Row], rates: Mapping[str, float | None]) -> list[str]:
    """All that is cited, in the order in which it answers: the last of each item's observations, the strongest first.

    The numbers that are said are those of an item's newest observation; an earlier one has another rate.
    """
    newest: dict[int, datetime] = {}
    for item, seen in rows.values():
        newest[item.id] = max(seen.observed_at, newest.get(item.id, seen.observed_at))

    def order(key: str) -> tuple[bool, float, int]:
        item, seen = rows[key]
        rate = rates[key]
        return seen.observed_at < newest[item.id], math.inf if rate is None else -rate, seen.id

    return sorted(rows, key=order)


def _observations(session: Session, script_id: int) -> dict[str, _Row]:
    """The rows behind a script's citations, by the key that documents name them with."""
    cited = select(ScriptCitation.observation_id).where(ScriptCitation.script_id == script_id)
    rows = session.execute(
        select(TrendItem, TrendObservation)
        .join(TrendItem, TrendItem.id == TrendObservation.item_id)
        .where(TrendObservation.id.in_(cited))
    )
    return {f"{item.platform}/{item.external_id}@{docs.iso(seen.observed_at)}": (item, seen) for item, seen in rows}


def _source(number: int, row: _Row, rate: float | None) -> Source:
    item, seen = row
    return Source(
        number, seen.id, item.platform, item.external_id, seen.observed_at, seen.title, seen.creator, seen.views, rate
    )


def _times(voiceover: Voiceover | None) -> dict[int, list[docs.SpokenSentence]]:
    """The spoken sentences of each scene, in order: a voice says what its script holds, one for one."""
    found: dict[int, list[docs.SpokenSentence]] = {}
    if voiceover is not None and voiceover.document is not None:
        for sentence in docs.Voiceover.model_validate(voiceover.document).sentences:
            found.setdefault(sentence.scene, []).append(sentence)
    return found


def _clips(session: Session, video: Video | None) -> dict[int, tuple[int, str]]:
    """The clip that a video shows in each scene, and its media type."""
    if video is None:
        return {}
    rows = session.execute(
        select(VideoClip.scene, Clip.id, Artifact.media_type)
        .join(Clip, Clip.id == VideoClip.clip_id)
        .join(Artifact, Artifact.sha256 == Clip.artifact_sha256)
        .where(VideoClip.video_id == video.id)
    )
    return {scene: (clip_id, media_type) for scene, clip_id, media_type in rows}

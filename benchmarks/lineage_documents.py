"""Documents of made-up jobs as JSON text with holes, so that a million jobs need no million pydantic objects.

Belongs here: one template per document, each built from the real pydantic type, and how its holes are filled. Fields
that hold their default are left out to keep rows small. Not here: rows (`lineage_rows.py`), databases.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from reelineage import documents as docs
from reelineage.fingerprint import canonical_json, sha256_of

SCENES = 4
SENTENCES = (1, 2, 3, 4)  # the scene of each spoken sentence
LINES = ("{title} rises.", "It takes {number} minutes.", "People mend it at home.", "Follow for more.")
OBSERVED = 3  # observations of a fetch; an analysis uses all of them
VIDEO_SECONDS = 8.0
_STEP_SECONDS = VIDEO_SECONDS / len(LINES)


class Template:
    """Canonical JSON of a document with named holes; a filled one is canonical JSON again."""

    def __init__(self, document: docs.Document, holes: Mapping[str, str]) -> None:
        text = canonical_json(document.model_dump(mode="json", exclude_defaults=True)).replace("%", "%%")
        for name, marker in holes.items():
            if marker not in text:
                raise ValueError(f"Building a template: {type(document).__name__} has no place for {name}.")
            text = text.replace(marker, f"%({name})s")
        self._text = text

    def fill(self, **values: str) -> str:
        """The text with its holes filled; values must need no escaping in JSON."""
        return self._text % values


def compact(document: docs.Document) -> str:
    """Canonical JSON without fields that hold their default."""
    return canonical_json(document.model_dump(mode="json", exclude_defaults=True))


def works() -> dict[str, docs.MediaItem]:
    """The outside works that all jobs share: by a short name."""
    rows = (
        ("font", "font", "embedded", "montserrat", "OFL-1.1"),
        ("piper", "voice", "piper", "en_US-joe-medium", "CC0-1.0"),
        ("elevenlabs", "voice", "elevenlabs", "adam", "commercial"),
        ("footage", "footage", "own_media", "harbour.mp4", "CC-BY-4.0"),
        *((f"music{number}", "music", "bed", f"bed-{number}", "CC0-1.0") for number in range(20)),
    )
    return {
        name: docs.MediaItem.model_validate(
            {
                "kind": kind, "provider": provider, "external_id": external_id, "title": "", "author": "",
                "page_url": "", "licence": licence, "attribution": "", "sha256": sha256_of({"work": name}),
            }
        )
        for name, kind, provider, external_id, licence in rows
    }  # fmt: skip


def report(
    source_name: str, artifact_sha256: str, seen: tuple[docs.Observation, ...], *, demo: bool
) -> docs.TrendReport:
    """The report over one fetch."""
    source = docs.ReportSource(
        source_kind="sample" if demo else "file", source_name=source_name, artifact_sha256=artifact_sha256,
        observations=len(seen), skipped_count=0, stand_in="demo" if demo else None,
    )  # fmt: skip
    return docs.TrendReport(window_start=None, window_end=seen[0].observed_at, sources=(source,), observations=seen)


def analysis(seen: docs.TrendReport) -> docs.TrendAnalysis:
    """An analysis with one statement that rests on all observations of the report."""
    statement = docs.Statement(text="Taps rise.", evidence=tuple(one.key for one in seen.observations))
    return docs.TrendAnalysis(
        window_start=None, window_end=seen.window_end, items=len(seen.observations), ranked=(), topics=(), patterns=(),
        statements=(statement,), method={"name": "benchmark"},
    )  # fmt: skip


def observation(platform: str, number: int, at: datetime) -> docs.Observation:
    """Item `number` as it was seen at one moment."""
    return docs.Observation(
        platform=platform, external_id=f"item-{number}", observed_at=at, title=f"How to mend tap {number}",
        views=1000 + number % 997, likes=10 + number % 89, published_at=at.replace(hour=0, minute=0, second=0),
    )  # fmt: skip


class Templates:
    """All documents that differ from job to job."""

    def __init__(self, media: Mapping[str, docs.MediaItem]) -> None:
        self.script = _script()
        self.voiceover = {name: _voiceover(media[name]) for name in ("piper", "elevenlabs")}
        works = {None: (), "font": (media["font"],), "footage": (media["footage"],)}
        self.clip = {
            (scene, name): _clip(scene, shown) for scene in range(1, SCENES + 1) for name, shown in works.items()
        }
        self.video = {name: _video((media["font"], media[name])) for name in media if name.startswith("music")}
        stand_ins: tuple[tuple[str, ...], ...] = ((), ("demo",), ("ambiguous",), ("ambiguous", "demo"))
        self.review = {words: _review(words) for words in stand_ins}


def _hex(number: int) -> str:
    return f"{0xABC000 + number:064x}"


def _script() -> Template:
    scenes = tuple(
        docs.Scene(
            number=number,
            role=docs.SceneRole.HOOK if number == 1 else docs.SceneRole.POINT,
            sentences=tuple(
                docs.Sentence(text=f"<<line{place}>>", citations=(f"<<key{place}>>",) if place < OBSERVED else ())
                for place, scene in enumerate(SENTENCES)
                if scene == number
            ),
            visual=docs.Visual(kind=docs.VisualKind.TITLE, headline="<<title>>"),
            visual_prompt="",
        )
        for number in range(1, SCENES + 1)
    )  # fmt: skip
    document = docs.Script(
        title="<<title>>", description="", hashtags=(), hook="<<title>>", call_to_action="Follow", scenes=scenes,
        duration_target_seconds=VIDEO_SECONDS, aspect_ratio="9:16", language="en", seed=1, trend_pattern="", steps=(),
        request_sha256=_hex(0),
    )  # fmt: skip
    lines = {f"line{place}": f"<<line{place}>>" for place in range(len(LINES))}
    keys = {f"key{place}": f"<<key{place}>>" for place in range(OBSERVED)}
    return Template(document, {"title": "<<title>>", "request": _hex(0)} | lines | keys)


def _voiceover(voice: docs.MediaItem) -> Template:
    sentences = tuple(
        docs.SpokenSentence(
            scene=scene, text=f"<<line{place}>>", start_seconds=round(place * _STEP_SECONDS, 3),
            end_seconds=round((place + 1) * _STEP_SECONDS, 3), words=(), request_sha256=_hex(place),
        )
        for place, scene in enumerate(SENTENCES)
    )  # fmt: skip
    spans = tuple(docs.SceneSpan(scene=n + 1, first_frame=n * 60, frames=60) for n in range(SCENES))
    document = docs.Voiceover(
        audio=docs.ArtifactRef(sha256=_hex(90), size_bytes=SIZES["audio/wav"], media_type="audio/wav"),
        duration_seconds=VIDEO_SECONDS, sample_rate=docs.SAMPLE_RATE, peak_dbfs=-3.0, loudness_lufs=-16.0,
        sentences=sentences, spans=spans, voice=voice,
    )  # fmt: skip
    lines = {f"line{place}": f"<<line{place}>>" for place in range(len(LINES))}
    return Template(
        document, {f"request{place}": _hex(place) for place in range(len(LINES))} | lines | {"audio": _hex(90)}
    )


def _clip(scene: int, media: tuple[docs.MediaItem, ...]) -> Template:
    kind = "video/mp4" if any(work.kind == "footage" for work in media) else "application/json"
    document = docs.Clip(
        scene=scene, artifact=docs.ArtifactRef(sha256=_hex(1), size_bytes=SIZES[kind], media_type=kind), width=540,
        height=960, fps=docs.FPS, frames=60, media=media, request_sha256=_hex(2),
    )  # fmt: skip
    return Template(document, {"artifact": _hex(1), "request": _hex(2)})


def _video(media: tuple[docs.MediaItem, ...]) -> Template:
    def file(place: int, kind: str) -> docs.ArtifactRef:
        return docs.ArtifactRef(sha256=_hex(place), size_bytes=SIZES[kind], media_type=kind)

    document = docs.Video(
        title="<<title>>", file=file(1, "video/mp4"), thumbnail=file(2, "image/jpeg"),
        captions_srt=file(3, "application/x-subrip"), captions_vtt=file(4, "text/vtt"),
        captions_ass=file(5, "text/x-ass"), width=540, height=960, fps=docs.FPS, frames=240,
        duration_seconds=VIDEO_SECONDS, video_codec="h264", video_profile="High", pixel_format="yuv420p",
        audio_codec="aac", audio_sample_rate=docs.SAMPLE_RATE, loudness_lufs=-14.0, true_peak_dbtp=-1.5, encoder={},
        media=media, music_request_sha256=_hex(6),
    )  # fmt: skip
    files = {name: _hex(place) for place, name in enumerate(("file", "thumbnail", "srt", "vtt", "ass", "music"), 1)}
    return Template(document, files | {"title": "<<title>>"})


def _review(stand_ins: tuple[Any, ...]) -> Template:
    disclosure = docs.Disclosure(
        digital_source_type=SOURCE_TYPE,
        ai_act_article_50=True,
        youtube_contains_synthetic_media=True,
        tiktok_is_aigc=True,
    )
    document = docs.Review(
        video_sha256=_hex(1), findings=(), stand_ins=stand_ins, disclosure=disclosure,
        recommendation="look" if stand_ins else "approve",
    )  # fmt: skip
    return Template(document, {"file": _hex(1)})


SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
SIZES = {
    "audio/wav": 768_044, "video/mp4": 2_400_000, "application/json": 2_100, "image/jpeg": 90_000,
    "application/x-subrip": 400, "text/vtt": 420, "text/x-ass": 1_900, "text/csv": 5_000,
}  # fmt: skip
THEMES: tuple[dict[str, JsonValue], ...] = tuple(
    {
        "about": "What people mend at home", "audience": "people with a dripping tap",
        "call_to_action": "Follow for more", "name": f"Taps {number}", "sources": [{"kind": "sample"}],
        "writer": "trend_briefing",
    }
    for number in range(20)
)  # fmt: skip

"""Small documents made up for tests, and whole jobs stored without making any media.

Belongs here: the shortest sound value of each document, and `fill_job`, which stores a chain of them as a run would:
claimed, through the ledger, under the fence. Not here: fixtures (`conftest.py`), trend files (`reelineage/trends`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reelineage import documents as docs
from reelineage import lineage
from reelineage.documents import ProviderIdentity
from reelineage.editing import Change, TitleChange
from reelineage.fingerprint import sha256_of
from reelineage.models import Edit, Job
from reelineage.theme import SampleSource, Theme, Writer
from resources.editing import edit_script
from resources.home import Home
from resources.ledger import Ledger, Product, Request
from resources.record_edges import StoredRow
from resources.record_rows import RECORDS, insert_record, stored_row
from resources.trend_store import store_fetch

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
SCENES = 2


def theme(**changes: Any) -> Theme:
    """A theme with one demo source."""
    values: dict[str, Any] = {
        "name": "Taps",
        "about": "What people mend at home",
        "audience": "people with a dripping tap",
        "writer": Writer.TREND_BRIEFING,
        "sources": (SampleSource(kind="sample"),),
        "call_to_action": "Follow for more",
    }
    return Theme.model_validate(values | changes)


def theme_yaml(**changes: str) -> bytes:
    """A theme as people write it."""
    lines = {
        "name": "Taps", "about": "What people mend at home", "audience": "people with a dripping tap",
        "writer": "trend_briefing", "sources": "[{kind: sample}]", "call_to_action": "Follow for more",
    } | changes  # fmt: skip
    return "\n".join(f"{field}: {value}" for field, value in lines.items()).encode()


# --- documents -------------------------------------------------------------------------------------------------------


def observation(number: int, **changes: Any) -> docs.Observation:
    """The observation of item `number`."""
    values: dict[str, Any] = {
        "platform": "youtube",
        "external_id": f"item-{number}",
        "observed_at": NOON,
        "title": f"How to mend tap {number}",
        "hashtags": ("taps",),
        "views": 1000 * number,
        "likes": 10 * number,
        "published_at": NOON - timedelta(hours=6),
    }
    return docs.Observation.model_validate(values | changes)


def fetch(items: int = 3, *, stand_in: docs.StandIn | None = None) -> docs.TrendFetch:
    """A fetch of a few items."""
    return docs.TrendFetch(
        source_kind="sample",
        source_name="taps.jsonl",
        observations=tuple(observation(number) for number in range(1, items + 1)),
        stand_in=stand_in,
    )


def report(fetched: docs.TrendFetch, artifact_sha256: str) -> docs.TrendReport:
    """The report over one fetch."""
    source = docs.ReportSource(
        source_kind=fetched.source_kind,
        source_name=fetched.source_name,
        artifact_sha256=artifact_sha256,
        observations=len(fetched.observations),
        skipped_count=0,
        stand_in=fetched.stand_in,
    )
    return docs.TrendReport(
        window_start=None, window_end=NOON, sources=(source,), observations=fetched.observations
    )  # fmt: skip


def analysis(seen: docs.TrendReport, *, note: str = "") -> docs.TrendAnalysis:
    """An analysis that uses the first two observations of a report, and no other."""
    used = tuple(one.key for one in seen.observations[:2])
    return docs.TrendAnalysis(
        window_start=None,
        window_end=seen.window_end,
        items=len(seen.observations),
        ranked=(),
        topics=(),
        patterns=(),
        statements=(docs.Statement(text=f"Taps rise.{note}", evidence=used),),
        method={"name": "toy"},
    )


def script(found: docs.TrendAnalysis, request_sha256: str, *, title: str = "Taps") -> docs.Script:
    """A script of two scenes that cites the first observation of an analysis."""
    cited = found.statements[0].evidence[0]
    scenes = tuple(
        docs.Scene(
            number=number,
            role=docs.SceneRole.HOOK if number == 1 else docs.SceneRole.CALL_TO_ACTION,
            sentences=(docs.Sentence(text=f"{title}, part {number}.", citations=(cited,)),),
            visual=docs.Visual(kind=docs.VisualKind.TITLE, headline=title),
            visual_prompt="a tap",
        )
        for number in range(1, SCENES + 1)
    )
    return docs.Script(
        title=title, description="", hashtags=(), hook="Taps", call_to_action="Follow", scenes=scenes,
        duration_target_seconds=10, aspect_ratio="9:16", language="en", seed=1, trend_pattern="", steps=(),
        request_sha256=request_sha256,
    )  # fmt: skip


def media_item(kind: str = "voice") -> docs.MediaItem:
    """An outside work with a licence."""
    return docs.MediaItem.model_validate(
        {
            "kind": kind, "provider": "toy", "external_id": kind, "title": kind, "author": "nobody",
            "page_url": "https://example.org", "licence": "CC0-1.0", "attribution": "",
            "sha256": sha256_of({"kind": kind}),
        }
    )  # fmt: skip


def voiceover(said: docs.Script, audio: docs.ArtifactRef, request_sha256: str) -> docs.Voiceover:
    """One second of narration per scene."""
    sentences = tuple(
        docs.SpokenSentence(
            scene=scene.number, text=scene.sentences[0].text, start_seconds=scene.number - 1.0,
            end_seconds=float(scene.number), words=(), request_sha256=request_sha256,
        )
        for scene in said.scenes
    )  # fmt: skip
    spans = tuple(docs.SceneSpan(scene=s.number, first_frame=(s.number - 1) * 30, frames=30) for s in said.scenes)
    return docs.Voiceover(
        audio=audio, duration_seconds=float(len(spans)), sample_rate=docs.SAMPLE_RATE, peak_dbfs=-3.0,
        loudness_lufs=-16.0, sentences=sentences, spans=spans, voice=media_item(),
    )  # fmt: skip


def clip(scene: int, artifact: docs.ArtifactRef, request_sha256: str) -> docs.Clip:
    """The picture of one scene."""
    return docs.Clip(
        scene=scene, artifact=artifact, width=540, height=960, fps=docs.FPS, frames=30, media=(media_item("font"),),
        request_sha256=request_sha256,
    )  # fmt: skip


def video(
    said: docs.Script, file: docs.ArtifactRef, side: docs.ArtifactRef, music_request_sha256: str | None = None
) -> docs.Video:
    """A finished file; thumbnail and captions share one side file."""
    return docs.Video(
        title=said.title, file=file, thumbnail=side, captions_srt=side, captions_vtt=side, captions_ass=side,
        width=540, height=960, fps=docs.FPS, frames=60, duration_seconds=2.0, video_codec="h264", video_profile="High",
        pixel_format="yuv420p", audio_codec="aac", audio_sample_rate=docs.SAMPLE_RATE, loudness_lufs=-14.0,
        true_peak_dbtp=-1.5, encoder={}, media=(media_item("font"), media_item("music")),
        music_request_sha256=music_request_sha256,
    )  # fmt: skip


def review(shown: docs.Video, *, stand_ins: tuple[docs.StandIn, ...] = ()) -> docs.Review:
    """A review without findings."""
    return docs.Review(
        video_sha256=shown.file.sha256, findings=(), stand_ins=stand_ins,
        recommendation="look" if stand_ins else "approve",
    )  # fmt: skip


# --- making them as a run would -------------------------------------------------------------------------------------

ROLES: dict[str, str] = {
    "trends": "trend_source",
    "scripts": "script_writer",
    "voiceovers": "speech_synthesizer",
    "clips": "footage_source",
    "videos": "music_source",
}


def identity(asset: str, *, stand_in: docs.StandIn | None = None) -> ProviderIdentity:
    """The toy provider behind an asset."""
    return ProviderIdentity.model_validate(
        {"role": ROLES[asset], "provider": "toy", "model": asset, "stand_in": stand_in}
    )


class Maker:
    """Makes each asset's documents for one job; `take` varies their content.

    `call` is a ledger's, so that every provider call and file is recorded as in a real run.
    """

    def __init__(self, home: Home, job_id: int, call: Callable[..., Any], *, take: int = 1) -> None:
        self.home, self.job_id, self.call, self.take = home, job_id, call, take
        self.stand_in: docs.StandIn | None = None

    def make(self, asset: str, made_from: dict[str, Any]) -> Any:
        """The documents of `asset` from its upstream documents, as the asset itself would return them."""
        return getattr(self, f"_{asset}")(**made_from)

    def _file(self, asset: str, **parameters: Any) -> tuple[docs.ArtifactRef, str]:
        request = Request(
            identity(asset, stand_in=self.stand_in if asset == "trends" else None), {"take": self.take, **parameters}
        )

        def produce(folder: Path) -> Product:
            path = folder / "file"
            path.write_text(f"job {self.job_id} {asset} {request.sha256}")
            return Product({}, path, "text/plain")

        answer = self.call(request, produce)
        return answer.artifact, answer.request_sha256

    def _trends(self) -> docs.TrendReport:
        fetched = fetch(stand_in=self.stand_in)
        request = Request(identity("trends", stand_in=self.stand_in), {"take": self.take})

        def produce(folder: Path) -> Product:
            path = folder / "raw"
            path.write_text(f"raw trends {self.job_id} {self.take}")
            return Product({}, path, "text/plain")

        answer = self.call(request, produce)
        run_id = self.home.queue.get(self.job_id).active_run or ""
        store_fetch(
            self.home.database, answer.call_id, answer.artifact.sha256, fetched, job_id=self.job_id, run_id=run_id
        )
        return report(fetched, answer.artifact.sha256)

    def _analysis(self, trends: docs.TrendReport) -> docs.TrendAnalysis:
        return analysis(trends, note=f" {self.take}")

    def _scripts(self, analysis: docs.TrendAnalysis) -> docs.Script:
        request = Request(identity("scripts"), {"take": self.take, "analysis": sha256_of(analysis)})
        answer = self.call(request, lambda _: Product({"title": f"Taps {self.take}"}))
        return script(analysis, answer.request_sha256, title=f"Taps {self.take}")

    def _voiceovers(self, scripts: docs.Script) -> docs.Voiceover:
        audio, request = self._file("voiceovers", script=sha256_of(scripts))
        return voiceover(scripts, audio, request)

    def _clips(self, scripts: docs.Script, voiceovers: docs.Voiceover) -> list[docs.Clip]:
        voice = sha256_of(voiceovers)
        return [clip(s.number, *self._file("clips", scene=s.number, voice=voice)) for s in scripts.scenes]

    def _videos(self, scripts: docs.Script, voiceovers: docs.Voiceover, clips: list[docs.Clip]) -> docs.Video:
        shown = sha256_of([voiceovers.audio.sha256, *(one.artifact.sha256 for one in clips)])
        store = self.home.store
        _, music = self._file("videos")
        file = store.put_bytes(f"mp4 of job {self.job_id} {shown}".encode(), "video/mp4")
        return video(scripts, file, store.put_bytes(f"side of {shown}".encode(), "text/plain"), music)

    def _reviews(self, videos: docs.Video) -> docs.Review:
        return review(videos, stand_ins=(self.stand_in,) if self.stand_in else ())


def nobody_ended(_: str) -> bool:
    """A Dagster that knows of no ended run."""
    return False


def new_job(home: Home, **changes: Any) -> int:
    """A queued job."""
    return home.queue.create(theme(**changes), origin="test", seed=1, profile="draft")


@contextmanager
def claimed(home: Home, job_id: int, run_id: str, *, partial: bool = False) -> Iterator[Job]:
    """A job that `run_id` holds, given back at the end."""
    yield home.queue.claim(job_id, run_id, partial=partial, run_has_ended=nobody_ended)
    home.queue.release(job_id, run_id)


def ledger(home: Home, job_id: int, run_id: str, *, budget_usd: float = 1.0) -> Ledger:
    """The ledger of one run."""
    return Ledger(home.database, home.store, job_id=job_id, run_id=run_id, budget_usd=budget_usd)


def fill_job(
    home: Home, job_id: int, run_id: str = "run-1", *, until: str = "reviews", take: int = 1,
    stand_in: docs.StandIn | None = None, kind: type[Maker] = Maker,
) -> dict[str, tuple[StoredRow, ...]]:  # fmt: skip
    """Make every asset up to `until` anew, as the run `run_id` would, and return the stored rows."""
    maker = kind(home, job_id, ledger(home, job_id, run_id).call, take=take)
    maker.stand_in = stand_in
    documents: dict[str, Any] = {}
    rows: dict[str, tuple[StoredRow, ...]] = {}
    with claimed(home, job_id, run_id, partial=True):
        for asset in lineage.ASSETS[: lineage.ASSETS.index(until) + 1]:
            needed = RECORDS[asset].upstream
            documents[asset] = maker.make(asset, {name: documents[name] for name in needed})
            rows[asset] = store(home, job_id, run_id, asset, documents[asset], rows)
    return rows


def store(
    home: Home, job_id: int, run_id: str, asset: str, made: Any, upstream: dict[str, tuple[StoredRow, ...]]
) -> tuple[StoredRow, ...]:  # fmt: skip
    """Insert the documents of one asset under the fence."""
    with home.database.fenced_write(job_id, run_id) as session:
        job = session.get_one(Job, job_id)
        return tuple(
            stored_row(
                asset,
                insert_record(session, asset, document, upstream, job=job, run_id=run_id, code_version="1"),
            )
            for document in (made if isinstance(made, list) else [made])
        )


def go_on(home: Home, job_id: int, run_id: str = "run-on", *, until: str = "reviews") -> None:
    """Make what follows from the job's current script, as a run that resumes it would."""
    maker = Maker(home, job_id, ledger(home, job_id, run_id).call)
    with claimed(home, job_id, run_id):
        with home.database.read() as session:
            current = lineage.current(session, job_id)
        documents: dict[str, Any] = {"scripts": docs.Script.model_validate(current.rows("scripts")[0].document)}
        rows = {"scripts": tuple(stored_row("scripts", row) for row in current.rows("scripts"))}
        first, last = lineage.ASSETS.index("voiceovers"), lineage.ASSETS.index(until)
        for asset in lineage.ASSETS[first : last + 1]:
            documents[asset] = maker.make(asset, {name: documents[name] for name in RECORDS[asset].upstream})
            rows[asset] = store(home, job_id, run_id, asset, documents[asset], rows)


def edit_job(home: Home, job_id: int, *changes: Change, actor: str = "ada", reason: str | None = None) -> Edit:
    """A person's edit of the job's current script; without changes the title becomes another one."""
    with home.database.read() as session:
        script = lineage.current(session, job_id).script
    assert script is not None
    wanted = changes or (TitleChange(kind="title", text=f"Edited {script.version}"),)
    return edit_script(home, job_id, script_id=script.id, changes=wanted, actor=actor, reason=reason)[0]

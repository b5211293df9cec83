"""One made-up job after the other, row by row, with the chain and the hashes that a real one would have.

Belongs here: what a job consists of and how often something goes wrong. Not here: the documents
(`lineage_documents.py`), what jobs share (`lineage_rows.py`).
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks import lineage_documents as shapes
from benchmarks.lineage_tables import Tables, Value, sha256_hex
from reelineage.fingerprint import canonical_json, sha256_of
from reelineage.lineage import chain_start

CODE_VERSION = "benchmark"
_CERTIFICATE = sha256_hex("certificate")
_MANIFEST = '{"active_manifest":"urn:c2pa:%s","claim_generator":"Reelineage","title":"%s"}'
_MOMENTS = str([500 * place for place in range(8)])


@dataclass(frozen=True)
class Collected:
    """What a fetch brought in: the rows, and the documents that every job which uses it makes from them."""

    observations: tuple[int, ...]
    keys: dict[str, str]
    report: str
    analysis: str
    window_end: str
    demo: bool


@dataclass(frozen=True)
class _Take:
    """One run over a job: the ids that its rows need."""

    job_id: int
    run: str
    version: int
    at: list[str]
    title: str


def stamp(moment: datetime) -> str:
    """A UTC time as both engines read it."""
    return moment.isoformat(sep=" ", timespec="microseconds")[:26]


class Jobs:
    """Writes jobs into `tables`, in the order of their ids."""

    def __init__(self, tables: Tables, rng: random.Random, media_ids: dict[str, int]) -> None:
        self._tables, self._rng, self._media_ids = tables, rng, media_ids
        self._media = shapes.works()
        self._templates = shapes.Templates(self._media)
        self._themes = [(str(theme["name"]), canonical_json(theme), sha256_of(theme)) for theme in shapes.THEMES]
        self._chain = ""
        self._reviewed = (0, 0, "", False)  # the newest review of the job at hand: review, video, its file, stand-ins

    def add(self, made: datetime, collected: Collected, *, shows_film: bool) -> None:
        """One job with everything that was made for it."""
        job_id = self._tables.next_id("jobs")
        name, theme, theme_sha256 = self._themes[job_id % len(self._themes)]
        self._chain = chain_start(job_id, theme_sha256)
        fate = 0.5 if shows_film else self._rng.random()
        takes = 2 if 0.01 <= fate < 0.06 else 1
        state = (
            "failed" if fate < 0.01 else "rejected" if fate > 0.92 else "awaiting_review" if fate > 0.9 else "approved"
        )
        at = [stamp(made + timedelta(seconds=seconds)) for seconds in range(0, 80 * takes, 10)]
        first = _Take(job_id, f"run-{job_id}-1", 1, at, f"Taps {job_id}")
        analysis = self._trends(first, collected)
        if state == "failed":
            self._voice(first, self._script(first, analysis, collected))
            self._tables.call(
                "veo", f'{{"job":{job_id},"scene":1}}', (at[5], at[6]), job=(job_id, first.run), status="failed"
            )
        else:
            self._video(first, analysis, collected, shows_film=shows_film)
            if takes == 2:
                second = _Take(job_id, f"run-{job_id}-2", 2, at[8:], f"Taps {job_id}, take 2")
                self._video(second, analysis, collected, shows_film=False)
            if state in ("approved", "rejected"):
                self._decide(job_id, state, stamp(made + timedelta(hours=2)))
        problem = (
            ("Filming scene 1: no answer.", "permanent", "content_generation") if state == "failed" else (None,) * 3
        )
        self._tables.rows["jobs"].append(
            (job_id, name, theme, theme_sha256, 7, "standard", "benchmark", state, takes, 3, *problem, self._chain,
             at[0], at[-1])
        )  # fmt: skip

    def _record(self, table: str, take: _Take, second: int, document: str, *columns: Value, version: int = 0) -> int:
        """The next row of a record table, and the chain moved on."""
        row_id, data_version = self._tables.next_id(table), sha256_hex(document)
        self._tables.rows[table].append(
            (row_id, take.job_id, version or take.version, take.run, "run", CODE_VERSION, data_version, self._chain,
             take.at[second], document, *columns)
        )  # fmt: skip
        self._chain = sha256_hex(
            f'{{"data_version":"{data_version}","id":{row_id},"previous":"{self._chain}","table":"{table}"}}'
        )
        return row_id

    def _trends(self, take: _Take, collected: Collected) -> int:
        rows, job_id, seen = self._tables.rows, take.job_id, collected.observations
        report = self._record("trend_reports", take, 1, collected.report, collected.window_end, len(seen))
        rows["trend_report_observations"].extend((job_id, report, one) for one in seen)
        analysis = self._record("trend_analyses", take, 2, collected.analysis, report, 0)
        rows["trend_analysis_observations"].extend((job_id, report, analysis, one) for one in seen)
        return analysis

    def _script(self, take: _Take, analysis: int, collected: Collected) -> tuple[int, dict[str, str]]:
        job_id, tables = take.job_id, self._tables
        who = "llm" if self._rng.random() < 0.3 else "embedded"
        asked = f'{{"analysis":"{analysis}","take":{take.version}}}'
        call, request = tables.call(who, asked, (take.at[2], take.at[3]), job=(job_id, take.run))
        number = f"{job_id}.{take.version}"
        lines = {
            f"line{place}": line.format(title=take.title, number=number) for place, line in enumerate(shapes.LINES)
        }
        text = self._templates.script.fill(title=take.title, request=request, **lines, **collected.keys)
        script = self._record("scripts", take, 3, text, analysis, take.title, shapes.SCENES, shapes.VIDEO_SECONDS)
        tables.rows["script_calls"].append((job_id, script, call))
        tables.rows["script_citations"].extend(
            (job_id, analysis, script, shapes.SENTENCES[place], one) for place, one in enumerate(collected.observations)
        )
        return script, lines

    def _voice(self, take: _Take, written: tuple[int, dict[str, str]]) -> int:
        (script, lines), job_id, tables = written, take.job_id, self._tables
        who = "elevenlabs" if self._rng.random() < 0.2 else "piper"
        requests, calls = {}, []
        for place, line in enumerate(lines.values()):
            name = f"said {line}"
            file = sha256_hex(name)
            if "{" in shapes.LINES[place]:  # the others are the same bytes in every job
                tables.artifact(name, "audio/wav", take.at[3])
            call, requests[f"request{place}"] = tables.call(
                who, f'{{"pace":1,"text":"{line}"}}', (take.at[3], take.at[4]), job=(job_id, take.run), artifact=file
            )
            calls.append(call)
        audio = tables.artifact(f"voice {job_id} {take.version}", "audio/wav", take.at[4])
        text = self._templates.voiceover[who].fill(audio=audio, **requests, **lines)
        voiceover = self._record("voiceovers", take, 4, text, script, audio, shapes.VIDEO_SECONDS)
        tables.rows["voiceover_calls"].extend((job_id, voiceover, call) for call in calls)
        tables.rows["voiceover_media_items"].append((job_id, voiceover, self._media_ids[who]))
        return voiceover

    def _clip(self, take: _Take, branch: tuple[int, int], scene: int, *, shows_film: bool) -> tuple[int, bool]:
        """The clip of a scene, and whether the answer to the same request was lost once."""
        job_id, tables, chance = take.job_id, self._tables, self._rng.random()
        lost = scene == 3 and chance < 0.005
        film = scene == 2 and shows_film
        who = "film" if film else "skia"
        if scene == 3:
            who = "veo" if chance < 0.05 else "unpriced" if chance < 0.06 else who
        asked = f'{{"frames":60,"job":{job_id},"scene":{scene},"take":{take.version}}}'
        times, job = (take.at[4], take.at[5]), (job_id, take.run)
        if lost:
            tables.call(who, asked, times, job=job, status="ambiguous")
        name = f"clip {job_id} {take.version} {scene}"
        file = self._media["footage"].sha256 if film else tables.artifact(name, "application/json", take.at[5])
        call, request = tables.call(who, asked, times, job=job, artifact=file)
        work = "footage" if film else "font" if scene == 1 else None
        text = self._templates.clip[scene, work].fill(artifact=file, request=request)
        clip = self._record("clips", take, 5, text, *branch, scene, file, 60)
        tables.rows["clip_calls"].append((job_id, clip, call))
        if work:
            tables.rows["clip_media_items"].append((job_id, clip, self._media_ids[work]))
        return clip, lost

    def _video(self, take: _Take, analysis: int, collected: Collected, *, shows_film: bool) -> None:
        job_id, tables, at = take.job_id, self._tables, take.at
        written = self._script(take, analysis, collected)
        branch = written[0], self._voice(take, written)
        scenes = range(1, shapes.SCENES + 1)
        clips = [self._clip(take, branch, scene, shows_film=shows_film) for scene in scenes]
        lost = any(lost for _, lost in clips)
        music = f"music{job_id % 20}"
        work = self._media[music]
        call, request = tables.call(
            "bed", f'{{"bed":"{music}"}}', (at[5], at[6]), job=(job_id, take.run), artifact=work.sha256
        )
        kinds = {
            "file": "video/mp4", "thumbnail": "image/jpeg", "srt": "application/x-subrip", "vtt": "text/vtt",
            "ass": "text/x-ass",
        }  # fmt: skip
        files = {name: tables.artifact(f"{name} {job_id} {take.version}", kind, at[6]) for name, kind in kinds.items()}
        text = self._templates.video[music].fill(title=take.title, music=request, **files)
        video = self._record(
            "videos", take, 6, text, *branch, take.title, *files.values(), shapes.VIDEO_SECONDS, 540, 960
        )
        tables.rows["video_clips"].extend(
            (job_id, *branch, video, scene, clip) for scene, (clip, _) in zip(scenes, clips, strict=True)
        )
        tables.rows["video_calls"].append((job_id, video, call))
        tables.rows["video_media_items"].extend((job_id, video, self._media_ids[name]) for name in ("font", music))
        self._sign(take, video, files)
        stand_ins = (("ambiguous",) if lost else ()) + (("demo",) if collected.demo else ())
        reviewed = self._templates.review[stand_ins].fill(file=files["file"])
        review = self._record("reviews", take, 7, reviewed, video, files["file"], 0, 0)
        self._reviewed = (review, video, files["file"], bool(stand_ins))

    def _sign(self, take: _Take, video: int, files: dict[str, str]) -> None:
        tables, at = self._tables, take.at[7]
        for subject, kind in (("video", "video/mp4"), ("thumbnail", "image/jpeg")):
            label = f"{take.job_id}-{take.version}-{subject}"
            signed = tables.artifact(f"signed {label}", kind, at)
            tables.rows["credentials"].append(
                (tables.next_id("credentials"), take.job_id, video, files["file"], subject, signed,
                 _MANIFEST % (label, take.title), f"urn:c2pa:{label}", sha256_hex(f"manifest {label}"), _CERTIFICATE,
                 shapes.SOURCE_TYPE, 0, take.run, at)
            )  # fmt: skip
        tables.rows["fingerprints"].append((video, take.job_id, _MOMENTS, self._rng.randbytes(256), at))

    def _decide(self, job_id: int, state: str, at: str) -> None:
        review, video, file, stands_in = self._reviewed
        verdict = {"approved": "approve", "rejected": "reject"}[state]
        allowed = int(stands_in and verdict == "approve")
        self._tables.rows["decisions"].append(
            (
                self._tables.next_id("decisions"),
                job_id,
                review,
                video,
                file,
                verdict,
                "benchmark",
                "benchmark",
                allowed,
                at,
            )
        )

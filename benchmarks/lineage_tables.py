"""Rows on their way into tables: ids as a database would count them, and the rows that every stage shares.

Belongs here: artifacts, provider calls, the columns that rows are given in. Not here: what a job is made of
(`lineage_jobs.py`), how rows get into a database fast (`lineage_load.py`).
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field

from benchmarks.lineage_documents import SIZES

Value = int | float | str | bytes | None
Row = tuple[Value, ...]

_RECORD = "id job_id version run_id origin code_version data_version previous_sha256 created_at document"
# What is not listed is NULL.
COLUMNS: dict[str, tuple[str, ...]] = {
    table: tuple(columns.split())
    for table, columns in {
        "artifacts": "sha256 size_bytes media_type created_at",
        "media_items": "id kind provider external_id title author page_url licence attribution sha256 created_at",
        "jobs": "id theme_name theme theme_sha256 seed profile origin state attempt attempt_limit error error_kind "
        "stage chain_sha256 created_at updated_at",
        "provider_calls": "id job_id run_id role provider model prompt_version parameters seed request_sha256 status "
        "stand_in error response artifact_sha256 cost_nanousd started_at finished_at",
        "trend_fetches": "id call_id source_kind source_name artifact_sha256 observation_count skipped_count skipped "
        "stand_in created_at delete_by",
        "trend_items": "id platform external_id created_at",
        "trend_observations": "id fetch_id item_id observed_at observed_at_estimated title description hashtags views "
        "likes published_at",
        "trend_reports": f"{_RECORD} window_end observation_count",
        "trend_report_observations": "job_id report_id observation_id",
        "trend_analyses": f"{_RECORD} report_id topic_count",
        "trend_analysis_observations": "job_id report_id analysis_id observation_id",
        "scripts": f"{_RECORD} analysis_id title scene_count duration_target_seconds",
        "script_citations": "job_id analysis_id script_id scene observation_id",
        "script_calls": "job_id script_id call_id",
        "voiceovers": f"{_RECORD} script_id audio_sha256 duration_seconds",
        "voiceover_calls": "job_id voiceover_id call_id",
        "voiceover_media_items": "job_id voiceover_id media_item_id",
        "clips": f"{_RECORD} script_id voiceover_id scene artifact_sha256 frames",
        "clip_calls": "job_id clip_id call_id",
        "clip_media_items": "job_id clip_id media_item_id",
        "videos": f"{_RECORD} script_id voiceover_id title file_sha256 thumbnail_sha256 captions_srt_sha256 "
        "captions_vtt_sha256 captions_ass_sha256 duration_seconds width height",
        "video_clips": "job_id script_id voiceover_id video_id scene clip_id",
        "video_calls": "job_id video_id call_id",
        "video_media_items": "job_id video_id media_item_id",
        "reviews": f"{_RECORD} video_id video_sha256 finding_count blocking_count",
        "credentials": "id job_id video_id video_sha256 subject file_sha256 manifest manifest_label manifest_sha256 "
        "certificate_sha256 digital_source_type timestamped run_id created_at",
        "fingerprints": "video_id job_id moments_ms hashes created_at",
        "decisions": "id job_id review_id video_id video_sha256 verdict reason actor demo_allowed decided_at",
    }.items()
}  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """A provider as the ledger names it, and its price in billionths of a US dollar (None: unknown)."""

    role: str
    provider: str
    model: str
    prompt: str | None
    price: int | None


CALLERS = {
    "trends": Caller("trend_source", "embedded", "stored_file/1", None, 0),
    "embedded": Caller("script_writer", "embedded", "trend_briefing", "trend_briefing/1", 0),
    "llm": Caller("script_writer", "openai", "gpt-5-mini", "scene_construction/2", 2_400_000),
    "piper": Caller("speech_synthesizer", "piper", "en_US-joe-medium", None, 0),
    "elevenlabs": Caller("speech_synthesizer", "elevenlabs", "eleven_v3", None, 9_000_000),
    "skia": Caller("footage_source", "motion_graphics", "skia/3", None, 0),
    "film": Caller("footage_source", "own_media", "plan/2", None, 0),
    "veo": Caller("footage_source", "google", "veo-3", None, 400_000_000),
    "unpriced": Caller("footage_source", "fal", "wan-2", None, None),
    "bed": Caller("music_source", "bed", "bed/1", None, 0),
}


def sha256_hex(text: str) -> str:
    """Hex sha256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Tables:
    """The rows made since they were last taken, and the last id of each table."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    ids: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def take(self) -> dict[str, list[Row]]:
        """All rows made since the last time."""
        rows, self.rows = self.rows, defaultdict(list)
        return rows

    def next_id(self, table: str) -> int:
        """The next id of a table."""
        self.ids[table] += 1
        return self.ids[table]

    def artifact(self, name: str, kind: str, at: str) -> str:
        """A file with bytes that nobody has; its hash."""
        sha256 = sha256_hex(name)
        self.rows["artifacts"].append((sha256, SIZES[kind], kind, at))
        return sha256

    def call(
        self, who: str, parameters: str, times: tuple[str, str], *, job: tuple[int, str] | None = None,
        artifact: str | None = None, status: str = "ok", stand_in: str | None = None,
    ) -> tuple[int, str]:  # fmt: skip
        """A closed provider call, for a (job, run) or for nobody; its id and the fingerprint of its request."""
        caller = CALLERS[who]
        job_id, run = job or (None, None)
        call = self.next_id("provider_calls")
        request = _request(caller, parameters, stand_in)
        answered = status == "ok"
        self.rows["provider_calls"].append(
            (
                call, job_id, run, caller.role, caller.provider, caller.model, caller.prompt, parameters, 7, request,
                status, stand_in, None if answered else "TransientError: no answer", "{}" if answered else None,
                artifact, 0 if status == "failed" else caller.price, *times,
            )
        )  # fmt: skip
        return call, request


def _request(caller: Caller, parameters: str, stand_in: str | None) -> str:
    """The fingerprint of `resources.ledger.Request`, from text that is canonical JSON already."""
    prompt = "null" if caller.prompt is None else f'"{caller.prompt}"'
    stands = "null" if stand_in is None else f'"{stand_in}"'
    return sha256_hex(
        f'{{"identity":{{"model":"{caller.model}","prompt_version":{prompt},"provider":"{caller.provider}",'
        f'"role":"{caller.role}","stand_in":{stands}}},"parameters":{parameters},"seed":7}}'
    )

# ruff: noqa: S608 — every name in these statements comes from our own models

"""Same job, same branch: the database refuses what was made from rows that do not belong together, on both engines.

Belongs here: the keys of records, edges and decisions. Not here: rules of any row (`test_refusals.py`).
"""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from resources.record_rows import RECORDS
from tests.resources.conftest import Filled
from tests.resources.plain_sql import copy_of, refuses


def _stranger(filled: Filled) -> dict[str, str]:
    """The ids of another job's rows, and of the other version of the same job."""
    rows: dict[str, str] = {}
    for asset, kind in RECORDS.items():
        rows[kind.model.__tablename__] = str(filled.other[asset][0].id)
        rows["second_" + kind.model.__tablename__] = str(filled.second[asset][0].id)
    return rows


CROSSINGS: list[tuple[str, str, str]] = [
    ("trend_analyses", "report_id", "trend_reports"),
    ("scripts", "analysis_id", "trend_analyses"),
    ("voiceovers", "script_id", "scripts"),
    ("clips", "script_id", "scripts"),
    ("clips", "voiceover_id", "voiceovers"),
    ("videos", "script_id", "scripts"),
    ("videos", "voiceover_id", "voiceovers"),
    ("reviews", "video_id", "videos"),
    # the same job, but another branch: script 2 with the voice of script 1
    ("clips", "script_id", "second_scripts"),
    ("clips", "voiceover_id", "second_voiceovers"),
    ("videos", "script_id", "second_scripts"),
    ("videos", "voiceover_id", "second_voiceovers"),
    ("reviews", "video_id", "second_videos"),
]


@pytest.mark.parametrize(("table", "column", "stranger"), CROSSINGS)
def test_a_record_made_from_another_job_or_branch_is_refused(
    attempt: Connection, filled: Filled, table: str, column: str, stranger: str
) -> None:
    refuses(attempt, copy_of(table, 1, **{column: _stranger(filled)[stranger]}), because="(?i)foreign key")


@pytest.mark.parametrize(("table", "column", "stranger"), CROSSINGS)
def test_a_record_without_an_upstream_row_is_refused(
    attempt: Connection, table: str, column: str, stranger: str
) -> None:
    assert stranger
    refuses(attempt, copy_of(table, 1, **{column: "NULL"}), because="(?i)not.null")


EDGES: dict[str, tuple[str, Callable[[dict[str, str]], str]]] = {
    "a video showing another job's clip": (
        "video_clips",
        lambda s: (
            f"INSERT INTO video_clips SELECT job_id, script_id, voiceover_id, video_id, 9, {s['clips']} "
            "FROM video_clips WHERE video_id = 1 AND scene = 1"
        ),
    ),
    "a video showing a clip of the other version": (
        "video_clips",
        lambda s: (
            f"INSERT INTO video_clips SELECT job_id, script_id, voiceover_id, video_id, 9, {s['second_clips']} "
            "FROM video_clips WHERE video_id = 1 AND scene = 1"
        ),
    ),
    "a video showing its own clip as another scene": (
        "video_clips",
        lambda _: (
            "INSERT INTO video_clips SELECT job_id, script_id, voiceover_id, video_id, 9, clip_id "
            "FROM video_clips WHERE video_id = 1 AND scene = 1"
        ),
    ),
    "a citation of an observation that the analysis did not use": (
        "script_citations",
        lambda _: (
            "INSERT INTO script_citations SELECT job_id, analysis_id, script_id, 1, "
            "(SELECT max(observation_id) FROM trend_report_observations WHERE report_id = 1) "
            "FROM script_citations WHERE script_id = 1 AND scene = 1"
        ),
    ),
    "an analysis using an observation that its report does not hold": (
        "trend_analysis_observations",
        lambda _: (
            "INSERT INTO trend_analysis_observations SELECT job_id, report_id, analysis_id, "
            "(SELECT max(id) FROM trend_observations) FROM trend_analysis_observations WHERE analysis_id = 1 LIMIT 1"
        ),
    ),
    "a script from another job's provider call": (
        "script_calls",
        lambda _: "INSERT INTO script_calls SELECT 1, 1, max(call_id) FROM script_calls WHERE job_id = 2",
    ),
    "a clip from another job's provider call": (
        "clip_calls",
        lambda _: "INSERT INTO clip_calls SELECT 1, 1, max(call_id) FROM clip_calls WHERE job_id = 2",
    ),
    "a voice from another job's provider call": (
        "voiceover_calls",
        lambda _: "INSERT INTO voiceover_calls SELECT 1, 1, max(call_id) FROM voiceover_calls WHERE job_id = 2",
    ),
    "a video with the music of another job's provider call": (
        "video_calls",
        lambda _: "INSERT INTO video_calls SELECT 1, 1, max(call_id) FROM video_calls WHERE job_id = 2",
    ),
    "media used by another job's clip": (
        "clip_media_items",
        lambda s: f"INSERT INTO clip_media_items SELECT 1, {s['clips']}, min(id) FROM media_items WHERE kind = 'voice'",
    ),
    "an observation of nothing": (
        "trend_report_observations",
        lambda _: "INSERT INTO trend_report_observations VALUES (1, 1, 4711)",
    ),
}


@pytest.mark.parametrize("what", list(EDGES))
def test_an_edge_across_jobs_or_branches_is_refused(attempt: Connection, filled: Filled, what: str) -> None:
    _, sql = EDGES[what]
    refuses(attempt, sql(_stranger(filled)), because="(?i)foreign key")


def test_a_review_of_another_file_than_its_videos_is_refused(attempt: Connection) -> None:
    other = "(SELECT file_sha256 FROM videos WHERE id = 2)"
    refuses(attempt, copy_of("reviews", 1, video_sha256=other), because="(?i)foreign key")


def _decide(**changes: str) -> str:
    values = {
        "job_id": "job_id", "review_id": "id", "video_id": "video_id", "video_sha256": "video_sha256",
        "verdict": "'approve'", "reason": "'good'", "actor": "'Ada'", "demo_allowed": "false",
        "decided_at": "'2026-01-01 00:00:00'",
    } | changes  # fmt: skip
    return f"INSERT INTO decisions ({', '.join(values)}) SELECT {', '.join(values.values())} FROM reviews WHERE id = 1"


def test_two_decisions_for_one_video_are_refused(attempt: Connection) -> None:
    attempt.execute(text(_decide()))
    refuses(attempt, _decide(verdict="'reject'"), because="(?i)unique")


@pytest.mark.parametrize(
    "changes",
    [
        {"review_id": "2"}, {"video_id": "2"}, {"job_id": "2"}, {"video_sha256": f"'{'0' * 64}'"},
        {"verdict": "'maybe'"}, {"reason": "''"}, {"actor": "NULL"},
    ],
)  # fmt: skip
def test_a_decision_that_does_not_fit_its_review_is_refused(attempt: Connection, changes: dict[str, str]) -> None:
    refuses(attempt, _decide(**changes))

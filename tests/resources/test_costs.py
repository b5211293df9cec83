"""What jobs cost: every way to take the sum apart adds up to the same, and an unknown price is never 0."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from reelineage.errors import BadInput
from reelineage.fingerprint import sha256_of
from reelineage.models import ProviderCall
from resources.cost_groups import By
from resources.costs import NO_JOB, NO_RUN, NOT_APPROVED, Cost, CostReport, by_month, costs
from resources.database import Database
from resources.decisions import decide
from resources.home import Home
from tests.factories import fill_job, identity, new_job

CENT = 10_000_000
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
WAYS = get_args(By)


def call(job: int | None, cost: int | None, **changes: Any) -> dict[str, Any]:
    """A closed provider call."""
    return {
        "job_id": job, "run_id": None if job is None else "run-1", "role": "footage_source", "provider": "toy",
        "model": "clips", "parameters": {"scene": 1}, "request_sha256": sha256_of({"call": 1}), "status": "ok",
        "cost_nanousd": cost, "started_at": NOON, "finished_at": NOON,
    } | changes  # fmt: skip


def pay(database: Database, calls: Iterable[dict[str, Any]]) -> None:
    with database.write() as session:
        session.execute(insert(ProviderCall), list(calls))


def told(report: CostReport) -> dict[str, Cost]:
    return {line.key: line.cost for line in report.lines}


# --- every way adds up -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Called:
    """A call as hypothesis makes them up."""

    job: int
    run: int
    role: str
    cost: int | None
    scene: int | None
    days: int


made_up = st.builds(
    _Called,
    job=st.integers(0, 2),
    run=st.integers(1, 3),
    role=st.sampled_from(("trend_source", "script_writer", "speech_synthesizer", "footage_source", "music_source")),
    cost=st.one_of(st.none(), st.just(0), st.integers(1, 5 * CENT)),
    scene=st.one_of(st.none(), st.integers(0, 3)),
    days=st.integers(-70, 70),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(made_up, max_size=12), window=st.tuples(st.integers(-80, 80), st.integers(-80, 80)))
def test_every_way_to_take_a_sum_apart_adds_up_to_the_same(
    any_home: Home, made: list[_Called], window: tuple[int, int]
) -> None:
    database = any_home.database
    with database.read() as session:
        known = session.scalars(text("SELECT id FROM jobs ORDER BY id")).all()
    jobs = [*known, *(new_job(any_home) for _ in range(2 - len(known)))]
    day = NOON + timedelta(days=400 * _next_round())  # rows stay, so each example has a time of its own
    if made:
        pay(
            database,
            (
                call(
                    [None, *jobs][one.job], one.cost, run_id=f"run-{one.run}" if one.job else None, role=one.role,
                    parameters={"scene": one.scene}, started_at=day + timedelta(days=one.days),
                )
                for one in made
            ),
        )  # fmt: skip
    since, until = (day + timedelta(days=days) for days in sorted(window))
    inside = [one for one in made if since <= day + timedelta(days=one.days) < until]
    expected = Cost(sum(one.cost or 0 for one in inside), sum(one.cost is None for one in inside))
    reports = {by: costs(database, by, since=since, until=until) for by in WAYS}
    assert {by: report.total for by, report in reports.items()} == dict.fromkeys(WAYS, expected)
    assert {report.calls for by, report in reports.items() if by != "month"} == {len(inside)}
    one_job = [one for one in inside if one.job == 1]
    of_job = Cost(sum(one.cost or 0 for one in one_job), sum(one.cost is None for one in one_job))
    for by in WAYS:
        assert costs(database, by, since=since, until=until, job_id=jobs[0]).total == of_job


_rounds = iter(range(10_000))


def _next_round() -> int:
    return next(_rounds) % 1_000


# --- each way --------------------------------------------------------------------------------------------------------


def test_months_are_those_of_utc_and_free_ones_are_not_shown(any_home: Home) -> None:
    last = datetime(2026, 10, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    pay(any_home.database, [
        call(None, CENT, started_at=last), call(None, 2 * CENT, started_at=last + timedelta(microseconds=1)),
        call(None, 0, started_at=datetime(2026, 12, 24, tzinfo=UTC)),
        call(None, None, started_at=datetime(2028, 2, 29, tzinfo=UTC)),
    ])  # fmt: skip
    found = by_month(any_home.database)
    assert told(found) == {"2026-10": Cost(CENT, 0), "2026-11": Cost(2 * CENT, 0), "2028-02": Cost(0, 1)}
    since = by_month(any_home.database, since=last + timedelta(microseconds=1), until=datetime(2027, 1, 1, tzinfo=UTC))
    assert told(since) == {"2026-11": Cost(2 * CENT, 0)}


def test_months_are_read_from_the_index_of_charged_calls_alone(any_home: Home) -> None:
    """A scan of all calls would take seconds at a million jobs."""
    if any_home.database.engine.dialect.name == "postgresql":
        wanted = "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_provider_calls_charged'"
        with any_home.database.read() as session:
            assert "WHERE ((cost_nanousd IS NULL) OR (cost_nanousd > 0))" in (session.scalar(text(wanted)) or "")
        return
    seen: list[str] = []
    with any_home.database.read() as session:
        plan = session.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT count(*), sum(cost_nanousd) FROM provider_calls WHERE "
                "(cost_nanousd IS NULL OR cost_nanousd > 0) AND started_at >= '2026' AND started_at < '2027'"
            )
        )
        seen.extend(row.detail for row in plan)
    assert any(
        "USING COVERING INDEX ix_provider_calls_charged (started_at>? AND started_at<?)" in line for line in seen
    )


def test_a_run_is_an_attempt_and_each_job_counts_its_own(any_home: Home) -> None:
    first, second = new_job(any_home), new_job(any_home)
    pay(any_home.database, [
        call(first, CENT, run_id="zebra"), call(second, CENT, run_id="yak"), call(first, 2 * CENT, run_id="ant"),
        call(first, 3 * CENT, run_id="zebra"), call(None, 5 * CENT),
    ])  # fmt: skip
    assert told(costs(any_home.database, "attempt")) == {
        "attempt 1": Cost(5 * CENT, 0), "attempt 2": Cost(2 * CENT, 0), NO_RUN: Cost(5 * CENT, 0),
    }  # fmt: skip


def test_jobs_models_and_stages_are_named_as_elsewhere(any_home: Home) -> None:
    job = new_job(any_home)
    pay(any_home.database, [
        call(job, CENT, role="speech_synthesizer", provider="fish", model="s1"), call(None, CENT, role="trend_source"),
        call(job, None, role="music_source"),
    ])  # fmt: skip
    assert told(costs(any_home.database, "job")) == {f"job:{job}": Cost(CENT, 1), NO_JOB: Cost(CENT, 0)}
    assert list(told(costs(any_home.database, "model"))) == ["fish/s1", "toy/clips"]
    assert list(told(costs(any_home.database, "stage"))) == ["trend_collection", "content_generation", "composition"]


def test_a_call_counts_for_the_scene_that_shows_or_says_its_answer(any_home: Home) -> None:
    """The toy voice says both scenes with one call, which counts for the first."""
    job = new_job(any_home)
    fill_job(any_home, job)
    asked = identity("clips").model
    with any_home.database.write() as session:  # a stored call is never changed, so its twin is paid for
        calls = session.execute(
            text("SELECT role, request_sha256, id FROM provider_calls WHERE job_id = :job ORDER BY id"), {"job": job}
        ).all()
    assert asked
    speech = next(row for row in calls if row.role == "speech_synthesizer")
    pay(any_home.database, [
        call(job, CENT, role="speech_synthesizer", request_sha256=speech.request_sha256, parameters={}),
        call(job, 2 * CENT, role="speech_synthesizer", parameters={"text": "Taps 1, part 2."}, status="failed"),
        call(job, 4 * CENT, role="footage_source", parameters={"scene": {"number": 2}}, status="ambiguous"),
        call(job, 8 * CENT, role="music_source", parameters={"scene": 2}),
        call(job, 16 * CENT, role="speech_synthesizer", parameters={"text": "never said"}, status="failed"),
        call(None, 32 * CENT, parameters={"scene": 1}),
    ])  # fmt: skip
    found = costs(any_home.database, "scene")
    assert told(found) == {
        "scene 1": Cost(CENT, 0), "scene 2": Cost(6 * CENT, 0), "whole video": Cost(56 * CENT, 0),
    }  # fmt: skip
    assert {line.key: line.calls for line in found.lines}["scene 1"] == 3  # its clip, its voice, and the paid one


def test_an_approved_video_carries_what_all_attempts_of_its_job_cost(any_home: Home) -> None:
    done, other = new_job(any_home), new_job(any_home)
    fill_job(any_home, done)
    decide(any_home.database, done, verdict="approve", reason="fine", actor="ann")
    pay(any_home.database, [
        call(done, CENT), call(done, 3 * CENT, status="failed"), call(done, None, status="ambiguous"),
        call(other, 7 * CENT),
    ])  # fmt: skip
    found = costs(any_home.database, "video")
    assert told(found) == {"video:1": Cost(4 * CENT, 1), NOT_APPROVED: Cost(7 * CENT, 0)}
    assert found.per_approved_video == Cost(4 * CENT, 1)
    assert costs(any_home.database, "job").per_approved_video is None


def test_without_an_approved_video_there_is_no_cost_of_one(any_home: Home) -> None:
    pay(any_home.database, [call(new_job(any_home), CENT)])
    assert costs(any_home.database, "video").per_approved_video is None


def test_the_average_is_rounded_up(any_home: Home) -> None:
    for number, cost in ((1, 1), (2, 2)):
        job = new_job(any_home)
        fill_job(any_home, job, f"run-{number}")
        decide(any_home.database, job, verdict="approve", reason="fine", actor="ann")
        pay(any_home.database, [call(job, cost)])
    assert costs(any_home.database, "video").per_approved_video == Cost(2, 0)


def test_the_cost_of_an_unknown_job_is_refused(any_home: Home) -> None:
    with pytest.raises(BadInput, match="Adding up the cost of job 4711: there is no such job"):
        costs(any_home.database, "stage", job_id=4711)


@pytest.mark.parametrize(
    ("nano", "shown"), [(1, "$0.000000001"), (4_500_000, "$0.0045"), (CENT, "$0.01"), (123 * CENT, "$1.23")]
)
def test_a_small_amount_is_not_shown_as_nothing(nano: int, shown: str) -> None:
    assert Cost(nano, 0).display == shown


def test_any_name_of_a_model_can_be_put_in_order(home: Home) -> None:
    """A raised 2 is a digit without being a number; more than 4,300 digits are a number that Python does not read."""
    names = ["m10", "m2", "m1²", "m٣", "9" * 5_000]
    pay(home.database, [call(None, CENT, model=name) for name in names])
    report = costs(home.database, "model")
    assert [line.calls for line in report.lines] == [1] * 5
    keys = [line.key for line in report.lines]
    assert keys.index(_with(keys, "m2")) < keys.index(_with(keys, "m10"))


def _with(keys: list[str], end: str) -> str:
    (found,) = [key for key in keys if key.endswith(end)]
    return found

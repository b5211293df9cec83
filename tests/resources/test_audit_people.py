"""The audit compares decisions with the review, with the tables behind the video, and with the state of the job.

Belongs here: rules about what people decided. Not here: credentials and take-downs (`test_audit_rules.py`).
"""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from reelineage.models import ProviderCall
from resources.audit import audit_job
from resources.decisions import decide
from resources.home import Home
from tests.factories import fill_job, new_job
from tests.resources.test_audit_rules import rules, unguarded


def test_an_approval_that_forgets_a_stand_in_is_found(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, stand_in="demo")
    decide(any_home.database, job, verdict="approve", reason="x", actor="y", allow_demo=True)
    assert rules(any_home) == set()
    unguarded(any_home, "UPDATE decisions SET demo_allowed = false")
    assert rules(any_home) == {("decision_contradicts_review", "decision:1")}


def _lose_an_answer(home: Home, *, at: datetime) -> None:
    """Another call with the request of the first script, whose answer was lost: it may have been paid."""
    with home.database.write() as session:
        asked = session.get_one(ProviderCall, 2)
        lost = {column.name: getattr(asked, column.name) for column in ProviderCall.__table__.columns}
        lost |= {"id": None, "status": "ambiguous", "response": None, "started_at": at, "finished_at": at}
        session.add(ProviderCall(**lost))


def test_a_stand_in_that_the_review_does_not_know_may_be_allowed(any_home: Home) -> None:
    """Old reviews list no lost answers, and one may be lost after the review."""
    job = new_job(any_home)
    fill_job(any_home, job)
    _lose_an_answer(any_home, at=datetime.now(UTC))
    decision = decide(any_home.database, job, verdict="approve", reason="x", actor="y", allow_demo=True)
    assert decision.demo_allowed
    assert rules(any_home) == set()
    unguarded(any_home, "UPDATE provider_calls SET status = 'failed', error = 'x' WHERE status = 'ambiguous'")
    assert rules(any_home) == {("decision_contradicts_review", "decision:1")}


def test_an_unmarked_approval_is_compared_with_the_tables(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    decide(any_home.database, job, verdict="approve", reason="x", actor="y")
    unguarded(any_home, "UPDATE provider_calls SET stand_in = 'fallback' WHERE id = 2")
    assert rules(any_home) == {("decision_contradicts_review", "decision:1")}
    assert {one.rule for one in audit_job(any_home, job)} >= {"decision_contradicts_review"}


def test_an_unmarked_approval_of_made_up_trends_is_found(any_home: Home) -> None:
    """They stand in for a collection that belongs to no job."""
    job = new_job(any_home)
    fill_job(any_home, job)
    decide(any_home.database, job, verdict="approve", reason="x", actor="y")
    with any_home.database.write() as session:
        on = " ON trend_fetches" if session.get_bind().dialect.name == "postgresql" else ""
        session.execute(text(f"DROP TRIGGER trend_fetches_no_update{on}"))
        session.execute(text("UPDATE trend_fetches SET stand_in = 'demo'"))
    assert rules(any_home) == {("decision_contradicts_review", "decision:1")}


def test_a_stand_in_of_another_video_of_the_job_is_not_held_against_an_approval(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, stand_in="demo", until="scripts")
    fill_job(any_home, job, "run-2", take=2)
    with any_home.database.read() as session:
        assert "fallback" not in set(session.scalars(text("SELECT stand_in FROM provider_calls WHERE job_id = 1")))
    unguarded(any_home, "UPDATE provider_calls SET stand_in = 'fallback' WHERE id = 2")
    decide(any_home.database, job, verdict="approve", reason="x", actor="y")
    assert rules(any_home) == set()


@pytest.mark.parametrize(("days", "disclosed", "found"), [(-1, True, True), (-1, False, False), (1, True, False)])
def test_a_lost_answer_counts_when_it_was_lost_before_and_had_to_be_told(
    any_home: Home, days: int, disclosed: bool, found: bool
) -> None:
    """Reviews from before disclosure was derived did not ask for it."""
    job = new_job(any_home)
    fill_job(any_home, job)
    decide(any_home.database, job, verdict="approve", reason="x", actor="y")
    _lose_an_answer(any_home, at=datetime.now(UTC) + timedelta(days=days))
    if disclosed:
        json_ = "document || '{\"disclosure\": {}}'"
        postgresql = any_home.database.engine.dialect.name == "postgresql"
        change = json_ if postgresql else "json_set(document, '$.disclosure', json('{}'))"
        unguarded(any_home, f"UPDATE reviews SET document = {change}")  # noqa: S608 — the words above
    assert (("decision_contradicts_review", "decision:1") in rules(any_home)) is found


@pytest.mark.parametrize("document", ["3", '{"stand_ins": 3, "disclosure": []}'])
def test_a_decided_review_whose_content_is_nonsense_is_named(any_home: Home, document: str) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    decide(any_home.database, job, verdict="approve", reason="x", actor="y")
    unguarded(any_home, f"UPDATE reviews SET document = '{document}'")  # noqa: S608 — the words above
    assert ("altered_document", "review:1") in rules(any_home)


def test_a_decided_review_that_is_no_json_is_named(home: Home) -> None:
    """PostgreSQL would not hold it."""
    fill_job(home, new_job(home))
    decide(home.database, 1, verdict="approve", reason="x", actor="y")
    unguarded(home, "UPDATE reviews SET document = 'no JSON'")
    assert ("altered_document", "review:1") in rules(home)


def test_a_changed_verdict_is_found(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    decide(any_home.database, job, verdict="reject", reason="x", actor="y")
    assert rules(any_home) == set()
    unguarded(any_home, "UPDATE decisions SET verdict = 'approve', demo_allowed = true")
    assert rules(any_home) == {("decision_contradicts_state", "job:1"), ("decision_contradicts_review", "decision:1")}

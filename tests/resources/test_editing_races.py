"""Edits that meet one another, a decision, a run or a take-down at the same moment, or die half way.

Belongs here: that one of two wins and nothing is left half done. Not here: the rules themselves (`test_editing.py`).
"""

import pytest
from sqlalchemy import select

from reelineage import lineage
from reelineage.errors import BadInput, ClaimRefused, Conflict
from reelineage.family import Ref
from reelineage.models import Decision, Edit, Job, Script
from reelineage.takedown.plan import Plan
from resources import editing
from resources.audit import audit_all
from resources.decisions import decide
from resources.home import Home
from resources.takedown.execution import TakenDown, listed, withdraw
from tests.factories import edit_job
from tests.resources.edits import edit_now, finished_job
from tests.resources.test_claims import claim, together
from tests.resources.test_takedown import content_of, refs


def test_of_many_edits_of_one_version_at_once_exactly_one_wins(any_home: Home) -> None:
    job = finished_job(any_home)
    answers = together(*(lambda n=n: edit_now(any_home, job, 1, f"Title {n}") for n in range(6)))
    assert sum(isinstance(answer, tuple) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 5
    with any_home.database.read() as session:
        assert len(session.scalars(select(Edit.id)).all()) == 1
        assert session.scalars(select(Script.version)).all() == [1, 2]
    assert audit_all(any_home, deep=True) == []


def test_an_edit_and_a_decision_at_once_leave_no_decision_about_what_is_made_again(any_home: Home) -> None:
    """Decided first, the decision is void by the edit; edited first, there is no video to decide on."""
    for number in range(10):
        job = finished_job(any_home, f"run-{number}")
        with any_home.database.read() as session:
            script = lineage.current(session, job).script
        assert script is not None

        def edit(job: int = job, script_id: int = script.id) -> object:
            return edit_now(any_home, job, script_id)

        def approve(job: int = job) -> object:
            return decide(any_home.database, job, verdict="approve", reason="good", actor="Ada")

        answers = together(*((edit, approve) if number % 2 else (approve, edit)))
        edit_answer, decision = answers if number % 2 else answers[::-1]
        assert isinstance(edit_answer, tuple)
        assert isinstance(decision, Decision | Conflict)
        assert any_home.queue.get(job).state == "queued"
        with any_home.database.read() as session:
            assert lineage.current(session, job).video is None
    assert audit_all(any_home) == []


def test_an_edit_and_a_run_that_claims_at_once_never_both_have_the_job(any_home: Home) -> None:
    for number in range(10):
        job = finished_job(any_home, f"run-{number}")
        with any_home.database.read() as session:
            script = lineage.current(session, job).script
        assert script is not None

        def edit(job: int = job, script_id: int = script.id) -> object:
            return edit_now(any_home, job, script_id)

        def start(job: int = job, number: int = number) -> object:
            return claim(any_home, job, f"again-{number}")

        edit_answer, run = together(edit, start)
        assert not isinstance(run, ClaimRefused)
        if isinstance(edit_answer, tuple):  # then the run goes on from the edited script
            assert isinstance(run, Job)
            assert run.claim_mode == "resume"
        else:
            assert isinstance(edit_answer, Conflict)
            assert isinstance(run, Job)
            assert run.claim_mode == "remake"
        any_home.queue.release(job, f"again-{number}")


def test_an_edit_that_dies_half_way_leaves_nothing(any_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    job = finished_job(any_home)
    before = content_of(any_home.database)

    def pulled_plug(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(editing, "queue_again", pulled_plug)
    with pytest.raises(KeyboardInterrupt):
        edit_job(any_home, job)
    assert content_of(any_home.database) == before
    assert audit_all(any_home, deep=True) == []


def test_of_an_edit_and_a_take_down_at_once_exactly_one_wins(any_home: Home) -> None:
    for number in range(6):
        job = finished_job(any_home, f"run-{number}")
        with any_home.database.read() as session:
            script = lineage.current(session, job).script
        assert script is not None
        named = refs(f"script:{script.id}")
        plan = listed(any_home.database, named)

        def edit(job: int = job, script_id: int = script.id) -> object:
            return edit_now(any_home, job, script_id)

        def take(named: list[Ref] = named, plan: Plan = plan) -> object:
            return withdraw(any_home.database, named, plan, reason="asked", actor="Ben")

        edit_answer, taken = together(edit, take)
        assert isinstance(edit_answer, tuple) == isinstance(taken, BadInput)
        assert isinstance(edit_answer, Conflict) == isinstance(taken, TakenDown)

"""Claim, lease and fence, on both engines and with runs that really race."""

import multiprocessing
import multiprocessing.synchronize
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psutil
import pytest
from sqlalchemy import text, update

from reelineage.errors import BadInput, ClaimRefused, FenceLost
from reelineage.models import Job
from resources.database import Database
from resources.home import Home
from resources.job_queue import JobQueue
from resources.lease import is_gone, this_worker
from resources.settings import Settings
from tests.factories import fill_job, new_job, nobody_ended


def claim(home: Home, job: int, run: str, *, ended: tuple[str, ...] = (), partial: bool = False) -> Job:
    return home.queue.claim(job, run, partial=partial, run_has_ended=lambda other: other in ended)


def change(home: Home, job: int, **values: object) -> None:
    with home.database.write() as session:
        session.execute(update(Job).where(Job.id == job).values(**values))


def elsewhere(home: Home, job: int) -> None:
    """Let the holder live on another host, where nobody can look for its process."""
    change(home, job, lease_host="another-host")


def expire(home: Home, job: int) -> None:
    change(home, job, lease_expires_at=datetime.now(UTC) - timedelta(seconds=1))


def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_a_claim_is_signed_with_host_process_and_lease(any_home: Home) -> None:
    job = claim(any_home, new_job(any_home), "run-1")
    assert (job.state, job.active_run, job.claim_mode) == ("running", "run-1", "resume")
    assert (job.lease_host, job.lease_pid) == (this_worker().host, os.getpid())
    assert job.lease_expires_at is not None
    left = (job.lease_expires_at - datetime.now(UTC)).total_seconds()
    assert 50 < left <= any_home.settings.lease_seconds


def test_the_holder_may_claim_again_and_keeps_its_mode(any_home: Home) -> None:
    job = new_job(any_home)
    first = claim(any_home, job, "run-1", partial=True)
    again = claim(any_home, job, "run-1", partial=True)
    assert (again.active_run, again.claim_mode) == (first.active_run, "partial")


def test_a_second_live_run_is_refused_with_holder_process_and_time(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    with pytest.raises(ClaimRefused, match=rf"run run-1 .*process {os.getpid()} on .* valid until .*jobs cancel {job}"):
        claim(any_home, job, "run-2")
    assert any_home.queue.get(job).active_run == "run-1"


def test_an_expired_lease_can_be_taken_over(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    elsewhere(any_home, job)
    with pytest.raises(ClaimRefused):
        claim(any_home, job, "run-2")
    expire(any_home, job)
    assert claim(any_home, job, "run-2").active_run == "run-2"


def test_the_claim_of_a_run_that_dagster_knows_as_ended_can_be_taken_over(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    assert claim(any_home, job, "run-2", ended=("run-1",)).active_run == "run-2"


def test_the_claim_of_a_dead_process_of_this_host_can_be_taken_over_at_once(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    change(any_home, job, lease_pid=dead_pid())
    assert claim(any_home, job, "run-2").active_run == "run-2"


def test_a_dead_process_of_another_host_is_not_known_to_be_dead(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    change(any_home, job, lease_pid=dead_pid(), lease_host="another-host")
    with pytest.raises(ClaimRefused):
        claim(any_home, job, "run-2")


def test_renewing_extends_the_lease_of_the_holder_only(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    expire(any_home, job)
    assert any_home.queue.renew(job, "run-1")
    elsewhere(any_home, job)
    with pytest.raises(ClaimRefused):
        claim(any_home, job, "run-2")
    assert not any_home.queue.renew(job, "run-2")
    any_home.queue.cancel(job)
    assert not any_home.queue.renew(job, "run-1")


def test_a_cancelled_job_is_not_claimed_but_says_how_to_go_on(any_home: Home) -> None:
    job = new_job(any_home)
    any_home.queue.cancel(job)
    with pytest.raises(BadInput, match=f"`reelineage jobs retry {job}`"):
        claim(any_home, job, "run-1")


def test_an_unknown_job_is_refused_with_the_command_that_creates_one(any_home: Home) -> None:
    with pytest.raises(BadInput, match=r"there is no such job\. Create one with `reelineage jobs create THEME`"):
        claim(any_home, 4711, "run-1")


def test_a_complete_job_is_made_anew_and_an_incomplete_one_goes_on(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, until="scripts")
    assert claim(any_home, job, "run-2").claim_mode == "resume"
    any_home.queue.release(job, "run-2")
    fill_job(any_home, job, "run-3")
    assert claim(any_home, job, "run-4").claim_mode == "remake"


# --- races -----------------------------------------------------------------------------------------------------------


def together(*actions: Callable[[], object]) -> list[object]:
    """Run actions at the same moment, each in a thread; what each returned or raised."""
    gate = threading.Barrier(len(actions))
    answers: list[object] = [None] * len(actions)

    def act(number: int) -> None:
        gate.wait(10)
        try:
            answers[number] = actions[number]()
        except (ClaimRefused, FenceLost, BadInput) as error:
            answers[number] = error

    threads = [threading.Thread(target=act, args=(number,)) for number in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return answers


def test_of_many_runs_that_claim_a_free_job_at_once_exactly_one_wins(any_home: Home) -> None:
    job = new_job(any_home)
    answers = together(*(lambda n=n: claim(any_home, job, f"run-{n}") for n in range(6)))
    winners = [answer for answer in answers if isinstance(answer, Job)]
    assert len(winners) == 1
    assert sum(isinstance(answer, ClaimRefused) for answer in answers) == 5
    assert any_home.queue.get(job).active_run == winners[0].active_run


def test_of_many_runs_that_take_a_dead_one_over_at_once_exactly_one_wins(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "dead")
    ended = ("dead",)
    answers = together(*(lambda n=n: claim(any_home, job, f"run-{n}", ended=ended) for n in range(6)))
    assert sum(isinstance(answer, Job) for answer in answers) == 1


def _claim_in_a_process(
    url: str, job: int, run: str, answers: "multiprocessing.Queue[str]", both: "multiprocessing.synchronize.Barrier"
) -> None:
    database = Database(url)
    queue = JobQueue(database, Settings())
    both.wait(30)
    try:
        queue.claim(job, run, partial=False, run_has_ended=nobody_ended)
        answers.put("won")
    except ClaimRefused:
        answers.put("refused")
    both.wait(30)  # a winner that ended would rightly be taken over
    database.close()


def test_of_two_processes_that_claim_at_once_exactly_one_wins(any_home: Home) -> None:
    job = new_job(any_home)
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[str] = context.Queue()
    both = context.Barrier(2)
    url = any_home.settings.url
    processes = [
        context.Process(target=_claim_in_a_process, args=(url, job, f"run-{number}", answers, both))
        for number in range(2)
    ]
    for process in processes:
        process.start()
    assert sorted(answers.get(timeout=60) for _ in processes) == ["refused", "won"]
    for process in processes:
        process.join(30)
    assert any_home.queue.get(job).state == "running"


# --- the fence -------------------------------------------------------------------------------------------------------


def test_only_the_holder_writes_under_the_fence(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    with any_home.database.fenced_write(job, "run-1"):
        pass
    with pytest.raises(FenceLost, match="run run-1 does"), any_home.database.fenced_write(job, "run-2"):
        raise AssertionError("the block must not begin")
    any_home.queue.release(job, "run-1")
    with pytest.raises(FenceLost, match="nobody does"), any_home.database.fenced_write(job, "run-1"):
        raise AssertionError("the block must not begin")


def test_a_takeover_waits_for_a_fenced_write_and_never_slips_into_it(any_home: Home) -> None:
    """A plain SELECT would let the takeover commit between the check and the write."""
    job = new_job(any_home)
    claim(any_home, job, "ghost")
    inside, order = threading.Event(), []

    def write() -> None:
        with any_home.database.fenced_write(job, "ghost") as session:
            inside.set()
            threading.Event().wait(0.4)
            session.execute(text("UPDATE jobs SET progress = 'written by the ghost'"))
            order.append("written")

    def take_over() -> None:
        inside.wait(10)
        claim(any_home, job, "heir", ended=("ghost",))
        order.append("taken over")

    together(write, take_over)
    assert order == ["written", "taken over"]
    assert any_home.queue.get(job).active_run == "heir"


def test_a_ghost_that_waits_for_the_lock_while_it_is_taken_over_stores_nothing(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "ghost")
    locked = threading.Event()

    def take_over() -> None:
        with any_home.database.write() as session:
            session.execute(update(Job).where(Job.id == job).values(active_run="heir"))
            locked.set()
            threading.Event().wait(0.4)

    def ghost() -> None:
        locked.wait(10)
        with any_home.database.fenced_write(job, "ghost") as session:
            session.execute(text("UPDATE jobs SET progress = 'written by the ghost'"))

    answers = together(take_over, ghost)
    assert isinstance(answers[1], FenceLost)
    assert any_home.queue.get(job).progress is None


def test_what_a_ghost_reports_or_notes_changes_nothing(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "ghost")
    claim(any_home, job, "heir", ended=("ghost",))
    any_home.queue.report_progress(job, "ghost", "review", "nearly done")
    any_home.queue.fail(job, "ghost", error="it failed", kind="permanent")
    any_home.queue.release(job, "ghost")
    held = any_home.queue.get(job)
    assert (held.state, held.active_run, held.progress, held.error) == ("running", "heir", None, None)


# --- which process lives ---------------------------------------------------------------------------------------------


def test_this_process_is_alive_and_a_reused_pid_is_not_it() -> None:
    me = this_worker()
    assert not is_gone(me.host, me.pid, me.started_at)
    assert is_gone(me.host, me.pid, me.started_at - 100)
    assert not is_gone("another-host", me.pid, me.started_at - 100)
    assert not is_gone(None, None, None)
    since_1970 = psutil.Process().create_time()  # as earlier versions signed
    assert not is_gone(me.host, me.pid, since_1970)
    assert is_gone(me.host, me.pid, since_1970 - 100)
    assert me.pid == os.getpid()
    assert me.started_at == pytest.approx(since_1970 - psutil.boot_time(), abs=1)


def test_a_process_that_died_but_was_not_collected_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    started = psutil.Process(child.pid).create_time()
    for _ in range(500):
        if psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE:
            break
        threading.Event().wait(0.01)
    assert is_gone(this_worker().host, child.pid, started)
    child.wait()

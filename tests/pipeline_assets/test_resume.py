"""Runs that die, are stopped or taken over: the next one goes on, and nothing is made, stored or paid twice.

Belongs here: processes of their own that end at a chosen moment. Not here: failures inside one
process (`test_graph.py`).
"""

import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import dagster as dg
import psutil
import pytest
from sqlalchemy import select

from reelineage import lineage, models
from reelineage.models import Base
from resources.audit import audit_all
from resources.home import Home
from resources.record_rows import RECORDS
from tests.runner import Child, Runner, signal_at
from tests.tiny import ASSETS, TINY_THEME, Behaviour, create_tiny_job, produce

Rows = dict[str, list[dict[str, Any]]]


def dump(home: Home) -> Rows:
    """Every record row with every column, by table."""
    with home.database.read() as session:
        return {
            asset: [dict(row._mapping) for row in session.execute(select(table).order_by(table.c.id))]
            for asset, kind in RECORDS.items()
            for table in [Base.metadata.tables[kind.model.__tablename__]]
        }


def assert_untouched(before: Rows, after: Rows) -> None:
    for asset, rows in before.items():
        assert after[asset][: len(rows)] == rows, f"earlier rows of {asset} changed"


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    path = tmp_path / "theme.yaml"
    path.write_text(TINY_THEME, encoding="utf-8")
    return path


def make(commands: Runner, theme: Path, **options: Any) -> Child:
    return commands.start("make", theme, "--profile", "draft", "--seed", 7, **options)


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["begin", "made", "stored"])
def test_a_job_killed_at_every_stage_boundary_goes_on_and_makes_nothing_twice(
    moment: str, commands: Runner, theme: Path, studio: Home, tmp_path: Path
) -> None:
    """One job, killed seven times at the same moment of each asset in turn, then left alone."""
    log = tmp_path / "calls"
    behaviour = Behaviour(log=log)
    before: Rows = {asset: [] for asset in ASSETS}
    for place, asset in enumerate(ASSETS):
        options: dict[str, Any] = {"behaviour": behaviour, "kill_at": f"{moment}:{asset}"}
        if place == 0:
            child = make(commands, theme, **options)
        else:
            child = commands.start("jobs", "retry", 1, "--now", **options)
        assert child.wait() == -signal.SIGKILL, child.said
        after = dump(studio)
        assert_untouched(before, after)
        stored = ASSETS[: place + 1] if moment == "stored" else ASSETS[:place]
        assert [name for name in ASSETS if after[name]] == list(stored)
        assert studio.queue.get(1).state == "running", "a dead process cannot say that it is dead"
        before = after
    commands.run("jobs", "retry", 1, "--now", behaviour=behaviour)
    after = dump(studio)
    assert_untouched(before, after)
    scenes = len(after["clips"])
    assert {asset: len(rows) for asset, rows in after.items()} == dict.fromkeys(ASSETS, 1) | {"clips": scenes}
    assert {row["job_id"] for rows in after.values() for row in rows} == {1}
    calls = log.read_text(encoding="utf-8").splitlines()
    assert len(calls) == len(set(calls)), "a provider was asked twice"
    assert studio.queue.get(1).state == "awaiting_review"
    assert audit_all(studio) == []
    assert list((studio.store.root / ".scratch").iterdir()) == [], "work in progress of dead processes is left"


@pytest.mark.slow
def test_a_kill_between_two_scenes_keeps_the_finished_one(
    commands: Runner, theme: Path, studio: Home, tmp_path: Path
) -> None:
    log = tmp_path / "calls"
    child = make(commands, theme, behaviour=Behaviour(log=log, on_call=signal_at("film 2", signal.SIGKILL)))
    assert child.wait() == -signal.SIGKILL
    commands.run("jobs", "retry", 1, "--now", behaviour=Behaviour(log=log))
    calls = [call for call in log.read_text(encoding="utf-8").splitlines() if call.startswith("film")]
    assert calls[:3] == ["film 1", "film 2", "film 2"]
    with studio.database.read() as session:
        filmed = session.scalars(
            select(models.ProviderCall.status).where(models.ProviderCall.role == "footage_source")
        ).all()
    assert filmed.count("failed") == 1, "the interrupted call is closed in the ledger"
    assert audit_all(studio) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("call", ["speak Try", "film 2"])
def test_a_stopped_command_leaves_no_process_behind_and_can_be_retried(
    number: int, call: str, commands: Runner, theme: Path, studio: Home
) -> None:
    child = make(commands, theme, behaviour=Behaviour(on_call=signal_at(call, number)))
    assert child.wait() == 1, child.said
    left = [process for process in psutil.process_iter(["cmdline"]) if str(studio.root) in str(process.info["cmdline"])]
    assert left == []
    assert studio.queue.get(1).state == "cancelled"
    assert "reelineage jobs retry 1 --now" in child.said
    assert "Traceback" not in child.said
    before = dump(studio)
    commands.run("jobs", "retry", 1, "--now")
    assert_untouched(before, dump(studio))
    assert studio.queue.get(1).state == "awaiting_review"
    assert audit_all(studio) == []


@pytest.mark.slow
def test_a_second_live_run_is_refused_before_any_work_and_told_who_works(
    commands: Runner, theme: Path, studio: Home, instance: dg.DagsterInstance
) -> None:
    """The first run films slowly in its own process; a run in this one, a retry and a cancel meet it."""
    first = make(commands, theme, behaviour=Behaviour(seconds_per_frame=0.3))
    wait_until(lambda: studio.root.joinpath("reelineage.db").exists() and stage(studio) == "clips", first)
    before = dump(studio)
    holder = studio.queue.get(1).active_run
    behaviour = Behaviour()
    second = produce(instance, 1, behaviour=behaviour)
    assert not second.success
    (event,) = second.get_step_failure_events()
    details: Any = event.event_specific_data
    said = details.user_failure_data.description
    assert f"run {holder} is working on it (process {first.process.pid}" in said
    assert behaviour.calls == []
    refused = commands.run("jobs", "retry", 1, "--now", expect=2)
    assert "is alive and holds it until" in refused.said
    assert refused.said.count("\n") == 1
    assert dump(studio) == before
    assert studio.queue.get(1).active_run == holder

    commands.run("jobs", "cancel", 1)
    assert first.wait(30) != 0  # filming on would take it twice as long
    assert studio.queue.get(1).state == "cancelled"
    assert dump(studio) == before


def stage(home: Home) -> str:
    """The asset that the first job's run is making."""
    jobs = home.queue.newest(limit=1)
    return (jobs[0].progress or "").split(" ")[0] if jobs else ""


def wait_until(condition: Any, child: Child, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, child.said
        assert child.process.is_alive(), child.said
        time.sleep(0.1)


def freeze(pid: int, home: Home) -> None:
    """Stop a process while it holds no lock: a frozen writer would keep everybody else out of a SQLite file."""
    for _ in range(100):
        os.kill(pid, signal.SIGSTOP)
        if not any(is_locked(path) for path in home.root.rglob("*.db")):
            return
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.05)
    raise AssertionError("the process never lets go of the database")


def is_locked(path: Path) -> bool:
    with closing(sqlite3.connect(path, timeout=0.2, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        connection.execute("ROLLBACK")
        return False


@pytest.mark.slow
def test_a_ghost_that_comes_back_after_a_takeover_stores_nothing(
    commands: Runner, theme: Path, studio: Home, instance: dg.DagsterInstance
) -> None:
    """The first run is frozen, as on a host that lost its network; the job is taken over; then it thaws."""
    ghost = make(commands, theme, behaviour=Behaviour(seconds_per_frame=0.05), REELINEAGE_LEASE_SECONDS="2")
    wait_until(lambda: studio.root.joinpath("reelineage.db").exists() and stage(studio) == "clips", ghost)
    assert ghost.process.pid
    freeze(ghost.process.pid, studio)
    time.sleep(2.2)
    changes = studio.queue.reconcile(lambda _: None)
    assert len(changes) == 1
    assert studio.queue.get(1).state == "queued"
    assert produce(instance, 1).success
    taken_over = dump(studio)
    os.kill(ghost.process.pid, signal.SIGCONT)
    assert ghost.wait(120) == 1
    assert "another run has taken the job over" in ghost.said or "no longer holds the job" in ghost.said
    assert dump(studio) == taken_over
    assert studio.queue.get(1).state == "awaiting_review"
    assert audit_all(studio) == []


def test_a_ghost_that_gets_as_far_as_storing_is_stopped_by_the_fence(
    studio: Home, instance: dg.DagsterInstance
) -> None:
    """The takeover happens between the ghost's last look and its write."""
    job_id = create_tiny_job(studio)
    last = {"call": ""}

    def take_over(call: str) -> None:
        if call.startswith("speak Try"):
            last["call"] = call
            with studio.database.write() as session:
                session.get_one(models.Job, job_id).active_run = "somebody-else"

    result = produce(instance, job_id, behaviour=Behaviour(on_call=take_over))
    assert last["call"]
    assert not result.success
    (event,) = result.get_step_failure_events()
    details: Any = event.event_specific_data
    assert "no longer holds the job" in details.user_failure_data.description
    with studio.database.read() as session:
        assert lineage.current(session, job_id).first_missing == "voiceovers"
    assert studio.queue.get(job_id).active_run == "somebody-else", "a ghost gives back only what it holds"

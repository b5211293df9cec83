"""`reelineage up`: console, Dagster's pages, daemon and sensors on one home, from queued jobs to videos.

Belongs here: what a user sees who keeps it running. Two slow tests, because each start costs 10 to 20 CPU-seconds. Not
here: keeping any processes alive (`tests/console/supervision/`), who may do what (`tests/console/web/dagster/`).
"""

import fcntl
import json
import os
import re
import signal
import socket
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from console.cli import main
from console.dagster_home import open_instance, register
from console.web.options import Options
from reelineage import lineage
from reelineage.models import Job
from resources.access import Role, install_token, make_key
from resources.audit import audit_all
from resources.home import Home
from tests.console.processes import BIN, answers, asked, free_port, graphql, of_home, outputs, started, wait_for
from tests.tiny import TINY_THEME, create_tiny_job

PARTS = {
    "the console": "console.serving",
    "Dagster's web server": "console.dagster_pages",
    "Dagster's daemon": "dagster-daemon",
    "the code server": "dagster",
}
LAUNCH = """
mutation Launch($params: ExecutionParams!) {
  launchPipelineExecution(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""


def parameters(job: str, *, tags: dict[str, str] | None = None, config: object = None) -> dict[str, object]:
    """What Dagster's launchpad sends."""
    return {
        "selector": {
            "repositoryLocationName": "reelineage",
            "repositoryName": "__repository__",
            "pipelineName": job,
        },
        "runConfigData": config or {},
        "mode": "default",
        "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in (tags or {}).items()]},
    }


def launch(port: int, token: str, job: str, *, tags: dict[str, str] | None = None, config: object = None) -> str:
    """Launch a job as the UI does; returns the run id."""
    answer = graphql(port, token, LAUNCH, params=parameters(job, tags=tags, config=config))["launchPipelineExecution"]
    assert answer["__typename"] == "LaunchRunSuccess", answer
    return str(answer["run"]["runId"])


def status(port: int, token: str, run_id: str) -> str:
    query = "query Q($id: ID!) { runOrError(runId: $id) { __typename ... on Run { status } } }"
    return str(graphql(port, token, query, id=run_id)["runOrError"].get("status"))


def code_is_reached(port: int, token: str) -> bool:
    """Whether Dagster's pages reach the code server: this question goes through to it."""
    question = 'query Q($s: PipelineSelector!) { executionPlanOrError(pipeline: $s, mode: "default") { __typename } }'
    selector = parameters("submit_job")["selector"]
    status, body = asked(port, "/dagster/graphql", token, {"query": question, "variables": {"s": selector}})
    return status == 200 and b'"ExecutionPlan"' in body


def part(home: Home, name: str) -> psutil.Process | None:
    """The process that is this part of the home's console now."""
    for process in of_home(home.root):
        words = process.cmdline()
        if "console.supervision.leash" in words and words[words.index("console.supervision.leash") + 3] == PARTS[name]:
            return process
    return None


def kill_each_part(home: Home, port: int, token: str) -> None:
    """Each is started again by itself, and said so; the port is open all the time."""
    for name in PARTS:
        before = part(home, name)
        assert before is not None, name
        before.kill()
        said = f"reelineage: {name} ended (killed by SIGKILL); starting it again in 0.5 s (try 1 of 4)."
        wait_for(lambda said=said: said in outputs(home.root)[1].read_text(encoding="utf-8"), said)  # type: ignore[misc]  # a lambda with a default
        assert asked(port, "/sign-in")[0] == 200
        wait_for(lambda name=name: part(home, name) is not None, f"{name} again")  # type: ignore[misc]  # as above
        wait_for(lambda: answers(port, token), f"Dagster's pages after {name}")
    wait_for(lambda: code_is_reached(port, token), "the new code server")


@pytest.mark.slow
def test_the_daemon_makes_queued_jobs_and_the_pages_launch_more(studio: Home) -> None:
    by_hand = create_tiny_job(studio, seed=3)
    park(studio, by_hand)
    viewer = make_key(studio.database, "token", "onlooker", Role.VIEWER, lifetime=None)
    port = free_port()
    with started(studio.root, BIN / "reelineage", "up", "--port", port) as up:
        wait_for(lambda: "Sign in:" in outputs(studio.root)[0].read_text(encoding="utf-8"), "the link")
        told = outputs(studio.root)[0].read_text(encoding="utf-8")
        link = re.search(rf"http://127\.0\.0\.1:{port}(/sign-in\?key=\S+)", told)
        assert link is not None, told
        assert asked(port, link[1])[0] == 200, "told only when the console answers"
        token = install_token(studio.root)
        wait_for(lambda: answers(port, token), "Dagster's pages")
        with socket.socket() as outside:
            outside.settimeout(1)
            assert outside.connect_ex((socket.gethostbyname(socket.gethostname()), port)) or on_loopback_only()
        assert listening(studio) == {port}, "Dagster listens on no port"
        kill_each_part(studio, port, token)

        queued = create_tiny_job(studio, seed=1)
        forbidden, why = asked(
            port, "/dagster/graphql", viewer, {"query": LAUNCH, "variables": {"params": parameters("submit_job")}}
        )
        assert (forbidden, json.loads(why)["status"]) == (403, 403)
        submitted = launch(
            port,
            token,
            "submit_job",
            config={"ops": {"create_queued_job": {"config": {"theme": TINY_THEME, "seed": 4, "profile": "draft"}}}},
        )
        wait_for(lambda: status(port, token, submitted) == "SUCCESS", "submit_job")
        by_theme = queued + 1
        assert studio.queue.get(by_theme).origin == "dagster"

        stranger = launch(port, token, "produce_video", tags={"dagster/partition": "999"})
        wait_for(lambda: status(port, token, stranger) == "FAILURE", "the refusal of a partition without a job")

        register(studio, by_hand)
        launched = launch(port, token, "produce_video", tags={"dagster/partition": str(by_hand)})

        jobs = [by_hand, queued, by_theme]
        wait_for(
            lambda: all(studio.queue.get(job_id).state in ("awaiting_review", "failed") for job_id in jobs),
            "three videos",
            seconds=240,
        )
        assert [(studio.queue.get(job_id).state, studio.queue.get(job_id).error) for job_id in jobs] == [
            ("awaiting_review", None)
        ] * 3
        wait_for(lambda: status(port, token, launched) == "SUCCESS", "the end of the launched run")
        with open_instance(studio) as instance:
            assert {str(job_id) for job_id in jobs} <= set(instance.get_dynamic_partitions("job_id"))

        folder = private_folder_of(studio)
        os.kill(up.pid, signal.SIGINT)
        assert up.wait(120) == 0
        assert [process.cmdline() for process in of_home(studio.root)] == []
        assert not folder.exists()
    for job_id in jobs:
        assert [*(studio.root / "output" / "review").glob(f"job-{job_id}-video-*.mp4")]
        with studio.database.read() as session:
            current = lineage.current(session, job_id)
        assert {row.version for asset in lineage.ASSETS for row in current.rows(asset)} == {1}
    assert audit_all(studio) == []


@pytest.mark.slow
def test_a_read_only_console_shows_a_home_that_somebody_serves_and_leaves_nothing_when_killed(studio: Home) -> None:
    job_id = create_tiny_job(studio)
    port, token = free_port(), install_token(studio.root)
    lock = (studio.root / "up.lock").open("a")
    with lock, started(studio.root, BIN / "reelineage", "up", "--read-only", "--port", port) as up:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as the `reelineage up` that works on this home does
        wait_for(lambda: answers(port, token), "Dagster's pages")
        assert "read-only" in outputs(studio.root)[0].read_text(encoding="utf-8")
        assert part(studio, "Dagster's daemon") is None
        refused = asked(port, "/dagster/graphql", token, {"query": LAUNCH, "variables": {"params": parameters("x")}})
        assert refused[0] == 403
        assert b"read-only" in refused[1]
        folder = private_folder_of(studio)
        up.kill()
        wait_for(lambda: of_home(studio.root) == [], "the end of all parts", 60)
        assert not folder.exists()
    assert studio.queue.get(job_id).state == "queued"


def listening(home: Home) -> set[int]:
    """The ports on which anything of this home listens."""
    return {
        connection.laddr.port
        for process in of_home(home.root)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }


def private_folder_of(home: Home) -> Path:
    """Where the console's own sockets lie; nobody else may enter."""
    console = part(home, "the console")
    assert console is not None
    words = console.cmdline()
    folder = Path(words[words.index("--dagster-socket") + 1]).parent
    assert folder.stat().st_mode & 0o777 == 0o700
    return folder


def park(home: Home, job_id: int) -> None:
    """Out of the sensors' sight, as after a permanent failure, until a person launches it."""
    with home.database.write() as session:
        job = session.get_one(Job, job_id)
        job.state, job.error, job.error_kind = "failed", "parked by the test", "permanent"


def on_loopback_only() -> bool:
    """Whether this machine's own name is a loopback address, so that there is no outside to test."""
    return socket.gethostbyname(socket.gethostname()).startswith("127.")


def test_a_port_that_is_taken_is_said_before_anything_starts(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(main, ["up", "--port", str(port)])
    assert done.exit_code == 2
    assert f"Listening on 127.0.0.1 port {port}: Address already in use" in done.stderr
    assert of_home(home.root) == []


def test_a_second_one_on_the_same_home_is_refused(home: Home) -> None:
    """Two daemons would each start the runs of one queue."""
    with (home.root / "up.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = CliRunner().invoke(main, ["up", "--port", str(free_port())])
    assert done.exit_code == 2
    assert "another `reelineage up` does so already" in done.stderr


def test_another_address_than_loopback_needs_a_way_of_signing_in(home: Home) -> None:
    done = CliRunner().invoke(main, ["up", "--host", "192.0.2.1", "--port", str(free_port())])
    assert done.exit_code == 2
    assert "REELINEAGE_AUTH" in done.stderr
    assert of_home(home.root) == []


def test_dagsters_tables_are_there_before_its_servers_start(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two servers that open a new SQLite home at once make its tables twice, and one of them dies."""
    found: list[set[str]] = []

    def look(served: Home, _options: Options) -> None:
        found.append({path.name for path in served.settings.dagster_root.rglob("*.db")})

    monkeypatch.setattr("console.commands.up.serve", look)
    assert CliRunner().invoke(main, ["up"]).exit_code == 0
    assert found
    assert found[0] >= {"runs.db", "schedules.db", "index.db"}
    assert home.root.is_dir()

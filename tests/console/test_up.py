"""`reelineage up`: webserver, daemon and sensors on one home, from three queued jobs to three videos.

Belongs here: what a user sees who keeps Dagster running. One test, because starting it costs some 20 CPU-seconds.
"""

import os
import signal
import socket

import pytest
from click.testing import CliRunner

from console.cli import main
from console.dagster_home import open_instance, register
from reelineage import lineage
from reelineage.models import Job
from resources.audit import audit_all
from resources.home import Home
from tests.console.processes import BIN, answers, free_port, graphql, of_home, run, started, wait_for
from tests.tiny import TINY_THEME, create_tiny_job

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


def launch(port: int, job: str, *, tags: dict[str, str] | None = None, config: object = None) -> str:
    """Launch a job as the UI does; returns the run id."""
    answer = graphql(
        port,
        LAUNCH,
        params={
            "selector": {
                "repositoryLocationName": "reelineage",
                "repositoryName": "__repository__",
                "pipelineName": job,
            },
            "runConfigData": config or {},
            "mode": "default",
            "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in (tags or {}).items()]},
        },
    )["launchPipelineExecution"]
    assert answer["__typename"] == "LaunchRunSuccess", answer
    return str(answer["run"]["runId"])


def status(port: int, run_id: str) -> str:
    query = "query Q($id: ID!) { runOrError(runId: $id) { __typename ... on Run { status } } }"
    return str(graphql(port, query, id=run_id)["runOrError"].get("status"))


@pytest.mark.slow
def test_the_daemon_makes_queued_jobs_and_the_pages_launch_more(studio: Home) -> None:
    queued = [create_tiny_job(studio, seed=seed) for seed in (1, 2)]
    by_hand = create_tiny_job(studio, seed=3)
    park(studio, by_hand)
    port = free_port()
    with started(studio.root, BIN / "reelineage", "up", "--port", port) as up:
        wait_for(lambda: answers(port), "the webserver")
        with socket.socket() as outside:
            outside.settimeout(1)
            assert outside.connect_ex((socket.gethostbyname(socket.gethostname()), port)) or on_loopback_only()

        submitted = launch(
            port,
            "submit_job",
            config={"ops": {"create_queued_job": {"config": {"theme": TINY_THEME, "seed": 4, "profile": "draft"}}}},
        )
        wait_for(lambda: status(port, submitted) == "SUCCESS", "submit_job")
        by_theme = by_hand + 1
        assert studio.queue.get(by_theme).origin == "dagster"

        stranger = launch(port, "produce_video", tags={"dagster/partition": "999"})
        wait_for(lambda: status(port, stranger) == "FAILURE", "the refusal of a partition without a job")

        register(studio, by_hand)
        launched = launch(port, "produce_video", tags={"dagster/partition": str(by_hand)})

        jobs = [*queued, by_hand, by_theme]
        wait_for(
            lambda: all(studio.queue.get(job_id).state in ("awaiting_review", "failed") for job_id in jobs),
            "four videos",
            seconds=240,
        )
        assert [(studio.queue.get(job_id).state, studio.queue.get(job_id).error) for job_id in jobs] == [
            ("awaiting_review", None)
        ] * 4
        wait_for(lambda: status(port, launched) == "SUCCESS", "the end of the launched run")
        with open_instance(studio) as instance:
            assert {str(job_id) for job_id in jobs} <= set(instance.get_dynamic_partitions("job_id"))

        os.kill(up.pid, signal.SIGINT)
        assert up.wait(40) == 0
        assert [process.cmdline() for process in of_home(studio.root)] == []
    for job_id in jobs:
        assert [*(studio.root / "output" / "review").glob(f"job-{job_id}-video-*.mp4")]
        with studio.database.read() as session:
            current = lineage.current(session, job_id)
        assert {row.version for asset in lineage.ASSETS for row in current.rows(asset)} == {1}
    assert audit_all(studio) == []


def park(home: Home, job_id: int) -> None:
    """Out of the sensors' sight, as after a permanent failure, until a person launches it."""
    with home.database.write() as session:
        job = session.get_one(Job, job_id)
        job.state, job.error, job.error_kind = "failed", "parked by the test", "permanent"


def on_loopback_only() -> bool:
    """Whether this machine's own name is a loopback address, so that there is no outside to test."""
    return socket.gethostbyname(socket.gethostname()).startswith("127.")


@pytest.mark.slow
def test_a_port_that_is_taken_is_said_and_nothing_keeps_running(studio: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(studio.root, BIN / "reelineage", "up", "--port", taken.getsockname()[1])
    assert done.returncode == 1
    assert "Running Dagster: its webserver ended" in done.stderr
    assert of_home(studio.root) == []


def test_dagsters_tables_are_there_before_its_servers_start(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two servers that open a new SQLite home at once make its tables twice, and one of them dies."""
    found: list[set[str]] = []

    def look(served: Home, _port: int) -> None:
        found.append({path.name for path in served.settings.dagster_root.rglob("*.db")})

    monkeypatch.setattr("console.commands.up.serve", look)
    assert CliRunner().invoke(main, ["up"]).exit_code == 0
    assert found
    assert found[0] >= {"runs.db", "schedules.db", "index.db"}
    assert home.root.is_dir()

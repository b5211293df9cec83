"""The commands of Dagster and ours in fresh interpreters, with nothing but what `reelineage env` prints.

Belongs here: ways in that need a process of their own. Not here: the daemon and the pages (`test_up.py`).
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from console.dagster_home import register
from reelineage import lineage
from resources.audit import audit_all
from resources.home import Home
from resources.settings import PROJECT
from tests.console.processes import BIN, environment, run
from tests.tiny import create_tiny_job


def assert_finished(home: Home, job_id: int) -> None:
    job = home.queue.get(job_id)
    assert (job.state, job.error) == ("awaiting_review", None)
    with home.database.read() as session:
        assert lineage.current(session, job_id).first_missing is None
    assert audit_all(home) == []


@pytest.mark.slow
def test_dagster_job_execute_makes_a_partition_after_reelineage_env(studio: Home) -> None:
    """Through a shell, word for word as the README says it."""
    job_id = create_tiny_job(studio)
    register(studio, job_id)
    script = f"""
        set -e
        export REELINEAGE_HOME={studio.root}
        eval "$(reelineage env)"
        dagster job execute -m pipeline_assets.definitions -j produce_video --tags '{{"dagster/partition": "{job_id}"}}'
    """
    shell = environment(studio.root)
    del shell["REELINEAGE_HOME"], shell["DAGSTER_HOME"]
    done = subprocess.run(
        ["/bin/bash", "-c", script], cwd=PROJECT, env=shell, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert_finished(studio, job_id)


@pytest.mark.slow
def test_dg_launch_makes_a_partition(studio: Home) -> None:
    job_id = create_tiny_job(studio)
    register(studio, job_id)
    done = run(studio.root, BIN / "dg", "launch", "--job", "produce_video", "--partition", job_id, seconds=240)
    assert done.returncode == 0, done.stderr[-3000:]
    assert_finished(studio, job_id)


@pytest.mark.slow
def test_both_commands_refuse_a_partition_without_a_job(home: Home) -> None:
    register(home, 1)  # makes Dagster's folder; key 1 is known to Dagster and to no job
    tags = '{"dagster/partition": "77"}'
    executed = run(
        home.root, BIN / "dagster", "job", "execute", "-m", "pipeline_assets.definitions", "-j", "produce_video",
        "--tags", tags,
    )  # fmt: skip
    assert executed.returncode == 1
    assert "Create one with `reelineage jobs create THEME`" in executed.stderr + executed.stdout
    launched = run(home.root, BIN / "dg", "launch", "--job", "produce_video", "--partition", 77)
    assert launched.returncode != 0
    assert "77" in launched.stderr + launched.stdout
    with home.database.read() as session:
        assert lineage.current(session, 77).first_missing == "trends"
    assert home.queue.newest() == []


@pytest.mark.slow
def test_a_mistake_is_one_line_on_stderr_without_a_traceback(home: Home, tmp_path: Path) -> None:
    theme = tmp_path / "bad.yaml"
    theme.write_text("name: x\n", encoding="utf-8")
    done = run(home.root, BIN / "reelineage", "make", theme, "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "'about' is missing" in done.stderr


@pytest.mark.slow
def test_a_job_is_made_with_dagsters_own_storage_on_postgresql(
    studio: Home, bare_postgres_url: str, tmp_path: Path
) -> None:
    job_id = create_tiny_job(studio)
    dagster_home = tmp_path / "team"
    dagster_home.mkdir()
    shutil.copyfile(PROJECT / "deploy" / "team" / "dagster.yaml", dagster_home / "dagster.yaml")
    more = {"DAGSTER_HOME": str(dagster_home), "DAGSTER_POSTGRES_URL": bare_postgres_url}
    retried = run(studio.root, BIN / "reelineage", "jobs", "retry", job_id, "--now", seconds=240, **more)
    assert retried.returncode == 0, retried.stderr[-3000:]
    assert_finished(studio, job_id)
    assert [path.name for path in dagster_home.rglob("*.db")] == [], "something was kept in SQLite after all"

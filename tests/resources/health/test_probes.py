"""Each probe against a real home: what it reads when all is well, and that it notices what is not."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509

from reelineage.models import Job
from resources.health.database import look_at_clock, look_at_database
from resources.health.installation import look_at_home, look_at_port, look_at_secrets, look_at_settings
from resources.health.jobs import look_at_jobs
from resources.health.readings import Probe, Reading, Status
from resources.health.signing import look_at_certificate
from resources.health.storage import look_at_disk, look_at_storage
from resources.health.watching import look_once
from resources.home import Home
from resources.provenance.signers import authority_of
from tests.conftest import settings_of
from tests.factories import claimed, new_job


class Usage(NamedTuple):
    """What `shutil.disk_usage` returns."""

    total: int
    used: int
    free: int


def ago(seconds: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


def change(home: Home, job_id: int, **values: object) -> None:
    with home.database.write() as session:
        job = session.get_one(Job, job_id)
        for name, value in values.items():
            setattr(job, name, value)


def jobs(home: Home, *, serving: bool = True) -> dict[str, Reading]:
    return {reading.probe: reading for reading in look_at_jobs(home, serving=serving)}


def test_a_database_that_answers_names_its_engine_and_schema(any_home: Home) -> None:
    (reading,) = look_at_database(any_home)
    assert reading.status is Status.OK
    assert reading.seen.startswith(("SQLite 3", "PostgreSQL 1"))
    assert "with schema 0" in reading.seen


def test_a_database_with_another_schema_is_bad_and_nothing_is_upgraded(any_home: Home) -> None:
    with any_home.database.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    (reading,) = look_at_database(any_home)
    assert (reading.status, "its schema is 0001" in reading.seen) == (Status.BAD, True)
    assert "reelineage db upgrade" in reading.advice
    assert any_home.database.state()[0] == "0001"


def test_a_database_without_tables_stays_without(bare_url: str, home: Home) -> None:
    if bare_url.startswith("sqlite"):
        Path(bare_url.removeprefix("sqlite:///")).touch()
    empty = Home(settings_of(home, database_url=bare_url))
    (reading,) = look_at_database(empty)
    assert reading.status is Status.WARN
    assert empty.database.state()[0] is None


def test_a_database_file_that_was_deleted_is_bad_although_whoever_has_it_open_can_go_on(home: Home) -> None:
    assert [one.status for one in look_at_database(home)] == [Status.OK]
    for ending in ("", "-wal", "-shm"):
        Path(f"{home.root}/reelineage.db{ending}").unlink(missing_ok=True)
    (reading,) = look_at_database(home)
    assert reading.status is Status.BAD
    assert not (home.root / "reelineage.db").exists()


def test_the_clock_agrees_with_the_database_until_a_row_lies_in_the_future(any_home: Home) -> None:
    (reading,) = look_at_clock(any_home)
    assert reading.status is Status.OK
    if any_home.database.url.startswith("sqlite"):
        change(any_home, new_job(any_home), updated_at=ago(-3600))
        (reading,) = look_at_clock(any_home)
        assert (reading.status, reading.unit) == (Status.BAD, "seconds")
        assert reading.value == pytest.approx(3600, abs=30)


def test_jobs_are_counted_by_state(any_home: Home) -> None:
    assert jobs(any_home)["jobs"].seen == "There are none yet."
    for number in range(4):
        job_id = new_job(any_home)
        if number:
            change(any_home, job_id, state="failed", error="x", error_kind=("permanent", "transient")[number % 2])
    found = jobs(any_home)
    assert dict(found["jobs"].counts)["queued"] == 1
    assert dict(found["jobs"].counts)["failed"] == 3
    assert (found["jobs"].value, found["parked"].value) == (4.0, 1.0)
    assert {one.status for one in found.values()} == {Status.OK}


def test_a_job_that_nothing_takes_is_noticed(any_home: Home) -> None:
    job_id = new_job(any_home)
    for waited, expected in ((10, Status.OK), (130, Status.WARN), (700, Status.BAD)):
        change(any_home, job_id, updated_at=ago(waited))
        reading = jobs(any_home)["queue"]
        assert reading.status is expected
        assert reading.value == pytest.approx(waited, abs=30)
    assert jobs(any_home, serving=False)["queue"].status is Status.WARN


def test_a_running_job_whose_worker_fell_silent_is_noticed(any_home: Home) -> None:
    job_id = new_job(any_home)
    with claimed(any_home, job_id, "run-1"):
        assert jobs(any_home)["claims"].status is Status.OK
        change(any_home, job_id, lease_expires_at=ago(300))
        assert jobs(any_home)["claims"].status is Status.WARN


def test_storage_is_written_read_back_and_left_as_it_was(home: Home) -> None:
    (reading,) = look_at_storage(home)
    assert reading.status is Status.OK
    assert [*(home.store.root / ".scratch").iterdir()] == []


def test_storage_that_cannot_be_written_or_is_another_kind_of_file_is_bad(home: Home) -> None:
    home.store.root.write_text("a file where a folder belongs")
    (reading,) = look_at_storage(home)
    assert reading.status is Status.BAD
    assert "Writing a file below" in reading.seen


def test_a_read_only_console_writes_no_file_to_find_out(home: Home) -> None:
    assert [one.status for one in look_at_storage(home, read_only=True)] == [Status.BAD]
    home.store.root.mkdir()
    assert [one.status for one in look_at_storage(home, read_only=True)] == [Status.OK]
    assert [*home.store.root.iterdir()] == []


@pytest.mark.parametrize(("free", "expected"), [(6e9, Status.OK), (2e9, Status.WARN), (5e8, Status.BAD)])
def test_a_disk_that_fills_is_told_in_time(
    home: Home, free: float, expected: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 0, int(free)))
    (reading,) = look_at_disk(home)
    assert (reading.status, reading.value, reading.unit) == (expected, free, "bytes")


def test_a_home_that_is_not_there_is_looked_at_without_making_it(home: Home, tmp_path: Path) -> None:
    missing = Home(home.settings.model_copy(update={"home": tmp_path / "none" / "yet"}))
    assert [one.status for one in look_at_home(missing)] == [Status.WARN]
    assert [one.status for one in look_at_secrets(missing)] == [Status.OK]
    assert [one.status for one in look_at_disk(missing)] == [Status.OK]
    assert not missing.root.parent.exists()


def test_the_certificates_end_is_told_and_none_is_made_by_looking(home: Home) -> None:
    (reading,) = look_at_certificate(home)
    assert (reading.status, reading.value) == (Status.OK, None)
    assert not authority_of(home.settings).folder.exists()
    made = authority_of(home.settings).identity()
    (reading,) = look_at_certificate(home)
    assert reading.status is Status.OK
    assert reading.value == pytest.approx((made.expires_at - datetime.now(UTC)).total_seconds(), abs=30)


def test_a_certificate_that_ends_soon_is_a_warning_and_one_that_ended_is_bad(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority_of(home.settings).identity()
    for days, expected in ((20, Status.WARN), (-1, Status.BAD)):
        ends = datetime.now(UTC) + timedelta(days=days)
        monkeypatch.setattr(
            "resources.provenance.identity.x509.load_pem_x509_certificates",
            lambda data, ends=ends: [Ending(data, ends)],
        )
        assert [one.status for one in look_at_certificate(home)] == [expected]


class Ending:
    """A certificate that ends when the test says."""

    def __init__(self, data: bytes, ends: datetime) -> None:
        self._real = x509.load_pem_x509_certificate(data)
        self.not_valid_after_utc = ends

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


def test_half_a_signing_setting_is_bad(home: Home) -> None:
    half = Home(settings_of(home, signing_key=Path("key.pem")))
    (reading,) = look_at_certificate(half)
    assert (reading.status, "go together" in reading.seen) == (Status.BAD, True)


def test_a_secret_that_others_may_read_is_bad(home: Home) -> None:
    token = home.root / "access-token"
    token.write_text("x" * 40)
    token.chmod(0o644)
    (reading,) = look_at_secrets(home)
    assert (reading.status, f"chmod go-rwx {token}" in reading.advice) == (Status.BAD, True)
    token.chmod(0o600)
    assert [one.status for one in look_at_secrets(home)] == [Status.OK]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("REELINEAGE_SEED", "1", Status.WARN),  # there is no such setting
        ("REELINEAGE_MAX_ATTEMPTS", "many", Status.BAD),
        ("REELINEAGE_MAX_ATTEMPTS", "3", Status.OK),
    ],
)
def test_settings_that_cannot_be_read_or_that_nothing_reads_are_named(
    name: str, value: str, expected: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    (reading,) = look_at_settings()
    assert reading.status is expected
    assert (name in reading.seen) == (expected is not Status.OK)


def test_a_home_named_in_the_env_file_is_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("DAGSTER_HOME=/elsewhere\n")
    (reading,) = look_at_settings()
    assert (reading.status, "DAGSTER_HOME" in reading.seen) == (Status.BAD, True)


def test_a_port_is_free_or_taken(unused_port: int, listening: Callable[[bytes], int]) -> None:
    assert [one.status for one in look_at_port(unused_port)] == [Status.OK]
    stranger = listening(b"HTTP/1.0 200 OK\r\n\r\n<html>")
    assert [one.status for one in look_at_port(stranger)] == [Status.WARN]
    console = listening(b'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"status": "degraded"}')
    (reading,) = look_at_port(console)
    assert (reading.status, reading.seen.endswith("its health is degraded.")) == (Status.OK, True)


def test_a_home_that_may_not_be_written_is_bad(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.status for one in look_at_home(home)] == [Status.OK]
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)  # root may write anywhere
    assert [one.status for one in look_at_home(home)] == [Status.BAD]


def test_a_database_server_that_is_away_is_told_without_its_password(home: Home) -> None:
    away = Home(settings_of(home, database_url="postgresql://user:secret@127.0.0.1:9/none"))
    (reading,) = look_once([Probe("database", lambda: look_at_database(away))], deadline_seconds=20)
    assert (reading.status, "refused" in reading.seen) == (Status.BAD, True)
    assert "secret" not in reading.seen

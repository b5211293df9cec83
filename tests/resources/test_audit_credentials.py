"""`--deep` reads signed files back: a file or a stored manifest that no longer says what was signed is found."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text

from reelineage.models import Credential
from resources.audit import Options, run_audit
from resources.audit.credentials import broken_credentials
from resources.home import Home
from resources.provenance.identity import Trust
from resources.provenance.reading import Reading, read_credential


def found(home: Home) -> set[tuple[str, str]]:
    return {(finding.rule, finding.ref) for finding in broken_credentials(home, None)}


def signed_file(home: Home, subject: str) -> Path:
    with home.database.read() as session:
        sha256 = session.scalars(select(Credential.file_sha256).where(Credential.subject == subject)).one()
    return home.store.path(sha256)


def edit(home: Home, statement: str) -> None:
    """By a client that knows no triggers."""
    with closing(sqlite3.connect(home.root / "reelineage.db")) as connection:
        connection.execute("DROP TRIGGER credentials_no_update")
        assert connection.execute(statement).rowcount == 1
        connection.commit()


def test_files_as_they_were_signed_are_no_finding(finished: Home) -> None:
    assert found(finished) == set()


@pytest.mark.parametrize(("subject", "number"), [("video", 1), ("thumbnail", 2)])
def test_a_flipped_bit_in_a_signed_file_is_found(finished: Home, subject: str, number: int) -> None:
    path = signed_file(finished, subject)
    data = bytearray(path.read_bytes())
    data[len(data) * 3 // 4] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    assert found(finished) == {("altered_credential", f"credential:{number}")}


def test_another_signed_file_in_its_place_is_found(finished: Home) -> None:
    """Sound in itself, and not what was recorded."""
    video, thumbnail = signed_file(finished, "video"), signed_file(finished, "thumbnail")
    video.unlink()
    video.write_bytes(thumbnail.read_bytes())
    assert found(finished) == {("altered_credential", "credential:1")}


@pytest.mark.parametrize(
    "change",
    ["manifest = json_set(manifest, '$.active_manifest', 'urn:c2pa:x')", "manifest_sha256 = printf('%064d', 0)"],
)
def test_an_edited_copy_of_a_manifest_is_found(finished: Home, change: str) -> None:
    edit(finished, f"UPDATE credentials SET {change} WHERE id = 1")  # noqa: S608 — the changes above
    assert ("altered_credential", "credential:1") in found(finished)


def test_no_transaction_is_open_while_files_are_read(finished: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """An audit of an hour would keep SQLite from emptying its log, which holds rows as they were."""
    free: list[bool] = []

    def look(path: Path, trust: Trust) -> Reading:
        with finished.database.write() as session:
            session.execute(text("UPDATE jobs SET attempt = attempt"))
        free.append(finished.database.wipe_traces())
        return read_credential(path, trust)

    monkeypatch.setattr("resources.database._CHECKPOINT_SECONDS", 0)
    monkeypatch.setattr("resources.audit.credentials.read_credential", look)
    assert run_audit(finished, Options(deep=True)).ok
    assert free == [True, True]


def test_only_the_deep_audit_and_that_of_one_job_read_files_back(finished: Home) -> None:
    edit(finished, "UPDATE credentials SET manifest_sha256 = printf('%064d', 0) WHERE id = 1")
    assert "altered_credential" not in run_audit(finished, Options()).counts
    assert run_audit(finished, Options(deep=True)).counts["altered_credential"] == 1
    assert run_audit(finished, Options(job_id=1)).counts["altered_credential"] == 1

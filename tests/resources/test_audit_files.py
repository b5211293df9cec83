"""The audit of files beside a database at work: what waits, what is taken down meanwhile, what it keeps others from.

Belongs here: the moment. Not here: which files are found (`test_audit.py`).
"""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from reelineage.fingerprint import sha256_of_file
from resources.audit import Options, audit_all, files, run_audit
from resources.home import Home
from resources.job_orders import create_job, read_theme_file
from tests.factories import fill_job, new_job, theme_yaml


def test_the_file_of_a_job_that_still_waits_is_no_orphan(any_home: Home, tmp_path: Path) -> None:
    """Its advice would be to delete what the job is to be made from."""
    folder = tmp_path / "themes"
    folder.mkdir()
    (folder / "t.csv").write_text("external_id,title,published_at,observed_at,views\na,T,2026-11-01T06:00:00Z,,5\n")
    (folder / "theme.yaml").write_bytes(theme_yaml(sources="[{kind: file, path: t.csv}]"))
    create_job(any_home, read_theme_file(folder / "theme.yaml"), origin="test", folder=folder)
    assert audit_all(any_home) == []


@pytest.mark.parametrize("job", [None, 1])
def test_no_transaction_is_open_while_files_are_hashed(
    any_home: Home, monkeypatch: pytest.MonkeyPatch, job: int | None
) -> None:
    """One of an hour keeps SQLite's log from being emptied, and PostgreSQL from vacuuming."""
    fill_job(any_home, new_job(any_home))
    open_ones: list[object] = []

    def look(path: Path) -> str:
        open_ones.append(_open_transactions(any_home))
        return sha256_of_file(path)

    monkeypatch.setattr("resources.audit.files.sha256_of_file", look)
    monkeypatch.setattr("resources.audit.files._HASHING_THREADS", 1)
    assert run_audit(any_home, Options(deep=True, job_id=job)).ok
    assert open_ones
    assert not any(open_ones)


def _open_transactions(home: Home) -> int:
    """Seen from a connection of its own."""
    engine = create_engine(home.database.url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("UPDATE jobs SET attempt = attempt"))
            connection.commit()
            connection.execute(text("PRAGMA busy_timeout=0"))
            connection.commit()
            busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one()
        else:
            others = "datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
            busy = connection.execute(text(f"SELECT count(*) FROM pg_stat_activity WHERE {others}")).scalar_one()  # noqa: S608 — the words above
    engine.dispose()
    return int(busy)


def test_what_is_taken_down_while_the_audit_looks_is_not_missing(
    any_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row was read before, and its file looked for afterwards."""
    fill_job(any_home, new_job(any_home))
    real = files._folder

    def take_down(folder: Path) -> object:
        for path in folder.glob("*"):
            path.unlink()
            with any_home.database.write() as session:
                session.execute(
                    text("INSERT INTO tombstones (reason, actor, created_at) VALUES ('x', 'y', '2026-01-01')")
                )
                target = "INSERT INTO tombstone_targets SELECT max(id), 'artifact', :key, 'removed' FROM tombstones"
                session.execute(text(target), {"key": path.name})
        return real(folder)

    monkeypatch.setattr(files, "_folder", take_down)
    assert audit_all(any_home) == []

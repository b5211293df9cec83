"""The database goes away while the console runs: people and programs are told so, and all is well when it is back."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from console.web.guard import identity
from resources.home import Home
from tests.console.web_client import client
from tests.factories import new_job

ADDRESSES = ("/jobs", "/jobs/1", "/costs", "/api/jobs", "/api/costs")


@contextmanager
def _file_away(engine: Engine) -> Iterator[None]:
    """Something that is no database lies in its place, and no connection is left from before."""
    path = str(engine.url.database)
    engine.dispose()
    with ExitStack() as stack:
        for ending in ("", "-wal", "-shm"):
            stack.enter_context(_hidden(path + ending))
        yield


@contextmanager
def _hidden(name: str) -> Iterator[None]:
    path = Path(name)
    beside = path.with_name(f"{path.name}.away")
    there = path.exists()
    if there:
        path.rename(beside)
    path.mkdir()
    yield
    path.rmdir()
    if there:
        beside.rename(path)


@contextmanager
def _all_connections_taken(engine: Engine) -> Iterator[None]:
    """As many as the pool has are in use: by a writer that hangs, for instance."""
    assert isinstance(engine.pool, QueuePool)
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setattr(engine.pool, "_timeout", 0.05)
        for _ in range(engine.pool.size() + engine.pool._max_overflow):
            stack.enter_context(engine.connect())
        yield


@pytest.mark.parametrize("away", [_file_away, _all_connections_taken])
@pytest.mark.parametrize("remembered", [True, False])
def test_a_database_that_does_not_answer_is_said_to_and_comes_back(
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    away: Callable[[Engine], AbstractContextManager[None]],
    *,
    remembered: bool,
) -> None:
    monkeypatch.setattr(identity, "FRESH_SECONDS", 60.0 if remembered else 0.0)
    new_job(home)
    asked = client(home)
    assert asked.get("/jobs").status_code == 200
    with away(home.database.engine):
        for address in ADDRESSES:
            answer = asked.get(address)
            assert answer.status_code == 503, address
            assert ("The database does not answer." if remembered else "cannot be found out who asks") in answer.text
            assert ("problem+json" in answer.headers["content-type"]) is address.startswith("/api")
    assert [asked.get(address).status_code for address in ADDRESSES] == [200] * len(ADDRESSES)

"""Who asks: tokens and sessions, what is remembered for how long, and what happens to wrong ones."""

import asyncio
import hmac
from datetime import timedelta

import pytest
from sqlalchemy import event
from starlette.exceptions import HTTPException
from starlette.types import Scope

from console.web.guard.identity import FRESH_SECONDS, Identifier
from console.web.guard.wrong_secrets import ALLOWED, WINDOW_SECONDS, WrongSecrets
from console.web.options import Options
from resources.access import SESSION_LIFETIME, Principal, Role, end_key, install_token, make_key, principal_of
from resources.home import Home
from tests.console.web_client import client

_WRONG = "guess"


class _Clock:
    """Time that a test turns on."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def _scope(*, token: str = "", session: str = "", peer: str = "127.0.0.1") -> Scope:
    headers = [(b"host", b"127.0.0.1:3000")]
    if token:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    if session:
        headers.append((b"cookie", f'other={{"a b"}}; x; reelineage_session_3000={session}'.encode()))
    return {"type": "http", "method": "GET", "path": "/jobs", "headers": headers, "client": (peer, 1)}


def _who(identifier: Identifier, scope: Scope) -> Principal | None:
    return asyncio.run(identifier.who(scope))


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def identifier(home: Home, clock: _Clock) -> Identifier:
    return Identifier(home, Options(), clock)


def _token(home: Home, role: Role = Role.VIEWER) -> str:
    return make_key(home.database, "token", "ci", role, lifetime=None)


def test_a_session_a_token_and_the_installations_own_token_are_known(home: Home, identifier: Identifier) -> None:
    session = make_key(home.database, "session", "Ada", Role.REVIEWER, lifetime=SESSION_LIFETIME)
    found = _who(identifier, _scope(session=session))
    assert found
    assert (found.name, found.role, found.way) == ("Ada", Role.REVIEWER, "session")
    assert _who(identifier, _scope()) is None
    installed = _who(identifier, _scope(token=install_token(home.root)))
    assert installed
    assert (installed.role, installed.way) == (Role.OPERATOR, "install")


def test_a_secret_is_worth_something_only_where_it_belongs(home: Home, identifier: Identifier) -> None:
    token, link = _token(home), make_key(home.database, "sign_in", "Ada", Role.OPERATOR, lifetime=timedelta(1))
    session = make_key(home.database, "session", "Ada", Role.OPERATOR, lifetime=SESSION_LIFETIME)
    for scope in (_scope(session=token), _scope(token=session), _scope(token=link), _scope(session=link)):
        assert _who(identifier, scope) is None


@pytest.mark.parametrize("given", ["Basic {}", "bearer", "Bearer", "{}", "Token {}", "Bearer {} x", 'Bearer "{}"'])
def test_only_a_bearer_token_as_it_is_counts(home: Home, identifier: Identifier, given: str) -> None:
    scope = _scope()
    scope["headers"].append((b"authorization", given.format(_token(home)).encode()))
    assert _who(identifier, scope) is None


def test_a_wrong_token_is_not_made_good_by_a_session(home: Home, identifier: Identifier) -> None:
    session = make_key(home.database, "session", "Ada", Role.OPERATOR, lifetime=SESSION_LIFETIME)
    assert _who(identifier, _scope(token=_WRONG, session=session)) is None


@pytest.mark.parametrize("secret", ["x" * 201, "x" * 100_000, "\x00", "é", "'; DROP TABLE access_keys; --", "%s"])
def test_a_secret_of_any_shape_is_only_wrong(identifier: Identifier, secret: str) -> None:
    assert _who(identifier, _scope(token=secret)) is None
    assert _who(identifier, _scope(session=secret)) is None


def test_a_right_secret_is_looked_up_once_in_a_moment(home: Home, identifier: Identifier, clock: _Clock) -> None:
    asked: list[str] = []
    scope = _scope(token=_token(home))
    event.listen(home.database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    for _ in range(10):
        assert _who(identifier, scope)
    assert len([one for one in asked if "access_keys" in one]) == 1
    clock.now += FRESH_SECONDS
    assert _who(identifier, scope)
    assert len([one for one in asked if "access_keys" in one]) == 2


def test_what_another_process_ends_works_for_seconds_at_most(home: Home, identifier: Identifier, clock: _Clock) -> None:
    scope = _scope(token=_token(home))
    found = _who(identifier, scope)
    assert found
    assert found.key_id
    end_key(home.database, found.key_id)
    clock.now += FRESH_SECONDS
    assert _who(identifier, scope) is None


def test_what_this_process_ends_ends_at_once(home: Home, identifier: Identifier) -> None:
    scope = _scope(token=_token(home))
    found = _who(identifier, scope)
    assert found
    assert found.key_id
    end_key(home.database, found.key_id)
    identifier.forget(found.key_id)
    assert _who(identifier, scope) is None


def test_what_is_ended_while_it_is_looked_up_is_not_remembered(
    home: Home, identifier: Identifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = _scope(token=_token(home))

    def slow(*_: object) -> Principal | None:
        found = principal_of(home.database, "token", scope["headers"][1][1].decode().removeprefix("Bearer "))
        if found and found.key_id:
            end_key(home.database, found.key_id)
            identifier.forget(found.key_id)
        return found

    monkeypatch.setattr(identifier, "_look_up", slow)
    assert _who(identifier, scope), "this one was in time"
    assert _who(identifier, scope) is None


def test_guessing_is_stopped_before_it_reaches_the_database(home: Home, identifier: Identifier, clock: _Clock) -> None:
    known = _scope(token=_token(home), peer="10.0.0.9")
    assert _who(identifier, known)
    for number in range(ALLOWED):
        assert _who(identifier, _scope(token=f"guess {number}", peer="10.0.0.9")) is None
    new = _scope(token=_token(home), peer="10.0.0.9")
    with pytest.raises(HTTPException, match="Too many wrong secrets: wait 60 seconds") as refusal:
        _who(identifier, new)
    assert (refusal.value.status_code, refusal.value.headers) == (429, {"Retry-After": "60"})
    clock.now += FRESH_SECONDS
    assert _who(identifier, known), "who was in before is not locked out by a stranger at the same address"
    assert _who(identifier, _scope(token=_token(home), peer="10.0.0.8")), "nor is another address"
    clock.now += WINDOW_SECONDS
    assert _who(identifier, new)


def test_neither_addresses_nor_secrets_fill_the_memory(home: Home, clock: _Clock) -> None:
    wrong = WrongSecrets(clock)
    for number in range(5000):
        wrong.count(f"10.0.{number // 256}.{number % 256}")
    assert len(wrong._counts) == 1024
    identifier = Identifier(home, Options(), clock)
    for number in range(100):
        _who(identifier, _scope(token=f"guess {number}", peer=f"10.0.0.{number}"))
    assert not identifier._seen, "a wrong secret is not remembered"


def test_the_installations_token_is_compared_in_constant_time(
    home: Home, identifier: Identifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []
    compare = hmac.compare_digest

    def noted(left: bytes, right: bytes) -> bool:
        compared.append((left, right))
        return compare(left, right)

    token = install_token(home.root)
    monkeypatch.setattr(hmac, "compare_digest", noted)
    assert _who(identifier, _scope(token=_WRONG)) is None
    assert compared == [(_WRONG.encode(), token.encode())]


def test_a_token_file_that_others_may_read_lets_nobody_in_and_says_so_in_the_log_alone(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    token = install_token(home.root)
    (home.root / "access-token").chmod(0o644)
    answer = client(home, None).get("/api/jobs", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 503
    assert str(home.root) not in answer.text
    assert "others may read it" in caplog.text


def test_asking_does_not_make_a_token(home: Home, identifier: Identifier) -> None:
    """A console that only reads must not write into the home, whatever it is sent."""
    assert _who(identifier, _scope(token=_WRONG)) is None
    assert not (home.root / "access-token").exists()

"""Ways into the console: links that work once, keys that end, and the installation's own token."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from reelineage.errors import BadInput
from reelineage.models import AccessKey
from resources.access import (
    SESSION_LIFETIME,
    SIGN_IN_LIFETIME,
    Role,
    end_key,
    install_token,
    is_install_token,
    keys,
    make_key,
    owner_name,
    principal_of,
    sign_in_name,
    use_sign_in,
)
from resources.database import Database


def test_each_role_may_what_those_before_it_may() -> None:
    assert [[role.covers(needed) for needed in Role] for role in Role] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_a_secret_is_told_once_and_only_its_hash_is_kept(database: Database) -> None:
    secrets = [make_key(database, "token", "ci", Role.VIEWER, lifetime=None) for _ in range(3)]
    assert len({*secrets}) == 3
    assert all(len(secret) == 43 for secret in secrets)
    with database.read() as session:
        kept = repr(session.execute(select(*AccessKey.__table__.columns)).all())
    assert not any(secret in kept for secret in secrets)


def test_a_key_ends_with_its_time_or_when_it_is_ended(database: Database) -> None:
    lasting = make_key(database, "token", "ci", Role.OPERATOR, lifetime=None)
    over = make_key(database, "token", "ci", Role.OPERATOR, lifetime=timedelta(seconds=-1))
    found = principal_of(database, "token", lasting)
    assert found
    assert found.key_id
    assert principal_of(database, "session", lasting) is None
    assert principal_of(database, "token", over) is None
    assert end_key(database, found.key_id)
    assert principal_of(database, "token", lasting) is None
    assert not end_key(database, found.key_id), "it had ended"
    assert not end_key(database, 999)


def test_of_many_who_follow_one_link_at_once_one_gets_in(database: Database) -> None:
    link = make_key(database, "sign_in", "Ada", Role.REVIEWER, lifetime=SIGN_IN_LIFETIME)
    with ThreadPoolExecutor(16) as pool:
        made = [*pool.map(lambda _: use_sign_in(database, link), range(32))]
    (secret, who), *others = [one for one in made if one]
    assert others == []
    assert (who.name, who.role) == ("Ada", Role.REVIEWER)
    assert principal_of(database, "session", secret) == who


def test_a_link_tells_for_whom_it_is_until_it_is_used(database: Database) -> None:
    link = make_key(database, "sign_in", "Ada", Role.VIEWER, lifetime=SIGN_IN_LIFETIME)
    assert sign_in_name(database, link) == "Ada"
    assert sign_in_name(database, "guess") is None
    use_sign_in(database, link)
    assert sign_in_name(database, link) is None


def test_only_the_owners_link_takes_another_name(database: Database) -> None:
    mine = make_key(database, "sign_in", owner_name(), Role.OPERATOR, lifetime=SIGN_IN_LIFETIME)
    hers = make_key(database, "sign_in", "Ada", Role.OPERATOR, lifetime=SIGN_IN_LIFETIME)
    named = [use_sign_in(database, link, name="Grace") for link in (mine, hers)]
    assert [made and made[1].name for made in named] == ["Grace", "Ada"]


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\x00\n"])
def test_a_way_in_needs_a_name_that_can_be_seen(database: Database, name: str) -> None:
    with pytest.raises(BadInput, match="a name is needed"):
        make_key(database, "token", name, Role.VIEWER, lifetime=None)


def test_ways_in_that_ended_long_ago_are_forgotten_and_no_others(database: Database) -> None:
    now = datetime.now(UTC)
    for name, ended, expires in (
        ("ended long ago", now - timedelta(days=31), None),
        ("expired long ago", None, now - timedelta(days=31)),
        ("ended yesterday", now - timedelta(days=1), None),
        ("works for ever", None, None),
    ):
        make_key(database, "token", name, Role.VIEWER, lifetime=None)
        with database.write() as session:
            changed = update(AccessKey).where(AccessKey.name == name)
            session.execute(changed.values(ended_at=ended, expires_at=expires, created_at=now - timedelta(days=60)))
    use_sign_in(database, make_key(database, "sign_in", "Ada", Role.VIEWER, lifetime=SIGN_IN_LIFETIME))
    assert [key.name for key in keys(database)] == ["Ada", "Ada", "works for ever", "ended yesterday"]
    assert keys(database)[0].expires_at
    assert timedelta(hours=12) == SESSION_LIFETIME


def test_the_installations_token_is_its_owners_alone(tmp_path: Path) -> None:
    token = install_token(tmp_path / "home")
    path = tmp_path / "home" / "access-token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert install_token(tmp_path / "home") == token == path.read_text().strip()
    who = is_install_token(tmp_path / "home", token)
    assert who
    assert (who.role, who.way, who.key_id) == (Role.OPERATOR, "install", None)
    assert is_install_token(tmp_path / "home", token[:-1]) is None
    assert is_install_token(tmp_path / "elsewhere", "") is None
    assert [entry.name for entry in (tmp_path / "home").iterdir()] == ["access-token"], "nothing is left beside it"


def test_starters_at_the_same_moment_agree_on_one_token(tmp_path: Path) -> None:
    for number in range(20):
        with ThreadPoolExecutor(8) as pool:
            assert len({*pool.map(install_token, [tmp_path / str(number)] * 8)}) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_token_that_others_may_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    token = install_token(tmp_path)
    (tmp_path / "access-token").chmod(mode)
    for ask in (lambda: install_token(tmp_path), lambda: is_install_token(tmp_path, token)):
        with pytest.raises(BadInput, match="others may read it"):
            ask()


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 50])
def test_a_damaged_token_lets_nobody_in(tmp_path: Path, content: bytes) -> None:
    install_token(tmp_path)
    (tmp_path / "access-token").write_bytes(content)
    with pytest.raises(BadInput, match=r"[Dd]elete it"):
        is_install_token(tmp_path, content.decode("latin-1").strip())

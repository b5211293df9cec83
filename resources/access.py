"""Who may use the console: sign-in links, browser sessions, API tokens, and the installation's own token.

Belongs here: making, checking and ending ways in. Not here: where a secret stands in a request, what a role may do
there (`console/web/guard`). A secret is 256 random bits, so its plain sha256 is enough to keep.
"""

import getpass
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from reelineage.errors import BadInput
from reelineage.models import AccessKey
from reelineage.text import clean_text
from resources.database import Database

Kind = Literal["sign_in", "session", "token"]
SIGN_IN_LIFETIME = timedelta(minutes=15)
SESSION_LIFETIME = timedelta(hours=12)
_KEPT = timedelta(days=30)  # how long an ended way in stays in the list
_INSTALL_TOKEN = "access-token"  # noqa: S105 — a file's name


class Role(StrEnum):
    """What somebody may do; each may all that those before it may."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    OPERATOR = "operator"

    def covers(self, needed: "Role") -> bool:
        """Whether this role is enough where `needed` is asked for."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True)
class Principal:
    """Somebody who is known: the name that decisions carry, the role, and the way in.

    `key_id` is the row of `access_keys` behind it, None for the installation's token and for a proxy's word.
    """

    name: str
    role: Role
    way: Literal["session", "token", "install", "proxy"]
    key_id: int | None = None


def make_key(database: Database, kind: Kind, name: str, role: Role, *, lifetime: timedelta | None) -> str:
    """A new way in; returns its secret, which is told once and never stored.

    Raises:
        BadInput: the name is empty.
    """
    with database.write() as session:
        return _insert(session, kind, _named(name), role, lifetime)


def sign_in_name(database: Database, secret: str) -> str | None:
    """For whom a sign-in link was made; None when it is unknown, used or too old."""
    with database.read() as session:
        found: str | None = session.scalars(select(AccessKey.name).where(*_usable(secret, datetime.now(UTC)))).first()
        return found


def may_be_called_otherwise(name: str) -> bool:
    """Whether who follows a link made for `name` may choose a name: a link for somebody else keeps theirs."""
    return name == owner_name()


def use_sign_in(database: Database, secret: str, *, name: str | None = None) -> tuple[str, Principal] | None:
    """Trade a sign-in link's secret for a session, once: the session's secret, and who that is.

    None when the link is unknown, used or too old. `name` is what the person wants decisions to carry; it counts only
    for a link that was made for the owner of this machine, who is known by an account's name until then.

    Raises:
        BadInput: the name has no visible character; the link can still be used.
    """
    moment = datetime.now(UTC)
    with database.write() as session:
        used = session.execute(
            update(AccessKey)
            .where(*_usable(secret, moment))
            .values(ended_at=moment)
            .returning(AccessKey.name, AccessKey.role)
        ).first()
        if used is None:
            return None
        chosen = _named(name) if name and may_be_called_otherwise(used.name) else used.name
        role = Role(used.role)
        _sweep(session, moment)
        made = _insert(session, "session", chosen, role, SESSION_LIFETIME)
        key_id = session.scalars(select(AccessKey.id).where(AccessKey.secret_sha256 == _sha256(made))).one()
        return made, Principal(chosen, role, "session", key_id)


def principal_of(database: Database, kind: Literal["session", "token"], secret: str) -> Principal | None:
    """Whose valid session or token this is; None for one that is unknown, ended or too old."""
    with database.read() as session:
        found = session.execute(
            select(AccessKey.id, AccessKey.name, AccessKey.role).where(
                AccessKey.secret_sha256 == _sha256(secret),
                AccessKey.kind == kind,
                AccessKey.ended_at.is_(None),
                or_(AccessKey.expires_at.is_(None), AccessKey.expires_at > datetime.now(UTC)),
            )
        ).first()
    return Principal(found.name, Role(found.role), kind, found.id) if found else None


def end_key(database: Database, key_id: int) -> bool:
    """End a session or token at once; False when it had ended or never was."""
    with database.write() as session:
        ended = session.execute(
            update(AccessKey)
            .where(AccessKey.id == key_id, AccessKey.ended_at.is_(None))
            .values(ended_at=datetime.now(UTC))
            .returning(AccessKey.id)
        ).first()
    return ended is not None


def keys(database: Database, *, limit: int = 1000) -> list[AccessKey]:
    """Ways in of every kind, the newest first; those that ended long ago are forgotten."""
    with database.read() as session:
        return [*session.scalars(select(AccessKey).order_by(AccessKey.id.desc()).limit(limit))]


def install_token(root: Path) -> str:
    """The secret of this installation, made on first use: who can read its file (0600) is an operator.

    Raises:
        BadInput: others may read the file, or it cannot be made.
    """
    path = root / _INSTALL_TOKEN
    try:
        root.mkdir(parents=True, exist_ok=True)
        _create(path)
    except OSError as error:
        raise BadInput(f"Making the installation's token {path}: {error}. Make the home writable for you.") from error
    return _read(path)


def is_install_token(root: Path, given: str) -> Principal | None:
    """The operator who owns the installation, if `given` is its token. None as well while there is no token yet.

    Raises:
        BadInput: others may read the file, or it is damaged.
    """
    path = root / _INSTALL_TOKEN
    if not path.exists():
        return None
    same = hmac.compare_digest(given.encode(), _read(path).encode())
    return Principal(owner_name(), Role.OPERATOR, "install") if same else None


def owner_name() -> str:
    """What the person at this machine is called until they say otherwise."""
    try:
        return clean_text(getpass.getuser(), max_characters=200) or "operator"
    except (OSError, KeyError):
        return "operator"


def _read(path: Path) -> str:
    doing = f"Reading the installation's token {path}"
    try:
        with path.open(encoding="ascii") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise BadInput(
                    f"{doing}: others may read it. Delete it: the next `reelineage up` makes a new one. If nobody did "
                    "read it, `chmod 600` it."
                )
            token = file.read(200).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{doing}: {error}. Check its rights, or delete it: `reelineage up` makes one.") from error
    if len(token) < 32:
        raise BadInput(f"{doing}: it is too short to be one. Delete it: `reelineage up` makes a new one.")
    return token


def _create(path: Path) -> None:
    """Write a new token unless there is one; complete under its name or not there, so that two starters agree."""
    if path.exists():
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            return
    finally:
        beside.unlink(missing_ok=True)


def _usable(secret: str, moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        AccessKey.secret_sha256 == _sha256(secret),
        AccessKey.kind == "sign_in",
        AccessKey.ended_at.is_(None),
        AccessKey.expires_at > moment,
    )


def _sweep(session: Session, moment: datetime) -> None:
    """Forget ways in that ended or expired a month ago: nobody asks for them any more."""
    before = moment - _KEPT
    session.execute(delete(AccessKey).where(or_(AccessKey.ended_at < before, AccessKey.expires_at < before)))


def _insert(session: Session, kind: Kind, name: str, role: Role, lifetime: timedelta | None) -> str:
    secret, moment = secrets.token_urlsafe(32), datetime.now(UTC)
    session.add(
        AccessKey(
            kind=kind,
            name=name,
            role=role.value,
            secret_sha256=_sha256(secret),
            created_at=moment,
            expires_at=moment + lifetime if lifetime else None,
        )
    )
    session.flush()
    return secret


def _named(name: str) -> str:
    cleaned = clean_text(name, max_characters=200)
    if not any(character.isprintable() and not character.isspace() for character in cleaned):
        raise BadInput("Making a way in: a name is needed; decisions carry it.")
    return cleaned


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

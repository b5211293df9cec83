"""What a route asks of whoever asks it: `Depends(needs(Role.REVIEWER))`, and `Asker` for the name.

Belongs here: roles of routes. Not here: finding out who asks (`identity.py`). Dependencies that wait for nothing are
`async`: a plain one is a trip to another thread and back, for nothing.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException
from starlette.requests import HTTPConnection

from resources.access import Principal, Role


async def asker(connection: HTTPConnection) -> Principal:
    """Whoever asks: the guard lets nobody else through to a route that wants to know.

    Raises:
        HTTPException: 401 for a stranger.
    """
    found: Principal | None = connection.scope["state"].get("principal")
    if found is None:
        raise HTTPException(401, "Sign in first: `reelineage access link` prints a link.")
    return found


Asker = Annotated[Principal, Depends(asker)]


def require(role: Role, connection: HTTPConnection, who: Principal) -> Principal:
    """The rule itself, for a route that must read a request to know which role it needs.

    Raises:
        HTTPException: 403.
    """
    if not who.role.covers(role):
        raise HTTPException(403, f"This needs the role {role.value}; {who.name} is {who.role.value}.")
    if role is not Role.VIEWER and connection.scope["app"].state.options.read_only:
        raise HTTPException(403, "This console is read-only: it was started with --read-only.")
    return who


def needs(role: Role) -> Callable[..., Awaitable[Principal]]:
    """A dependency that lets only this role and those above it through; a read-only console lets nobody change."""

    async def check(connection: HTTPConnection, who: Asker) -> Principal:
        return require(role, connection, who)

    return check

"""Who asks: by the trusted proxy's word, a bearer token, the session cookie, or nobody.

Belongs here: reading secrets out of a request, and remembering right ones for a moment. Not here: what a secret is
worth (`resources/access.py`). A look into the database takes 0.8 ms of the processor, each page asks for a dozen files.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Scope

from console.web.guard.cookies import LONGEST_SECRET, session_secret
from console.web.guard.wrong_secrets import WrongSecrets
from console.web.options import Options
from reelineage.text import clean_text
from resources.access import Principal, is_install_token, principal_of
from resources.home import Home

FRESH_SECONDS: Final = 3.0  # how long a way in that another process ended still works
_REMEMBERED: Final = 4096
_LONGEST_NAME: Final = 200


@dataclass(frozen=True)
class _Seen:
    principal: Principal
    at: float


class Identifier:
    """Finds out who asks, for one console."""

    def __init__(self, home: Home, options: Options, clock: Callable[[], float] = time.monotonic) -> None:
        self._home, self._options, self._clock = home, options, clock
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._ended = 0
        self.wrong = WrongSecrets(clock)

    async def who(self, scope: Scope) -> Principal | None:
        """Whoever a request names, or None for a stranger.

        Raises:
            HTTPException: 403 when it claims a proxy's word, or has one without a role; 429 after many wrong secrets.
        """
        headers = Headers(scope=scope)
        if self._options.proxy and (found := self._by_proxy(headers, peer_of(scope))):
            return found
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme:
            token = given.strip()
            return await self._by_secret("token", token, scope) if scheme.lower() == "bearer" else None
        if self._options.proxy:
            return None  # people come by the proxy: a session from other days is worth nothing
        return await self._by_secret("session", session_secret(self._options, headers) or "", scope)

    def remember(self, secret: str, principal: Principal) -> None:
        """A session was made: what old cookies at the same address sent a moment ago does not hold it up."""
        with self._lock:
            self._seen[_digest("session", secret)] = _Seen(principal, self._clock())

    def forget(self, key_id: int | None) -> None:
        """A session or token was ended: nothing that is remembered lets it in."""
        with self._lock:
            self._ended += 1
            for digest in [digest for digest, seen in self._seen.items() if seen.principal.key_id == key_id]:
                del self._seen[digest]

    def _by_proxy(self, headers: Headers, peer: str) -> Principal | None:
        proxy = self._options.proxy
        values = headers.getlist(proxy.header) if proxy else []
        if not proxy or not values:
            return None
        if not proxy.is_at(peer):
            raise HTTPException(403, "Only the trusted proxy may say who asks.")
        try:
            name = values[0].encode("latin-1").decode("utf-8")
        except UnicodeError:
            name = ""
        if len(values) > 1 or not name or name != clean_text(name, max_characters=_LONGEST_NAME):
            raise HTTPException(403, "The proxy does not name one person in words that can be kept.")
        role = proxy.role_of(name)
        if role is None:
            raise HTTPException(403, f"{name} has no role here: whoever runs this console sets REELINEAGE_PROXY_ROLES.")
        return Principal(name, role, "proxy")

    async def _by_secret(self, way: Literal["token", "session"], secret: str, scope: Scope) -> Principal | None:
        if not 0 < len(secret) <= LONGEST_SECRET:
            return None
        digest, peer = _digest(way, secret), peer_of(scope)
        with self._lock:
            seen, ended = self._seen.get(digest), self._ended
        if seen and self._clock() - seen.at < FRESH_SECONDS:
            return seen.principal
        if seen is None and (seconds := self.wrong.wait(peer)):
            raise HTTPException(429, f"Too many wrong secrets: wait {seconds} seconds.", {"Retry-After": str(seconds)})
        began = self._clock()
        found = await run_in_threadpool(self._look_up, way, secret)
        with self._lock:
            self._seen.pop(digest, None)
            if found and ended == self._ended:  # else it may have been ended while we looked
                self._seen[digest] = _Seen(found, began)
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        if found is None:
            self.wrong.count(peer)
        return found

    def _look_up(self, way: Literal["token", "session"], secret: str) -> Principal | None:
        installed = is_install_token(self._home.root, secret) if way == "token" else None
        return installed or principal_of(self._home.database, way, secret)


def _digest(way: Literal["token", "session"], secret: str) -> str:
    return hashlib.sha256(f"{way}:{secret}".encode()).hexdigest()


def peer_of(scope: Scope) -> str:
    """The address that a connection comes from; empty on a unix socket."""
    client: tuple[str, int] | None = scope.get("client")
    return client[0] if client else ""

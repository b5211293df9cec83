"""The Idempotency-Key of a changing request: sent twice, it is done once and answered the same.

Belongs here: from the header to the kept answer. Not here: who may act for a key (`resources/idempotency.py`).
Kept are results, and refusals of the act itself (404, 409, 422): a late duplicate must not do what was refused.
What failed by chance (503), or was refused unread (401, 403, 413, 415), frees the key.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Header, HTTPException, Request, Response

from console.web.guard import Asker
from console.web.parts import TheHome
from console.web.refusals import problem, status_of
from reelineage.errors import ReelineageError
from resources.access import Principal
from resources.home import Home
from resources.idempotency import Answer, StillWorking, begin, give_up, keep

_OWN_HEADERS: Final = ("Location",)
_RETRY_SECONDS: Final = 1
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,200}$",
        description="Any text of up to 200 visible ASCII characters, new for each new request. Sent again within "
        "48 hours, the same request is not done again: the first answer comes back.",
    ),
]


@dataclass(frozen=True)
class Once:
    """One request that may come again. `request` is everything that makes it the same."""

    home: Home
    asker: Principal
    key: str | None
    request: tuple[bytes, ...]

    @property
    def request_key(self) -> str | None:
        """What a job made by this request carries: the same for the same request, also after its key was let go."""
        return f"api:{self._digest(self.asker.name.encode(), (self.key or '').encode())}" if self.key else None

    def __call__(self, act: Callable[[], Response]) -> Response:
        """The answer of the act, or the one that it gave before.

        Raises:
            HTTPException: 409 while the first request is being worked on.
        """
        if self.key is None:
            return act()
        try:
            begun = begin(self.home.database, self.asker.name, self.key, self._digest())
        except StillWorking as error:
            raise HTTPException(HTTPStatus.CONFLICT, str(error), {"Retry-After": str(_RETRY_SECONDS)}) from error
        if isinstance(begun, Answer):
            headers = {**begun.headers, "Idempotency-Replayed": "true"}
            return Response(begun.body, begun.status, headers, begun.media_type)
        answer: Response | None = None
        try:
            answer = _answered(act)
        finally:
            if answer is None:
                give_up(self.home.database, begun)
        keep(self.home.database, begun, _kept(answer))
        return answer

    def _digest(self, *more: bytes) -> str:
        digest = hashlib.sha256()
        for part in (*more, *self.request):
            digest.update(len(part).to_bytes(8))
            digest.update(part)
        return digest.hexdigest()


async def _once(request: Request, home: TheHome, asker: Asker, key: Key = None) -> Once:
    parts = (request.method.encode(), request.url.path.encode(), request.url.query.encode(), await request.body())
    return Once(home, asker, key, parts)


AtMostOnce = Annotated[Once, Depends(_once)]


def _answered(act: Callable[[], Response]) -> Response:
    try:
        return act()
    except ReelineageError as error:
        if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return problem(status_of(error), str(error))


def _kept(answer: Response) -> Answer:
    headers = {name: answer.headers[name] for name in _OWN_HEADERS if name in answer.headers}
    return Answer(answer.status_code, bytes(answer.body).decode(), answer.media_type or "application/json", headers)

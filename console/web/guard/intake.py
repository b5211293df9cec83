"""What comes in after a request was let through: bounded in size and time, and only while whoever sends it is known.

Belongs here: the body of a request, and streams and WebSockets that outlive the session they began with. Not here: the
length of headers and addresses, which uvicorn bounds.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Final

import anyio
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

UPLOAD_PATHS: Final = ("/jobs", "/api/generate")  # trend files come along
UPLOAD_BYTES: Final = 40_000_000
USUAL_BYTES: Final = 1_000_000
_UPLOAD_SECONDS: Final = 300.0
_USUAL_SECONDS: Final = 30.0
KNOWN_SECONDS: Final = 30.0  # how long a stream goes on after its session was ended


class Intake:
    """The `receive` of one request, guarded.

    `answered` is set from outside once the answer has begun; `cut` says that the sender is not known any more.
    """

    def __init__(self, scope: Scope, receive: Receive, is_known: Callable[[], Awaitable[bool]] | None) -> None:
        """Look at what the headers say already.

        Raises:
            HTTPException: 413, the body that they announce is too large.
        """
        upload = scope["path"] in UPLOAD_PATHS
        self._receive, self._is_known = receive, is_known
        self._limit = UPLOAD_BYTES if upload else USUAL_BYTES
        self._deadline = time.monotonic() + (_UPLOAD_SECONDS if upload else _USUAL_SECONDS)
        self._check_at = time.monotonic() + KNOWN_SECONDS
        socket = scope["type"] == "websocket"
        self._gone: Message = {"type": "websocket.disconnect", "code": 4401} if socket else {"type": "http.disconnect"}
        self._bytes, self._complete = 0, socket
        self.answered, self.cut = False, False
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdecimal() or len(announced) > 15 or int(announced) > self._limit:
            raise self._too_large()

    async def __call__(self) -> Message:
        """The next message.

        Raises:
            HTTPException: 408 or 413, unless the answer has begun: then the sender counts as gone.
        """
        try:
            return await self._next()
        except HTTPException:
            if self.answered:
                return self._gone
            raise

    async def _next(self) -> Message:
        if self._complete:
            return await self._later()
        try:
            with anyio.fail_after(max(0.0, self._deadline - time.monotonic())):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(408, "The request's body did not arrive in time.") from error
        self._bytes += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._bytes > self._limit:
            raise self._too_large()
        return message

    async def _later(self) -> Message:
        """What comes after the body: a disconnect or a WebSocket's messages, until the sender is not known any more."""
        while True:
            if time.monotonic() >= self._check_at:
                if self._is_known and not await self._is_known():
                    self.cut = True
                    return self._gone
                self._check_at = time.monotonic() + KNOWN_SECONDS
            with anyio.move_on_after(max(0.0, self._check_at - time.monotonic())):
                return await self._receive()

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"The request's body is too large: at most {self._limit:,} bytes are taken here.")

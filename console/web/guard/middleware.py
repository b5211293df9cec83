"""The guard as one ASGI layer around everything, so that no route can be forgotten.

Belongs here: the order of the checks. Not here: the checks themselves (the files beside this one).
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.web import landing
from console.web.guard.headers import protect
from console.web.guard.identity import Identifier
from console.web.guard.intake import Intake
from console.web.guard.origins import check_form, check_origin, check_page, is_change
from console.web.options import Options
from console.web.refusals import refuse
from reelineage.errors import ReelineageError
from resources.access import Principal
from resources.home import Home

# what a stranger may ask for: how to sign in, whether anybody is there, and how it looks
_OPEN: Final = frozenset({"/sign-in", "/health"})
_FILES: Final = "/static/"
_BY_ITSELF: Final = ("session", "proxy")  # ways in that a browser takes along whatever page asks
_BEGINS: Final = ("http.response.start", "websocket.accept", "websocket.send")
# how a stream is ended whose session ended before it
_END: Final[dict[str, Message]] = {
    "http": {"type": "http.response.body", "body": b"", "more_body": False},
    "websocket": {"type": "websocket.close", "code": 4401},
}
_log: Final = logging.getLogger(__name__)


class Guard:
    """Refuses what comes from the wrong place or from nobody, and protects every answer."""

    def __init__(self, app: ASGIApp, *, home: Home, options: Options) -> None:
        self._app, self._options = app, options
        self._identifier = Identifier(home, options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on with `principal` in the state."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        intake: Intake | None = None
        secure = self._options.is_secure_at(Headers(scope=scope).get("host", ""))
        under_way = False

        async def protected(message: Message) -> None:
            nonlocal under_way
            if message["type"] == "http.response.start":
                protect(MutableHeaders(scope=message), secure=secure)
                if intake:
                    intake.answered = True
            under_way = message["type"] in _BEGINS or message.get("more_body", False)
            await send(message)

        try:
            principal = await self._let_in(scope)
            intake = Intake(scope, receive, self._asks_again(scope) if principal else None)
        except HTTPException as refusal:
            await refuse(scope, receive, protected, refusal)
            return
        scope["state"] = {**scope.get("state", {}), "principal": principal, "identifier": self._identifier}
        await self._app(scope, intake, protected)
        if intake.cut and under_way:
            await send(_END[scope["type"]])

    async def _let_in(self, scope: Scope) -> Principal | None:
        """Whoever asks, None for a stranger at an open page.

        Raises:
            HTTPException: the request is refused.
        """
        headers, path = Headers(scope=scope), scope["path"]
        check_form(scope, headers)
        check_origin(self._options, scope, headers)
        if path.startswith(_FILES) and not is_change(scope):
            return None
        principal = await self._who(scope)
        if principal is None and path not in _OPEN:
            raise self._sign_in_first(scope, headers)
        if is_change(scope) and (principal is None or principal.way in _BY_ITSELF):
            check_page(headers)
        return principal

    def _sign_in_first(self, scope: Scope, headers: Headers) -> HTTPException:
        """What a stranger is told; a browser that wanted to see a page keeps its address."""
        if self._options.proxy:
            return HTTPException(401, "Sign in first: open the console through its proxy.")
        how = "Sign in first: `reelineage access link` prints a link"
        address = landing.page_asked_for(scope)
        if address is None:
            return HTTPException(401, f"{how}.")
        kept = landing.remembering(self._options, headers.get("host", ""), address)
        return HTTPException(401, f"{how}. Opened in this browser, it leads on to this page.", kept)

    async def _who(self, scope: Scope) -> Principal | None:
        try:
            return await self._identifier.who(scope)
        except HTTPException as refusal:
            if refusal.status_code == 429 and scope["path"] in _OPEN:
                return None  # an old cookie must not keep anybody from signing in
            raise
        except (ReelineageError, SQLAlchemyError) as error:
            _log.exception("Finding out who asks failed")
            raise HTTPException(503, "It cannot be found out who asks: the console's log says why.") from error

    def _asks_again(self, scope: Scope) -> Callable[[], Awaitable[bool]]:
        async def is_known() -> bool:
            try:
                return await self._identifier.who(scope) is not None
            except (HTTPException, ReelineageError, SQLAlchemyError):
                return False

        return is_known

"""The guard as one ASGI layer around everything, so that no route can be forgotten.

Belongs here: the order of the checks. Not here: the checks themselves (the files beside this one).
"""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.web.guard.headers import protect
from console.web.guard.identity import principal_in
from console.web.guard.origins import why_refused
from console.web.options import Options
from console.web.refusals import refuse
from resources.home import Home

# what a stranger may ask for: how to sign in, how it looks, and whether anybody is there
_OPEN: Final = ("/sign-in", "/static/", "/health")


class Guard:
    """Refuses what comes from the wrong place or from nobody, and protects every answer."""

    def __init__(self, app: ASGIApp, *, home: Home, options: Options) -> None:
        self._app, self._home, self._options = app, home, options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on with `principal` in the state."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers, websocket = Headers(scope=scope), scope["type"] == "websocket"

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                protect(MutableHeaders(scope=message))
            await send(message)

        method = scope.get("method", "GET")
        if why := why_refused(self._options, method, headers, websocket=websocket):
            await refuse(scope, receive, protected, 403, why)
            return
        scope.setdefault("state", {})
        open_to_all = scope["path"].startswith(_OPEN)
        principal = await run_in_threadpool(principal_in, self._home, headers)
        scope["state"]["principal"] = principal
        if principal is None and not open_to_all:
            await refuse(scope, receive, protected, 401, "Sign in first: `reelineage access link` prints a link.")
            return
        await self._app(scope, receive, protected)

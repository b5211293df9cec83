"""From where a request comes: its Host must be ours, and a change must come from our own pages or from no page at all.

Belongs here: the request's form, Host, Origin and Sec-Fetch-Site. Not here: who asks (`identity.py`).
"""

from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Scope

from console.web.options import Options

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS: Final = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
# two of these are read differently by two programs, and one of them may be the proxy that checked them
_ONCE: Final = ("host", "origin", "sec-fetch-site", "authorization", "content-length")
_NOT_OUR_PAGE: Final = "A change may only come from this console's own pages, or from a program that sends a token."


def is_change(scope: Scope) -> bool:
    """Whether a request may change something. A WebSocket may: what it carries is not known yet."""
    return scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS


def check_form(scope: Scope, headers: Headers) -> None:
    """Refuse what no browser and no honest program sends, before anything reads it its own way.

    Raises:
        HTTPException: 400, 404, 405 or 415.
    """
    if scope.get("method", "GET") not in _METHODS:
        raise HTTPException(405, "This method is not known here.", {"Allow": ", ".join(sorted(_METHODS))})
    if twice := next((name for name in _ONCE if len(headers.getlist(name)) > 1), None):
        raise HTTPException(400, f"The header {twice} may stand only once.")
    kind = headers.get("content-type", "").lower()
    if kind.lstrip().startswith("multipart/") and "charset" in kind.replace("charset=utf-8", ""):
        raise HTTPException(415, "A form in parts is UTF-8: leave its charset out.")  # any codec of Python's would do
    path: str = scope["path"]
    if not path.startswith("/"):  # a whole URL, `*`, or a host to connect to
        raise HTTPException(400, "The request names another server; this is not a proxy.")
    segments = path.replace("\\", "/").split("/")
    if not path.isprintable() or ".." in segments or "." in segments:
        raise HTTPException(404, "There is no such page.")


def check_origin(options: Options, scope: Scope, headers: Headers) -> None:
    """Refuse a Host that is not ours, a change that another site's page sends, and reading but by following a link.

    Raises:
        HTTPException: 403.
    """
    ours = options.origins.get(headers.get("host", "").lower())
    if ours is None:
        raise HTTPException(
            403, "This console does not answer to that name. Open the address that `reelineage up` printed."
        )
    foreign = headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
    if is_change(scope):
        if foreign or headers.get("origin", ours) != ours:
            raise HTTPException(403, _NOT_OUR_PAGE)
    elif foreign and headers.get("sec-fetch-mode") != "navigate":
        raise HTTPException(403, "Other sites may link to this console, and use nothing of it in their own pages.")


def check_page(headers: Headers) -> None:
    """Refuse a change that does not say which page sent it: a browser adds cookies by itself, whatever page asks.

    Raises:
        HTTPException: 403.
    """
    if "origin" not in headers and "sec-fetch-site" not in headers:
        raise HTTPException(403, f"{_NOT_OUR_PAGE} This one has neither Origin nor Sec-Fetch-Site.")

"""Where signing in leads: to the page that a stranger asked for, kept in a cookie until they are signed in.

Belongs here: which addresses signing in may lead to, and the cookie. Not here: signing in (`pages/sign_in.py`). What
the cookie says is checked when it is read, whoever wrote it: nothing leads out of this console, or to more than a page.
"""

import re
from typing import Final
from urllib.parse import quote, unquote

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

from console.web.options import Options
from resources.access import SIGN_IN_LIFETIME

_LONGEST: Final = 1_000  # characters; a cookie holds 4,096, and quoting makes three of one
_ADDRESS: Final = re.compile(r"/[A-Za-z0-9._~:/@!$&'()*+,;=%-]*(\?[A-Za-z0-9._~:/?@!$&'()*+,;=%-]*)?", re.ASCII)
_IN_A_QUERY: Final = "._~:/?@!$&'()*+,;=%-"  # what browsers leave bare besides is quoted
_NO_PAGE: Final = re.compile(
    r"/(api|media|events|static|sign-in|sign-out|metrics|health|dagster/graphql)/?|/(api|media|events|static)/.*"
)
_PATH: Final = "/sign-in"  # the only address that the browser sends it to


def is_page(address: str) -> bool:
    """Whether an address is one of this console that signing in may lead to: a path, and perhaps a query."""
    if len(address) > _LONGEST or not _ADDRESS.fullmatch(address):
        return False
    path = unquote(address.partition("?")[0])
    is_plain = path.isprintable() and "\\" not in path and "//" not in path and not {".", ".."} & {*path.split("/")}
    return is_plain and not _NO_PAGE.fullmatch(path)


def page_asked_for(scope: Scope) -> str | None:
    """The address of the page that somebody wants to see; None for a form, a script's request, a file, or a program."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    if Headers(scope=scope).get("sec-fetch-mode", "navigate") != "navigate":
        return None
    query = quote(scope["query_string"], safe=_IN_A_QUERY)
    address = quote(scope["path"]) + (f"?{query}" if query else "")
    return address if is_page(address) else None


def remembering(options: Options, host: str, address: str) -> dict[str, str]:
    """The header that lets a browser keep where it wanted to go, for as long as a sign-in link works."""
    answer = Response()
    answer.set_cookie(
        _name(options),
        quote(address, safe=""),
        max_age=int(SIGN_IN_LIFETIME.total_seconds()),
        path=_PATH,
        httponly=True,
        samesite="strict",
        secure=options.is_secure_at(host),
    )
    return {"Set-Cookie": answer.headers["set-cookie"]}


def remembered(options: Options, headers: Headers) -> str | None:
    """Where a browser that signs in wanted to go, if that is a page of this console."""
    address = unquote(cookie_parser(headers.get("cookie", "")).get(_name(options), ""))
    return address if is_page(address) else None


def forget(answer: Response, options: Options, host: str) -> None:
    """Take it out of the browser: it was used."""
    answer.delete_cookie(
        _name(options), path=_PATH, httponly=True, samesite="strict", secure=options.is_secure_at(host)
    )


def _name(options: Options) -> str:
    """Cookies know no ports: two consoles on one machine each keep their own."""
    return f"reelineage_wanted_{options.port}"

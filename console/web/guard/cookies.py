"""The session cookie: its name, how it is set, read and taken back.

Belongs here: the cookie alone. Not here: what the secret in it is worth (`resources/access.py`).
"""

from typing import Final

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response

from console.web.options import Options
from resources.access import SESSION_LIFETIME

LONGEST_SECRET: Final = 200  # characters; ours have 43


def cookie_name(options: Options, host: str) -> str:
    """The cookie's name for who asks for this Host.

    Cookies know no ports: the port stands in the name, so that two consoles on one machine do not sign each other out.
    By https the prefix `__Host-` makes browsers refuse one that a neighbouring subdomain or plain http wants to set.
    """
    name = f"reelineage_session_{options.port}"
    return f"__Host-{name}" if options.is_secure_at(host) else name


def session_secret(options: Options, headers: Headers) -> str | None:
    """The secret in a request's session cookie."""
    name = cookie_name(options, headers.get("host", ""))
    secret = cookie_parser(headers.get("cookie", "")).get(name)
    return secret if secret and len(secret) <= LONGEST_SECRET else None


def set_session(answer: Response, options: Options, host: str, secret: str) -> None:
    """Give the browser a session for as long as it lasts."""
    answer.set_cookie(
        cookie_name(options, host),
        secret,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=options.is_secure_at(host),
    )


def drop_session(answer: Response, options: Options, host: str) -> None:
    """Take the session out of the browser."""
    answer.delete_cookie(
        cookie_name(options, host), path="/", httponly=True, samesite="strict", secure=options.is_secure_at(host)
    )

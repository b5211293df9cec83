"""Who asks: the session cookie, a bearer token, or nobody.

Belongs here: reading secrets out of a request. Not here: what they are worth (`resources/access.py`).
"""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Final

from resources.access import Principal, is_install_token, principal_of
from resources.home import Home

COOKIE: Final = "reelineage_session"
_LONGEST_SECRET: Final = 200


def principal_in(home: Home, headers: Mapping[str, str]) -> Principal | None:
    """Whoever a request's headers name, or None for a stranger. A bearer token goes before the cookie."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme:
        return _by_token(home, given.strip()) if scheme.lower() == "bearer" else None
    secret = session_secret(headers)
    return principal_of(home.database, "session", secret) if secret else None


def session_secret(headers: Mapping[str, str]) -> str | None:
    """The secret in the session cookie."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel and 0 < len(morsel.value) <= _LONGEST_SECRET else None


def _by_token(home: Home, given: str) -> Principal | None:
    if not 0 < len(given) <= _LONGEST_SECRET:
        return None
    return is_install_token(home.root, given) or principal_of(home.database, "token", given)

"""What a browser may do with an answer: nothing is loaded from elsewhere, framed, or guessed to be of another type."""

from typing import Final

from starlette.datastructures import MutableHeaders

POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def protect(headers: MutableHeaders, *, secure: bool) -> None:
    """Add what every answer carries; a policy that is there already (Dagster's own) also may not be framed.

    `secure` says that the request came by https: browsers then keep to it for a year.
    """
    if secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    for name, value in _ALWAYS.items():
        headers[name] = value
    own = headers.get("content-security-policy")
    if own is None:
        headers["Content-Security-Policy"] = POLICY
    elif "frame-ancestors" not in own:
        headers["Content-Security-Policy"] = f"{own.rstrip('; ')}; frame-ancestors 'none'"
    if "cache-control" not in headers:
        headers["Cache-Control"] = "no-store"

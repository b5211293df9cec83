"""From where a request comes: its Host must be ours, and a change must come from our own pages or from no page at all.

Belongs here: Host, Origin and Sec-Fetch-Site. Not here: who asks.
"""

from collections.abc import Mapping
from typing import Final

from console.web.options import Options

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def why_refused(options: Options, method: str, headers: Mapping[str, str], *, websocket: bool = False) -> str | None:
    """Why a request may not come from where it comes, or None. A WebSocket counts as a change."""
    host = headers.get("host", "")
    if host not in options.allowed_hosts:
        return "This name is not one of this console's; see `reelineage up --help`."
    if method in SAFE_METHODS and not websocket:
        return None
    origin = headers.get("origin")
    scheme = "https" if options.secure else "http"
    if origin is not None and origin != f"{scheme}://{host}":
        return "A change may only come from this console's own pages."
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return "A change may only come from this console's own pages."
    return None

"""One HTTP exchange with Dagster's web server over its Unix socket.

Belongs here: which headers pass in either direction, deadlines, streaming. Not here: what may be asked (`routes.py`).
A connection serves one request: that costs a tenth of a millisecond, and a restarted server leaves no stale one.
"""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final

import httpx2
from starlette.responses import StreamingResponse

from reelineage.errors import TransientError

NOT_HERE: Final = "Asking Dagster's UI: it is not part of this console. `reelineage up` starts both."
STARTING: Final = (
    "Dagster's UI is starting, or was just started again: that takes some seconds. If it stays away, look at what "
    "`reelineage up` printed, or ask `reelineage doctor`."
)
_TIMEOUT: Final = {"connect": 2.0, "read": 60.0, "write": 10.0, "pool": 2.0}
# whatever else a browser sends (cookies, our tokens, who it says forwarded it) is not Dagster's business
_ASKED: Final = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since", "range", "if-range"})
_ANSWERED: Final = frozenset({
    "content-type", "content-length", "content-encoding", "content-disposition", "content-range", "accept-ranges",
    "content-security-policy", "cache-control", "etag", "last-modified", "vary",
})  # fmt: skip
# Dagster's own policy leaves these open. Its pages need nothing from elsewhere; metadata may name anybody's pictures
_TIGHTER: Final = "connect-src 'self'; img-src 'self' data: blob:; media-src 'self'; form-action 'self'"


class DagsterAway(TransientError):
    """Its web server cannot be reached, or does not answer in time."""


async def ask(
    socket: Path, method: str, path: str, headers: Mapping[str, str], *, body: bytes = b"", content_type: str = ""
) -> StreamingResponse:
    """Dagster's answer, passed on while it comes.

    Raises:
        DagsterAway: it cannot be reached, or does not answer in time.
        TransientError: it answers with a redirect; its UI has none.
    """
    passed = {name: value for name, value in headers.items() if name in _ASKED}
    if content_type:
        passed["content-type"] = content_type
    transport = httpx2.AsyncHTTPTransport(uds=str(socket), trust_env=False)
    request = httpx2.Request(
        method, f"http://dagster{path}", headers=passed, content=body or None, extensions={"timeout": _TIMEOUT}
    )
    try:
        answer = await transport.handle_async_request(request)
    except httpx2.TransportError as error:
        await transport.aclose()
        raise DagsterAway(STARTING) from error
    if 300 <= answer.status_code < 400 and answer.status_code != 304:
        await _close(answer, transport)
        raise TransientError(f"Asking Dagster's UI for {path}: it answered with a redirect, which is not followed.")
    kept = {name: value for name, value in answer.headers.items() if name in _ANSWERED}
    if policy := kept.get("content-security-policy"):
        kept["content-security-policy"] = f"{policy.rstrip('; ')}; {_TIGHTER}"
    return StreamingResponse(_passing(answer, transport), answer.status_code, kept)


async def _passing(answer: httpx2.Response, transport: httpx2.AsyncHTTPTransport) -> AsyncIterator[bytes]:
    try:
        async for part in answer.aiter_raw():
            yield part
    finally:
        await _close(answer, transport)


async def _close(answer: httpx2.Response, transport: httpx2.AsyncHTTPTransport) -> None:
    await answer.aclose()
    await transport.aclose()

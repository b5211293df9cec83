"""A stored file as an HTTP answer: whole or in part, and not again where the browser has it already (RFC 9110).

Belongs here: ranges, conditions and the headers of a file. Not here: which file (`resources/media_files.py`).
"""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from console.web.refusals import problem
from reelineage.errors import NotFound
from resources.media_files import MediaFile

_RANGE: Final = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.ASCII | re.IGNORECASE)
_PIECE_BYTES: Final = 256 * 1024  # of a file that is read at a time: each but the first waits for a thread
_KEPT_SECONDS: Final = 86_400  # how long a browser may show a file that was taken down meanwhile


def send_file(request: Request, file: MediaFile, *, fresh_seconds: int = 0) -> Response:
    """The file, the part of it that was asked for, or that nothing changed.

    One range is answered with 206, a range outside the file with 416. Several ranges, or what is no range at all, are
    left aside and the whole file sent: a server may do so, and no player asks for more than one.

    Args:
        request: what was asked for, and what the browser has already.
        file: what is sent.
        fresh_seconds: how long a browser may show it without asking again, where its address says no hash.

    Raises:
        NotFound: the file went while it was asked for.
    """
    headers = _headers(request, file, fresh_seconds)
    if _has_it(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if request.method == "HEAD":
        return Response(headers=headers | {"Content-Length": str(file.size_bytes)}, media_type=_typed(file))
    part = _part(request, headers["ETag"], file.size_bytes)
    if part is None:
        length = {"Content-Length": str(file.size_bytes)}
        return _Pieces(file, 0, file.size_bytes, 200, headers | length)
    first, end = part
    if first >= end:
        refused = problem(416, f"The file {file.name} has {file.size_bytes} bytes; ask for some of those.")
        refused.headers["Content-Range"] = f"bytes */{file.size_bytes}"
        return refused
    told = {"Content-Range": f"bytes {first}-{end - 1}/{file.size_bytes}", "Content-Length": str(end - first)}
    return _Pieces(file, first, end, 206, headers | told)


def _headers(request: Request, file: MediaFile, fresh_seconds: int) -> dict[str, str]:
    """What every answer about this file says. An address with the file's own hash may be kept without asking again."""
    named = request.query_params.get("v", "")
    kept = len(named) >= 12 and file.sha256.startswith(named)
    asked_again = f"max-age={fresh_seconds}" if fresh_seconds else "no-cache"
    way = "inline" if file.showable and "download" not in request.query_params else "attachment"
    return {
        "ETag": f'"{file.sha256}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": f"private, max-age={_KEPT_SECONDS}, immutable" if kept else f"private, {asked_again}",
        "Content-Disposition": f'{way}; filename="{file.name}"',
    }


def _typed(file: MediaFile) -> str:
    """The media type as it is sent: text is UTF-8, whatever a browser would guess."""
    return f"{file.media_type}; charset=utf-8" if file.media_type == "text/vtt" else file.media_type


def _has_it(condition: str | None, etag: str) -> bool:
    """Whether `If-None-Match` names this very file."""
    if condition is None:
        return False
    names = [name.strip().removeprefix("W/") for name in condition[:2_000].split(",")]
    return "*" in names or etag in names


def _part(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """From which byte to before which, None for the whole file; nothing to send when the first is not before the end.

    A range that was asked for on the condition that the file is another's is none.
    """
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or request.headers.get("if-range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first:
        return (max(size - int(last), 0), size) if last else None
    if last and int(last) < int(first):
        return None  # RFC 9110, 14.1.2: not a range at all
    return int(first), min(int(last) + 1, size) if last else size


class _Pieces(StreamingResponse):
    """The bytes from `first` to before `end`; the file is closed as soon as nobody reads on.

    Each jump in a player leaves an answer half read: sixty such kept sixty files open until Python looked for garbage.
    """

    def __init__(self, file: MediaFile, first: int, end: int, status: int, headers: Mapping[str, str]) -> None:
        """Read the first piece at once: a file that is gone by now is told as such, and not as an answer cut short.

        Raises:
            NotFound: it is gone.
        """
        try:
            self._opened = file.path.open("rb")
        except FileNotFoundError as error:
            raise NotFound(f"Sending {file.name}: its file went while it was asked for. Look again.") from error
        self._left = end - first
        self._opened.seek(first)
        super().__init__(self._pieces(self._next()), status, headers, _typed(file))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As Starlette's own."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._opened.close()

    async def _pieces(self, piece: bytes) -> AsyncIterator[bytes]:
        while piece:
            yield piece
            piece = await run_in_threadpool(self._next) if self._left else b""

    def _next(self) -> bytes:
        piece = self._opened.read(min(_PIECE_BYTES, self._left))
        self._left -= len(piece)
        return piece

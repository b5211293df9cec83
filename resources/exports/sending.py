"""Sending one JSON value after another to an address, with a bound on how long each may take.

Belongs here: HTTP, and which answers may pass. Not here: what is sent, or when it is tried again (`emitter.py`).
"""

import socket
import threading
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from reelineage.errors import BadInput, TransientError
from reelineage.text import clean_text

OPENLINEAGE_PATH = "/api/v1/lineage"  # where the specification's HTTP clients send to when only a server is named
_MOST_ANSWER_BYTES = 2_000
_ABOUT_THE_VALUE = (400, 413, 422)  # others, such as 401 or 404, are about the address and meet every value


class Refused(BadInput):
    """The address works and will not take this one value; the next may pass."""


class Sender:
    """A connection to one address, kept open between sendings.

    Args:
        url: http or https, without user and password.
        path: where to send to when the URL names no path.
        seconds: the most that one sending may take, from connecting to the end of the answer.

    Raises:
        BadInput: the URL cannot be used.
    """

    def __init__(self, url: str, *, path: str = "/", seconds: float = 10.0) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise BadInput(f"Sending to {url[:200]!r}: {error}. Give an address such as http://host:5000.") from error
        if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
            raise BadInput(
                f"Sending to {_shown(url)!r}: it must be http://host/path or https://host/path, without a user name."
            )
        self._shown = f"{parts.scheme}://{parts.netloc}"
        self._target = (path if parts.path in ("", "/") else parts.path) + (f"?{parts.query}" if parts.query else "")
        self._seconds = seconds
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(host, port, timeout=seconds)

    def __enter__(self) -> Self:
        """The connection opens with the first sending."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Close it."""
        self._connection.close()

    def send(self, line: str) -> None:
        """Send one JSON value and wait for its answer.

        Raises:
            TransientError: no connection, no answer in time, or an answer that may pass (5xx, 408, 429).
            Refused: the address refuses this value (400, 413, 422).
            BadInput: it refuses whatever is sent.
        """
        try:
            status, answer = self._exchange(line.encode())
        except (OSError, HTTPException) as error:
            self._connection.close()
            reason = clean_text(str(error) or type(error).__name__, max_characters=200)
            raise TransientError(
                f"Sending to {self._shown}: no answer within {self._seconds:g} s ({reason})."
            ) from error
        if 200 <= status < 300:
            return
        said = clean_text(answer.decode("utf-8", "replace"), max_characters=200)
        message = f"Sending to {self._shown}: it answered {status}{f' ({said})' if said else ''}."
        if status >= 500 or status in (408, 429):
            raise TransientError(message)
        if status in _ABOUT_THE_VALUE:
            raise Refused(f"{message} It refuses what was sent.")
        raise BadInput(f"{message} Is {self._shown}{self._target} the right address?")

    def _exchange(self, body: bytes) -> tuple[int, bytes]:
        """One request; a server that drips its answer byte by byte is cut off at the deadline as well."""
        late = threading.Event()
        alarm = threading.Timer(self._seconds, self._cut, args=(late,))
        alarm.daemon = True
        alarm.start()
        try:
            self._connection.request("POST", self._target, body, {"Content-Type": "application/json"})
            answer = self._connection.getresponse()
            text = answer.read(_MOST_ANSWER_BYTES)
            if late.is_set():
                raise TimeoutError("the answer did not end")
            if not answer.isclosed():
                self._connection.close()  # a longer answer than anybody reads: the next one starts afresh
            return answer.status, text
        finally:
            alarm.cancel()

    def _cut(self, late: threading.Event) -> None:
        late.set()
        with suppress(OSError):  # it may have closed by itself in this moment
            if self._connection.sock is not None:
                self._connection.sock.shutdown(socket.SHUT_RDWR)


def _shown(url: str) -> str:
    """The URL without what may be a password."""
    return url.rpartition("@")[2][:200]

"""A small HTTP server that takes events, refuses them, hangs, or hangs up, as a test wants.

Belongs here: the other end of `resources/exports/sending.py`.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What arrived, and how the next requests are answered: a status, `hang`, `drip`, or `close`; 200 when empty."""

    url: str = ""
    answers: list[int | str] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    connections: int = 0
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def rows(self) -> list[str]:
        """The rows whose last event arrived, in order."""
        facets = [event["run"]["facets"].get("reelineage_lineage") for event in self.received]
        return [facet["row"] for facet in facets if facet]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver on a port of its own; nothing of it is left at the end."""
    state = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        state.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def _handler(state: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            state.connections += 1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = state.answers.pop(0) if state.answers else 200
            if isinstance(answer, str):
                self.close_connection = True
                {"close": self.connection.close, "hang": lambda: state.released.wait(10), "drip": self._drip}[answer]()
                return
            if answer == 200:
                state.received.append(json.loads(body))
                state.paths.append(self.path)
            self.send_response(answer)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def _drip(self) -> None:
            """A byte every now and then: no single wait is long, and it never ends."""
            self.close_connection = True
            with suppress(OSError):
                for _ in range(200):
                    self.wfile.write(b"H")
                    self.wfile.flush()
                    time.sleep(0.05)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base class's signature
            """Say nothing."""

    return Handler

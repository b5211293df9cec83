"""A connection on which nothing is being answered: how long whoever opened it may be silent, or speak without end.

Belongs here: time before a request's head is whole. Not here: its body (`console/web/guard/intake.py`), what is asked.
uvicorn counts such connections against its limit and waits for them for ever: a thousand of them, from a stranger who
sent half a line on each, kept everybody out with 503.
"""

import asyncio
from typing import Final

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS: Final = 15.0  # for a whole request line with its headers, and for the rest of a body that was refused


class PromptProtocol(H11Protocol):
    """uvicorn's own, which closes a connection that nobody answers and that does not come to a request in time."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """As uvicorn's own."""
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        """As uvicorn's own."""
        super().data_received(data)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """As uvicorn's own."""
        super().connection_lost(exc)
        self._look()

    def _look(self) -> None:
        """Start the clock, or stop it; it goes on whatever comes in meanwhile. A WebSocket is no connection of ours."""
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering or self not in self.connections:
            if self._late is not None:
                self._late.cancel()
                self._late = None
        elif self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

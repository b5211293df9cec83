"""What a part is, and when it may be started again after it ended by itself.

Belongs here: values and the rule of growing waits. Not here: processes (`supervisor.py`).
"""

import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

TRIES: Final = 5
"""How often in a row a part may end soon after its start before everything is stopped."""
SOON_SECONDS: Final = 30.0
"""A part that ran longer than this begins a new count."""
_FIRST_WAIT_SECONDS: Final = 0.5


@dataclass(frozen=True)
class Part:
    """A process of its own.

    `name` is how people are told of it. `command` is a console script or a module, and its arguments. `socket` is
    where it listens once it is ready; `after` is a socket that must be there before it starts. It inherits `sockets`
    by their file descriptors.
    """

    name: str
    command: tuple[str, ...]
    socket: Path | None = None
    after: Path | None = None
    sockets: tuple[int, ...] = ()


@dataclass
class Tries:
    """How often a part has ended soon after its start, one end after the other."""

    ends: list[float] = field(default_factory=list)

    def wait_after(self, ran_seconds: float) -> float | None:
        """The seconds to wait before the next start, 0.5, 1, 2, 4; None when it was tried often enough."""
        if ran_seconds > SOON_SECONDS:
            self.ends.clear()
        self.ends.append(ran_seconds)
        return None if len(self.ends) >= TRIES else _FIRST_WAIT_SECONDS * 2 ** (len(self.ends) - 1)


def how_it_ended(code: int) -> str:
    """An exit code as people read it."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"

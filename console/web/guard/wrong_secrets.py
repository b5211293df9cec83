"""How many wrong secrets came from where, so that guessing costs the database nothing.

Belongs here: counting, in memory and bounded. Secrets are 256 random bits: nobody guesses one, and a right one that was
seen before is never held up (`identity.py`), so that a stranger cannot lock people out.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

ALLOWED: Final = 20  # wrong secrets from one address within the window
WINDOW_SECONDS: Final = 60.0
_ADDRESSES: Final = 1024


class WrongSecrets:
    """Counts by address; the addresses that were quiet longest are forgotten first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, address: str) -> None:
        """One more came from there."""
        with self._lock:
            began, so_far = self._counts.pop(address, (self._clock(), 0))
            if self._clock() - began >= WINDOW_SECONDS:
                began, so_far = self._clock(), 0
            self._counts[address] = (began, so_far + 1)
            while len(self._counts) > _ADDRESSES:
                self._counts.popitem(last=False)

    def wait(self, address: str) -> int:
        """The seconds that somebody there must wait before another secret is looked at; 0 when it may be at once."""
        with self._lock:
            began, so_far = self._counts.get(address, (0.0, 0))
            left = began + WINDOW_SECONDS - self._clock()
            return max(1, round(left)) if so_far >= ALLOWED and left > 0 else 0

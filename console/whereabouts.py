"""Who serves a home, and on which port: a lock that goes with its process, and the port written into it.

Belongs here: taking the lock, and finding the port of whoever holds it. Not here: serving (`console/up.py`), asking
what answers there (`resources/health/installation.py`).
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from console.web.options import Options
from reelineage.errors import BadInput
from resources.home import Home

_LOCK: Final = "up.lock"
_MOST_PORT: Final = 2**16 - 1
_PAUSES_SECONDS: Final = (0.05, 0.2)  # who only looks holds the lock for an instant


@contextmanager
def only_one(home: Home, port: int) -> Iterator[None]:
    """Serve this home alone: two daemons on one home would each start its runs.

    The lock goes with this process, however it ends, and a port that was left in it means nothing then.

    Raises:
        BadInput: somebody serves this home already.
    """
    with (home.root / _LOCK).open("a", encoding="utf-8") as file:
        if not _taken(file):
            raise BadInput(
                f"Serving the home {home.root}: another `reelineage up` does so already. Use that one, stop it, or "
                "look on with --read-only and another --port."
            )
        file.truncate(0)
        file.write(f"{port}\n")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def port_of(home: Home) -> int:
    """The port of the `reelineage up` that serves this home now, the usual one when none does or it tells nothing."""
    return _told_port(home) or Options.port


def _told_port(home: Home) -> int | None:
    try:
        with (home.root / _LOCK).open(encoding="utf-8") as file:
            if not file.read(1) or not _is_held(file):
                return None
            file.seek(0)
            text = file.read(10).strip()
    except (OSError, UnicodeDecodeError):  # no home or no lock yet, not ours to read, or not written by `only_one`
        return None
    port = int(text) if text.isascii() and text.isdigit() else 0
    return port if 0 < port <= _MOST_PORT else None


def _taken(file: TextIO) -> bool:
    for pause in (*_PAUSES_SECONDS, None):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if pause is not None:
                time.sleep(pause)
        else:
            return True
    return False


def _is_held(file: TextIO) -> bool:
    """Whether somebody serves; several may ask at once, for the lock that they try can be shared."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False

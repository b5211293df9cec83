"""Files: can an artifact be stored and read back, and is there room for more.

Belongs here: the disk as this process sees it. Not here: whether stored files are whole (`reelineage audit`).
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from resources.health.readings import Reading, Status
from resources.home import Home

_LITTLE_BYTES: Final = 5_000_000_000
_NEXT_TO_NOTHING_BYTES: Final = 1_000_000_000
_BLOCK_BYTES: Final = 4096


def look_at_storage(home: Home, *, read_only: bool = False) -> Iterator[Reading]:
    """Whether a small file can be written, flushed, read back and removed; `read_only`: whether files can be read."""
    folder = home.store.root
    if read_only:
        seen = "Artifacts can be read; nothing is written, because this console is read-only."
        if folder.is_dir() and os.access(folder, os.R_OK | os.X_OK):
            yield Reading("storage", Status.OK, seen)
        else:
            yield Reading("storage", Status.BAD, f"{folder} cannot be read.", "Give this user the right to read it.")
        return
    advice = f"Make {folder} writable for this user, or free its disk."
    block = secrets.token_bytes(_BLOCK_BYTES)
    try:
        with home.store.scratch() as scratch:
            path = scratch / "probe"
            with path.open("wb") as file:
                file.write(block)
                file.flush()
                os.fsync(file.fileno())
            same = path.read_bytes() == block
    except OSError as error:
        yield Reading("storage", Status.BAD, f"Writing a file below {folder}: {error.strerror or error}.", advice)
        return
    if not same:
        seen = f"A file below {folder} came back with other bytes than were written."
        yield Reading("storage", Status.BAD, seen, "Stop working on this disk and check it.")
        return
    yield Reading("storage", Status.OK, "A file was written, flushed, read back and removed.")


def look_at_disk(home: Home) -> Iterator[Reading]:
    """How much room is left where the home lies, or would lie."""
    free = shutil.disk_usage(_there(home.root)).free
    seen = f"{free / 1e9:,.1f} GB are free."
    status = Status.BAD if free < _NEXT_TO_NOTHING_BYTES else Status.WARN if free < _LITTLE_BYTES else Status.OK
    advice = ""
    if status is not Status.OK:
        advice = f"Free space on the disk of {home.root}; its cache/ can always be deleted."
    yield Reading("disk", status, seen, advice, value=float(free), unit="bytes")


def _there(path: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())

"""Putting a file that is finished somewhere else: by a link where the disk allows it, and so that a crash keeps it.

Belongs here: what every place for files needs. Not here: which name a file gets (`artifact_store.py`,
`output_view.py`), links that a stranger may have laid (`rendering/segment_cache.py`).
"""

import os
import shutil
from pathlib import Path


def link_or_copy(source: Path, target: Path) -> None:
    """`target`, a new name, with the bytes of `source`: a hard link, or a copy on another disk or one without links.

    Raises:
        OSError: it could not be copied either.
    """
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def flush(path: Path) -> None:
    """Wait until the bytes of a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

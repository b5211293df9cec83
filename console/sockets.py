"""Sockets that the console's processes listen on: one that people reach, and private ones between ourselves.

Belongs here: opening them. Not here: what is served on them (`console/serving.py`, `console/dagster_pages.py`).
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reelineage.errors import BadInput

_LONGEST_SOCKET_PATH: Final = 100  # the kernel takes 107 bytes, macOS 103


def listen(host: str, port: int) -> socket.socket:
    """The socket that people reach. It belongs to the supervisor: a console that starts again finds it open.

    Raises:
        BadInput: the address is taken, or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise BadInput(
            f"Listening on {host} port {port}: {error.strerror or error}. Is another console running there? Choose "
            "another port with --port."
        ) from error


@contextmanager
def private_folder() -> Iterator[Path]:
    """A new folder (0700) for sockets that nobody else may open; short, because a socket's path has a limit.

    Raises:
        BadInput: the folder for temporary files has too long a name.
    """
    folder = Path(tempfile.mkdtemp(prefix="reelineage-"))
    try:
        if len(os.fsencode(folder / "dagster.sock")) > _LONGEST_SOCKET_PATH:
            raise BadInput(f"Making sockets in {folder}: the path is too long for one. Set TMPDIR to a shorter folder.")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def private_socket(path: Path) -> socket.socket:
    """A listening Unix socket with mode 0600, in the place of one that a crashed server left."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    path.chmod(0o600)
    listening.listen(128)
    return listening

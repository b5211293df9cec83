"""Where an export goes: the terminal, a file that is whole or not there, or an address that gets value after value.

Belongs here: writing and sending. Not here: what is exported (`resources/exports`).
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from reelineage.documents import iso
from reelineage.errors import BadInput, TransientError
from resources.exports.sending import OPENLINEAGE_PATH, Sender
from resources.settings import Settings

if TYPE_CHECKING:  # the module imports heavy libraries
    from console.telling import Line

_CLOCKS = timedelta(minutes=10)  # rows of two machines are in the order of ids, not exactly in that of their clocks
_SECONDS = 10.0


def to_terminal(lines: "Iterable[Line]") -> int:
    """Print each line; returns how many."""
    count = 0
    for line in lines:
        click.echo(line.text)
        count += 1
    return count


def to_file(lines: "Iterable[Line]", path: Path, *, force: bool) -> int:
    """Write a file that appears when it is complete; returns how many lines it holds.

    Raises:
        BadInput: something is there already and `force` is not given, or the place cannot be written to.
    """
    count = 0
    try:
        if path.exists() and not path.is_file():
            raise BadInput(f"Writing {path}: it is no file. Give the name of a file.")
        if path.exists() and not force:
            raise BadInput(f"Writing {path}: it is there already. Give another name, or --force to replace it.")
        with _beside(path) as file:
            for line in lines:
                file.write(line.text + "\n")
                count += 1
    except OSError as error:
        raise BadInput(
            f"Writing {path}: {error.strerror or error}. Nothing is left of it; give another place."
        ) from error
    return count


@contextmanager
def _beside(path: Path) -> Iterator[IO[str]]:
    """A file beside the wanted one that takes its place at the end, or goes."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("x", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def to_address(lines: "Iterable[Line]", url: str, settings: Settings) -> int:
    """Send each line and wait for its answer; what may pass is tried again. Returns how many were sent.

    Raises:
        TransientError: the address did not take a line in several tries; says where to go on.
        BadInput: the address refuses it.
    """
    count = 0
    with Sender(url, path=OPENLINEAGE_PATH, seconds=_SECONDS) as sender:
        for line in lines:
            try:
                _send(sender, line, settings)
            except (TransientError, BadInput) as error:
                raise type(error)(
                    f"{error} {count:,} lines were sent before; go on with --since {iso(line.at - _CLOCKS)}: sending a "
                    "line twice changes nothing."
                ) from error
            count += 1
    return count


def _send(sender: Sender, line: "Line", settings: Settings) -> None:
    for attempt in range(1, settings.max_attempts):
        try:
            return sender.send(line.text)
        except TransientError:
            time.sleep(settings.retry_seconds * 2 ** (attempt - 1))
    return sender.send(line.text)

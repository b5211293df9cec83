"""Runs one part so that it cannot outlive its supervisor: `python -m console.supervision.leash FD FOLDER PART ARGS…`.

Belongs here: noticing that the supervisor is gone, even when it was killed with -9, and ending the part with all that
it started. FD is the reading end of a pipe whose only writing end the supervisor holds; FOLDER is removed with it.
"""

import os
import shutil
import signal
import sys
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path
from runpy import run_module
from threading import Thread

import psutil


def hold(descriptor: int, folder: Path) -> None:
    """From now on, end this process group as soon as the pipe's other end is closed."""
    os.set_inheritable(descriptor, False)  # noqa: FBT003 — the function's own signature
    Thread(target=_end_with_supervisor, args=(descriptor, folder), name="leash", daemon=True).start()


def _end_with_supervisor(descriptor: int, folder: Path) -> None:
    os.read(descriptor, 1)  # nobody ever writes: it returns when the last writing end is closed
    shutil.rmtree(folder, ignore_errors=True)
    kill_all_of(os.getpid())


def kill_all_of(leader: int) -> None:
    """Kill a part's process group, and what its processes moved into groups of their own (an encoder, say)."""
    with suppress(psutil.Error):
        for process in psutil.Process(leader).children(recursive=True):
            with suppress(psutil.Error):
                process.kill()
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def main() -> None:
    """Take the leash, then become the part: a command by its name (`dagster`), or a module of ours."""
    descriptor, folder, part, *arguments = sys.argv[1:]
    hold(int(descriptor), Path(folder))
    sys.argv = [part, *arguments]
    for command in entry_points(group="console_scripts", name=part):
        sys.exit(command.load()())
    run_module(part, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

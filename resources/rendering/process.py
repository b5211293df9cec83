"""A child process that never outlives its block: own process group, output drained, killed on every way out.

Belongs here: starting, reading and killing. Not here: what is run (`ffmpeg.py`).
"""

import atexit
import functools
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_TAIL_BYTES = 64 * 1024


class Child:
    """A running process whose stdout and stderr are drained; use `running` to make one."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101 — `running` opens both pipes
        assert process.stderr is not None  # noqa: S101 — as above
        self.process = process
        self._errors = _Tail(process.stderr)
        self._output = _Tail(process.stdout)

    def said(self) -> str:
        """The end of stderr; all of it when the process has ended."""
        return self._errors.text(wait=self.process.poll() is not None)

    def printed(self) -> str:
        """The end of stdout so far."""
        return self._output.text(wait=self.process.poll() is not None)

    def kill(self) -> None:
        """Kill the whole group at once; ending twice is harmless."""
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill what still runs, collect it, and close its pipes."""
        self.kill()
        if self.process.stdin is not None:
            with suppress(BrokenPipeError):
                self.process.stdin.close()
        self.process.wait()
        self._errors.close()
        self._output.close()


@contextmanager
def running(command: Sequence[str], *, stdin: int, folder: Path | None) -> Iterator[Child]:
    """Start `command` without a shell and with a bare environment; it is gone when the block ends or Python does."""
    process = subprocess.Popen(  # noqa: S603 — a list of arguments, no shell; the callers run only the bundled ffmpeg
        list(command),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        start_new_session=True,
        env={"PATH": os.defpath, "LC_ALL": "C", "FONTCONFIG_FILE": os.devnull},
    )
    child = Child(process)
    at_exit = functools.partial(Child.kill, child)
    atexit.register(at_exit)
    try:
        yield child
    finally:
        child.close()
        atexit.unregister(at_exit)


class _Tail:
    """Reads a pipe to its end in a thread and keeps only its last bytes."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._kept = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def text(self, *, wait: bool) -> str:
        if wait:
            self._thread.join()
        return self._kept.decode("utf-8", "replace").strip()

    def close(self) -> None:
        self._thread.join()
        self._pipe.close()

    def _read(self) -> None:
        while piece := os.read(self._pipe.fileno(), 8192):
            self._kept = (self._kept + piece)[-_TAIL_BYTES:]

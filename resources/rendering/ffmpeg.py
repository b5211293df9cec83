"""Running ffmpeg: one runner for every call, and the pictures that are drawn into its pipe.

Belongs here: the bundled binary, deadlines, progress, the end of stderr in every error. Not here: what a video is made
of (`composer.py`), what is measured on it (`probe.py`), killing and reading (`process.py`).
"""

import errno
import functools
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import FPS, Frame
from reelineage.errors import PermanentError, TransientError
from resources.rendering.process import Child, running

_POLL_SECONDS = 0.1
BT709 = ("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv")
TAG_BT709 = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"  # frames overrule options
BITEXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")


@functools.cache
def ffmpeg_path() -> Path:
    """The ffmpeg that comes with imageio-ffmpeg, so that every machine runs the same build.

    Raises:
        PermanentError: the package is there but its binary is not.
    """
    import imageio_ffmpeg  # noqa: PLC0415 — heavy import, only when used

    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise PermanentError(
            f"Looking for ffmpeg: imageio-ffmpeg has no binary for this machine ({error}). "
            "Install a wheel of imageio-ffmpeg made for this system, or set IMAGEIO_FFMPEG_EXE."
        ) from error


@functools.cache
def ffmpeg_version() -> str:
    """The version that the binary reports, e.g. `9.0.2-static`."""
    with running([str(ffmpeg_path()), "-version"], folder=None, stdin=subprocess.DEVNULL) as child:
        child.process.wait(30)
        words = child.printed().split()
    return words[2] if words[:2] == ["ffmpeg", "version"] else "unknown"


@dataclass(frozen=True)
class RawPictures:
    """Pictures to write into ffmpeg's standard input: I420, uint8 of shape (height * 3 // 2, width), bt709 limited."""

    frame: Frame
    make: Callable[[], Iterator[NDArray[np.uint8]]]

    @property
    def arguments(self) -> tuple[str, ...]:
        """How ffmpeg is told to read them from its standard input, up to and with its `-i`."""
        return self.arguments_for("pipe:0")

    def arguments_for(self, place: str) -> tuple[str, ...]:
        """As `arguments`, for pictures that lie in a file."""
        size = f"{self.frame.width}x{self.frame.height}"
        kind = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", size, "-framerate", str(FPS))
        return (*kind, *BT709, "-i", place)


def run_ffmpeg(
    arguments: Sequence[str],
    *,
    doing: str,
    deadline_seconds: float,
    on_progress: Callable[[int], None] | None = None,
    folder: Path | None = None,
    pictures: RawPictures | None = None,
) -> str:
    """Run ffmpeg to its end and return the end of what it wrote to stderr (at most 64 KiB).

    Args:
        arguments: everything after the program's name. Inputs may only be files and pipes.
        doing: what messages call this work, e.g. "Encoding scene 3".
        deadline_seconds: wall time after which the process group is killed.
        on_progress: called about ten times a second with the frames written so far; what it raises stops ffmpeg.
        folder: working folder of ffmpeg, so that file names inside filters can be short and plain.
        pictures: drawn in a thread of their own and written to ffmpeg's standard input.

    Raises:
        PermanentError: ffmpeg refused the input or the arguments, or a picture has the wrong shape.
        TransientError: it took longer than the deadline, was killed from outside, or the disk is full.
    """
    end = time.monotonic() + deadline_seconds
    stdin = subprocess.DEVNULL if pictures is None else subprocess.PIPE
    with running(_command(arguments), folder=folder, stdin=stdin) as child:
        feeder = _Feeder(child, pictures, doing) if pictures else None
        try:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(_POLL_SECONDS)
                    break
                if on_progress is not None:
                    on_progress(_last_frame(child.printed()))
                if time.monotonic() > end:
                    raise TransientError(
                        f"{doing}: ffmpeg was stopped after {deadline_seconds:.0f} s. Look at the load of this machine "
                        f"and try again. ffmpeg said: {child.said()[-2000:] or 'nothing'}"
                    )
        finally:
            child.kill()  # only does something when the block is left early; a feeder then finds its pipe broken
            if feeder:
                feeder.join()
        if feeder and feeder.error:
            raise feeder.error
        _raise_for(child, doing)
        if on_progress is not None:
            on_progress(_last_frame(child.printed()))
        return child.said()


def file_url(path: Path) -> str:
    """A path as ffmpeg's file protocol takes it: whatever characters are in it, it stays a file name."""
    return f"file:{path.absolute()}"


class _Feeder(threading.Thread):
    """Draws pictures and writes them to a process; what goes wrong in drawing stops the process and is kept."""

    def __init__(self, child: Child, pictures: RawPictures, doing: str) -> None:
        super().__init__(name=f"pictures for {doing}", daemon=True)
        self.error: BaseException | None = None
        self._child, self._pictures, self._doing = child, pictures, doing
        self.start()

    def run(self) -> None:
        """Write all pictures, then close the pipe."""
        try:
            self._write()
        except BrokenPipeError:
            return  # ffmpeg has ended; its exit code and what it said tell why
        except BaseException as error:  # noqa: BLE001 — carried to the thread that waits, which raises it
            self.error = error
            self._child.kill()
        finally:
            with suppress(BrokenPipeError):
                self._pipe().close()

    def _write(self) -> None:
        frame = self._pictures.frame
        shape = (frame.height * 3 // 2, frame.width)
        pipe = self._pipe()
        count = 0
        for picture in self._pictures.make():
            count += 1
            if picture.shape != shape or picture.dtype != np.uint8:
                raise PermanentError(
                    f"{self._doing}: picture {count} is {picture.dtype} of shape {picture.shape}. "
                    f"Hand over I420 pictures of the size of the frame: uint8 of shape {shape}."
                )
            pipe.write(np.ascontiguousarray(picture).data)
        if count == 0:
            raise PermanentError(f"{self._doing}: there was no picture to encode. Ask for at least one frame.")

    def _pipe(self) -> IO[bytes]:
        assert self._child.process.stdin is not None  # noqa: S101 — opened with a pipe by the only caller
        return self._child.process.stdin


def _command(arguments: Sequence[str]) -> list[str]:
    """The full command line; each input is confined to files and pipes."""
    command = [str(ffmpeg_path()), "-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning"]
    command += ["-stats_period", "0.2", "-progress", "pipe:1"]
    for argument in arguments:
        if argument == "-i":
            command += ["-protocol_whitelist", "file,pipe"]
        command.append(argument)
    return command


def _last_frame(progress: str) -> int:
    """The frame count in the newest block of ffmpeg's `-progress` output."""
    for line in reversed(progress.splitlines()):
        name, _, value = line.partition("=")
        if name == "frame" and value.strip().isdigit():
            return int(value)
    return 0


def _raise_for(child: Child, doing: str) -> None:
    returncode = child.process.returncode
    if returncode == 0:
        return
    said = child.said()[-2000:] or "nothing"
    if returncode < 0:
        raise TransientError(
            f"{doing}: ffmpeg was killed by signal {-returncode}. Look for a lack of memory and try again. "
            f"ffmpeg said: {said}"
        )
    if os.strerror(errno.ENOSPC) in said:
        raise TransientError(
            f"{doing}: there is no room left on the disk. Make room and try again. ffmpeg said: {said}"
        )
    raise PermanentError(
        f"{doing}: ffmpeg ended with {returncode}. Look at what it said, correct the input and try again. "
        f"ffmpeg said: {said}"
    )

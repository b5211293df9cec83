"""Running ffmpeg: one runner for every call, and the encoder that turns drawn pictures into a clip.

Belongs here: the bundled binary, deadlines, progress, the end of stderr in every error. Not here: what a video is made
of (`composer.py`), what is measured on it (`probe.py`), killing and reading (`process.py`).
"""

import functools
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import FPS, Frame
from reelineage.errors import PermanentError, TransientError
from resources.rendering.process import Child, running

_POLL_SECONDS = 0.1
_SECONDS_PER_PICTURE = 60.0  # a picture that takes longer to draw or encode than this means that something hangs
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


def run_ffmpeg(
    arguments: Sequence[str],
    *,
    doing: str,
    deadline_seconds: float,
    on_progress: Callable[[int], None] | None = None,
    folder: Path | None = None,
) -> str:
    """Run ffmpeg to its end and return the end of what it wrote to stderr (at most 64 KiB).

    Args:
        arguments: everything after the program's name. Inputs may only be files and pipes.
        doing: what messages call this work, e.g. "Encoding scene 3".
        deadline_seconds: wall time after which the process group is killed.
        on_progress: called about ten times a second with the frames written so far; what it raises stops ffmpeg.
        folder: working folder of ffmpeg, so that file names inside filters can be short and plain.

    Raises:
        PermanentError: ffmpeg refused the input or the arguments.
        TransientError: it took longer than the deadline, or was killed from outside.
    """
    end = time.monotonic() + deadline_seconds
    with running(_command(arguments), folder=folder, stdin=subprocess.DEVNULL) as child:
        while True:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(_POLL_SECONDS)
                break
            if on_progress is not None:
                on_progress(_last_frame(child.printed()))
            if time.monotonic() > end:
                raise TransientError(
                    f"{doing}: ffmpeg was stopped after {deadline_seconds:.0f} s. Look at the load of this machine and "
                    f"try again. ffmpeg said: {child.said()[-2000:] or 'nothing'}"
                )
        _raise_for(child, doing)
        if on_progress is not None:
            on_progress(_last_frame(child.printed()))
        return child.said()


def encode_frames(
    frames: Iterator[NDArray[np.uint8]],
    destination: Path,
    *,
    frame: Frame,
    fps: int = FPS,
    crf: int,
    preset: str,
) -> None:
    """Encode I420 pictures into an H.264 MP4, tagged bt709 limited range.

    Each picture is uint8 of shape (height * 3 // 2, width). The file appears under its name only when it is complete;
    if the iterator raises, ffmpeg is stopped and nothing stays. One encoder thread: the bytes do not depend on the
    number of cores.

    Raises:
        PermanentError: a picture has the wrong shape, there is none, or ffmpeg refused.
        TransientError: ffmpeg was killed or stopped taking pictures.
    """
    doing = f"Encoding pictures into {destination.name}"
    partial = destination.with_name(f".{destination.name}.part")
    size = f"{frame.width}x{frame.height}"
    arguments = [
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", size, "-framerate", str(fps), *BT709, "-i", "pipe:0"),
        *("-c:v", "libx264", "-preset", preset, "-crf", str(crf), "-threads", "1", "-pix_fmt", "yuv420p", *BT709),
        *(*BITEXACT, "-f", "mp4", "-y", file_url(partial)),
    ]
    try:
        with running(_command(arguments), folder=None, stdin=subprocess.PIPE) as child:
            _feed(child, frames, (frame.height * 3 // 2, frame.width), doing)
            _raise_for(child, doing)
        partial.replace(destination)
    finally:
        partial.unlink(missing_ok=True)


def file_url(path: Path) -> str:
    """A path as ffmpeg's file protocol takes it: whatever characters are in it, it stays a file name."""
    return f"file:{path.absolute()}"


def _feed(child: Child, frames: Iterator[NDArray[np.uint8]], shape: tuple[int, int], doing: str) -> None:
    pipe = child.process.stdin
    assert pipe is not None  # noqa: S101 — opened with a pipe by the only caller
    watchdog = _Watchdog(child)
    count = 0
    try:
        for picture in frames:
            if picture.shape != shape or picture.dtype != np.uint8:
                raise PermanentError(
                    f"{doing}: picture {count + 1} is {picture.dtype} of shape {picture.shape}. "
                    f"Hand over I420 pictures of the size of the frame: uint8 of shape {shape}."
                )
            pipe.write(np.ascontiguousarray(picture).data)
            watchdog.feed()
            count += 1
        if count == 0:
            raise PermanentError(f"{doing}: there was no picture to encode. Ask for at least one frame.")
        pipe.close()
        child.process.wait(_SECONDS_PER_PICTURE)
    except (BrokenPipeError, subprocess.TimeoutExpired) as error:
        child.kill()
        child.process.wait()
        raise TransientError(
            f"{doing}: ffmpeg stopped taking pictures after {count}. Check free disk space and try again. "
            f"ffmpeg said: {child.said()[-2000:] or 'nothing'}"
        ) from error
    finally:
        watchdog.stop()


class _Watchdog:
    """Kills a process that has taken no picture for a minute: a write to a full pipe cannot time out by itself."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._fed = time.monotonic()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def feed(self) -> None:
        self._fed = time.monotonic()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(1.0):
            if time.monotonic() - self._fed > _SECONDS_PER_PICTURE:
                self._child.kill()
                return


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
    raise PermanentError(
        f"{doing}: ffmpeg ended with {returncode}. Look at what it said, correct the input and try again. "
        f"ffmpeg said: {said}"
    )

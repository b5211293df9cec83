"""The runner: nothing hangs, nothing is left over, and every error says what was being done."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from reelineage.errors import Cancelled, PermanentError, TransientError
from resources.rendering.ffmpeg import ffmpeg_path, ffmpeg_version, file_url, run_ffmpeg
from resources.rendering.streams import probe_video
from tests.films import encode_frames
from tests.resources.rendering.media import SMALL, moving_pictures, write_clip

ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc=size=64x64", "-f", "null", "-"]


def children() -> list[psutil.Process]:
    """The ffmpeg processes that this one started; other tests may keep servers of theirs running."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # one of another test's has just ended
            if child.name().startswith("ffmpeg"):
                found.append(child)
    return found


def test_a_run_that_takes_too_long_is_killed_and_says_what_it_was_doing() -> None:
    with pytest.raises(TransientError, match="Testing the deadline: ffmpeg was stopped after 0 s"):
        run_ffmpeg(ENDLESS, doing="Testing the deadline", deadline_seconds=0.2)
    assert children() == []


def test_what_progress_raises_stops_ffmpeg_within_a_second() -> None:
    def cancel(_: int) -> None:
        raise Cancelled("stopped by a person")

    begin = time.monotonic()
    with pytest.raises(Cancelled):
        run_ffmpeg(ENDLESS, doing="Testing", deadline_seconds=60, on_progress=cancel)
    assert time.monotonic() - begin < 15  # on a machine that is busy with other things; alone it is a tenth of a second
    assert children() == []


def test_a_full_disk_is_no_fault_of_the_input_and_may_be_tried_again() -> None:
    arguments = ["-f", "lavfi", "-i", "testsrc=size=64x64:duration=1", "-f", "rawvideo", "-y", "file:/dev/full"]
    with pytest.raises(TransientError, match="Testing: there is no room left on the disk"):
        run_ffmpeg(arguments, doing="Testing", deadline_seconds=30)


def test_ffmpeg_does_not_outlive_the_interpreter() -> None:
    code = (
        "import threading, time, psutil\n"
        "from resources.rendering.ffmpeg import run_ffmpeg\n"
        f"run = lambda: run_ffmpeg({ENDLESS!r}, doing='Testing', deadline_seconds=60)\n"
        "threading.Thread(target=run, daemon=True).start()\n"
        "while not psutil.Process().children(): time.sleep(0.02)\n"
        "time.sleep(0.2)\n"
        "print(psutil.Process().children()[0].pid)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    pid = int(ended.stdout)
    # Where nobody collects orphans, a killed process stays in the table as a zombie.
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_the_end_of_what_ffmpeg_said_is_in_the_error(tmp_path: Path) -> None:
    missing = tmp_path / "missing.mp4"
    with pytest.raises(PermanentError, match=r"Reading a clip: .*No such file"):
        run_ffmpeg(["-i", file_url(missing), "-f", "null", "-"], doing="Reading a clip", deadline_seconds=20)


def test_inputs_are_files_and_pipes_only() -> None:
    with pytest.raises(PermanentError, match="not on whitelist"):
        run_ffmpeg(["-i", "tcp://127.0.0.1:9", "-f", "null", "-"], doing="Testing", deadline_seconds=20)


def test_frames_are_counted(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 12)
    seen: list[int] = []
    run_ffmpeg(["-i", file_url(clip), "-f", "null", "-"], doing="Testing", deadline_seconds=20, on_progress=seen.append)
    assert seen[-1] == 12


@pytest.mark.parametrize("name", ["it's.mp4", "a:b,c;[d].mp4", "%03d.mp4", "-y.mp4", "a b\n.mp4", "concat:x|y.mp4"])
def test_any_file_name_stays_a_file_name(tmp_path: Path, name: str) -> None:
    clip = write_clip(tmp_path / name, 2)
    assert probe_video(clip).frames == 2
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_encoded_pictures_keep_their_brightness_and_tags(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 3)
    found = probe_video(clip)
    assert (found.width, found.height, found.fps, found.frames) == (180, 320, 30.0, 3)
    assert (found.colour_primaries, found.colour_transfer, found.colour_matrix) == ("bt709",) * 3
    assert found.colour_range == "tv"
    raw = tmp_path / "raw.yuv"
    run_ffmpeg(
        ["-i", file_url(clip), "-f", "rawvideo", "-pix_fmt", "yuv420p", file_url(raw)], doing="T", deadline_seconds=20
    )
    decoded = np.fromfile(raw, np.uint8).reshape(3, 480, 180).astype(int)
    originals = np.stack(list(moving_pictures(SMALL, 3))).astype(int)
    assert np.abs(decoded - originals).mean() < 4


def test_the_same_pictures_give_the_same_bytes(tmp_path: Path) -> None:
    assert write_clip(tmp_path / "a.mp4", 8).read_bytes() == write_clip(tmp_path / "b.mp4", 8).read_bytes()


def test_no_file_stays_when_drawing_fails(tmp_path: Path) -> None:
    def failing() -> Iterator[NDArray[np.uint8]]:
        yield from moving_pictures(SMALL, 5)
        raise Cancelled("stopped by a person")

    with pytest.raises(Cancelled):
        encode_frames(failing(), tmp_path / "clip.mp4", frame=SMALL, crf=20, preset="ultrafast")
    assert list(tmp_path.iterdir()) == []
    assert children() == []


def test_an_older_file_survives_a_failing_encode(tmp_path: Path) -> None:
    old = tmp_path / "clip.mp4"
    old.write_bytes(b"old")
    with pytest.raises(PermanentError, match="no picture"):
        encode_frames(iter(()), old, frame=SMALL, crf=20, preset="ultrafast")
    assert old.read_bytes() == b"old"


def test_a_picture_of_the_wrong_shape_is_named(tmp_path: Path) -> None:
    wrong = iter([np.zeros((320, 180), np.uint8)])
    with pytest.raises(PermanentError, match=r"picture 1 is uint8 of shape \(320, 180\)"):
        encode_frames(wrong, tmp_path / "clip.mp4", frame=SMALL, crf=20, preset="ultrafast")


def test_an_encoder_that_ends_early_is_an_error(tmp_path: Path) -> None:
    with pytest.raises((PermanentError, TransientError), match="preset"):
        encode_frames(moving_pictures(SMALL, 200), tmp_path / "c.mp4", frame=SMALL, crf=20, preset="no such preset")
    assert list(tmp_path.iterdir()) == []


def test_the_bundled_ffmpeg_names_its_version() -> None:
    assert ffmpeg_path().is_file()
    assert ffmpeg_version() != "unknown"

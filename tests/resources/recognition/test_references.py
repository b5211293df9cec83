"""What a text or a file is recognised as by its name or its bytes, and which files are not read at all.

Belongs here: references, hashes, what is refused. Not here: credentials (`test_credentials.py`), looks
(`test_looks.py`).
"""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from reelineage.errors import BadInput
from reelineage.graph import Ref
from reelineage.models import Artifact, Credential, Video
from resources import recognition
from resources.home import Home
from resources.recognition import recognise
from resources.rendering.streams import plain_file
from tests.resources.recognition.conftest import VIDEO

# --- references and hashes -------------------------------------------------------------------------------------------


def test_a_reference_wins_over_a_file_of_that_name(
    finished: Home, delivered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(delivered.parent)
    shutil.copy(delivered, "job:1")
    assert recognise(finished, "job:1").refs == (Ref("job", "1"),)
    assert recognise(finished, "job:1").how == "reference"
    assert recognise(finished, "./job:1").explained == (VIDEO,)
    assert recognise(finished, "./job:1").how == "hash"
    assert recognise(finished, str(delivered.parent / "job:1")).how == "hash"
    shutil.copy(delivered, "video:seven")
    assert recognise(finished, "video:seven").how == "hash"


def test_a_file_named_like_a_hash_needs_a_path(
    finished: Home, delivered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(delivered.parent)
    delivered.rename("0" * 64)
    with pytest.raises(BadInput, match="no file, record or credential with this sha256"):
        recognise(finished, "0" * 64)
    assert recognise(finished, "./" + "0" * 64).explained == (VIDEO,)


@pytest.mark.parametrize("text", ["video:seven", "found.mp4", "a/b.mp4", "", "\0", "x" * 5000, "movie:7", "/"])
def test_what_is_neither_a_reference_nor_a_file_is_refused(finished: Home, text: str) -> None:
    with pytest.raises(BadInput, match=r"Reading|There is no file of this name"):
        recognise(finished, text)


def test_the_files_of_a_video_are_known_bit_by_bit(finished: Home, delivered: Path) -> None:
    found = recognise(finished, str(delivered))
    assert (found.how, found.confidence, found.explained) == ("hash", 1.0, (VIDEO,))
    assert VIDEO in found.refs
    assert found.sentence == "found.mp4 is, bit by bit, video:1."
    with finished.database.read() as session:
        video = session.get_one(Video, 1)
        signed = session.scalars(select(Credential.file_sha256)).all()
    assert len(signed) == 2
    for sha256 in (video.file_sha256, video.thumbnail_sha256, *signed):
        assert recognise(finished, str(finished.store.path(sha256))).explained == (VIDEO,)
        assert recognise(finished, sha256).explained == (VIDEO,)
        assert recognise(finished, sha256).how == "hash"


def test_the_file_of_a_voice_is_its_voiceover(finished: Home) -> None:
    with finished.database.read() as session:
        wav = session.scalars(select(Artifact.sha256).where(Artifact.media_type == "audio/wav")).all()
    found = {recognise(finished, str(finished.store.path(sha256))).explained[0].node for sha256 in wav}
    assert "voiceover" in found


# --- files from outside ----------------------------------------------------------------------------------------------


def _fifo(path: Path) -> None:
    os.mkfifo(path)


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Break off what waits longer; opening a pipe waits for ever."""

    def over(*_: object) -> None:
        raise TimeoutError(f"still waiting after {seconds} s")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Path.mkdir, "not a plain file"),
        (_fifo, "not a plain file"),
        (lambda path: path.symlink_to(path), "not a plain file"),
        (Path.touch, "is empty"),
        (lambda path: path.write_text("words\n" * 1000), "looks cannot be compared.*none of MP4"),
        (lambda path: path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(500)), "looks cannot be compared"),
    ],
    ids=["folder", "pipe", "loop of links", "empty", "text", "header only"],
)
def test_a_file_that_is_no_film_is_refused_with_the_reason(
    home: Home, tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    path = tmp_path / "film.mp4"
    make(path)
    with pytest.raises(BadInput, match=said):
        recognise(home, str(path))


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    finished: Home, delivered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swapped(path: Path) -> int:
        size = plain_file(path)
        path.unlink()
        os.mkfifo(path)
        return size

    monkeypatch.setattr(recognition, "plain_file", swapped)
    with time_limit(10), pytest.raises(BadInput, match="it is a pipe or device"):
        recognise(finished, str(delivered))


def test_a_delivered_file_that_was_cut_off_is_refused(finished: Home, delivered: Path) -> None:
    delivered.write_bytes(delivered.read_bytes()[: delivered.stat().st_size // 2])
    with pytest.raises(BadInput, match="cut off or damaged"):
        recognise(finished, str(delivered))


def test_a_file_of_more_than_8_gb_is_not_read(home: Home, tmp_path: Path) -> None:
    with (tmp_path / "huge.mp4").open("wb") as file:
        file.truncate(9 * 2**30)
    with pytest.raises(BadInput, match=r"9\.0 GB"):
        recognise(home, str(tmp_path / "huge.mp4"))


def test_a_name_full_of_control_characters_is_shown_without_them(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2Jb.mp4"
    path.write_text("words")
    with pytest.raises(BadInput) as refused:
        recognise(home, str(path))
    assert "\x1b" not in str(refused.value)


def test_nothing_typed_and_a_file_that_is_not_there_are_said_plainly(home: Home) -> None:
    with pytest.raises(BadInput, match="it is empty"):
        recognise(home, " ")
    with pytest.raises(BadInput, match=r"nofile\.mp4: there is no such file"):
        recognise(home, "nofile.mp4")

"""Long black, frozen and silent stretches are found and told as sentences."""

from pathlib import Path

import numpy as np

from resources.rendering.faults import picture_faults, silences, watch
from resources.rendering.ffmpeg import RawPictures, run_ffmpeg
from tests.resources.rendering.media import SMALL, babble, moving_pictures, plain_pictures, write_voice


def watched(pictures: RawPictures, *, standing_still: bool = True) -> str:
    said = run_ffmpeg(
        [
            *(*pictures.arguments, "-vf", watch(standing_still=standing_still)),
            *("-f", "null", "-", "-loglevel", "info"),
        ],
        doing="Watching",
        deadline_seconds=30,
        pictures=pictures,
    )
    return "; ".join(picture_faults(said))


def test_a_black_picture_is_found() -> None:
    assert "black from 0.0 s to 2.5 s" in watched(RawPictures(SMALL, lambda: plain_pictures(SMALL, 75)))


def test_a_picture_that_stands_still_is_found_where_that_was_not_asked_for() -> None:
    frozen = RawPictures(SMALL, lambda: moving_pictures(SMALL, 90, still_from=15))
    assert "stands still from 0.5 s" in watched(frozen)
    assert watched(frozen, standing_still=False) == ""


def test_a_moving_picture_has_no_fault() -> None:
    assert watched(RawPictures(SMALL, lambda: moving_pictures(SMALL, 75))) == ""


def test_what_a_film_says_of_itself_is_no_fault() -> None:
    assert picture_faults("    title : black_start:1.2.3 black_end:4\n  comment : freeze_start: 2\n") == ()


def test_silence_is_found_and_a_voice_is_not(tmp_path: Path) -> None:
    def encoded(name: str, samples: np.ndarray[tuple[int], np.dtype[np.float32]]) -> Path:
        voice = write_voice(tmp_path / f"{name}.wav", samples)
        arguments = ["-i", f"file:{voice}", "-c:a", "aac", "-f", "mp4", f"file:{tmp_path / name}.m4a"]
        run_ffmpeg(arguments, doing="Encoding", deadline_seconds=20)
        return tmp_path / f"{name}.m4a"

    assert silences(encoded("silence", np.zeros(75 * 1600, np.float32)), lambda: None) == (0.0,)
    assert silences(encoded("voice", babble(75)), lambda: None) == ()

"""Joining copies: every packet arrives, and what does not fit together is refused."""

import shutil
from pathlib import Path

import av
import pytest

from reelineage.documents import Frame
from reelineage.errors import NotPublishable
from resources.rendering import join as joining
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.join import join
from resources.rendering.streams import probe_video
from tests.films import encode_frames
from tests.resources.rendering.media import babble, moving_pictures, write_clip, write_voice


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    voice = write_voice(tmp_path / "voice.wav", babble(20))
    run_ffmpeg(
        ["-i", file_url(voice), "-c:a", "aac", "-ac", "2", "-f", "mp4", file_url(tmp_path / "sound.m4a")],
        doing="Encoding a sound",
        deadline_seconds=20,
    )
    return tmp_path / "sound.m4a"


def joined(paths: list[Path], sound: Path, folder: Path) -> None:
    whole = folder / "whole.mp4"
    parts = [(path, 10) for path in paths]
    join(parts, sound, whole, title="A: 'title'", edit_list=True, folder=folder, check=lambda: None)


def test_segments_and_sound_become_one_file_with_all_their_packets(tmp_path: Path, sound: Path) -> None:
    parts = [write_clip(tmp_path / f"segment-{number}.mp4", 10) for number in (1, 2)]
    joined(parts, sound, tmp_path)
    found = probe_video(tmp_path / "whole.mp4")
    assert (found.frames, found.constant_rate, found.fast_start) == (20, True, True)
    with av.open(str(tmp_path / "whole.mp4")) as container:
        assert container.metadata["title"] == "A: 'title'"


def test_segments_of_another_size_cannot_be_one_stream(tmp_path: Path, sound: Path) -> None:
    wide = Frame(width=320, height=180)
    first = write_clip(tmp_path / "segment-1.mp4", 10)
    encode_frames(moving_pictures(wide, 10), tmp_path / "segment-2.mp4", frame=wide, crf=20, preset="ultrafast")
    with pytest.raises(NotPublishable, match="different stream settings"):
        joined([first, tmp_path / "segment-2.mp4"], sound, tmp_path)


def test_a_packet_that_gets_lost_in_the_join_is_noticed(
    tmp_path: Path, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lossy(arguments: list[str], **more: object) -> str:
        return run_ffmpeg([*arguments[:-1], "-frames:v", "19", arguments[-1]], **more)  # type: ignore[arg-type]  # as given

    monkeypatch.setattr(joining, "run_ffmpeg", lossy)
    parts = [write_clip(tmp_path / f"segment-{number}.mp4", 10) for number in (1, 2)]
    with pytest.raises(NotPublishable, match="does not hold what its 2 segments"):
        joined(parts, sound, tmp_path)


def test_frames_keep_their_times_through_many_short_segments(tmp_path: Path) -> None:
    """Lengths of 10 frames are no whole microseconds: added up rounded, the 52nd segment slipped by a tick."""
    clip, part = write_clip(tmp_path / "clip.mp4", 10), tmp_path / "part.mp4"
    # As segments are written: 10 frames are 10,000 ticks, 333,333.3 microseconds.
    ticks = ["-i", file_url(clip), "-c", "copy", "-video_track_timescale", "30000", file_url(part)]
    run_ffmpeg(ticks, doing="Counting in segments' ticks", deadline_seconds=20)
    parts = [shutil.copyfile(part, tmp_path / f"segment-{number}.mp4") for number in range(60)]
    voice = write_voice(tmp_path / "voice.wav", babble(600))
    sound = tmp_path / "sound.m4a"
    arguments = ["-i", file_url(voice), "-c:a", "aac", "-ac", "2", "-f", "mp4", file_url(sound)]
    run_ffmpeg(arguments, doing="Encoding a sound", deadline_seconds=20)
    joined(parts, sound, tmp_path)
    found = probe_video(tmp_path / "whole.mp4")
    assert (found.frames, found.constant_rate) == (600, True)

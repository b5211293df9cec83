"""A music file of the user's own is measured, or refused by name before anything is stored."""

import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from reelineage.errors import PermanentError
from resources.music import own_file
from resources.music.own_file import MusicFacts, inspect_music
from resources.rendering.ffmpeg import file_url, run_ffmpeg


def write_wav(path: Path, seconds: float, *, rate: int = 48_000, channels: int = 2) -> Path:
    tone = 0.2 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.repeat(tone[:, None], channels, axis=1) * 32767).astype("<i2").tobytes())
    return path


def encoded(path: Path, seconds: float, *options: str, rate: int = 48_000, channels: int = 2) -> Path:
    plain = write_wav(path.with_name("plain.wav"), seconds, rate=rate, channels=channels)
    run_ffmpeg(["-i", file_url(plain), *options, "-y", file_url(path)], doing="Encoding", deadline_seconds=60)
    return path


@pytest.mark.parametrize(
    ("name", "rate", "channels", "options"),
    [
        ("it's a song.wav", 8_000, 1, ()),
        ("song.flac", 48_000, 6, ()),
        ("song.mp3", 44_100, 2, ()),
        ("song.m4a", 44_100, 1, ()),
        ("song.aac", 48_000, 2, ()),
        ("song.ogg", 48_000, 2, ("-c:a", "libvorbis")),
        ("song.opus", 48_000, 2, ("-c:a", "libopus")),
    ],
)
def test_music_of_every_kind_is_measured(
    tmp_path: Path, name: str, rate: int, channels: int, options: tuple[str, ...]
) -> None:
    song = encoded(tmp_path / name, 2.0, *options, rate=rate, channels=channels)
    facts = inspect_music(song)
    assert facts == MusicFacts(facts.seconds, channels, rate)
    assert facts.seconds == pytest.approx(2.0, abs=0.06)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("text", "cannot be read"),
        ("hls", "cannot be read"),
        ("concat", "cannot be read"),
        ("missing", "No such file"),
        ("link", "not a plain file"),
        ("folder", "not a plain file"),
        ("nothing", "empty"),
        ("no sound", "no sound in it"),
        ("no samples", r"0\.00 s|cannot be|decoded"),
        ("short", r"0\.40 s"),
    ],
)
def test_what_is_no_usable_music_is_refused_by_name(tmp_path: Path, kind: str, reason: str) -> None:
    song = tmp_path / "my song.mp3"
    good = write_wav(tmp_path / "good.wav", 1.0)
    match kind:
        case "text":
            song.write_text("no music at all")
        case "hls":
            song.write_text(f"#EXTM3U\n#EXTINF:1,\n{good.name}\n#EXT-X-ENDLIST\n")
        case "concat":
            song.write_text(f"ffconcat version 1.0\nfile '{good.name}'\n")
        case "link":
            song.symlink_to(good)
        case "folder":
            song.mkdir()
        case "nothing":
            song.touch()
        case "no sound":
            source = ["-f", "lavfi", "-i", "color=s=64x64:d=0.2", "-f", "mp4", "-y", file_url(song)]
            run_ffmpeg(source, doing="Drawing", deadline_seconds=60)
        case "no samples":
            write_wav(song, 0.0)
        case "short":
            write_wav(song, 0.4)
    with pytest.raises(PermanentError, match=rf"my song\.mp3.*({reason})"):
        inspect_music(song)


@pytest.mark.parametrize(
    ("suffix", "kept", "reason"),
    [("flac", 0.5, r"cut short: \d\.\d s of 4\.0 s"), ("m4a", 0.5, "cannot be read"), ("flac", 0.002, "decoded|read")],
)
def test_music_that_is_cut_short_or_followed_by_noise_is_refused(
    tmp_path: Path, suffix: str, kept: float, reason: str
) -> None:
    song = encoded(tmp_path / f"song.{suffix}", 4.0)
    whole = song.read_bytes()
    noise = np.random.default_rng(1).bytes(40_000) if kept < 0.1 else b""
    song.write_bytes(whole[: round(len(whole) * kept)] + noise)
    with pytest.raises(PermanentError, match=rf"song\.{suffix}.*({reason})"):
        inspect_music(song)


def test_music_that_is_too_long_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    song = write_wav(tmp_path / "song.wav", 2.0)
    monkeypatch.setattr(own_file, "_LONGEST", 1.5)
    with pytest.raises(PermanentError, match=r"song\.wav: it lasts 2 s"):
        inspect_music(song)
    monkeypatch.setattr(own_file, "_MOST_BYTES", 100_000)
    with pytest.raises(PermanentError, match=r"song\.wav: it has 0 MB"):
        inspect_music(song)


def test_music_with_a_cover_picture_is_music(tmp_path: Path) -> None:
    cover, song = tmp_path / "cover.png", tmp_path / "song.mp3"
    run_ffmpeg(
        ["-f", "lavfi", "-i", "color=s=64x64", "-frames:v", "1", "-y", file_url(cover)],
        doing="Drawing",
        deadline_seconds=60,
    )
    plain = write_wav(tmp_path / "plain.wav", 1.0)
    run_ffmpeg(
        [*("-i", file_url(plain), "-i", file_url(cover)), *("-map", "0", "-map", "1", "-y", file_url(song))],
        doing="Encoding",
        deadline_seconds=60,
    )
    assert inspect_music(song).channels == 2


def test_music_whose_title_is_in_latin_1_is_music(tmp_path: Path) -> None:
    song = write_wav(tmp_path / "song.wav", 1.0)
    info = b"INFOINAM" + struct.pack("<I", 6) + b"Caf\xe9\0\0"
    data = song.read_bytes() + b"LIST" + struct.pack("<I", len(info)) + info
    song.write_bytes(data[:4] + struct.pack("<I", len(data) - 8) + data[8:])
    assert inspect_music(song).seconds == pytest.approx(1.0, abs=0.01)


def test_music_that_holds_far_more_than_its_times_say_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each packet of 1024 samples says that it lasts 64: 12 s pass for 0.75 s."""
    song = encoded(tmp_path / "song.m4a", 12.0)
    data = bytearray(song.read_bytes())
    at = data.index(b"stts") + 8
    (entries,) = struct.unpack_from(">I", data, at)
    for entry in range(entries):
        struct.pack_into(">I", data, at + 8 + 8 * entry, 64)
    song.write_bytes(data)
    assert inspect_music(song).seconds == pytest.approx(0.75, abs=0.05)
    monkeypatch.setattr(own_file, "_LONGEST", 5.0)
    with pytest.raises(PermanentError, match=r"song\.m4a: its packets hold more than 5 s"):
        inspect_music(song)

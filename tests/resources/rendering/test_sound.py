"""The encoded sound keeps the rules of the platforms whatever voice and music it is made from."""

import dataclasses
import struct
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from reelineage.errors import Cancelled, NotPublishable, PermanentError
from reelineage.fingerprint import canonical_json
from reelineage.look import Music
from resources.rendering import sound
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.loudness import Loudness, measure_loudness
from resources.rendering.mixing import MIXING
from resources.rendering.sound import MusicTrack, SoundOrder, encode_sound, sound_key, voice_samples
from tests.resources.rendering.media import babble, write_voice

RATE = 48_000


def ignore() -> None:
    """A check that never stops the work."""


def order_of(
    voice: Path, samples: int, music: MusicTrack | None = None, *, edit_list: bool = True, kbit: int = 192
) -> SoundOrder:
    return SoundOrder(voice, "0" * 64, samples, music, kbit, edit_list=edit_list)


def make(voice: Path, samples: int, music: MusicTrack | None = None, *, edit_list: bool = True) -> Loudness:
    order = order_of(voice, samples, music, edit_list=edit_list)
    return encode_sound(order, voice.with_name("sound.m4a"), folder=voice.parent, check=ignore)


def tone(seconds: float, hertz: float, *, rate: int = RATE, channels: int = 2) -> NDArray[np.float32]:
    """A tone, shape (samples, channels)."""
    wave_ = 0.2 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return np.repeat(wave_.astype(np.float32)[:, None], channels, axis=1)


def write_music(path: Path, samples: NDArray[np.float32], *, rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def track(path: Path, **settings: object) -> MusicTrack:
    return MusicTrack(path, "1" * 64, Music.model_validate({"provider": "file", "path": "song", **settings}))


def decoded(path: Path, folder: Path, *before: str) -> NDArray[np.float32]:
    """Samples of a file as ffmpeg decodes it, shape (samples, 2)."""
    run_ffmpeg(
        [*before, "-i", file_url(path), "-f", "f32le", "-ac", "2", "-y", "decoded.f32"],
        doing="Decoding",
        deadline_seconds=60,
        folder=folder,
    )
    return np.fromfile(folder / "decoded.f32", "<f4").reshape(-1, 2)


def level_at(heard: NDArray[np.float32], hertz: float, first: float, last: float) -> float:
    """Level in dB of one tone between two times in seconds."""
    part = heard[round(first * RATE) : round(last * RATE), 0]
    wave_ = np.exp(-2j * np.pi * hertz * np.arange(len(part)) / RATE) * np.hanning(len(part))
    return float(20 * np.log10(np.abs(np.sum(part * wave_)) / np.sum(np.hanning(len(part))) + 1e-9))


@pytest.mark.parametrize("level", [0.02, 1.0])
def test_any_voice_comes_out_at_minus_fourteen(tmp_path: Path, level: float) -> None:
    reached = make(write_voice(tmp_path / "it's a voice.wav", babble(120, level=level)), 120 * 1600)
    assert abs(reached.integrated_lufs + 14.0) <= 0.2
    assert reached.true_peak_dbtp <= -1.0
    assert reached == measure_loudness(tmp_path / "sound.m4a")
    assert {path.name for path in tmp_path.iterdir()} == {"it's a voice.wav", "sound.m4a"}


def test_peaks_far_above_the_speech_are_limited(tmp_path: Path) -> None:
    samples = babble(120, level=0.1)
    for start in range(4800, len(samples) - 500, 19_200):
        samples[start : start + 480] = 0.95 * np.sin(np.arange(480) * 0.4)  # 10 ms: a bump, not a click
    reached = make(write_voice(tmp_path / "bumps.wav", samples), 120 * 1600)
    assert abs(reached.integrated_lufs + 14.0) <= 0.5
    assert reached.true_peak_dbtp <= -1.0


def test_what_the_encoder_lifted_over_the_limit_is_corrected_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "_FIRST_CEILING", -0.2)
    measured: list[Loudness] = []

    def measure(path: Path, on_progress: Callable[[int], None]) -> Loudness:
        measured.append(measure_loudness(path, on_progress))
        return measured[-1]

    monkeypatch.setattr(sound, "measure_loudness", measure)
    voice = write_voice(tmp_path / "voice.wav", babble(60, level=0.9) * np.repeat([1.0, 0.2, 0.2, 0.2, 0.2], 19_200))
    assert make(voice, 60 * 1600).true_peak_dbtp <= -1.0
    assert [got.true_peak_dbtp > -1.0 for got in measured] == [True, False]


def test_a_loudness_that_cannot_be_reached_is_refused_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "measure_loudness", lambda *_: Loudness(-15.0, -3.0))
    voice = write_voice(tmp_path / "voice.wav", babble(30))
    with pytest.raises(NotPublishable, match=r"voice\.wav: reached -15\.0 LUFS with a true peak of -3\.0 dBTP"):
        make(voice, 30 * 1600)
    assert list(tmp_path.iterdir()) == [voice]


@pytest.mark.parametrize("level", [0.0, 0.001])
def test_a_silent_voice_is_not_publishable(tmp_path: Path, level: float) -> None:
    voice = write_voice(tmp_path / "silence.wav", babble(30, level=1.0) * np.float32(level))
    with pytest.raises(NotPublishable, match=r"silence\.wav: the voice is silent"):
        make(voice, 48_000)


def test_both_sides_of_a_voice_without_music_are_the_same(tmp_path: Path) -> None:
    voice = write_voice(tmp_path / "voice.wav", babble(45))
    make(voice, 45 * 1600)
    heard = decoded(tmp_path / "sound.m4a", tmp_path)
    assert heard.any()
    assert np.array_equal(heard[:, 0], heard[:, 1])


@pytest.mark.parametrize(("missing", "edit_list"), [(-1600, True), (4800, True), (0, False)])
def test_the_sound_has_exactly_the_samples_that_were_asked_for(tmp_path: Path, missing: int, edit_list: bool) -> None:
    voice = write_voice(tmp_path / "voice.wav", babble(24))
    make(voice, 24 * 1600 + missing, edit_list=edit_list)
    assert len(decoded(tmp_path / "sound.m4a", tmp_path)) == 24 * 1600 + missing


@pytest.mark.parametrize("edit_list", [True, False])
def test_the_strict_sound_is_in_step_in_a_player_that_ignores_edit_lists(tmp_path: Path, edit_list: bool) -> None:
    """Without compensation it would come 1024 samples (21 ms) late there."""
    spoken = babble(60)
    make(write_voice(tmp_path / "voice.wav", spoken), 60 * 1600, edit_list=edit_list)
    assert (b"elst" in (tmp_path / "sound.m4a").read_bytes()) is edit_list
    heard = decoded(tmp_path / "sound.m4a", tmp_path, *(() if edit_list else ("-ignore_editlist", "1")))[:, 0]
    size = 1 << 18
    match = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(spoken, size)))
    late = (int(np.argmax(match)) + size // 2) % size - size // 2
    assert abs(late) <= 48, "within 1 ms"


def test_music_steps_back_under_words_and_returns_between_them(tmp_path: Path) -> None:
    """Words from 0 to 2 and from 5 to 7 s, so even that nothing is limited; music is a tone not found in them."""
    words = np.zeros(9 * RATE, np.float32)
    for start in (0, 5):
        words[start * RATE : (start + 2) * RATE] = tone(2, 300, channels=1)[:, 0]
    music = track(write_music(tmp_path / "song.wav", tone(12, 9000)), duck_db=12, volume_db=-10, fade_seconds=0.5)
    reached = make(write_voice(tmp_path / "voice.wav", words), 9 * RATE, music)
    assert abs(reached.integrated_lufs + 14.0) <= 0.5
    assert reached.true_peak_dbtp <= -1.0
    heard = decoded(tmp_path / "sound.m4a", tmp_path)
    between, under = level_at(heard, 9000, 3.2, 4.4), level_at(heard, 9000, 5.2, 6.8)
    assert between - under == pytest.approx(12, abs=1.5)
    assert level_at(heard, 9000, 0.6, 1.6) == pytest.approx(under, abs=1.5)


def test_music_ends_with_the_video_and_fades_at_both_ends(tmp_path: Path) -> None:
    words = np.zeros(5 * RATE, np.float32)
    words[RATE : 2 * RATE] = babble(30)
    music = track(write_music(tmp_path / "song.wav", tone(2.5, 9000)), duck_db=0, fade_seconds=1.0)
    make(write_voice(tmp_path / "voice.wav", words), 5 * RATE, music)
    heard = decoded(tmp_path / "sound.m4a", tmp_path)
    steady = level_at(heard, 9000, 2.5, 3.5)
    assert len(heard) == 5 * RATE
    assert level_at(heard, 9000, 4.85, 5.0) < steady - 20
    assert level_at(heard, 9000, 0.0, 0.15) < steady - 20
    assert level_at(heard, 9000, 4.4, 4.6) == pytest.approx(steady - 6, abs=1.5)


@pytest.mark.parametrize(
    ("rate", "channels", "suffix"),
    [(8_000, 1, "wav"), (44_100, 2, "mp3"), (48_000, 6, "flac"), (48_000, 2, "ogg"), (44_100, 1, "m4a")],
)
def test_music_of_any_rate_and_channels_is_heard_on_both_sides(
    tmp_path: Path, rate: int, channels: int, suffix: str
) -> None:
    plain = write_music(tmp_path / "plain.wav", tone(1.5, 3000, rate=rate, channels=channels), rate=rate)
    song = tmp_path / f"song.{suffix}"
    if suffix == "wav":
        plain.rename(song)
    else:
        run_ffmpeg(["-i", file_url(plain), "-y", file_url(song)], doing="Encoding", deadline_seconds=60)
    words = np.concatenate([babble(30), np.zeros(RATE, np.float32)])
    make(write_voice(tmp_path / "voice.wav", words), 2 * RATE, track(song, fade_seconds=0, volume_db=-6))
    heard = decoded(tmp_path / "sound.m4a", tmp_path)
    assert level_at(heard, 3000, 1.7, 2.0) > -45
    assert level_at(heard[:, ::-1], 3000, 1.7, 2.0) == pytest.approx(level_at(heard, 3000, 1.7, 2.0), abs=1)


@pytest.mark.parametrize("kind", ["text", "no sound", "empty", "silent", "hls", "concat", "link", "folder", "short"])
def test_music_that_cannot_be_used_is_named_and_opens_no_other_file(tmp_path: Path, kind: str) -> None:
    good, song = write_music(tmp_path / "good.wav", tone(1, 440)), tmp_path / "my song.mp3"
    match kind:
        case "text":
            song.write_text("no music at all")
        case "no sound":
            source = ["-f", "lavfi", "-i", "color=s=64x64:d=0.2", "-f", "mp4", "-y", file_url(song)]
            run_ffmpeg(source, doing="Drawing", deadline_seconds=60)
        case "empty":
            write_music(song, tone(0, 440))
        case "silent":
            write_music(song, tone(1, 0))
        case "hls":
            song.write_text(f"#EXTM3U\n#EXTINF:1,\n{good.name}\n#EXT-X-ENDLIST\n")
        case "concat":
            song.write_text(f"ffconcat version 1.0\nfile '{good.name}'\n")
        case "link":
            song.symlink_to(good)
        case "folder":
            song.mkdir()
        case "short":
            song.write_bytes(good.read_bytes()[:30])
    voice = write_voice(tmp_path / "voice.wav", babble(30))
    with pytest.raises(PermanentError, match=r"my song\.mp3"):
        make(voice, RATE, track(song))
    assert not (tmp_path / "sound.m4a").exists()


def test_no_more_music_is_decoded_than_was_asked_for_whatever_its_times_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each packet of 1024 samples says that it lasts 64: 12 s pass for 0.75 s."""
    monkeypatch.setattr(sound, "_INTRO_SECONDS", 1)
    plain, song = write_music(tmp_path / "plain.wav", tone(12, 440)), tmp_path / "song.m4a"
    run_ffmpeg(["-i", file_url(plain), "-y", file_url(song)], doing="Encoding", deadline_seconds=60)
    data = bytearray(song.read_bytes())
    at = data.index(b"stts") + 8
    (entries,) = struct.unpack_from(">I", data, at)
    for entry in range(entries):
        struct.pack_into(">I", data, at + 8 + 8 * entry, 64)
    song.write_bytes(data)
    heard, _ = sound._read_music(track(song), RATE, tmp_path, ignore)
    assert len(heard) <= 3 * RATE  # a second of video, one of intro, one of room
    assert (tmp_path / "music.f32").stat().st_size <= 4 * RATE * 8  # whole buffers of the decoder are written


def test_a_cancelled_sound_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop_in_the_encoder() -> None:
        if list(tmp_path.glob("sound-*/loud.f32")):
            raise Cancelled("stopped by a person")

    monkeypatch.setattr(sound, "measure_loudness", lambda *_: pytest.fail("it went on"))
    voice = write_voice(tmp_path / "voice.wav", babble(90))
    with pytest.raises(Cancelled, match="by a person"):
        encode_sound(order_of(voice, 90 * 1600), tmp_path / "s.m4a", folder=tmp_path, check=stop_in_the_encoder)
    assert list(tmp_path.iterdir()) == [voice]
    assert [child for child in psutil.Process().children() if child.name().startswith("ffmpeg")] == []


def test_the_same_order_gives_the_same_bytes_in_another_folder(tmp_path: Path) -> None:
    made = []
    for name in ("one", "the other"):
        folder = tmp_path / name
        folder.mkdir()
        music = track(write_music(folder / "song.wav", tone(0.7, 500)))
        make(write_voice(folder / "voice.wav", babble(45)), 45 * 1600, music)
        made.append((folder / "sound.m4a").read_bytes())
    assert made[0] == made[1]


def test_the_key_names_all_that_decides_the_bytes_and_no_path(tmp_path: Path) -> None:
    order = order_of(tmp_path / "a.wav", 48_000, track(tmp_path / "b.wav"))
    assert order.music is not None
    keys = {
        canonical_json(sound_key(changed))
        for changed in (
            order,
            dataclasses.replace(order, voice_sha256="2" * 64),
            dataclasses.replace(order, samples=49_600),
            dataclasses.replace(order, audio_kbit=128),
            dataclasses.replace(order, edit_list=False),
            dataclasses.replace(order, music=None),
            dataclasses.replace(order, music=dataclasses.replace(order.music, sha256="2" * 64)),
            *(
                dataclasses.replace(order, music=track(tmp_path, **{name: value}))
                for name, value in {"volume_db": -3, "duck_db": 3, "fade_seconds": 3, "provider": "bed"}.items()
            ),
        )
    }
    assert len(keys) == 11
    elsewhere = dataclasses.replace(order, voice=Path("/other.wav"))
    assert sound_key(elsewhere) == sound_key(order)
    assert MIXING in sound_key(order)
    assert str(tmp_path) not in "".join(keys)


def test_the_length_of_a_voice_is_read_from_its_head(tmp_path: Path) -> None:
    assert voice_samples(write_voice(tmp_path / "voice.wav", babble(10))) == 16_000


@pytest.mark.parametrize("kind", ["noise", "rate", "stereo", "5.1", "head only", "cut short", "no samples", "link"])
def test_a_voice_that_is_no_whole_mono_48_khz_wav_is_named(tmp_path: Path, kind: str) -> None:
    voice = tmp_path / "voice.wav"
    good = write_voice(tmp_path / "good.wav", babble(2), rate=8_000 if kind == "rate" else RATE)
    match kind:
        case "noise":
            voice.write_bytes(b"nothing like a WAV")
        case "rate":
            good.rename(voice)
        case "stereo" | "5.1":
            write_music(voice, tone(0.1, 440, channels=2 if kind == "stereo" else 6))
        case "head only":
            voice.write_bytes(good.read_bytes()[:20])
        case "cut short":
            voice.write_bytes(good.read_bytes()[:-1000])
        case "no samples":
            write_voice(voice, np.zeros(0, np.float32))
        case "link":
            voice.symlink_to(good)
    with pytest.raises(PermanentError, match=r"voice\.wav"):
        voice_samples(voice)
    with pytest.raises(PermanentError, match=r"voice\.wav"):
        make(voice, 3200)

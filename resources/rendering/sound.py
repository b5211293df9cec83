"""The sound of the video: voice and music mixed, brought to the loudness the platforms play at, encoded once.

Belongs here: what is ordered, reading and encoding with ffmpeg, and holding the encoded file against the rules. Not
here: what is done to the samples (`mixing.py`, `mastering.py`), how the voice was spoken, where music comes from.
"""

import math
import tempfile
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import JsonValue

from reelineage.documents import SAMPLE_RATE
from reelineage.errors import NotPublishable, PermanentError
from reelineage.look import Music
from resources.rendering import mastering, mixing
from resources.rendering.ffmpeg import BITEXACT, ffmpeg_version, file_url, run_ffmpeg
from resources.rendering.loudness import (
    HIGHEST_TRUE_PEAK,
    LUFS_TOLERANCE,
    TARGET_LUFS,
    Loudness,
    measure_loudness,
)
from resources.rendering.mastering import Profile, Samples
from resources.rendering.streams import plain_file

PRIMING = 1024  # samples that the AAC encoder puts before the first one
# Demuxers of the music that is taken. None of them opens another file; playlists (hls, concat, ...) are left out.
MUSIC_FORMATS = "wav,w64,flac,mp3,mov,mp4,m4a,3gp,3g2,mj2,aac,ogg"
_FIRST_CEILING = -1.6  # dBFS; AAC lifted true peaks by up to 0.4 dB over the limiter's ceiling
_QUIETEST = -50.0  # LUFS; below this there is nothing to amplify but noise
_VOICE_CHAIN = "highpass=f=80:poles=2"
# Measured against the default (twoloop) at 192 kbit/s: half the CPU, and 2 to 22 dB less noise in every band of speech.
_CODER = ("-c:a", "aac", "-aac_coder", "fast", "-aac_is", "0", "-aac_pns", "0")
_RAW = ("-f", "f32le", "-ar", str(SAMPLE_RATE))
_PIECE = 5 * SAMPLE_RATE
_LOUD = "loud.f32"
_DEADLINE_SECONDS = 600
_INTRO_SECONDS = 15  # silence at the start of a song is skipped; so much more of it is read than is needed
_ROOM_SECONDS = 1  # a few frames more than `-t` asks for are decoded; what is written beyond this is a lie of the file


@dataclass(frozen=True)
class MusicTrack:
    """Music for under the voice: a file, its digest, and how loud it is to be. A `bed` loops as it is."""

    path: Path
    sha256: str
    settings: Music


@dataclass(frozen=True)
class SoundOrder:
    """The sound of one video.

    `samples` at 48 kHz is its exact length. Without `edit_list` the encoder's priming is compensated in the samples,
    for players that ignore edit lists. A draft sounds like the finished video: sound costs a hundredth of pictures.
    """

    voice: Path
    voice_sha256: str
    samples: int
    music: MusicTrack | None
    audio_kbit: int
    edit_list: bool


def sound_key(order: SoundOrder) -> list[JsonValue]:
    """Everything that decides the bytes of the encoded sound: digests, settings, versions; no paths."""
    key: list[JsonValue] = [
        *("sound/2", mixing.MIXING, mastering.MASTERING, ffmpeg_version(), _VOICE_CHAIN, *_CODER),
        *(_FIRST_CEILING, order.voice_sha256, order.samples, order.audio_kbit, order.edit_list),
    ]
    if order.music is not None:
        music = order.music.settings
        key += [order.music.sha256, music.provider == "bed", music.volume_db, music.duck_db, music.fade_seconds]
    return key


def voice_samples(voice: Path) -> int:
    """Samples in a mono 48 kHz WAV, read from its head.

    Raises:
        PermanentError: it is no plain file, no such WAV, empty, or shorter than its head says.
    """
    size = plain_file(voice)
    try:
        with wave.open(str(voice), "rb") as file:
            frames, width = file.getnframes(), file.getsampwidth()
            if (file.getnchannels(), file.getframerate()) != (1, SAMPLE_RATE):
                found = f"{file.getnchannels()} channels at {file.getframerate()} Hz"
            elif frames == 0:
                found = "no samples"
            elif frames * width > size:
                found = f"{size} bytes where its head promises {frames} samples"
            else:
                return frames
    except (wave.Error, EOFError) as error:
        found = f"no WAV ({error or 'it ends too early'})"
    raise PermanentError(
        f"Reading the voice {voice.name}: it has {found}; mono at {SAMPLE_RATE} Hz is needed. Make the voiceover again."
    )


def encode_sound(order: SoundOrder, destination: Path, *, folder: Path, check: Callable[[], None]) -> Loudness:
    """Encode voice and music as stereo AAC-LC of exactly `order.samples` samples at -14 LUFS; returns what was reached.

    The loudness is set on the mix, measured on the encoded file, and corrected once.

    Args:
        order: what is to be heard.
        destination: the m4a file to write.
        folder: where raw samples lie while this runs; nothing stays.
        check: called several times a second; what it raises (a cancellation) stops the work.

    Raises:
        NotPublishable: the voice is silent, or the encoded sound still misses loudness or peak.
        PermanentError: voice or music cannot be read; the message names the file.
    """
    voice_samples(order.voice)
    partial = destination.with_name(f".{destination.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix="sound-") as name:
            reached = _master(order, partial, Path(name), check)
        if not _is_good(reached):
            raise NotPublishable(
                f"Setting the loudness of {order.voice.name}: reached {reached.integrated_lufs} LUFS with a true peak "
                f"of {reached.true_peak_dbtp} dBTP instead of {TARGET_LUFS} and {HIGHEST_TRUE_PEAK}. Make the voice "
                "again; a track of clicks with long silence between them cannot be evened out."
            )
        partial.replace(destination)
    finally:
        partial.unlink(missing_ok=True)
    return reached


def _master(order: SoundOrder, destination: Path, raw: Path, check: Callable[[], None]) -> Loudness:
    """Mix, find the levels, encode, measure; once more with what was learnt if a rule is broken."""
    mix, measured = _mix(order, raw, check)

    def attempt(ceiling: float, target: float) -> Loudness:
        levels = mastering.find_levels(measured, ceiling, target)
        mastering.render(mix, measured, levels, raw / _LOUD)
        _encode(order, raw / _LOUD, mix.shape[1], destination, check)
        return measure_loudness(destination, lambda _: check())

    reached = attempt(_FIRST_CEILING, TARGET_LUFS)
    if _is_good(reached):
        return reached
    excess = max(0.0, reached.true_peak_dbtp - HIGHEST_TRUE_PEAK)
    return attempt(_FIRST_CEILING - excess - 0.3, 2 * TARGET_LUFS - reached.integrated_lufs)


def _is_good(got: Loudness) -> bool:
    return abs(got.integrated_lufs - TARGET_LUFS) <= LUFS_TOLERANCE and got.true_peak_dbtp <= HIGHEST_TRUE_PEAK


def _mix(order: SoundOrder, raw: Path, check: Callable[[], None]) -> tuple[Samples, Profile]:
    """The whole before mastering, one channel, or two when there is music, and what was measured on it."""
    voice = _padded(_read_voice(order.voice, raw, check), order.samples)
    voice = mixing.evened(mixing.without_clicks(voice)) if voice.any() else voice
    check()
    energies = mastering.energies(voice)
    spoken = mastering.integrated(energies)
    if not spoken > _QUIETEST:
        raise NotPublishable(
            f"Setting the loudness of {order.voice.name}: the voice is silent ({spoken:.1f} LUFS). "
            "Make the voiceover again and listen to it."
        )
    if order.music is None:
        return voice, Profile(energies, mastering.peaks(voice))
    settings = order.music.settings
    song, sung = _read_music(order.music, order.samples, raw, check)
    music = mixing.endless(song, seamless=settings.provider == "bed" or len(song) >= order.samples)
    curve = mixing.ducking(voice, settings.duck_db) + (spoken + settings.volume_db - sung)
    mix = np.empty((order.samples, 2), np.float32)
    for start in range(0, order.samples, _PIECE):
        check()
        end = min(start + _PIECE, order.samples)
        mix[start:end] = mixing.lay_under(voice[start:end], music, curve, settings, start, order.samples)
    energies = mastering.energies(mix)
    check()
    return mix, Profile(energies, mastering.peaks(mix))


def _padded(voice: Samples, samples: int) -> Samples:
    """Exactly `samples` samples: cut, or silence added."""
    return np.pad(voice[:samples], ((0, max(0, samples - len(voice))), (0, 0)))


def _read_voice(voice: Path, raw: Path, check: Callable[[], None]) -> Samples:
    _run(
        [*("-f", "wav", "-i", file_url(voice), "-map", "0:a:0", "-af", _VOICE_CHAIN), *_RAW, "-y", "voice.f32"],
        f"Reading the voice {voice.name}",
        raw,
        check,
    )
    return np.fromfile(raw / "voice.f32", "<f4").reshape(-1, 1)


def _read_music(music: MusicTrack, samples: int, raw: Path, check: Callable[[], None]) -> tuple[Samples, float]:
    """As much of the song as is needed, without silence at its ends, and its loudness in LUFS."""
    doing = f"Reading the music {music.settings.name or music.path.name}"
    plain_file(music.path)
    seconds = samples / SAMPLE_RATE + _INTRO_SECONDS
    most = math.ceil((seconds + _ROOM_SECONDS) * SAMPLE_RATE) * 2  # numbers; `-t` believes the times in the file
    _run(
        [
            *("-format_whitelist", MUSIC_FORMATS, "-t", f"{seconds:.3f}", "-i", file_url(music.path)),
            *("-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", "2", *_RAW, "-fs", str(most * 4), "-y", "music.f32"),
        ],
        doing,
        raw,
        check,
    )
    song = np.fromfile(raw / "music.f32", "<f4", count=most).reshape(-1, 2)
    if music.settings.provider != "bed":
        song = mixing.trimmed(song)
    loudness = mastering.integrated(mastering.energies(song)) if len(song) else -np.inf
    if not loudness > _QUIETEST:
        raise PermanentError(
            f"{doing}: there is nothing to hear in it ({len(song) / SAMPLE_RATE:.1f} s at {loudness:.1f} LUFS). "
            "Give another music file."
        )
    return song, loudness


def _encode(order: SoundOrder, loud: Path, channels: int, destination: Path, check: Callable[[], None]) -> None:
    """Without an edit list, what is heard starts as many samples early as the encoder adds in front."""
    cut = "" if order.edit_list else f"atrim=start_sample={PRIMING},asetpts=PTS-STARTPTS,"
    both = "pan=stereo|c0=c0|c1=c0" if channels == 1 else "anull"
    same = ("-aac_ms", "1") if channels == 1 else ()  # mid and side: the side is empty, so both ears hear the same bits
    _run(
        [
            *(*_RAW, "-ch_layout", "mono" if channels == 1 else "stereo", "-i", file_url(loud)),
            *("-map", "0:a:0", "-af", cut + both, *_CODER, *same, "-b:a", f"{order.audio_kbit}k", *BITEXACT),
            *("-use_editlist", "1" if order.edit_list else "0", "-f", "mp4", "-y", file_url(destination)),
        ],
        f"Encoding the sound of {order.voice.name}",
        loud.parent,
        check,
    )


def _run(arguments: list[str], doing: str, folder: Path, check: Callable[[], None]) -> None:
    run_ffmpeg(arguments, doing=doing, deadline_seconds=_DEADLINE_SECONDS, on_progress=lambda _: check(), folder=folder)

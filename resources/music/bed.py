"""The embedded music: a quiet bed of pads, plucks and soft percussion, made by arithmetic from a mood and a seed.

Belongs here: which notes are played when, and writing the file. Not here: how they sound (`instruments.py`). Harmony
is four chords of one major key, in voicings close to each other; nothing stands out, for somebody speaks over it.
"""

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelineage.documents import SAMPLE_RATE, MediaItem, ProviderIdentity
from reelineage.errors import PermanentError
from resources.music import Mood, MusicOrder
from resources.music.instruments import Wave, add, bass, in_a_room, kick, pad, pluck, shaker

_SHORTEST, _LONGEST = 16.0, 40.0
_PEAK = 0.5  # -6 dBFS: the mixer sets the level
_SCALE = (0, 2, 4, 5, 7, 9, 11)
_PROGRESSIONS = ((0, 4, 5, 3), (5, 3, 0, 4), (0, 5, 3, 4), (3, 0, 4, 5), (0, 2, 5, 3), (0, 3, 5, 4))  # degrees of I-vi
_KEYS = (48, 50, 51, 53, 55, 57)  # C D Eb F G A


@dataclass(frozen=True, kw_only=True)
class _Manner:
    """How a mood is played. `beat` is in samples, so that every bar starts on one; times are eighths of a bar."""

    beat: int
    sevenths: bool = False
    strokes: tuple[tuple[int, int, float], ...]  # when, which chord tone upwards, how loud
    pad: float
    bass: tuple[tuple[int, float], ...]  # when, how loud
    shaker: float = 0.0
    shake_seconds: float = 0.11
    kick: float = 0.0
    room: float


def _ripple(loud: float) -> tuple[tuple[int, int, float], ...]:
    """Chord tones up and down in eighths, every other one lighter."""
    return tuple((at, tone, loud * (0.7, 1.0)[at % 2 == 0]) for at, tone in enumerate((0, 2, 1, 3, 4, 3, 1, 2)))


_MANNERS: dict[Mood, _Manner] = {
    "calm": _Manner(  # 72 beats a minute
        beat=40_000,
        sevenths=True,
        strokes=((0, 1, 0.36), (3, 3, 0.26), (6, 2, 0.3)),
        pad=0.14,
        bass=((0, 0.08),),
        room=0.55,
    ),
    "bright": _Manner(  # 104
        beat=27_600, strokes=_ripple(0.28), pad=0.1, bass=((0, 0.12), (5, 0.08)), shaker=0.6, room=0.4
    ),
    "driving": _Manner(  # 118
        beat=24_400,
        strokes=_ripple(0.26),
        pad=0.09,
        bass=((0, 0.12), (3, 0.09), (6, 0.1)),
        shaker=0.8,
        shake_seconds=0.05,
        kick=0.26,
        room=0.3,
    ),
}


class BedMusic:
    """Makes the bed. The same order gives the same bytes."""

    @property
    def identity(self) -> ProviderIdentity:
        """This module, by its version: count it up when any sample comes out differently."""
        return ProviderIdentity(role="music_source", provider="bed", model="bed/1")

    def media(self, sha256: str) -> MediaItem:
        """The bed as a bill-of-materials item."""
        return MediaItem(
            kind="music",
            provider="bed",
            external_id=sha256[:16],
            title="Reelineage bed",
            author="Reelineage",
            page_url="",
            licence="CC0-1.0",
            attribution="",
            sha256=sha256,
        )

    def make(self, order: MusicOrder, destination: Path) -> None:
        """Write the bed: 48 kHz, stereo, 16 bits, whole bars.

        Raises:
            PermanentError: there is no such mood.
        """
        manner = _MANNERS.get(order.mood)
        if manner is None:
            raise PermanentError(
                f"Making music: there is no mood {order.mood!r}. Choose one of {', '.join(sorted(_MANNERS))}."
            )
        samples = _played(manner, order.seed, bars_for(manner.beat, order.seconds))
        with wave.open(str(destination), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes(np.rint(samples.T * 32767).astype("<i2").tobytes())


def bars_for(beat: int, seconds: float) -> int:
    """Bars, a multiple of four, that last from 16 to 40 s and come closest to `seconds` without ending early."""
    length = 16 * beat / SAMPLE_RATE
    fitting = [4 * times for times in range(1, 9) if _SHORTEST <= times * length <= _LONGEST]
    return next((bars for bars in fitting if bars / 4 * length >= seconds), fitting[-1])


def chords(seed: int, *, sevenths: bool) -> list[list[int]]:
    """Four chords as MIDI tones, each turned so that its tones lie close to those of the chord before."""
    choice = np.random.PCG64(seed).random_raw(2)
    key = _KEYS[int(choice[0]) % len(_KEYS)]
    degrees = _PROGRESSIONS[int(choice[1]) % len(_PROGRESSIONS)]
    voiced: list[list[int]] = []
    for degree in degrees:
        steps = (0, 2, 4, 6) if sevenths and degree in {0, 3, 5} else (0, 2, 4)
        tones = [key + _SCALE[(degree + step) % 7] for step in steps]
        centre = 60 if not voiced else sum(voiced[-1]) / len(voiced[-1])
        voiced.append(sorted(_nearest(tone, min(max(centre, 58), 63)) for tone in tones))
    return voiced


def roots(seed: int) -> list[int]:
    """The bass tones of the four chords, from 36 to 47."""
    choice = np.random.PCG64(seed).random_raw(2)
    key = _KEYS[int(choice[0]) % len(_KEYS)]
    return [36 + (key + _SCALE[degree]) % 12 for degree in _PROGRESSIONS[int(choice[1]) % len(_PROGRESSIONS)]]


def _played(manner: _Manner, seed: int, bars: int) -> Wave:
    bar, eighth = 4 * manner.beat, manner.beat // 2
    track = np.zeros((2, bars * bar))
    voiced, low = chords(seed, sevenths=manner.sevenths), roots(seed)
    pads = [manner.pad * _together(tones, bar) for tones in voiced]
    for number in range(bars):
        tones, start = voiced[number % 4], number * bar
        add(track, pads[number % 4], start)
        ladder = [tone + 12 * octave for octave in (1, 2) for tone in tones]
        for at, step, loud in manner.strokes:
            left = 0.5 + 0.3 * (-1) ** at
            string = loud * pluck(ladder[step])
            add(track, np.stack([np.sqrt(left) * string, np.sqrt(1 - left) * string]), start + at * eighth)
        for at, loud in manner.bass:
            add(track, loud * bass(low[number % 4], 3 * manner.beat / SAMPLE_RATE), start + at * eighth)
        for at in range(8):
            if manner.kick and at % 2 == 0:
                add(track, manner.kick * kick(), start + at * eighth)
            if manner.shaker:
                puff = manner.shaker * (0.55, 1.0)[at % 2] * shaker(21 + at, manner.shake_seconds)
                add(track, np.stack([0.8 * puff, puff]), start + at * eighth)
    room = in_a_room(track, manner.room)
    return np.asarray(room * (_PEAK / np.max(np.abs(room))), np.float64)


def _together(tones: list[int], samples: int) -> Wave:
    """A held chord with a root mean square of one: some voicings would otherwise be 3 dB louder than others."""
    chord = np.sum([pad(tone, samples, attack=0.6, release=0.6) for tone in tones], axis=0)
    return np.asarray(chord / np.sqrt(np.mean(np.square(chord))), np.float64)


def _nearest(tone: int, centre: float) -> int:
    return tone + 12 * round((centre - tone) / 12)

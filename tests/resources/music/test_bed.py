"""The bed is even, quiet where speech is, loops without a seam, and is the same every time."""

import itertools
import wave
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from reelineage.errors import PermanentError
from reelineage.theme import Theme
from resources.music import Mood, MusicOrder, MusicSource, bed, mood_for
from resources.music.bed import BedMusic, bars_for, chords, roots
from resources.rendering import mastering

MOODS: tuple[Mood, ...] = ("calm", "bright", "driving")
BEATS = {"calm": 40_000, "bright": 27_600, "driving": 24_400}


def samples_of(path: Path) -> NDArray[np.float32]:
    """Shape (samples, 2), full scale is 1."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 48_000, 2)
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return np.asarray(data.reshape(-1, 2) / 32768, np.float32)


@pytest.fixture(scope="module")
def beds(tmp_path_factory: pytest.TempPathFactory) -> dict[Mood, Path]:
    """One bed of each mood, 16 to 27 s."""
    folder = tmp_path_factory.mktemp("beds")
    made = {}
    for mood in MOODS:
        made[mood] = folder / f"{mood}.wav"
        BedMusic().make(MusicOrder(mood, seed=7, seconds=16), made[mood])
    return made


@pytest.mark.parametrize("mood", MOODS)
def test_no_bar_of_a_bed_stands_out(beds: dict[Mood, Path], mood: Mood) -> None:
    energy = mastering.energies(samples_of(beds[mood]))
    bar = 4 * BEATS[mood] // 48
    count = round(len(energy) / bar)
    levels = [10 * np.log10(energy[at * bar : (at + 1) * bar].mean()) for at in range(count)]
    assert count % 4 == 0
    assert np.abs(levels - 10 * np.log10(energy.mean())).max() < 3


@pytest.mark.parametrize("mood", MOODS)
def test_a_bed_neither_clips_nor_leans_and_leaves_room_for_the_voice(beds: dict[Mood, Path], mood: Mood) -> None:
    samples = samples_of(beds[mood])
    assert 0.45 < np.abs(samples).max() <= 0.501
    assert np.abs(samples.mean(axis=0)).max() < 1e-4
    assert -22 < mastering.integrated(mastering.energies(samples)) < -13
    power = np.sum(np.abs(np.fft.rfft(samples, axis=0)) ** 2, axis=1)
    frequency = np.fft.rfftfreq(len(samples), 1 / 48_000)
    share = [
        10 * np.log10(power[(frequency >= low) & (frequency < high)].sum() / power.sum())
        for low, high in ((60, 1000), (1000, 4000), (10_000, 24_000))
    ]
    assert share[0] > -1
    assert -30 < share[1] < -10, "words live from 1 to 4 kHz"
    assert share[2] < -25


@pytest.mark.parametrize("mood", MOODS)
def test_a_bed_is_wide_and_survives_one_loudspeaker(beds: dict[Mood, Path], mood: Mood) -> None:
    left, right = samples_of(beds[mood]).T
    likeness = float(np.corrcoef(left, right)[0, 1])
    assert 0.2 < likeness < 0.9


@pytest.mark.parametrize("mood", MOODS)
def test_the_end_of_a_bed_leads_into_its_start(beds: dict[Mood, Path], mood: Mood) -> None:
    """At the seam nothing happens that does not happen at every bar line: no jump, no new energy, no gap."""
    samples = samples_of(beds[mood])
    twice = np.concatenate([samples, samples])
    bar, seam = 4 * BEATS[mood], len(samples)
    steps = np.abs(np.diff(twice, axis=0)).max(axis=1)
    lines = [steps[line - 48 : line].max() for line in range(bar, seam, bar)]
    assert steps[seam - 48 : seam].max() <= 1.5 * max(lines)
    spectra = np.abs(np.fft.rfft(twice[:, 0].reshape(-1, 400) * np.hanning(400), axis=1))
    flux = np.sum(np.maximum(np.diff(spectra, axis=0), 0), axis=1)
    others = [flux[line // 400 - 3 : line // 400 + 3].max() for line in range(bar, seam, bar)]
    assert flux[seam // 400 - 3 : seam // 400 + 3].max() <= 1.5 * max(others)
    before, after = (
        np.sqrt(np.mean(np.square(part))) for part in (twice[seam - 4800 : seam], twice[seam : seam + 4800])
    )
    assert abs(20 * np.log10(before / after)) < 6


def test_the_same_order_gives_the_same_bytes_and_another_seed_another_piece(
    beds: dict[Mood, Path], tmp_path: Path
) -> None:
    digests = [sha256(beds["driving"].read_bytes()).hexdigest()]
    for seed in (7, 8):
        BedMusic().make(MusicOrder("driving", seed, 16), tmp_path / f"{seed}.wav")
        digests.append(sha256((tmp_path / f"{seed}.wav").read_bytes()).hexdigest())
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("seconds", [0.5, 16, 25, 40, 180])
def test_a_bed_lasts_whole_bars_of_16_to_40_seconds_and_if_it_can_as_long_as_the_video(
    mood: Mood, seconds: float
) -> None:
    bars = bars_for(BEATS[mood], seconds)
    length = bars * 4 * BEATS[mood] / 48_000
    assert bars % 4 == 0
    assert 16 <= length <= 40
    assert length >= min(seconds, 32)


@pytest.mark.parametrize("sevenths", [False, True])
def test_every_seed_gives_plain_chords_that_move_by_small_steps(*, sevenths: bool) -> None:
    kinds = {(4, 3), (3, 4), (4, 3, 4), (3, 4, 3)}  # major, minor, their sevenths, counted in semitones from the root
    for seed in range(60):
        progression = chords(seed, sevenths=sevenths)
        for tones, root in zip(progression, roots(seed), strict=True):
            ladder = sorted((tone - root) % 12 for tone in tones)
            assert tuple(b - a for a, b in itertools.pairwise(ladder)) in kinds
            assert tones[0] >= 50
            assert tones[-1] <= 71
            assert 36 <= root <= 47
        centres = [sum(tones) / len(tones) for tones in progression]
        assert max(abs(b - a) for a, b in itertools.pairwise(centres)) <= 4


def test_every_chord_is_held_equally_loud() -> None:
    levels = [np.std(bed._together(tones, 60_000)) for seed in range(3) for tones in chords(seed, sevenths=True)]
    assert max(levels) / min(levels) < 1.01


def test_the_bed_says_what_it_is_and_who_may_use_it() -> None:
    source: MusicSource = BedMusic()
    item = source.media("a" * 64)
    assert (item.kind, item.provider, item.licence, item.sha256) == ("music", "bed", "CC0-1.0", "a" * 64)
    assert (source.identity.role, source.identity.provider, source.identity.model) == ("music_source", "bed", "bed/1")
    assert source.identity.stand_in is None


def test_a_mood_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match=r"no mood 'gloomy'.*bright, calm, driving"):
        BedMusic().make(MusicOrder("gloomy", 1, 20), tmp_path / "bed.wav")  # type: ignore[arg-type]  # the point
    assert list(tmp_path.iterdir()) == []


def test_every_tone_of_a_theme_has_a_mood() -> None:
    tones = Theme.model_fields["tone"].annotation.__args__  # type: ignore[union-attr]  # a Literal
    assert {tone: mood_for(tone) for tone in tones} == {"lively": "bright", "calm": "calm", "plain": "calm"}

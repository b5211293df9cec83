"""Voice and music before mastering: clicks go, speech stays, loops have no seam, ducking follows the words."""

import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from reelineage.look import Music
from resources.rendering import mixing
from tests.resources.rendering.media import babble

RATE = 48_000
Sound = NDArray[np.float32]


def mono(frames: int) -> Sound:
    return babble(frames)[:, None]


def song(seconds: float, *, beat: float = 0.5) -> Sound:
    """Noise in beats over a chord, different on both sides; it starts and ends in the middle of everything."""
    time = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(5).uniform(-1, 1, (len(time), 2)) * np.exp(-(time % beat) * 20)[:, None]
    chord = np.stack([np.sin(2 * np.pi * 220.3 * time), np.sin(2 * np.pi * 331.7 * time)], axis=1)
    return np.asarray(0.1 * noise + 0.2 * chord, np.float32)


def jump_at(sound: Sound, place: int) -> float:
    """The largest step between neighbouring samples around `place`."""
    return float(np.abs(np.diff(sound[place - 4 : place + 4], axis=0)).max())


def test_clicks_in_speech_are_removed_and_the_rest_is_not_touched() -> None:
    clean = mono(150)
    places = np.arange(7_001, len(clean) - 500, 9_973)
    clicked = clean.copy()
    for place in places:
        clicked[place : place + 3] += 0.4
    mended = mixing.without_clicks(clicked)
    before, after = np.abs(clicked - clean), np.abs(mended - clean)
    assert np.mean([before[at : at + 3].max() for at in places]) > 0.35
    assert np.mean([after[at - 3 : at + 6].max() for at in places]) < 0.04
    far = np.ones(len(clean), bool)
    for place in places:
        far[place - 8 : place + 12] = False
    assert after[far].max() == 0.0


def test_speech_without_clicks_comes_out_as_it_went_in() -> None:
    voice = mono(90)
    assert np.array_equal(mixing.without_clicks(voice), voice)


def test_a_burst_longer_than_a_click_stays() -> None:
    """A `t` between silences is 5 ms of noise."""
    voice = mono(60)
    voice[18_000:30_000] = 0
    voice[24_000:24_240, 0] = np.random.default_rng(2).uniform(-0.2, 0.2, 240)
    assert np.array_equal(mixing.without_clicks(voice)[23_900:24_340], voice[23_900:24_340])


@pytest.mark.parametrize("level", [0.003, 1.0])
def test_compression_brings_loud_and_quiet_words_together_at_any_level(level: float) -> None:
    """Half of it is 12 dB louder; ratio 2.5 leaves less of the difference, and quiet words stay as they are."""
    time = np.arange(4 * RATE) / RATE
    loudness = np.where(time < 2, 0.15, 0.6)
    voice = np.asarray(level * loudness * np.sin(2 * np.pi * 300 * time), np.float32)[:, None]
    made = mixing.evened(voice)
    quiet, loud = (
        20 * np.log10(np.std(made[a:b]) / np.std(voice[a:b])) for a, b in ((9_600, 86_400), (105_600, 182_400))
    )
    assert -1.0 < quiet <= 0.0
    assert -4.0 < loud < -2.0


def test_music_is_down_before_a_word_starts_and_does_not_come_up_in_short_gaps() -> None:
    voice = np.zeros((8 * RATE, 1), np.float32)
    hum = (0.3 * np.sin(np.arange(RATE) * 0.03)).astype(np.float32)[:, None]
    for start in (1.0, 2.4, 6.0):  # a gap of 0.4 s, then one of 2.6 s
        voice[round(start * RATE) : round(start * RATE) + RATE] = hum
    curve = mixing.ducking(voice, 10.0)
    assert np.all(curve[100:340] == -10.0), "from the first word to the end of the second, the gap included"
    assert np.all(curve[425:570] == 0.0), "all the way up in the long gap"
    assert curve[595] == -10.0, "down before the third word"
    assert curve[20] == 0.0
    assert np.abs(np.diff(curve)).max() <= 10.0 / 20 + 1e-9, "it takes 0.2 s, no jumps"


def test_a_song_that_was_not_made_to_loop_is_laid_over_itself_without_a_jump() -> None:
    music = song(5.3)
    loop = mixing.endless(music, seamless=False)
    heard = loop.take(0, 16 * RATE)
    period = len(music) - loop.overlap
    assert RATE <= loop.overlap <= 3 * RATE
    usual = np.abs(np.diff(music, axis=0)).max()
    for seam in (period, period + loop.overlap, 2 * period):
        assert jump_at(heard, seam) <= 1.2 * usual
    steps = np.abs(np.fft.rfft(heard[: len(heard) // 960 * 960, 0].reshape(-1, 960) * np.hanning(960), axis=1))
    flux = np.sum(np.maximum(np.diff(steps, axis=0), 0), axis=1)
    inside = flux[: period // 960 - 2]
    around = flux[period // 960 - 2 : (period + loop.overlap) // 960 + 2]
    assert around.max() <= 1.3 * inside.max(), "no new onset stands out"
    level = np.sqrt(np.mean(np.square(heard[: len(heard) // RATE * RATE].reshape(-1, RATE * 2)), axis=1))
    assert 20 * np.log10(level.max() / level.min()) < 4


def test_the_overlap_lets_beats_fall_on_beats() -> None:
    loop = mixing.endless(song(7.77, beat=0.5), seamless=False)
    period = (7.77 * RATE - loop.overlap) / RATE
    assert abs(period / 0.5 - round(period / 0.5)) * 0.5 <= 0.011, (
        "a whole number of beats, but for the 10 ms of search"
    )


def test_a_loop_made_as_one_repeats_sample_for_sample() -> None:
    music = song(1.0)
    assert np.array_equal(
        mixing.endless(music, seamless=True).take(10, 2 * RATE + 7), np.tile(music, (3, 1))[10:][: 2 * RATE + 7]
    )


@pytest.mark.parametrize("samples", [1, 2, 479, 481, 24_000])
def test_pieces_of_a_loop_join_to_the_whole_however_short_the_song(samples: int) -> None:
    loop = mixing.endless(song(1.0)[:samples], seamless=False)
    count = min(20_000 + samples, 40 * samples + 100)
    whole = loop.take(0, count)
    assert whole.shape == (count, 2)
    middle = count // 3
    assert np.array_equal(np.concatenate([loop.take(0, middle), loop.take(middle, count - middle)]), whole)


def test_silence_around_a_song_is_left_out() -> None:
    quiet = np.zeros((RATE, 2), np.float32)
    made = mixing.trimmed(np.concatenate([quiet, song(1.0), quiet]))
    assert abs(len(made) - RATE) <= 480
    assert len(mixing.trimmed(quiet)) == 0
    assert len(mixing.trimmed(quiet[:0])) == 0


def test_a_mix_made_in_pieces_is_the_mix_made_at_once() -> None:
    voice, settings = mono(60), Music(fade_seconds=0.4)
    music = mixing.endless(song(0.7), seamless=False)
    curve = mixing.ducking(voice, 10.0)
    whole = mixing.lay_under(voice, music, curve, settings, 0, len(voice))
    pieces = [
        mixing.lay_under(voice[at : at + 10_000], music, curve, settings, at, len(voice))
        for at in range(0, len(voice), 10_000)
    ]
    assert np.array_equal(np.concatenate(pieces), whole)
    assert np.abs(whole[0] - voice[0]).max() < 1e-4, "the music starts from nothing"
    assert np.abs(whole[-1] - voice[-1]).max() < 1e-4, "and ends in nothing"


def test_a_long_voice_is_evened_in_pieces_as_if_it_were_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    voice = np.tile(mono(120), (10, 1))
    tracemalloc.start()
    try:
        made = mixing.evened(voice)
        highest = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert highest < 4 * voice.nbytes  # measured: 2.0; made at once, 6.2
    monkeypatch.setattr(mixing, "_PIECE", len(voice))
    assert np.array_equal(mixing.evened(voice), made)


def hard_case() -> tuple[Sound, Sound]:
    """A voice with clicks, loud and soft words and pauses, and a song with silent ends; the same on any machine."""
    random = np.random.default_rng(11)
    time = np.arange(6 * RATE)
    words = np.abs(time % 1_600 - 800) * 20 - 8_000 + random.integers(-500, 500, len(time))
    words[time // RATE % 2 == 1] //= 5
    words[2 * RATE : 3 * RATE] = 0
    words[9_001::19_973] += 12_000
    notes = np.stack([np.abs(time % step - step // 2) * (16_000 // step) - 4_000 for step in (218, 146)], axis=1)
    notes += random.integers(-3_000, 3_000, notes.shape) * (time % 24_000 < 2_000)[:, None]
    notes[:RATE] = notes[-RATE // 2 :] = 0
    return (np.asarray(words[:, None] / 32768, np.float32), np.asarray(notes[: 4 * RATE] / 32768, np.float32))


# What each version of the mixing code makes of that: one number per half second, see `numbers`. Cached sounds name only
# the version in their keys.
MIX_OF_VERSION = {
    "mixing/1": [
        -800065.1,
        764335.04,
        -112349.38,
        -2834.27,
        -11863.93,
        -145092.76,
        101769.71,
        -489134.12,
        752.88,
        777550.68,
        195194.64,
        -96382.41,
    ]
}


def numbers(sound: Sound) -> NDArray[np.float64]:
    """Every half second, all its samples at 16 bits added up with random signs: none changes without showing.

    Not a digest: other processors round the last bit of a sine otherwise, which moves these by a few tenths.
    """
    signs = np.random.default_rng(13).choice([-1.0, 1.0], sound.shape)
    return np.add.reduceat(np.sum(sound * 32768.0 * signs, axis=1), np.arange(0, len(sound), RATE // 2))


def test_a_change_of_any_mixed_sample_raises_the_version_that_cached_sounds_name() -> None:
    voice, music = hard_case()
    voice = mixing.evened(mixing.without_clicks(voice))
    loop = mixing.endless(mixing.trimmed(music), seamless=False)
    mix = mixing.lay_under(voice, loop, mixing.ducking(voice, 9.0), Music(fade_seconds=0.4), 0, len(voice))
    assert numbers(mix) == pytest.approx(MIX_OF_VERSION[mixing.MIXING], abs=2.0)

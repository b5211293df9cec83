"""The embedded voice: repeatable, timed, and deaf to markup."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, save

from reelineage.errors import PermanentError
from reelineage.timeline.spoken import estimate_seconds
from reelineage.timeline.voice_track import VoicedSentence, assemble_voice_track
from resources.speech import Speech
from resources.speech.piper import PiperSpeech
from resources.speech.piper_graph import load_session

COUNTED = "In the end, it has 10.4K views 🔥 – a lot!"
LIST = "Three words: simple, fast, honest."


@pytest.fixture(scope="module")
def piper() -> PiperSpeech:
    return PiperSpeech()


@pytest.fixture(scope="module")
def counted(piper: PiperSpeech) -> Speech:
    return piper.speak(COUNTED, pace=1.05)


def digest(speech: Speech) -> str:
    return sha256(speech.samples.tobytes() + repr(speech.words).encode()).hexdigest()


def test_words_are_those_written_in_order_inside_the_sentence(counted: Speech) -> None:
    assert [word.text for word in counted.words] == COUNTED.split()
    cursor = 0.0
    for word in counted.words:
        assert word.start_seconds >= cursor
        assert word.end_seconds - word.start_seconds >= 0.0399
        cursor = word.end_seconds
    assert cursor <= counted.samples.size / 48_000 + 1e-3
    number = counted.words[5]
    assert number.end_seconds - number.start_seconds > 0.7  # "ten point four thousand"


def test_samples_are_audible_mono_floats_in_range(counted: Speech) -> None:
    assert counted.samples.dtype == np.float32
    assert counted.samples.ndim == 1
    assert 0.1 < np.abs(counted.samples).max() <= 1.0


def test_another_process_gives_the_same_samples_whatever_was_said_before(piper: PiperSpeech, counted: Speech) -> None:
    piper.speak("Something else.", pace=1.2)
    again = piper.speak(COUNTED, pace=1.05)
    assert digest(again) == digest(counted)
    code = "from tests.resources.speech.test_piper import *\nprint(digest(PiperSpeech().speak(COUNTED, pace=1.05)))"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == digest(counted)


def test_a_word_after_a_pause_starts_where_the_sound_does(piper: PiperSpeech) -> None:
    speech = piper.speak(LIST, pace=1.0)
    loudness = np.sqrt(np.mean(speech.samples[: speech.samples.size // 240 * 240].reshape(-1, 240) ** 2, axis=1))
    quiet = loudness < loudness.max() * 10 ** (-35 / 20)
    onsets = [i * 0.005 for i in range(12, quiet.size) if quiet[i - 12 : i].all() and not quiet[i]]
    for word in speech.words[2:]:
        assert min(abs(onset - word.start_seconds) for onset in onsets) < 0.06, word


def test_pace_makes_speech_shorter_by_what_it_says(piper: PiperSpeech) -> None:
    text = "Here is what everyone watched this week, and it is more than you think."
    plain, fast = (piper.speak(text, pace=pace).samples.size for pace in (1.0, 1.25))
    assert plain / fast == pytest.approx(1.25, rel=0.08)


def test_the_estimate_is_close_for_a_whole_script(piper: PiperSpeech) -> None:
    texts = ["It reached 2.1 million views in two days.", "Follow for more.", "Most of them are under three minutes."]
    spoken = [piper.speak(text, pace=1.05) for text in texts]
    track = assemble_voice_track(
        [VoicedSentence(1, t, s.samples, s.words, "0" * 64) for t, s in zip(texts, spoken, strict=True)]
    )
    heard = sum(sentence.end_seconds - sentence.start_seconds for sentence in track.sentences)
    assert sum(estimate_seconds(text, 1.05) for text in texts) == pytest.approx(heard, rel=0.12)


def test_markup_sounds_like_the_plain_words_in_it(piper: PiperSpeech) -> None:
    for marked, plain in [("[[hello]] there.", "hello, there."), ("<speak>hi</speak>", "speak hi speak")]:
        assert np.array_equal(piper.speak(marked, pace=1.0).samples, piper.speak(plain, pace=1.0).samples)


@pytest.mark.parametrize("text", ["", "😀 🔥", "…?!", "Привет", "{}<>[]"])
def test_a_sentence_that_cannot_be_said_is_refused_with_its_text(piper: PiperSpeech, text: str) -> None:
    with pytest.raises(PermanentError, match="no Latin letter or digit"):
        piper.speak(text, pace=1.0)


def test_a_pace_nobody_can_follow_and_an_endless_sentence_are_refused(piper: PiperSpeech) -> None:
    for text, pace in [("Hello.", 0.0), ("Hello.", 4.0), ("Hello.", float("nan")), ("word " * 500, 1.0)]:
        with pytest.raises(PermanentError, match="Split the sentence"):
            piper.speak(text, pace=pace)


def test_a_long_sentence_is_spoken_to_its_end(piper: PiperSpeech) -> None:
    text = ("and so the list goes on with one more song " * 7)[:300].strip()
    speech = piper.speak(text, pace=1.5)
    assert speech.words[-1].end_seconds > speech.samples.size / 48_000 - 0.5
    assert len(speech.words) == len(text.split())


def test_the_voice_and_the_model_are_named_for_the_record(piper: PiperSpeech) -> None:
    assert (piper.identity.provider, piper.identity.model) == ("piper", "en_US-joe-medium")
    assert piper.voice.sha256 == "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06"
    assert "Lessac" in piper.voice.licence


def test_a_file_that_is_no_voice_is_refused(tmp_path: Path) -> None:
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Ceil", ["x"], ["y"])], "g", [value], [value])
    save(helper.make_model(graph), str(tmp_path / "other.onnx"))
    with pytest.raises(PermanentError, match=r"other\.onnx"):
        load_session(tmp_path / "other.onnx")

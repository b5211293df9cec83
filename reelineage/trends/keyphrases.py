"""Key phrases of a topic's titles, by YAKE (unsupervised, statistics of the text alone).

Belongs here: calling yake, and leaving out phrases that name no topic. Not here: topics and labels.
"""

from collections.abc import Sequence

from reelineage.text import clean_text
from reelineage.trends.vocabulary import carries_topic, words_of

MAX_PHRASES = 5
_MAX_TITLES = 40


def key_phrases(titles: Sequence[str]) -> tuple[str, ...]:
    """Up to five phrases of one to three words, most telling first, each with a word that can name a topic."""
    import yake  # noqa: PLC0415 — heavy import, only when used

    text = ". ".join(clean_text(title, max_characters=150) for title in titles[:_MAX_TITLES])
    extractor = yake.KeywordExtractor(lan="en", n=3, top=20, dedupLim=0.7)
    kept: dict[frozenset[str], str] = {}
    for phrase, _ in extractor.extract_keywords(text):
        forms = [word.form for word in words_of(phrase)]
        if not forms or not carries_topic(forms[0]) or not carries_topic(forms[-1]):
            continue
        parts = frozenset(forms)
        if not any(parts <= other or other <= parts for other in kept):  # "desk" beside "small desk" tells nothing
            kept[parts] = phrase
    return tuple(kept.values())[:MAX_PHRASES]

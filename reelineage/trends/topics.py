"""Topics: clusters of items about one thing, with a readable label.

Belongs here: clustering (scikit-learn TF-IDF) and labels. Not here: key phrases and statements about topics.
A cluster becomes a topic only when its items share a phrase that a title spells out: two titles that merely share
"water" are no topic.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reelineage.trends.ranking import Item
from reelineage.trends.vocabulary import TOO_COMMON, carries_topic, phrases_of, words_of

# Average linkage needs every pair of items: 1,000 items are a million pairs, 8 MB and about a third of a second.
MAX_CLUSTERED = 1_000
MAX_DISTANCE = 0.92
_LONE_TOPICS = 3
_LABEL_CHARACTERS = 40


@dataclass(frozen=True)
class Cluster:
    """Items of one topic, strongest first; each mentions the label in its title or tags."""

    label: str
    items: tuple[Item, ...]


def find_topics(ranked: Sequence[Item]) -> list[Cluster]:
    """Topics among the strongest 1,000 items, in the order of their strongest item.

    Without any two items that share something, the three strongest stand for a topic each.
    """
    items = ranked[:MAX_CLUSTERED]
    labelled: dict[str, tuple[str, list[Item]]] = {}
    for group in _clusters(items):
        if named := _named(group):
            label, mentions = named
            labelled.setdefault(label.casefold(), (label, []))[1].extend(mentions)
    if not labelled:
        return [Cluster(_lone_label(item), (item,)) for item in items[:_LONE_TOPICS]]
    order = {item.latest.item_key: place for place, item in enumerate(items)}
    clusters = [
        Cluster(label, tuple(sorted(group, key=lambda item: order[item.latest.item_key])))
        for label, group in labelled.values()
    ]
    return sorted(clusters, key=lambda cluster: order[cluster.items[0].latest.item_key])


def _clusters(items: Sequence[Item]) -> list[list[Item]]:
    """Groups of at least two items whose titles and tags are close (cosine distance, average linkage)."""
    texts = [_features(item) for item in items]
    if sum(1 for text in texts if text) < 2:
        return []
    import numpy as np  # noqa: PLC0415 — heavy import, only when used
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415 — as above
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 — as above

    vectors = TfidfVectorizer(analyzer=list, sublinear_tf=True).fit_transform(texts)
    distances = np.clip(1.0 - (vectors @ vectors.T).toarray(), 0.0, 1.0)
    np.fill_diagonal(distances, 0.0)
    # Rounded, so that the last bit of a dot product cannot decide between two equally near items.
    numbers = AgglomerativeClustering(
        n_clusters=None, distance_threshold=MAX_DISTANCE, metric="precomputed", linkage="average"
    ).fit_predict(np.round(distances, 9))
    groups: dict[int, list[Item]] = {}
    for item, number in zip(items, numbers.tolist(), strict=True):
        groups.setdefault(number, []).append(item)
    return [group for group in groups.values() if len(group) > 1]


def _features(item: Item) -> list[str]:
    """Words and pairs of words; a title counts twice. A tag of two words meets the same pair in a title."""
    title = _words_and_pairs(item.latest.title)
    return title + title + [part for tag in item.latest.hashtags for part in _words_and_pairs(tag)]


def _words_and_pairs(text: str) -> list[str]:
    return list(phrases_of(text[:300], longest=2))


def _named(group: Sequence[Item]) -> tuple[str, list[Item]] | None:
    """The label of a group and the items that mention it, in title or tags; None when nothing names the group.

    At least two titles spell the phrase out (three when it is a single word), and at least half of the items mention
    it. A longer phrase wins over a slightly commoner shorter one; a tag weighs half a title.
    """
    in_titles = [phrases_of(item.latest.title) for item in group]
    in_tags = [{phrase for tag in item.latest.hashtags for phrase in phrases_of(tag)} for item in group]
    titles = Counter(phrase for phrases in in_titles for phrase in phrases)
    scored = []
    for phrase, count in titles.items():
        words = phrase.count(" ") + 1
        tagged = sum(phrase in tags and phrase not in title for title, tags in zip(in_titles, in_tags, strict=True))
        enough = count >= (2 if words > 1 else 3) and 2 * (count + tagged) >= len(group)
        if enough and len(phrase) > 2 and not (words == 1 and phrase in TOO_COMMON):
            scored.append((-(count + tagged / 2) * (1 + 0.45 * (words - 1)), -words, phrase))
    if not scored:
        return None
    best = min(scored)[2]
    written = [
        item.latest.title[slice(*phrases[best])]
        for phrases, item in zip(in_titles, group, strict=True)
        if best in phrases
    ]
    mentions = [
        item for item, title, tags in zip(group, in_titles, in_tags, strict=True) if best in title or best in tags
    ]
    return _in_title_case(_commonest(written)), mentions


def _commonest(written: Sequence[str]) -> str:
    counts = Counter(written)
    return min(counts, key=lambda form: (form.isupper() and len(form) > 5, -counts[form], form))


def _lone_label(item: Item) -> str:
    """Two to four words of a title, for an item that stands alone."""
    title = item.latest.title
    found = phrases_of(title)
    if found:
        longest = max(found, key=lambda phrase: (phrase.count(" "), -found[phrase][0]))
        return _in_title_case(title[found[longest][0] : found[longest][1]])
    words = [word for word in words_of(title) if carries_topic(word.form)] or words_of(title)
    return _in_title_case(" ".join(title[word.start : word.end] for word in words[:3]) or title)


def _in_title_case(phrase: str) -> str:
    """Capital first letters; `iPhone` and `5K` stay as written, shouting does not."""
    words = []
    for word in phrase[:_LABEL_CHARACTERS].removesuffix("'s").removesuffix("’s").split():
        if word.islower():
            words.append(word[:1].upper() + word[1:])
        elif word.isupper() and len(word) > 4:
            words.append(word.capitalize())
        else:
            words.append(word)
    return " ".join(words)

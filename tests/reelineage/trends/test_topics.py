"""Topics, labels, key phrases, hooks and title shapes."""

import pytest

from reelineage.trends.hooks import HOOK_TYPES, hook_type, title_shape
from reelineage.trends.keyphrases import key_phrases
from reelineage.trends.ranking import rank
from reelineage.trends.topics import Cluster, find_topics
from tests.reelineage.trends.factories import seen


def topics_of(*titles: str, tags: tuple[str, ...] = ()) -> list[Cluster]:
    return find_topics(rank(seen(f"i{n}", title=title, hashtags=tags, likes=99 - n) for n, title in enumerate(titles)))


def labels_of(*titles: str) -> list[str]:
    return [cluster.label for cluster in topics_of(*titles)]


def test_items_about_one_thing_become_a_topic_named_by_their_titles() -> None:
    found = topics_of(
        "Sourdough starter in 3 days", "iPhone X vs makeup", "My sourdough starter died", "2 weeks with IPHONE X"
    )  # fmt: skip
    assert [(cluster.label, len(cluster.items)) for cluster in found] == [("Sourdough Starter", 2), ("iPhone X", 2)]


def test_the_items_of_a_topic_stand_strongest_first() -> None:
    (found,) = topics_of("Small desk tour", "Small desk ideas", "Small desk lamp")
    assert [item.latest.title for item in found.items] == ["Small desk tour", "Small desk ideas", "Small desk lamp"]


def test_plurals_and_possessives_are_the_same_topic() -> None:
    assert labels_of("The moon base's door", "Two moon bases compared") == ["Moon Base"]


def test_two_titles_that_merely_share_a_word_are_no_topic() -> None:
    assert "Water" not in labels_of("Walk on water", "The shape of water", "Tea for two")


def test_channel_noise_and_stop_words_never_name_a_topic() -> None:
    labels = labels_of(
        "Ann - Blue (Official Music Video)", "Bob - Red (Official Music Video)", "Cy - Green (Official Video)"
    )
    assert not any("Official" in label or "Video" in label for label in labels)


def test_every_item_of_a_topic_mentions_its_label() -> None:
    found = topics_of("Small desk tour", "Small desk ideas", "Desk lamp ideas tour", tags=("ideas", "tour"))
    for cluster in found:
        for item in cluster.items:
            mentioned = item.latest.title + " ".join(item.latest.hashtags)
            assert cluster.label.lower() in mentioned.lower()


def test_an_item_that_stands_alone_is_labelled_with_words_of_its_title() -> None:
    assert labels_of("Fixing the leaky kitchen tap") == ["Leaky Kitchen Tap"]
    assert labels_of("🔥🔥🔥") == ["🔥🔥🔥"]
    assert labels_of("Why not?") == ["Why Not"]


def test_shouted_labels_are_calmed_and_short_names_stay() -> None:
    assert labels_of("GOLDEN RETRIEVER SURPRISE", "GOLDEN RETRIEVER BATH") == ["Golden Retriever"]
    assert labels_of("NASA probe launch", "Another NASA probe launch") == ["NASA Probe Launch"]


@pytest.mark.parametrize(
    ("title", "hook"),
    [
        ("Which countries are about to collapse?", "question"),
        ("How To Dry a Shirt in 30 Seconds", "how_to"),
        ("5 Ice Cream Gadgets put to the Test", "list"),
        ("WWE Top 10, Nov. 11", "list"),
        ("2 Weeks with a phone", "number"),
        ("7.3 Magnitude Earthquake", "number"),
        ("Spaghetti burrito VS burrito", "versus"),
        ("ELDERS REACT TO PHONES", "reaction"),
        ("I’m moving out", "story"),
        ("Inside the cheese caves", "reveal"),
        ("Never buy a desk before this", "claim"),
        ("The crispiest dinner", "claim"),
        ("Wide River - Blue (Official Video)", "release"),
        ("Train swipes parked vehicle", "plain"),
        ("", "plain"),
    ],
)
def test_hook_types_follow_their_rules(title: str, hook: str) -> None:
    assert hook_type(title) == hook
    assert hook in HOOK_TYPES


def test_title_shapes_tell_case_or_length() -> None:
    assert title_shape("SECRETS REVEALED!") == "in capitals"
    assert title_shape("U2") == "up to 30 characters"
    assert title_shape("x" * 31) == "31 to 60 characters"
    assert title_shape("x" * 61) == "over 60 characters"


def test_key_phrases_carry_the_topic_and_do_not_repeat_each_other() -> None:
    phrases = key_phrases(["Small desk setup tour", "The small desk setup I use", "Every cable on a small desk"])
    assert any("desk" in phrase.lower() for phrase in phrases)
    words = [set(phrase.lower().split()) for phrase in phrases]
    assert not any(a < b for a in words for b in words)
    assert key_phrases(["🔥", "the of and"]) == ()

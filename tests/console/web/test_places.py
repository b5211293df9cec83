"""Places in documents as pages name them."""

import pytest
from pydantic import JsonValue

from console.web.places import in_words
from reelineage.comparing.comparison import Named, Order, Path, differences


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("scenes", Named(("number",), ("1",)), "sentences", 0, "text"), "scene 1, sentence 1, text"),
        (("scenes", Named(("number",), ("2",)), "visual", "visual_prompt"), "scene 2, visual, visual prompt"),
        ((Named(("scene",), ("3",)), "frames"), "scene 3, frames"),
        ((0, "frames"), "number 1, frames"),
        (("hashtags", 9), "hashtag 10"),
        (("topics", 0, "series", 1, "views"), "topic 1, point 2, views"),
        (("topics", 0, "series"), "topic 1, series"),
        (("observations", Named(("platform", "external_id"), ("youtube", "a b\n"))), "observation youtube a b"),
        (("scenes", Order()), "scenes, their order"),
        (("theme", "x" * 500), f"theme, {'x' * 100}"),
        ((), "all of it"),
    ],
)
def test_a_place_is_said_in_words_and_counted_from_one(path: Path, said: str) -> None:
    assert in_words(path) == said


def test_the_second_of_two_sentences_is_sentence_2() -> None:
    def script(second: str) -> JsonValue:
        return {"scenes": [{"number": 7, "sentences": [{"text": "a"}, {"text": second}]}]}

    assert [in_words(one.path) for one in differences(script("b"), script("c"))] == ["scene 7, sentence 2, text"]

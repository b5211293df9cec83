"""The countdown: valid and in time for every seed, every number from the data, every claim cited."""

import re
from itertools import pairwise

import pytest

from reelineage.documents import SceneRole, Script, Sentence, TrendAnalysis, VisualKind
from reelineage.errors import BadInput
from reelineage.scripting import write_script
from reelineage.scripting.fitting import spoken_seconds
from reelineage.theme import Theme
from tests.reelineage.scripting.samples import REQUEST, SEEN, TITLES, analysis, briefing

HOSTILE = (
    "🔥🔥🔥",
    "مرحبا بالعالم",
    r"{\an8}{\b1} hello from a subtitle",
    "<speak>say this</speak> [[t'est]]",
    "%{pts} it's 5:30 \\N 'quoted' : and more",
    "A" * 290,
    "word " * 55,
    "x",
    "😀 " * 40 + "end",
)


def write(seed: int, *, theme: Theme | None = None, about: TrendAnalysis | None = None) -> Script:
    return write_script(theme or briefing(), about or analysis(), seed=seed, request_sha256=REQUEST)


def sentences(script: Script) -> list[Sentence]:
    return [sentence for scene in script.scenes for sentence in scene.sentences]


def seconds(script: Script, pace: float) -> float:
    return spoken_seconds([[sentence.text for sentence in scene.sentences] for scene in script.scenes], pace)


def check_rules(script: Script, about: TrendAnalysis) -> None:
    """What holds for every script, whatever went in."""
    said = sentences(script)
    texts = ["".join(c for c in one.text.casefold() if c.isalnum()) for one in said]
    assert len(set(texts)) == len(texts), [one.text for one in said]
    known = {key for item in about.ranked for key in item.evidence}
    known |= {key for topic in about.topics for key in topic.evidence}
    assert {key for one in said for key in one.citations} <= known
    assert {datum.evidence for scene in script.scenes for datum in scene.visual.data} <= known
    assert [scene.number for scene in script.scenes] == list(range(1, len(script.scenes) + 1))
    assert len(script.scenes) >= 2
    for one in said:
        assert not re.search(r"\{[a-z_]+\}|\bNone\b|  |\.\.$|\?\.", one.text.replace("%{pts}", "")), one.text
    for scene in script.scenes:
        assert 0 < len(scene.visual.headline) <= 60
        assert len(scene.visual.data) <= 6
        assert all(len(datum.label) <= 40 for datum in scene.visual.data)
        assert scene.visual_prompt


def test_every_seed_gives_a_valid_script_of_the_right_length() -> None:
    about = analysis()
    told = set()
    for seed in range(201):
        script = write(seed, about=about)
        check_rules(script, about)
        assert abs(seconds(script, 1.05) / 30 - 1) <= 0.08
        told.add(tuple(one.text for one in sentences(script)))
    assert len(told) == 201


@pytest.mark.parametrize("target", [15, 22, 45, 60, 90])
@pytest.mark.parametrize("items", [1, 3, 8])
def test_the_length_follows_the_target(target: int, items: int) -> None:
    for seed in range(3):
        script = write(seed, theme=briefing(duration_seconds=target, items=items))
        check_rules(script, analysis())
        # One item and a minute and a half: all that the data supports is said, and nothing is padded.
        tolerance = 0.15 if (items, target) == (1, 90) else 0.09
        assert abs(seconds(script, 1.05) / target - 1) <= tolerance


@pytest.mark.parametrize("target", [6, 9, 12])
def test_a_very_short_video_still_has_a_hook_and_number_one(target: int) -> None:
    script = write(1, theme=briefing(duration_seconds=target))
    assert script.scenes[0].role is SceneRole.HOOK
    assert 1 in [scene.visual.rank for scene in script.scenes]
    assert seconds(script, 1.05) <= target * 1.2


def test_the_countdown_ends_with_number_one_and_skips_no_place() -> None:
    for items, target in ((1, 30), (3, 30), (8, 30), (8, 90)):
        script = write(5, theme=briefing(items=items, duration_seconds=target))
        ranks = [scene.visual.rank for scene in script.scenes if scene.role is SceneRole.ITEM]
        assert ranks == list(range(len(ranks), 0, -1))
        assert 1 <= len(ranks) <= items


def _numbers(text: str) -> list[float]:
    units = {"million": 1e6, "billion": 1e9, "K": 1e3, "M": 1e6}
    found = re.findall(r"(\d[\d,]*(?:\.\d+)?) ?(million|billion|K\b|M\b)?", text)
    return [float(number.replace(",", "")) * units.get(unit, 1) for number, unit in found]


def _facts(cited: tuple[str, ...], about: TrendAnalysis) -> list[float]:
    """Every value that a sentence with these citations may hold."""
    items = [item for item in about.ranked if set(item.evidence) <= set(cited)]
    values: list[float] = [about.items, SEEN.day, SEEN.year]
    for item in items:
        hours = item.hours_since_published
        values += [item.views or 0, item.velocity or 0, item.growth or 0, hours, hours / 24, item.duration_seconds or 0]
        values.append(100 * (item.engagement or 0) / (item.views or 1))
        values += [(item.velocity or 0) / (other.velocity or 1) for other in items]
        values.append(100 * (item.velocity or 0) / sum(other.velocity or 0 for other in items))
    for topic in about.topics:
        values += [topic.velocity, 100 * topic.share, *(point.value for point in topic.series)]
        values.append((topic.series[-1].at - topic.series[0].at).total_seconds() / 3600)
    for pattern in about.patterns:
        if set(pattern.statement.evidence) <= set(cited):
            values += [pattern.count, pattern.out_of, *_numbers(pattern.value)]
    return values


def test_every_number_said_comes_from_what_is_cited() -> None:
    about = analysis()
    checked = 0
    for seed in range(10):
        for one in sentences(write(seed, about=about, theme=briefing(duration_seconds=75, items=4))):
            text = one.text
            for title in re.findall(r"“[^”]*”", text):
                text = text.replace(title, "")
            for number in _numbers(text):
                checked += 1
                facts = _facts(one.citations, about)
                assert any(abs(number - fact) <= max(0.5, 0.051 * fact) for fact in facts), (number, one)
    assert checked > 100


def test_every_number_shown_is_that_of_its_item() -> None:
    about = analysis()
    for scene in write(3, about=about).scenes:
        if scene.role is SceneRole.ITEM:
            item = about.ranked[(scene.visual.rank or 0) - 1]
            [shown] = _numbers(scene.visual.figure)
            assert shown == pytest.approx(item.velocity, rel=0.051)
            assert scene.visual.figure_caption == "reactions per hour"
            assert scene.visual.headline.removesuffix("…") in item.title


def test_the_chart_shows_the_observations_values() -> None:
    about = analysis()
    charts = [
        scene.visual for seed in range(12) for scene in write(seed, about=about).scenes
        if scene.visual.kind is VisualKind.BAR_CHART
    ]  # fmt: skip
    assert len(charts) == 12
    by_key = {item.evidence[-1]: item.velocity for item in about.ranked}
    topics = {topic.label: topic.velocity for topic in about.topics}
    for chart in charts:
        assert 3 <= len(chart.data) <= 6
        assert all(len(datum.label) <= 24 for datum in chart.data)
        for datum in chart.data:
            assert datum.value == topics.get(datum.label, by_key[datum.evidence or ""])
    assert {chart.kicker for chart in charts} == {"Side by side", "By topic"}


def test_numbers_and_claims_about_the_data_are_cited() -> None:
    for seed in range(8):
        for scene in write(seed, theme=briefing(duration_seconds=60)).scenes:
            if scene.role is SceneRole.ITEM:
                assert all(one.citations for one in scene.sentences)
            for one in scene.sentences:
                assert one.citations or not re.search(r"\d", one.text)


def test_the_same_seed_gives_the_same_script() -> None:
    assert write(7) == write(7)


def test_the_theme_drives_the_script() -> None:
    plain = write(4)
    for change in (
        {"call_to_action": "Write to us."}, {"name": "Other name"}, {"tone": "plain"}, {"duration_seconds": 50},
        {"items": 2}, {"hashtags": ("#other",)}, {"audience": "gardeners"}, {"about": "Something else."},
    ):  # fmt: skip
        changed = write(4, theme=briefing(**change))
        assert changed.model_dump(exclude={"steps"}) != plain.model_dump(exclude={"steps"}), change


def test_tones_use_other_words() -> None:
    told = {tone: {one.text for seed in range(8) for one in sentences(write(seed, theme=briefing(tone=tone)))}
            for tone in ("lively", "calm", "plain")}  # fmt: skip
    assert any("!" in text and "“" not in text for text in told["lively"])
    assert not any(text.endswith("!") and "“" not in text for text in told["calm"] | told["plain"])


def test_the_call_to_action_is_said_word_for_word() -> None:
    script = write(2, theme=briefing(call_to_action="Ask Dr. Oak first. Then film it"))
    assert [one.text for one in script.scenes[-1].sentences][-2:] == ["Ask Dr. Oak first.", "Then film it."]


def test_the_five_steps_are_recorded_in_order() -> None:
    names = ["theme_interpretation", "trend_alignment", "scene_construction", "narration", "text_overlays"]
    assert [step.name for step in write(1).steps] == names
    assert all(step.decisions for step in write(1).steps)


def test_all_fields_of_a_script_are_filled() -> None:
    script = write(9)
    assert all((script.title, script.hook, script.description, script.trend_pattern))
    assert script.hook == " ".join(one.text for one in script.scenes[0].sentences)
    assert script.hashtags == ("#moves", "#NightSky", "#Bread", "#Tools")
    assert "Source: YouTube, seen 17 May 2031" in script.description
    assert all(item.url in script.description for item in analysis().ranked[:3] if item.url)
    assert script.duration_target_seconds == 30
    assert script.request_sha256 == REQUEST


def test_scenes_that_rest_on_data_show_their_source() -> None:
    for scene in write(9).scenes:
        shown = [overlay.text for overlay in scene.overlays]
        rests_on_data = any(one.citations for one in scene.sentences)
        assert shown == (["Source: YouTube, seen 17 May 2031"] if rests_on_data else [])
        assert all(overlay.position == "lower" for overlay in scene.overlays)


def test_demo_data_is_called_demo_data() -> None:
    script = write(1, about=analysis(platform="sample"))
    assert {overlay.text for scene in script.scenes for overlay in scene.overlays} == {"Demo data"}
    assert "demo data" in script.description


def test_hostile_titles_are_told_as_plain_text() -> None:
    about = analysis(HOSTILE)
    for seed in range(3):
        for target in (8, 30, 90):
            script = write(seed, about=about, theme=briefing(items=8, duration_seconds=target))
            check_rules(script, about)
            assert all(len(one.text) <= 300 for one in sentences(script))
    assert "{\\an8}{\\b1} hello from a subtitle" in {
        scene.visual.headline for scene in write(1, about=about, theme=briefing(items=8, duration_seconds=90)).scenes
    }


def test_a_title_that_cannot_be_said_is_shown_and_has_a_stand_in() -> None:
    script = write(1, about=analysis(("🔥🔥🔥",)), theme=briefing(items=1))
    [scene] = [scene for scene in script.scenes if scene.role is SceneRole.ITEM]
    assert scene.visual.headline == "🔥🔥🔥"
    assert "🔥" not in scene.sentences[0].text
    assert re.search(r"video|screen", scene.sentences[0].text)


def test_without_counts_nothing_is_called_fast() -> None:
    about = analysis(counted=False, platform="feed", with_patterns=False)
    for seed in range(10):
        script = write(seed, about=about)
        check_rules(script, about)
        words = " ".join(one.text for one in sentences(script)).casefold()
        assert not re.search(r"fast|reactions|moving|rising|pace", words)
        assert all(not scene.visual.figure for scene in script.scenes)


def test_a_missing_count_is_not_told_as_zero() -> None:
    whole = analysis()
    bare = whole.ranked[0].model_copy(update={"views": None, "growth": None, "duration_seconds": None})
    about = whole.model_copy(update={"ranked": (bare, *whole.ranked[1:])})
    for seed in range(10):
        script = write(seed, about=about, theme=briefing(items=1, duration_seconds=60))
        [scene] = [scene for scene in script.scenes if scene.role is SceneRole.ITEM]
        assert not any(re.search(r"\bviews?\b|zero|times\.", one.text) for one in scene.sentences)


def test_fewer_items_than_wanted_are_told() -> None:
    about = analysis(TITLES[:2])
    script = write(3, about=about, theme=briefing(items=8))
    assert [scene.visual.rank for scene in script.scenes if scene.role is SceneRole.ITEM] == [2, 1]
    check_rules(script, about)


def test_nothing_to_tell_is_refused_with_what_to_do() -> None:
    empty = analysis().model_copy(update={"ranked": ()})
    with pytest.raises(BadInput, match=r"What moves.*ranks no item.*window_hours"):
        write(1, about=empty)
    with pytest.raises(BadInput, match=r"call_to_action.*English"):
        write(1, theme=briefing(call_to_action="مرحبا"))


def test_no_two_places_are_introduced_in_the_same_words() -> None:
    for seed in range(6):
        script = write(seed, theme=briefing(items=8, duration_seconds=90))
        firsts = [scene.sentences[0].text for scene in script.scenes if scene.role is SceneRole.ITEM]
        shapes = [re.sub(r"“.*?”|number \w+|Channel \w", "", text) for text in firsts]
        assert all(one != after for one, after in pairwise(shapes)), firsts

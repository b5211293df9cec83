"""The ready themes are what a newcomer copies: they must load, explain themselves and give good scripts."""

import re
from pathlib import Path
from typing import get_args

import pytest

from reelineage.documents import Fit, OverlayAnimation, TrendAnalysis
from reelineage.fingerprint import sha256_of
from reelineage.look import CaptionStyle, Footage, Music, PresetName, ProfileName, Style, TransitionKind
from reelineage.scripting import write_script
from reelineage.theme import Theme, parse_theme
from reelineage.trends import analyse, build_report, read_trends, sample_feed
from tests.reelineage.scripting.test_trend_briefing import check_rules, seconds

THEMES = Path(__file__).parents[2] / "themes"
READY = sorted(THEMES.glob("*.yaml"))


def _load(path: Path) -> Theme:
    return parse_theme(path.read_bytes(), name=path.name)


@pytest.fixture(scope="module")
def sample_analysis() -> TrendAnalysis:
    data = sample_feed()
    fetch = read_trends(data, name="sample feed (demo)")
    return analyse(build_report([(fetch, sha256_of(data))], window_hours=24))


def test_both_writers_have_a_ready_theme_named_after_them() -> None:
    assert [path.stem for path in READY] == ["product_story", "trend_briefing"]
    assert all(_load(path).writer.value == path.stem for path in READY)


def test_the_first_theme_shows_every_field_but_the_other_writers() -> None:
    text = (THEMES / "trend_briefing.yaml").read_text(encoding="utf-8")
    shown = {line.split(":")[0] for line in text.splitlines() if line[:1].isalpha()}
    assert shown == set(Theme.model_fields) - {"language", "story"}


@pytest.mark.parametrize("path", READY, ids=lambda path: path.stem)
def test_each_part_of_a_theme_has_a_comment(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert sum(line.lstrip().startswith("#") for line in text.splitlines()) >= 12


@pytest.mark.parametrize("path", READY, ids=lambda path: path.stem)
def test_a_ready_theme_gives_scripts_of_its_length(path: Path, sample_analysis: TrendAnalysis) -> None:
    theme = _load(path)
    for seed in range(15):
        script = write_script(theme, sample_analysis, seed=seed, request_sha256="0" * 64)
        check_rules(script, sample_analysis)
        assert abs(seconds(script, theme.voice.pace) / theme.duration_seconds - 1) <= 0.08


def test_the_first_theme_shows_every_field_of_its_parts_with_the_default() -> None:
    """A part's field stands there as a value, or as a commented line where no value is sensible for all."""
    text = (THEMES / "trend_briefing.yaml").read_text(encoding="utf-8")
    shown = _load(THEMES / "trend_briefing.yaml")
    written_by_us = {("footage", "files"), ("music", "artifact_sha256"), ("music", "name")}
    chosen = {("music", "provider")}
    for part in ("style", "footage", "transition", "music", "captions", "overlays", "thumbnail", "voice"):
        section = text.split(f"\n{part}:\n")[1].split("\n\n")[0]
        value = getattr(shown, part)
        for field in type(value).model_fields:
            if (part, field) in written_by_us:
                continue
            assert f"  {field}: " in section, f"{part}.{field} is not shown"
            if (part, field) not in chosen and field in value.model_fields_set:
                assert getattr(value, field) == type(value).model_fields[field].default, f"{part}.{field}"


def test_each_choice_that_a_theme_has_is_named_in_the_first_one() -> None:
    text = (THEMES / "trend_briefing.yaml").read_text(encoding="utf-8")
    kinds = (ProfileName, PresetName, TransitionKind, CaptionStyle, Fit, OverlayAnimation)
    choices = {word for kind in kinds for word in get_args(kind)}
    for part in (Style, Footage, Music):
        for field in part.model_fields.values():
            choices |= {word for word in get_args(field.annotation) if isinstance(word, str)}
    missing = {word for word in choices if not re.search(rf"\b{re.escape(word)}\b", text)}
    assert not missing

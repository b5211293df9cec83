"""What people hand in by mistake or on purpose: one clear line, exit code 2, and nothing is created.

Belongs here: theme and trend files on the command line, and texts that look like markup on their way into a video.
Not here: every way a file can be broken (`tests/reelineage/trends`, `tests/reelineage/test_theme.py`).
"""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from reelineage import lineage
from reelineage.documents import Script, TrendReport, Voiceover
from reelineage.models import Job
from resources.home import Home
from tests.console.cli import complaint
from tests.runner import Runner
from tests.tiny import TINY_THEME

ROW = "A pan dinner,1000,2026-01-02\n"
HEAD = "title,views,published\n"
ENTITY_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><rss><channel><item><title>&j;</title></item></channel></rss>"
)
YAML_BOMB = "a: &a [x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)
BAD_THEMES = {
    "unknown field": (TINY_THEME + "colour: red\n", "'colour' is not a field"),
    "missing field": (TINY_THEME.replace("audience: testers\n", ""), "'audience' is missing"),
    "wrong type": (TINY_THEME.replace("items: 1", "items: many"), "items"),
    "out of bounds": (TINY_THEME.replace("seconds: 6", "seconds: 100000"), "duration_seconds"),
    "bomb": (YAML_BOMB, "anchors and aliases"),
    "10 MB": ("# " + "x" * 10_000_000, "larger than"),
    "not YAML": ("name: [", "line"),
    "a list": ("- a\n- b\n", "must be a list of 'field: value' lines"),
    "empty": ("", "must be a list of 'field: value' lines"),
    "python object": ("name: !!python/object/apply:os.system ['true']", "line 1"),
    "outside file": (TINY_THEME.replace("sample}", "file, path: ../../etc/passwd}"), "outside the theme's folder"),
    "absolute file": (TINY_THEME.replace("sample}", "file, path: /etc/passwd}"), "outside the theme's folder"),
}
BAD_TRENDS: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "empty"),
    "binary": (bytes(range(256)) * 50, ""),
    "entity bomb": (ENTITY_BOMB, ""),
    "missing column": ("views,published\n1,2026-01-02\n", "title"),
    "no sound row": (HEAD + ",5,2026-01-01\nA cup,5,never\n", "line 3: published_at is 'never'"),
    "truncated JSON": ('[{"title": "A", "publ', ""),
    "only a head": (HEAD, ""),
    "HTML": ("<html><body>Sign in</body></html>", ""),
}


def assert_nothing_created(home: Home) -> None:
    if (home.root / "reelineage.db").exists():
        with home.database.read() as session:
            assert session.scalar(select(func.count()).select_from(Job)) == 0
    assert [*home.store.hashes()] == []


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    path = tmp_path / "theme.yaml"
    path.write_text(TINY_THEME, encoding="utf-8")
    return path


@pytest.mark.parametrize("command", [("make",), ("jobs", "create")])
@pytest.mark.parametrize("case", list(BAD_THEMES))
def test_a_theme_that_cannot_be_used(case: str, command: tuple[str, ...], home: Home, tmp_path: Path) -> None:
    text, why = BAD_THEMES[case]
    path = tmp_path / "folder" / "bad.yaml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    said = complaint(*command, path)
    assert why in said
    assert "bad.yaml" in said or "theme" in said
    assert len(said) < 1000
    assert_nothing_created(home)


@pytest.mark.parametrize("case", list(BAD_TRENDS))
def test_a_trend_file_that_cannot_be_used(case: str, home: Home, theme: Path) -> None:
    content, why = BAD_TRENDS[case]
    path = theme.parent / "bad.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    said = complaint("make", theme, "--trends", path, "--json")
    assert "bad.csv" in said
    assert why in said
    assert len(said) < 1000
    assert_nothing_created(home)


def test_files_that_are_not_there(home: Home, theme: Path) -> None:
    assert "there is no such file" in complaint("make", theme.parent / "gone.yaml")
    assert "there is no such file" in complaint("make", theme, "--trends", theme.parent / "gone.csv")
    assert "there is no such file" in complaint("make", theme.parent)
    assert "there is no such file" in complaint("jobs", "create", theme, "--trends", "/dev/zero")
    assert_nothing_created(home)


def test_a_theme_with_a_link_out_of_its_folder_is_refused(home: Home, theme: Path) -> None:
    folder = theme.parent / "themes"
    folder.mkdir()
    secret = theme.parent / "secret.csv"
    secret.write_text(HEAD + ROW, encoding="utf-8")
    (folder / "mine.csv").symlink_to(secret)
    (folder / "theme.yaml").write_text(TINY_THEME.replace("sample}", "file, path: mine.csv}"), encoding="utf-8")
    assert "outside the theme's folder" in complaint("jobs", "create", folder / "theme.yaml")
    assert_nothing_created(home)


HOSTILE_TITLES = [
    "{\\an8}{\\b1}Big pan dinner' : %{pts} \\N",
    "<speak>Soup &amp; <break time='9s'/> salad</speak>",
    "[out];drawtext=text='x':enable=1 %{eif} $(touch x) `y`",
    "🍳 Eggs 🧑‍🍳 done right 🇫🇷",
    "وصفة سهلة جدا שלום",
    "Nul\x00 and lone \ud800 surrogate soup",
    "long " * 20_000,
    "WEBVTT\n\n00:00.000 --> 00:09.000\ncheese & <b>bread</b>",
]


@pytest.mark.slow
def test_titles_that_look_like_markup_are_text_everywhere(commands: Runner, theme: Path, studio: Home) -> None:
    """Eight hostile titles in one trend file, all told in one draft video."""
    theme.write_text(TINY_THEME.replace("seconds: 6", "seconds: 60").replace("items: 1", "items: 8"), encoding="utf-8")
    trends = theme.parent / "hostile.json"
    rows = [
        {"title": title, "views": 10_000 - place, "likes": 900 - place, "published": f"2026-01-02T0{8 - place}:00:00Z"}
        for place, title in enumerate(HOSTILE_TITLES)
    ]
    trends.write_text(json.dumps(rows), encoding="utf-8")
    commands.run("make", theme, "--trends", trends, "--profile", "draft", "--seed", 1, "--json")
    with studio.database.read() as session:
        current = lineage.current(session, 1)
    assert current.report is not None
    assert current.script is not None
    assert current.voiceover is not None
    titles = {seen.title for seen in TrendReport.model_validate(current.report.document).observations}
    assert len(titles) == len(HOSTILE_TITLES)
    assert titles >= set(HOSTILE_TITLES[:5]), "what is sound stays as it is, to the letter"
    assert "Nul and lone ? surrogate soup" in titles
    assert 250 <= max(len(title) for title in titles) <= 300

    script = Script.model_validate(current.script.document)
    written = [sentence.text for scene in script.scenes for sentence in scene.sentences]
    said = [sentence.text for sentence in Voiceover.model_validate(current.voiceover.document).sentences]
    assert said == written
    told = " ".join(written)
    assert "{\\an8}{\\b1}Big pan dinner" in told
    assert "<speak>Soup" in told
    assert "drawtext=text='x'" in told

    srt = (studio.root / "output" / "review" / "job-1-video-1.srt").read_text(encoding="utf-8")
    blocks = [block.splitlines() for block in srt.strip().split("\n\n")]
    assert [block[0] for block in blocks] == [str(number + 1) for number in range(len(blocks))]
    assert all(" --> " in block[1] for block in blocks)
    shown = " ".join(" ".join(block[2:]) for block in blocks)
    assert not re.search(r"\{\\|<[a-z/]", shown), "a player would take it for markup"
    shown = shown.replace("\u2060", "")  # the invisible joiner that keeps it text
    for word in told.split():
        assert word in shown.split(), f"{word!r} is spoken and not in the captions"

"""Themes: every mistake gets one sentence that names the file and the line or field, and nothing dangerous is read."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage.documents import Frame
from reelineage.errors import BadInput
from reelineage.theme import MAX_THEME_BYTES, Theme, frame_of, parse_theme
from tests.factories import theme, theme_yaml


def refused(data: bytes) -> str:
    with pytest.raises(BadInput, match=r"^Reading the theme taps\.yaml: .*Nothing was changed\.$") as error:
        parse_theme(data, name="taps.yaml")
    return str(error.value)


def test_a_theme_is_read_with_its_defaults() -> None:
    found = parse_theme(theme_yaml(), name="taps.yaml")
    assert found == theme()
    assert (found.duration_seconds, found.aspect_ratio, found.approval) == (30, "9:16", "manual")


def test_a_theme_survives_the_database() -> None:
    found = parse_theme(theme_yaml(style="{scheme: ember}", window_hours="1.5"), name="taps.yaml")
    assert Theme.model_validate(found.model_dump(mode="json")) == found


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (theme_yaml(colour="red"), "'colour' is not a field of a theme; remove it or check its spelling"),
        (theme_yaml().replace(b"about: What people mend at home\n", b""), "'about' is missing; add it"),
        (theme_yaml(duration_seconds="soon"), "'duration_seconds': Input should be a valid integer"),
        (theme_yaml(duration_seconds="5"), "'duration_seconds': Input should be greater than or equal to 6"),
        (theme_yaml(items=".inf"), "'items'"),
        (theme_yaml(window_hours=".nan"), "'window_hours'"),
        (theme_yaml(writer="poet"), "'writer': Input should be 'trend_briefing' or 'product_story'"),
        (theme_yaml(writer="product_story"), "the writer product_story needs the section 'story'"),
        (theme_yaml(sources="[]"), "'sources'"),
        (theme_yaml(sources="[{kind: rumour}]"), "'sources.0'"),
        (theme_yaml(sources="[{kind: file, path: x, url: x}]"), "'sources.0.file.url' is not a field"),
        (theme_yaml(sources="[{kind: file}]"), "needs 'path'"),
        (theme_yaml(name="''"), "'name'"),
        (theme_yaml(name="x" * 121), "'name'"),
        (theme_yaml(style="{scheme: pink}"), "'style.scheme'"),
        (theme_yaml(profile="huge"), "'profile': Input should be 'standard', 'youtube'"),
        (theme_yaml(resolution="8k"), "'resolution': Input should be '720p', '1080p' or '4k'"),
        (theme_yaml(captions="{colour: red}"), "'captions.colour'"),
        (theme_yaml(captions="{size: 9}"), "'captions.size': Input should be less than or equal to 1.6"),
        (theme_yaml(captions="{plate: true}"), "'captions.plate' is not a field of a theme"),
        (theme_yaml(transition="{kind: explode}"), "'transition.kind'"),
        (theme_yaml(transition="{kind: slide, seconds: 5}"), "'transition.seconds'"),
        (theme_yaml(footage="{provider: own_media}"), "'footage': the provider own_media needs 'folder'"),
        (
            theme_yaml(footage=f"{{provider: own_media, files: [{{name: a, artifact_sha256: {'0' * 64}}}]}}"),
            "'footage.files' is written by Reelineage; name your own with 'footage.folder'",
        ),
        (theme_yaml(music="{provider: file}"), "'music': the provider file needs 'path'"),
        (
            theme_yaml(music=f"{{provider: file, artifact_sha256: {'0' * 64}}}"),
            "'music.artifact_sha256' is written by Reelineage; name your own with 'music.path'",
        ),
        (theme_yaml(music="{provider: bed, volume_db: 6}"), "'music.volume_db': Input should be less than or equal"),
        (theme_yaml(thumbnail="{at_seconds: -1}"), "'thumbnail.at_seconds'"),
        (theme_yaml(name="Taps\nname: Again"), "line 2: 'name' stands there twice"),
        (theme_yaml(style="{scheme: ember, scheme: paper}"), "'scheme' stands there twice"),
        (theme_yaml(name="[unclosed"), "line"),
        (theme_yaml(name='"\\q"'), "line 1"),
        (theme_yaml(name="!!python/object/apply:os.system [true]"), "line 1: tags (!) are not allowed"),
        (theme_yaml(name="!!python/name:os.system"), "line 1: tags (!) are not allowed"),
        (theme_yaml(name="&a Taps"), "line 1: anchors and aliases (& and *) are not allowed"),
        (theme_yaml(name="*a"), "anchors and aliases"),
        (b"? [a, b]\n: c\n", "line 1: a field's name must be a word"),
        (b"? {a: b}\n: c\n", "line 1: a field's name must be a word"),
        (b"- a\n- b\n", "it must be a list of 'field: value' lines"),
        (b"", "it must be a list of 'field: value' lines"),
        (b"just words", "it must be a list of 'field: value' lines"),
        (b"a: 1\n---\nb: 2\n", "line 2"),
        (b"name: \xff\xfe", "byte 6 is not UTF-8; save the file as UTF-8"),
        (b"name: a\x00b", "it is not YAML"),
        (b"name: 2026-99-99\n", "it is not YAML"),
        (b"1: x\n", "'name' is missing"),
        (b"[" * 5_000, "it is not YAML (RecursionError"),
        (b"[" + b"a," * 5_000 + b"a]", "too many values"),
        (b"items: " + b"9" * 5_000, "it is not YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line_or_field(data: bytes, problem: str) -> None:
    assert problem in refused(data)


def test_a_yaml_bomb_is_refused_in_no_time() -> None:
    bomb = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n".encode()
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    before = time.process_time()
    assert "anchors and aliases" in refused(bomb)
    assert time.process_time() - before < 1


def test_ten_megabytes_are_refused_by_their_size() -> None:
    before = time.process_time()
    assert f"it has 10,000,000 bytes; a theme has at most {MAX_THEME_BYTES:,}" in refused(b"a: b\n" * 2_000_000)
    assert time.process_time() - before < 1


def test_at_most_five_problems_are_listed() -> None:
    assert refused(b"\n".join(f"field{n}: x".encode() for n in range(50))).count(";") <= 10


@given(st.binary(max_size=200) | st.text("{}[]:-?&*!|>%@`'\"#, \nab1", max_size=120).map(str.encode))
def test_any_bytes_are_a_theme_or_one_clear_refusal(data: bytes) -> None:
    with suppress(BadInput):  # anything else would be a traceback on somebody's screen
        parse_theme(data, name="taps.yaml")


def test_odd_characters_are_cleaned_out_of_every_text() -> None:
    odd = theme_yaml(
        name='"a\\0b\\ud800"', call_to_action='"x\\u2028y"', footage='{author: "a\\0b", licence: "\\ud800"}'
    )
    found = parse_theme(odd, name="taps.yaml")
    assert (found.name, found.call_to_action) == ("a b?", "x y")
    assert (found.footage.author, found.footage.licence) == ("a b", "?")


def test_a_byte_order_mark_does_no_harm() -> None:
    assert parse_theme(b"\xef\xbb\xbf" + theme_yaml(), name="taps.yaml") == theme()


@pytest.mark.parametrize(
    ("aspect", "profile", "resolution", "size"),
    [
        ("9:16", "standard", "1080p", (1080, 1920)), ("9:16", "draft", "1080p", (540, 960)),
        ("16:9", "standard", "720p", (1280, 720)), ("1:1", "standard", "1080p", (1080, 1080)),
        ("16:9", "draft", "720p", (960, 540)), ("4:5", "standard", "1080p", (1080, 1350)),
        ("4:5", "draft", "1080p", (540, 676)), ("4:5", "reels", "720p", (720, 900)),
        ("9:16", "youtube", "4k", (2160, 3840)), ("16:9", "strict", "4k", (3840, 2160)),
        ("9:16", "draft", "4k", (540, 960)),
    ],
)  # fmt: skip
def test_the_frame_follows_aspect_resolution_and_profile(
    aspect: str, profile: str, resolution: str, size: tuple[int, int]
) -> None:
    frame = frame_of(theme(aspect_ratio=aspect, resolution=resolution), profile)
    assert frame == Frame(width=size[0], height=size[1])

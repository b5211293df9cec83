"""Files that must be refused with one clear message, and arbitrary bytes."""

import gzip
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelineage.documents import TrendFetch
from reelineage.errors import BadInput
from reelineage.trends import read_trends
from tests.reelineage.trends.factories import csv_bytes, json_bytes, jsonl_bytes, row, rss_bytes, youtube_row

_TABLE = csv_bytes([row(external_id=name) for name in "abc"])
_NOISE = random.Random(1).randbytes(4096)  # noqa: S311 — repeatable test data
_BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><rss><channel/></rss>"""
_OUTSIDE = b"""<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel/></rss>"""

REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "it is empty"),
    "blank": (b" \n\t\n", "it is empty"),
    "only a mark": (b"\xef\xbb\xbf", "it is empty"),
    "binary": (_NOISE, "is not UTF-8"),
    "zip-like": (b"PK\x03\x04" + _NOISE[:500], "is not UTF-8"),
    "gzip": (gzip.compress(_TABLE), "is not UTF-8"),
    "latin-1": (csv_bytes([row(title="Café au lait")]).decode().encode("latin-1"), "is not UTF-8"),
    "NULs": (b"\x00" * 5000, "'title' and 'published_at' are missing"),
    "cut inside a character": ("title,published_at\ncafé".encode()[:-1], "breaks off inside its last character"),
    "no title column": (b"name,published_at\nx,2026-01-01\n", "column 'title' is missing .found: name, published_at"),
    "no time column": (b"title,views\nx,1\n", "column 'published_at' is missing"),
    "prose": (b"Dear reader,\nthis is a letter.\n", "are missing"),
    "only a header": (b"title,published_at\n", "holds no line"),
    "no sound row": (csv_bytes([row(title=""), row(published_at="")]), "none of its 2 lines.*line 2: it has no title"),
    "table cut in a row": (_TABLE[:-12], "line 4 breaks off after"),
    "table cut in quotes": (csv_bytes([row(title='a "b" c, d')]) + b'"half', "opens a quote that is never closed"),
    "JSON cut off": (json_bytes([row()])[:-20], "breaks off"),
    "JSON cut at the start": (b"[", "breaks off"),
    "JSONL cut off": (jsonl_bytes([row(), row(external_id="b")])[:-20], "line 2 breaks off"),
    "JSON of numbers": (b"[1, 2]", "item 1: it is not an object"),
    "an empty list": (b"[]", "holds no item"),
    "items that are no list": (b'{"items": 5}', "holds no list of items"),
    "nested JSON": (b"[" * 200_000, "nested too deeply"),
    "a number too long": (b'[{"title": ' + b"1" * 6000 + b"}]", "a number is too long"),
    "five million lists": (b"[" + b"[]," * 5_000_000 + b"[]]", "nests more than 4,000,000"),
    "entity bomb": (_BOMB, "DTD"),
    "outside entity": (_OUTSIDE, "DTD"),
    "UTF-16 entity bomb": (_BOMB.decode().encode("utf-16"), "DTD"),
    "entity without DTD": (b"<rss><!ENTITY a 'b'></rss>", "declares XML entities"),
    "undeclared entity": (rss_bytes("<item><title>&boom;</title></item>"), "line 1 is not well-formed"),
    "a web page": (b"<!doctype html><html><body>hello</body></html>", "web page"),
    "feed cut off": (rss_bytes("<item><title>a</title></item>")[:-30], "is not well-formed XML"),
    "XML of another kind": (b"<svg><title>a</title></svg>", "neither RSS nor Atom"),
    "deep XML": (b"<a>" * 5000 + b"</a>" * 5000, "nested deeper than 100"),
    "feed without entries": (rss_bytes(""), "holds no entry"),
    "feed without dates": (rss_bytes("<item><title>a</title></item>"), "entry 1: it has no publishing time"),
    "feed of 5,001 entries": (rss_bytes("<item/>" * 5001), "more than 5,000 entries"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_used_is_refused_by_name(case: str) -> None:
    data, reason = REFUSED[case]
    with pytest.raises(BadInput, match=reason) as caught:
        read_trends(data, name="trends.csv")
    message = str(caught.value)
    assert message.startswith("Reading the trend file trends.csv: ")
    assert message.endswith(".")
    assert len(message) < 1000


def test_a_file_over_32_mib_is_refused_unread() -> None:
    with pytest.raises(BadInput, match=r"33,554,433 bytes, more than 33,554,432"):
        read_trends(b"x" * (32 * 1024 * 1024 + 1), name="big.csv")


def test_more_than_200_000_rows_are_refused() -> None:
    with pytest.raises(BadInput, match="more than 200,000 lines"):
        read_trends(b"title,published_at\n" + b",\n" * 200_001, name="big.csv")


def test_a_hostile_file_name_is_shown_clean() -> None:
    with pytest.raises(BadInput, match=r"^Reading the trend file a b: it is empty"):
        read_trends(b"", name="a\nb\x00")


@pytest.mark.parametrize("value", ["-1", "NaN", "nan", "inf", "1e999", "1.5", "many", "٤٢", "9" * 30, "0x10", "1_000"])
@pytest.mark.parametrize("field", ["views", "likes", "comments", "shares", "followers"])
def test_a_count_that_cannot_be_breaks_its_row_and_no_other(field: str, value: str) -> None:
    rows = [row(**{field: ""}), row(external_id="b", **{field: value})]
    fetch = read_trends(csv_bytes(rows), name="f")
    assert [one.external_id for one in fetch.observations] == ["a1"]
    assert fetch.skipped[0].line == 3
    assert field in fetch.skipped[0].reason


@pytest.mark.parametrize("value", [-1, 1.5, float("nan"), float("inf"), -float("inf"), True, [1], {"a": 1}, 2**63])
def test_a_json_count_that_cannot_be_breaks_its_row_and_no_other(value: object) -> None:
    fetch = read_trends(json_bytes([row(), row(external_id="b", views=value)]), name="f")
    assert (len(fetch.observations), fetch.skipped_count) == (1, 1)


@pytest.mark.parametrize(
    ("written", "count"), [("0", 0), ("1234.0", 1234), ("1,234,567", 1234567), (" 7 ", 7), ("", None)]
)
def test_counts_as_people_and_spreadsheets_write_them(written: str, count: int | None) -> None:
    assert read_trends(csv_bytes([row(views=written)]), name="f").observations[0].views == count


def read_or_refuse(data: bytes) -> TrendFetch | None:
    try:
        return read_trends(data, name="f")
    except BadInput as refused:
        message = str(refused)
    assert message.startswith("Reading the trend file f: ")
    return None


_CELLS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["2026-11-01T06:00:00Z", "17.14.11", "99.99.99", "5", "-5", "nan", "", '"', "True", "PT5S", "1:0"]),
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("2026-11-01T06:00:00Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)  # a busy machine is no failure
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    read_or_refuse(data)


@settings(deadline=None)  # a busy machine is no failure
@given(st.binary(max_size=60), st.integers(0, 400), st.sampled_from(["csv", "json", "jsonl", "rss"]))
def test_files_with_a_hole_in_them_are_read_or_refused(patch: bytes, place: int, kind: str) -> None:
    rows = [youtube_row(), youtube_row(video_id="xxxxxx")]
    item = "<item><title>a</title><guid>1</guid><pubDate>Sun, 01 Nov 2026 06:00:00 GMT</pubDate></item>"
    data = {"csv": csv_bytes(rows), "json": json_bytes(rows), "jsonl": jsonl_bytes(rows), "rss": rss_bytes(item)}[kind]
    read_or_refuse(data[:place] + patch + data[place + len(patch) :])


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.lists(_CELLS, min_size=16, max_size=16), min_size=1, max_size=4))
def test_arbitrary_cells_are_read_or_refused(table: list[list[str]]) -> None:
    rows = [dict(zip(youtube_row(), cells, strict=True)) for cells in table]
    fetch = read_or_refuse(csv_bytes(rows))
    if fetch:
        for one in fetch.observations:
            assert one.published_at <= one.observed_at


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.lists(
        st.fixed_dictionaries({}, optional=dict.fromkeys((*row(), "hashtags", "duration", "url", "snippet"), _JSON))
    )
)
def test_arbitrary_json_items_are_read_or_refused(items: list[object]) -> None:
    read_or_refuse(json.dumps(items).encode())


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.sampled_from(
        [row(title=""), row(published_at="x"), row(views="-3"), row(likes="NaN"), row(observed_at="never")]
    ),
    st.integers(0, 3),
    st.booleans(),
)
def test_a_broken_row_changes_nothing_but_the_skipped_rows(
    broken: dict[str, object], place: int, as_json: bool
) -> None:
    sound = [row(external_id=name, observed_at=None if name == "a" else "2026-11-01T12:00:00Z") for name in "abc"]
    write = json_bytes if as_json else csv_bytes
    before = read_trends(write(sound), name="f")
    after = read_trends(write([*sound[:place], broken, *sound[place:]]), name="f")
    assert after.observations == before.observations
    assert (before.skipped_count, after.skipped_count) == (0, 1)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.sampled_from(["views", "likes", "comments", "shares", "followers"]), unique=True))
def test_a_missing_count_is_never_zero(missing: list[str]) -> None:
    counts = {"views": 5, "likes": 4, "comments": 3, "shares": 2, "followers": 1}
    fields = row(**{name: None if name in missing else count for name, count in counts.items()})
    for data in (json_bytes([fields]), csv_bytes([fields])):
        found = read_trends(data, name="f").observations[0]
        assert {name: getattr(found, name) for name in counts} == {
            name: None if name in missing else count for name, count in counts.items()
        }

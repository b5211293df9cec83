"""CSV, JSON, JSONL and `videos.list`: what a row becomes."""

from datetime import UTC, datetime

import pytest

from reelineage.documents import Observation
from reelineage.errors import BadInput
from reelineage.trends import read_trends
from tests.reelineage.trends.factories import (
    csv_bytes,
    json_bytes,
    jsonl_bytes,
    row,
    youtube_row,
)


def only(data: bytes) -> Observation:
    fetch = read_trends(data, name="f")
    assert (len(fetch.observations), fetch.skipped_count) == (1, 0)
    return fetch.observations[0]


def test_a_row_of_the_public_trending_sets_becomes_an_observation() -> None:
    found = only(csv_bytes([youtube_row(thumbnail_link="https://i.example/x.jpg", description="Line one\\nline two")]))
    assert found.key == "youtube/abcDEF12345@2017-11-14T23:59:59Z"
    assert found.url == "https://www.youtube.com/watch?v=abcDEF12345"
    assert (found.views, found.likes, found.comments, found.shares) == (748374, 57527, 15954, None)
    assert found.hashtags == ("tap", "home repair")
    assert (found.category, found.creator) == ("Howto & Style", "Taps")
    assert found.published_at == datetime(2017, 11, 13, 17, 13, 1, tzinfo=UTC)
    assert not found.observed_at_estimated
    assert found.thumbnail_url == "https://i.example/x.jpg"


def test_the_columns_of_the_daily_youtube_sets_are_known_too() -> None:
    columns = {
        "video_id": "abcDEF12345", "title": "T", "publishedAt": "2020-08-11T19:20:14Z", "channelTitle": "C",
        "categoryId": "10", "trending_date": "2020-08-12T00:00:00Z", "tags": "[None]", "view_count": "5",
        "likes": "1", "comment_count": "0",
    }  # fmt: skip
    found = only(csv_bytes([columns]))
    assert found.key == "youtube/abcDEF12345@2020-08-12T23:59:59Z"
    assert (found.views, found.comments, found.category) == (5, 0, "Music")
    assert found.hashtags == ()


def test_counts_the_owner_switched_off_are_missing_not_zero() -> None:
    found = only(
        csv_bytes([youtube_row(comment_count="0", comments_disabled="True", ratings_disabled="True", likes="0")])
    )
    assert (found.comments, found.likes) == (None, None)


@pytest.mark.parametrize("tags", ["[none]", ""])
def test_no_tags_means_no_tags(tags: str) -> None:
    assert only(csv_bytes([youtube_row(tags=tags)])).hashtags == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_comma_semicolon_and_tab_separate_columns(delimiter: str) -> None:
    assert only(csv_bytes([row()], delimiter=delimiter)).views == 1000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf8_and_utf16_with_a_mark_are_read_alike(encoding: str) -> None:
    text = csv_bytes([row(title="Ñandú 🦤 مرحبا")]).decode()
    assert only(text.encode(encoding)).title == "Ñandú 🦤 مرحبا"


def test_all_file_formats_say_the_same_about_the_same_rows() -> None:
    rows = [row(), row(external_id="b2", views=None, platform="tiktok")]
    expected = read_trends(csv_bytes([{"platform": "", **one} for one in rows]), name="f")
    for data in (json_bytes(rows), json_bytes({"items": rows}), jsonl_bytes(rows)):
        assert read_trends(data, name="f") == expected
    assert expected.observations[1].views is None


def test_a_videos_list_response_is_read_with_its_missing_counts_missing() -> None:
    video = {
        "kind": "youtube#video",
        "id": "abcDEF12345",
        "snippet": {
            "publishedAt": "2017-11-13T17:13:01Z", "title": "T", "channelTitle": "C", "categoryId": "22",
            "tags": ["x y"], "thumbnails": {"default": {"url": "https://i.example/d"}, "high": {"url": "https://i.example/h"}},
        },
        "contentDetails": {"duration": "PT1M3S"},
        "statistics": {"viewCount": "748374", "favoriteCount": "0"},
    }  # fmt: skip
    found = only(json_bytes({"kind": "youtube#videoListResponse", "items": [video]}))
    assert found.key == "youtube/abcDEF12345@2017-11-13T17:13:01Z"
    assert found.observed_at_estimated
    assert (found.views, found.likes, found.comments) == (748374, None, None)
    assert (found.duration_seconds, found.thumbnail_url) == (63.0, "https://i.example/h")
    assert (found.category, found.hashtags) == ("People & Blogs", ("x y",))


def test_without_a_time_of_its_own_a_file_counts_as_seen_at_its_newest_publishing_time() -> None:
    published = ("2026-11-01T06:00:00Z", "2026-11-01T09:30:00+01:00", "1999-01-01")
    rows = [row(external_id=at, published_at=at, observed_at=None) for at in published]
    found = read_trends(json_bytes(rows), name="f").observations
    assert {one.observed_at for one in found} == {datetime(2026, 11, 1, 8, 30, tzinfo=UTC)}
    assert all(one.observed_at_estimated for one in found)


def test_an_item_without_id_gets_one_from_platform_channel_title_and_time() -> None:
    def id_of(**fields: object) -> str:
        return only(json_bytes([row(external_id=None, creator="C", **fields)])).external_id

    first = id_of()
    assert first.startswith("sha256:")
    assert len(first) == len("sha256:") + 64
    assert id_of(views=7, likes=None) == first
    assert len({first, id_of(title="B"), id_of(platform="tiktok"), id_of(published_at="2026-11-01T05:00:00Z")}) == 4


def test_an_id_that_a_spreadsheet_destroyed_is_no_id() -> None:
    rows = [youtube_row(video_id="#NAME?", title="One"), youtube_row(video_id="#NAME?", title="Two")]
    found = read_trends(csv_bytes(rows), name="f").observations
    assert len({one.item_key for one in found}) == 2
    assert {one.url for one in found} == {None}


def test_line_numbers_count_lines_of_the_file_also_after_multi_line_fields() -> None:
    rows = [row(description="one\ntwo\nthree"), row(external_id="b", title=""), row(external_id="c", views="-1")]
    fetch = read_trends(csv_bytes([{"description": "", **one} for one in rows]), name="f")
    assert [(skipped.line, skipped.reason) for skipped in fetch.skipped] == [
        (5, "it has no title"),
        (6, "views is '-1', not a whole number from 0 up"),
    ]
    assert fetch.observations[0].description == "one\ntwo\nthree"


def test_lines_of_jsonl_are_counted_with_the_empty_and_the_broken_ones() -> None:
    data = json_bytes(row()) + b"\n\n{oops}\n" + json_bytes(row(title=None)) + b"\n"
    fetch = read_trends(data, name="f")
    assert [skipped.line for skipped in fetch.skipped] == [3, 4]


def test_the_same_item_at_the_same_moment_counts_once() -> None:
    fetch = read_trends(json_bytes([row(views=1), row(views=2), row(observed_at="2026-11-01T13:00:00Z")]), name="f")
    assert [one.views for one in fetch.observations] == [1, 1000]
    assert fetch.skipped[0].reason == "it repeats line 1: same item, same moment"


def test_only_the_first_twenty_skipped_rows_are_listed_but_all_are_counted() -> None:
    fetch = read_trends(json_bytes([row(), *[row(title="")] * 30]), name="f")
    assert (len(fetch.skipped), fetch.skipped_count) == (20, 30)


@pytest.mark.parametrize(
    "title",
    [
        "🔥🔥🔥",
        "مرحبا بالعالم",
        "{\\an8}up",
        "it's 100%: %{x}",
        "<speak>hi</speak>",
        "a\x00b",
        "half \ud83d",
        "x" * 100_000,
    ],
)
def test_titles_of_any_kind_come_through_clean_and_bounded(title: str) -> None:
    for data in (json_bytes([row(title=title)]), csv_bytes([row(title=title)])):
        found = only(data).title
        assert 0 < len(found) <= 300
        found.encode()
        assert "\x00" not in found
        if title.isprintable() and len(title) < 300:
            assert found == title


@pytest.mark.parametrize("title", ["", "   ", "\x00\x01", "\u200b\u200d", None, ["a"]])
def test_a_row_without_a_readable_title_is_skipped(title: object) -> None:
    fetch = read_trends(json_bytes([row(), row(external_id="b", title=title)]), name="f")
    assert (len(fetch.observations), fetch.skipped[0].line) == (1, 2)


@pytest.mark.parametrize(
    "published", ["", "soon", "2026-13-40", "1850-01-01", "9999-12-31T23:59:59-14:00", None, True, [1]]
)
def test_a_row_without_a_valid_publishing_time_is_skipped(published: object) -> None:
    fetch = read_trends(json_bytes([row(), row(external_id="b", published_at=published)]), name="f")
    assert (len(fetch.observations), fetch.skipped_count) == (1, 1)


def test_a_row_seen_before_it_was_published_contradicts_itself() -> None:
    fetch = read_trends(json_bytes([row(), row(external_id="b", published_at="2026-11-02T00:00:00Z")]), name="f")
    assert "before it was published" in fetch.skipped[0].reason


def test_only_youtube_numbers_its_categories() -> None:
    assert only(json_bytes([row(category="10", platform="tiktok")])).category == "10"
    assert only(json_bytes([row(category=10, platform="youtube")])).category == "Music"


def test_links_of_other_schemes_are_dropped() -> None:
    found = only(json_bytes([row(url="javascript:alert(1)", thumbnail_url="file:///etc/passwd")]))
    assert (found.url, found.thumbnail_url) == (None, None)


def test_keys_stay_unambiguous_whatever_the_platform_is_called() -> None:
    found = only(json_bytes([row(platform="../Tik Tok/@x", external_id="https://a/b@c")]))
    assert found.key == "..-tik-tok-x/https://a/b@c@2026-11-01T12:00:00Z"


def test_a_kind_refuses_the_other() -> None:
    with pytest.raises(BadInput, match="no RSS or Atom"):
        read_trends(csv_bytes([row()]), name="f", kind="feed")
    with pytest.raises(BadInput, match="it is XML"):
        read_trends(b"<rss/>", name="f", kind="file")

"""RSS and Atom."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelineage.documents import Observation
from reelineage.errors import BadInput
from reelineage.trends import read_trends
from reelineage.trends.feeds import plain_text
from tests.reelineage.trends.factories import rss_bytes

_DATE = "<pubDate>Sun, 01 Nov 2026 06:00:00 +0100</pubDate>"
_YOUTUBE = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns="http://www.w3.org/2005/Atom"><title>Corner</title>
 <entry><id>yt:video:abcDEF12345</id><yt:videoId>abcDEF12345</yt:videoId><title>Fixing a tap</title>
  <link rel="alternate" href="https://www.youtube.com/shorts/abcDEF12345"/><author><name>Taps</name></author>
  <published>2026-10-31T15:00:00+00:00</published><updated>2026-11-01T02:00:00+00:00</updated>
  <media:group><media:thumbnail url="https://i.example/h.jpg"/><media:description>How to fix it</media:description>
   <media:community><media:starRating count="50" average="5.00"/><media:statistics views="1234"/></media:community>
  </media:group></entry></feed>"""


def only(data: bytes) -> Observation:
    fetch = read_trends(data, name="f", kind="feed")
    assert (fetch.source_kind, len(fetch.observations), fetch.skipped_count) == ("feed", 1, 0)
    return fetch.observations[0]


def test_an_rss_item_becomes_an_observation() -> None:
    found = only(
        rss_bytes(
            f"<item><guid>g1</guid><title>Tea &amp;amp; &lt;b&gt;cake&lt;/b&gt;</title><link>https://a.example/1</link>{_DATE}"
            "<category>food</category><description>&lt;p&gt;One&lt;/p&gt;&lt;script&gt;bad()&lt;/script&gt;two</description></item>"
        )
    )
    assert found.key == "feed/g1@2026-11-01T05:00:00Z"
    assert (found.title, found.url, found.creator) == ("Tea & cake", "https://a.example/1", "Corner")
    assert (found.description, found.hashtags) == ("One\ntwo", ("food",))
    assert (found.views, found.likes, found.observed_at_estimated) == (None, None, True)


def test_an_entry_of_a_youtube_channel_feed_is_the_youtube_video() -> None:
    found = only(_YOUTUBE.encode())
    assert found.item_key == "youtube/abcDEF12345"
    assert (found.views, found.likes) == (1234, None)  # a star rating is no like count
    assert found.url == "https://www.youtube.com/shorts/abcDEF12345"
    assert found.published_at.isoformat() == "2026-10-31T15:00:00+00:00"
    assert found.description == "How to fix it"


def test_utf16_feeds_are_read_whatever_encoding_they_declare() -> None:
    data = rss_bytes(f"<item><title>Ñandú</title>{_DATE}</item>", head='<?xml version="1.0" encoding="UTF-16"?>')
    assert only(data.decode().encode("utf-16")).title == "Ñandú"


def test_an_item_without_id_or_with_an_address_as_id_keeps_a_usable_key() -> None:
    assert only(rss_bytes(f"<item><title>a</title>{_DATE}</item>")).external_id.startswith("sha256:")
    linked = only(rss_bytes(f"<item><guid>https://a.example/p@1</guid><title>a</title>{_DATE}</item>"))
    assert linked.key == "feed/https://a.example/p@1@2026-11-01T05:00:00Z"


def test_entries_are_counted_from_one_in_the_skipped_rows() -> None:
    fetch = read_trends(rss_bytes(f"<item><title>a</title>{_DATE}</item><item><title>b</title></item>"), name="f")
    assert [(skipped.line, skipped.reason) for skipped in fetch.skipped] == [(2, "it has no publishing time")]


def test_a_feed_is_never_taken_for_an_address_or_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("something was opened")

    monkeypatch.setattr("builtins.open", refused)
    monkeypatch.setattr("urllib.request.OpenerDirector.open", refused)
    with pytest.raises(BadInput):
        read_trends(b"<http://127.0.0.1/feed>", name="f")
    assert only(rss_bytes(f"<item><title>file:///etc/passwd</title>{_DATE}</item>")).title == "file:///etc/passwd"


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(max_size=200))
def test_plain_text_never_fails_and_leaves_no_tag(text: str) -> None:
    assert "<b>" not in plain_text(f"{text}<b>x</b>".replace("<script", "").replace("<style", "").replace("&", ""))


def test_a_comparison_in_a_title_is_no_tag() -> None:
    assert plain_text("why 3 < 5 and 7 > 2") == "why 3 < 5 and 7 > 2"


def test_many_unclosed_scripts_take_no_time() -> None:
    assert plain_text("<script>" * 10_000) == ""

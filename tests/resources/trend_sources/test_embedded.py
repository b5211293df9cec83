"""The embedded trend sources, by the one interface."""

import pytest

from reelineage.errors import BadInput
from reelineage.trends import sample_feed
from resources.trend_sources import TrendSource
from resources.trend_sources.embedded import SampleFeedSource, StoredFileSource

_CSV = b"title,published_at\nFixing a tap,2026-11-01T06:00:00Z\n"
_RSS = (
    b'<rss version="2.0"><channel><title>c</title><item><title>Fixing a tap</title>'
    b"<pubDate>Sun, 01 Nov 2026 06:00:00 GMT</pubDate></item></channel></rss>"
)


@pytest.mark.parametrize(
    ("source", "media_type", "kind"),
    [
        (SampleFeedSource(), "application/jsonl", "sample"),
        (StoredFileSource(_CSV, "t.csv"), "text/csv", "file"),
        (StoredFileSource(b'[{"title": "a", "published_at": "2026-11-01"}]', "t", "file"), "application/json", "file"),
        (StoredFileSource(_RSS, "t.xml", "feed"), "application/xml", "feed"),
    ],
)
def test_a_source_brings_its_bytes_their_type_and_what_they_say(
    source: TrendSource, media_type: str, kind: str
) -> None:
    first, again = source.fetch(), source.fetch()
    assert first == again
    assert (first.media_type, first.fetch.source_kind) == (media_type, kind)
    assert first.fetch.observations
    assert source.identity.role == "trend_source"
    assert first.fetch.stand_in == source.identity.stand_in


def test_the_sample_feed_is_labelled_as_demo_and_keeps_its_bytes() -> None:
    fetched = SampleFeedSource().fetch()
    assert fetched.raw == sample_feed()
    assert (fetched.fetch.stand_in, fetched.fetch.source_name) == ("demo", "sample feed (demo)")
    assert len(fetched.fetch.observations) == 120


def test_a_stored_file_of_the_wrong_kind_is_refused_by_its_name() -> None:
    with pytest.raises(BadInput, match=r"Reading the trend file t\.csv: it is no RSS or Atom"):
        StoredFileSource(_CSV, "t.csv", "feed").fetch()

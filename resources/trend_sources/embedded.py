"""Trend sources that need no network and no key: bytes that are already stored, and the labelled demo feed.

Belongs here: sources that only hand on bytes. Not here: reading files (whoever makes the job stores them first, so that
a retry needs no outside file), services on the network.
"""

from typing import Literal

from reelineage.documents import ProviderIdentity
from reelineage.trends import SAMPLE_NAME, read_trends, sample_feed
from resources.trend_sources import FetchedTrends


class StoredFileSource:
    """A trend file whose bytes are already here; `kind` as in the theme, None when any format will do."""

    def __init__(self, data: bytes, name: str, kind: Literal["file", "feed"] | None = None) -> None:
        self._data = data
        self._name = name
        self._kind = kind

    @property
    def identity(self) -> ProviderIdentity:
        """The embedded file reader."""
        return ProviderIdentity(role="trend_source", provider="embedded", model="stored_file/1")

    def fetch(self) -> FetchedTrends:
        """Read the stored bytes.

        Raises:
            BadInput: they are no trend file, or not of the kind the theme names.
        """
        fetch = read_trends(self._data, name=self._name, kind=self._kind)
        return FetchedTrends(self._data, _media_type(self._data, is_feed=fetch.source_kind == "feed"), fetch)


class SampleFeedSource:
    """The made-up feed that comes with Reelineage. Everything made from it is marked as demo.

    `raw` is the feed as an earlier version had it, for a job that is made again; None is this version's.
    """

    def __init__(self, raw: bytes | None = None) -> None:
        self._raw = raw

    @property
    def identity(self) -> ProviderIdentity:
        """The demo feed, marked as a stand-in."""
        return ProviderIdentity(role="trend_source", provider="embedded", model="sample_feed/1", stand_in="demo")

    def fetch(self) -> FetchedTrends:
        """Read the demo feed."""
        raw = sample_feed() if self._raw is None else self._raw
        fetch = read_trends(raw, name=SAMPLE_NAME, kind="file")
        labelled = fetch.model_copy(update={"source_kind": "sample", "stand_in": "demo"})
        return FetchedTrends(raw, "application/jsonl", labelled)


def _media_type(data: bytes, *, is_feed: bool) -> str:
    """The type to store the artifact under: feeds are XML, JSON starts with a bracket, all else is CSV."""
    if is_feed:
        return "application/xml"
    start = data[:100_000].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not start.startswith((b"{", b"[")):
        return "text/csv"
    first, _, rest = start.partition(b"\n")
    return "application/jsonl" if first.rstrip().endswith(b"}") and rest.strip() else "application/json"

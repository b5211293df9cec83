"""Small trend files and observations for the tests of trends."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from reelineage.documents import Observation, TrendFetch, TrendReport
from reelineage.trends import build_report

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SHA = "0" * 64
YOUTUBE_COLUMNS = (
    "video_id", "trending_date", "title", "channel_title", "category_id", "publish_time", "tags", "views", "likes",
    "dislikes", "comment_count", "thumbnail_link", "comments_disabled", "ratings_disabled", "video_error_or_removed",
    "description",
)  # fmt: skip


def row(**fields: object) -> dict[str, object]:
    """One sound row in our own column names."""
    return {
        "external_id": "a1",
        "title": "A title",
        "published_at": "2026-11-01T06:00:00Z",
        "observed_at": "2026-11-01T12:00:00Z",
        "views": 1000,
        "likes": 50,
        **fields,
    }


def youtube_row(**fields: object) -> dict[str, object]:
    """One sound row in the columns of the public trending sets."""
    values: dict[str, object] = dict.fromkeys(YOUTUBE_COLUMNS, "")
    values |= {
        "video_id": "abcDEF12345",
        "trending_date": "17.14.11",
        "title": "Fixing a tap",
        "channel_title": "Taps",
        "category_id": "26",
        "publish_time": "2017-11-13T17:13:01.000Z",
        "tags": 'tap|"home repair"',
        "views": "748374",
        "likes": "57527",
        "comment_count": "15954",
        "comments_disabled": "False",
        "ratings_disabled": "False",
    }
    return values | fields


def csv_bytes(rows: Sequence[Mapping[str, object]], *, delimiter: str = ",") -> bytes:
    """Rows as a CSV file with a header line."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0].keys(), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def json_bytes(value: Any) -> bytes:
    """A value as a JSON file."""
    return json.dumps(value).encode()


def jsonl_bytes(rows: Sequence[Mapping[str, object]]) -> bytes:
    """Rows as a JSONL file."""
    return b"".join(json_bytes(one) + b"\n" for one in rows)


def rss_bytes(items: str, *, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    """An RSS file around the given `<item>` elements."""
    return f'{head}<rss version="2.0"><channel><title>Corner</title>{items}</channel></rss>'.encode()


def seen(name: str = "a", *, at: datetime = NOW, age_hours: float = 10, **fields: Any) -> Observation:
    """An observation of the item `name`."""
    values: dict[str, Any] = {
        "platform": "test",
        "external_id": name,
        "observed_at": at,
        "title": f"Title of {name}",
        "published_at": NOW - timedelta(hours=age_hours),
    }
    return Observation(**(values | fields))


def fetch_of(*observations: Observation, name: str = "test file") -> TrendFetch:
    """A fetch that brought in the given observations."""
    return TrendFetch(source_kind="file", source_name=name, observations=observations)


def report_of(*observations: Observation) -> TrendReport:
    """A report over the given observations, without a window."""
    return build_report([(fetch_of(*observations), SHA)], window_hours=None)

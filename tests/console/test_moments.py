"""Times as people type them, and what is none.

Belongs here: reading a time. Not here: what is done with it.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.moments import parse_moment
from reelineage.errors import BadInput


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22 14:30", datetime(2026, 11, 22, 14, 30, tzinfo=UTC)),
        ("2026-11-22T14:30:05.25Z", datetime(2026, 11, 22, 14, 30, 5, 250_000, tzinfo=UTC)),
        ("2026-11-22T14:30+02:00", datetime(2026, 11, 22, 12, 30, tzinfo=UTC)),
    ],
)
def test_a_date_or_time_is_read_with_its_zone_or_as_utc(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "22.11.2026", "2026-13-01", "2026-02-30", "2026-11-22T25:00", "1732285800", "2026-11-22T",
     "²026-11-22", "2026-11-22T14:30+99:00", "0001-01-01T00:00+14:00"],
)  # fmt: skip
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(BadInput, match="2026-11-22T14:30Z"):
        parse_moment(text)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001 — the zone is added below
def test_whatever_is_written_in_iso_form_is_read_back(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=UTC) + timedelta(minutes=minutes)
    assert parse_moment(moment.isoformat()) == moment


@given(st.text(max_size=40))
def test_every_text_is_read_or_refused(text: str) -> None:
    with suppress(BadInput):
        assert parse_moment(text).utcoffset() == timedelta(0)

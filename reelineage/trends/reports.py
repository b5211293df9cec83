"""From fetches to the report that one job works from: the window, and each observation once.

Belongs here: which observations count. Not here: reading them (`reading.py`), what they mean (`analysis.py`).
"""

from collections.abc import Sequence
from datetime import timedelta

from reelineage.documents import Observation, ReportSource, TrendFetch, TrendReport
from reelineage.errors import BadInput


def build_report(fetches: Sequence[tuple[TrendFetch, str]], *, window_hours: float | None) -> TrendReport:
    """Join fetches to one report.

    The window ends at the newest observation and keeps what was observed in its `window_hours` (both ends count);
    None keeps everything. Of observations with the same key the first fetch's stays. The order is by key, so it does
    not depend on the order inside the files.

    Args:
        fetches: each fetch with the sha256 of the artifact that holds its bytes.
        window_hours: length of the window, or None.

    Raises:
        BadInput: there is no observation at all.
    """
    by_key: dict[str, Observation] = {}
    for fetch, _ in fetches:
        for observation in fetch.observations:
            by_key.setdefault(observation.key, observation)
    if not by_key:
        names = ", ".join(fetch.source_name for fetch, _ in fetches) or "no source at all"
        raise BadInput(f"Building the trend report from {names}: there is no observation. Add a source that has some.")
    end = max(observation.observed_at for observation in by_key.values())
    start = None if window_hours is None else end - timedelta(hours=window_hours)
    return TrendReport(
        window_start=start,
        window_end=end,
        sources=tuple(
            ReportSource(
                source_kind=fetch.source_kind,
                source_name=fetch.source_name,
                artifact_sha256=sha256,
                observations=len(fetch.observations),
                skipped_count=fetch.skipped_count,
                stand_in=fetch.stand_in,
            )
            for fetch, sha256 in fetches
        ),
        observations=tuple(by_key[key] for key in sorted(by_key) if start is None or by_key[key].observed_at >= start),
    )

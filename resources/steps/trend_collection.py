"""Collecting trends for one job: fetch each source, keep what came in, store its observations, cut the window."""

from pathlib import Path

import dagster as dg
from pydantic import JsonValue

from reelineage.documents import TrendFetch, TrendReport
from reelineage.trends import build_report
from resources.ledger import Product, Request
from resources.providers import Providers
from resources.trend_sources import TrendSource
from resources.trend_store import store_fetch
from resources.work import Work

_TABLE_ROWS = 50


def collect(work: Work, providers: Providers) -> TrendReport:
    """Fetch all sources of the job's theme. A retry reads the stored file again and needs no outside file."""
    fetches = []
    for number, source in enumerate(work.theme.sources, 1):
        provider = providers.trend_source(source, work.store)
        work.progress(number, len(work.theme.sources), f"source {source.kind}")
        fetches.append(_fetch(work, provider, source.model_dump(mode="json")))
    return build_report(fetches, window_hours=work.theme.window_hours)


def _fetch(work: Work, source: TrendSource, parameters: dict[str, JsonValue]) -> tuple[TrendFetch, str]:
    fetched: list[TrendFetch] = []

    def make(folder: Path) -> Product:
        answer = source.fetch()
        fetched.append(answer.fetch)
        raw = folder / "raw"
        raw.write_bytes(answer.raw)
        return Product({"observations": len(answer.fetch.observations)}, raw, answer.media_type)

    answer = work.call(Request(source.identity, {"source": parameters}), make)
    fetch = fetched[0] if fetched else source.fetch().fetch
    sha256 = answer.artifact.sha256 if answer.artifact else ""
    store_fetch(work.home.database, answer.call_id, sha256, fetch, job_id=work.job.id, run_id=work.run_id)
    return fetch, sha256


def items_table(report: TrendReport) -> dg.TableMetadataValue:
    """The report's newest observations by views, as Dagster's UI shows them."""
    newest = {seen.item_key: seen for seen in sorted(report.observations, key=lambda seen: seen.observed_at)}
    shown = sorted(newest.values(), key=lambda seen: -(seen.views or 0))[:_TABLE_ROWS]
    return dg.MetadataValue.table(
        records=[
            dg.TableRecord(
                {
                    "title": seen.title,
                    "creator": seen.creator or "",
                    "views": seen.views if seen.views is not None else "unknown",
                    "likes": seen.likes if seen.likes is not None else "unknown",
                    "published": seen.published_at.isoformat(),
                    "url": seen.url or "",
                }
            )
            for seen in shown
        ]
    )

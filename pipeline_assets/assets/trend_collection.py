"""Stage 1, `trend_collection`: what the sources say, kept as observations. Parsing is `reelineage.trends`."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipeline_assets.partitions import job_partitions
from pipeline_assets.policies import CODE_VERSIONS, OWNERS
from reelineage.documents import TrendReport
from resources.providers import Providers
from resources.steps.trend_collection import collect, items_table
from resources.workbench import Workbench


@dg.asset(
    partitions_def=job_partitions,
    code_version=CODE_VERSIONS["trends"],
    kinds={"python", "sqlalchemy"},
    owners=OWNERS,
)
def trends(
    context: dg.AssetExecutionContext, workbench: Workbench, providers: Providers
) -> dg.MaterializeResult[TrendReport]:
    """The observations this job works from: each source is fetched, stored row by row, and cut to the window."""
    with workbench.work(context) as work:
        return work.stored(_tell) or work.result(collect(work, providers), _tell)


def _tell(report: TrendReport) -> Mapping[str, Any]:
    return {"items": items_table(report), "observations": len(report.observations)}

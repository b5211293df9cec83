"""Stage 2, `trend_analysis`: what is rising and why. The arithmetic is `reelineage.trends`."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipeline_assets.partitions import job_partitions
from pipeline_assets.policies import CODE_VERSIONS, OWNERS
from reelineage.documents import TrendAnalysis, TrendReport
from reelineage.trends import analyse
from resources.workbench import Workbench


@dg.asset(
    partitions_def=job_partitions,
    code_version=CODE_VERSIONS["analysis"],
    kinds={"python", "scikitlearn"},
    owners=OWNERS,
)
def analysis(
    context: dg.AssetExecutionContext, workbench: Workbench, trends: TrendReport
) -> dg.MaterializeResult[TrendAnalysis]:
    """Velocity, topics and patterns of the job's observations; each statement lists its evidence rows."""
    with workbench.work(context) as work:
        return work.stored(_tell) or work.result(analyse(trends), _tell)


def _tell(found: TrendAnalysis) -> Mapping[str, Any]:
    said = "\n".join(statement.text for statement in found.statements)
    return {"statements": dg.MetadataValue.text(said), "topics": len(found.topics)}

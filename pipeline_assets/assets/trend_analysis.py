"""Stage 2, `trend_analysis`: what is rising and why. The arithmetic is `reelineage.trends`."""

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
        if stored := work.stored():
            return stored
        found = analyse(trends)
        said = "\n".join(f"- {statement.text}" for statement in found.statements)
        return work.result(found, {"statements": dg.MetadataValue.md(said), "topics": len(found.topics)})

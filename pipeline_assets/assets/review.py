"""Stage 5, `review`: the signed files and the findings. The verdict is a person's (`resources.decisions`)."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipeline_assets.partitions import job_partitions
from pipeline_assets.policies import CODE_VERSIONS, OWNERS
from reelineage.documents import Review, Script, Video
from resources.steps.review import review
from resources.workbench import Workbench


@dg.asset(
    partitions_def=job_partitions,
    code_version=CODE_VERSIONS["reviews"],
    kinds={"python"},
    owners=OWNERS,
)
def reviews(
    context: dg.AssetExecutionContext, workbench: Workbench, scripts: Script, videos: Video
) -> dg.MaterializeResult[Review]:
    """What a reviewer should know; the video, signed by then, waits in `output/review` for a decision."""
    with workbench.work(context) as work:
        return work.stored(_tell) or work.result(review(work, scripts, videos), _tell)


def _tell(made: Review) -> Mapping[str, Any]:
    found = "\n".join(f"{finding.severity}: {finding.message}" for finding in made.findings)
    told = {"findings": dg.MetadataValue.text(found or "none"), "recommendation": made.recommendation}
    return told | ({"digital_source_type": made.disclosure.digital_source_type} if made.disclosure else {})

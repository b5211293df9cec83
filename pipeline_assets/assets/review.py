"""Stage 5, `review`: automatic findings about a finished video. The verdict is a person's (`resources.decisions`)."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipeline_assets.partitions import job_partitions
from pipeline_assets.policies import CODE_VERSIONS, OWNERS
from reelineage.documents import Review, Script, Video
from reelineage.review import review_video
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
    """What a reviewer should know; the video then waits in `output/review` for a decision."""
    with workbench.work(context) as work:
        return work.stored(_tell) or work.result(
            review_video(videos, scripts, stand_ins=work.stand_ins(), works=work.works(), draft=work.draft), _tell
        )


def _tell(review: Review) -> Mapping[str, Any]:
    found = "\n".join(f"{finding.severity}: {finding.message}" for finding in review.findings)
    return {"findings": dg.MetadataValue.text(found or "none"), "recommendation": review.recommendation}

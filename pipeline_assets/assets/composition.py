"""Stage 4, `composition`: clips, voice, music and captions become one file. How is `resources.rendering`."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipeline_assets.partitions import job_partitions
from pipeline_assets.policies import CODE_VERSIONS, OWNERS
from reelineage.documents import Clip, Script, Video, Voiceover
from resources.providers import Providers
from resources.steps.composition import compose_video, preview
from resources.workbench import Workbench


@dg.asset(
    partitions_def=job_partitions,
    code_version=CODE_VERSIONS["videos"],
    kinds={"ffmpeg", "video"},
    owners=OWNERS,
)
def videos(
    context: dg.AssetExecutionContext,
    workbench: Workbench,
    providers: Providers,
    scripts: Script,
    voiceovers: Voiceover,
    clips: list[Clip],
) -> dg.MaterializeResult[Video]:
    """The finished MP4 with its music and burned-in captions, thumbnail and subtitle files, measured after the end."""
    with workbench.work(context) as work:

        def tell(video: Video) -> Mapping[str, Any]:
            return {
                "thumbnail": dg.MetadataValue.md(preview(work, video)),
                "duration_seconds": video.duration_seconds,
                "loudness_lufs": video.loudness_lufs,
            }

        return work.stored(tell) or work.result(compose_video(work, providers, scripts, voiceovers, clips), tell)

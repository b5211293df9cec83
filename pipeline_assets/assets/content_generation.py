"""Stage 3, `content_generation`: script, voice and pictures. Writers, speech and footage are providers."""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from pipeline_assets.partitions import job_partitions
from pipeline_assets.policies import CODE_VERSIONS, OWNERS
from reelineage.documents import Clip, Script, TrendAnalysis, Voiceover
from resources.providers import Providers
from resources.steps.content_generation import film, voice, write
from resources.workbench import Workbench


@dg.asset(
    partitions_def=job_partitions,
    code_version=CODE_VERSIONS["scripts"],
    kinds={"python", "sqlalchemy"},
    owners=OWNERS,
)
def scripts(
    context: dg.AssetExecutionContext, workbench: Workbench, analysis: TrendAnalysis
) -> dg.MaterializeResult[Script]:
    """What the video says and shows, scene by scene; every number cites the observation it was taken from."""
    with workbench.work(context) as work:
        return work.stored(_tell_script) or work.result(write(work, analysis), _tell_script)


def _tell_script(script: Script) -> Mapping[str, Any]:
    said = "\n".join(f"{scene.number}. {' '.join(s.text for s in scene.sentences)}" for scene in script.scenes)
    return {"title": script.title, "narration": dg.MetadataValue.text(said)}


@dg.asset(
    partitions_def=job_partitions,
    code_version=CODE_VERSIONS["voiceovers"],
    kinds={"python", "audio"},
    owners=OWNERS,
)
def voiceovers(
    context: dg.AssetExecutionContext, workbench: Workbench, providers: Providers, scripts: Script
) -> dg.MaterializeResult[Voiceover]:
    """The narration: every sentence spoken, timed word by word, and joined into one track of whole frames."""
    with workbench.work(context) as work:
        return work.stored(_tell_voiceover) or work.result(voice(work, providers, scripts), _tell_voiceover)


def _tell_voiceover(voiceover: Voiceover) -> Mapping[str, Any]:
    return {"duration_seconds": voiceover.duration_seconds, "loudness_lufs": voiceover.loudness_lufs}


@dg.asset(
    partitions_def=job_partitions,
    code_version=CODE_VERSIONS["clips"],
    kinds={"python", "video"},
    owners=OWNERS,
)
def clips(
    context: dg.AssetExecutionContext,
    workbench: Workbench,
    providers: Providers,
    scripts: Script,
    voiceovers: Voiceover,
) -> dg.MaterializeResult[list[Clip]]:
    """The pictures: one per scene, as long as that scene's narration in whole frames: a drawing, film or still."""
    with workbench.work(context) as work:
        return work.stored(_tell_clips) or work.result(film(work, providers, scripts, voiceovers), _tell_clips)


def _tell_clips(made: Sequence[Clip]) -> Mapping[str, Any]:
    return {"scenes": len(made), "frames": sum(clip.frames for clip in made)}

"""Asset checks: claims that hold when green, judged on the stored row of one job.

Belongs here: thin checks for people who look at Dagster. The rules that must hold also stop the asset itself; a check
reads the partition's row from the database, because taking the asset as an argument would load every partition.
"""

import dagster as dg

from reelineage import lineage
from reelineage.documents import Script, Video, Voiceover
from reelineage.scripting.fitting import spoken_seconds
from reelineage.theme import Theme
from resources.audit import audit_job
from resources.steps.composition import stored_video_problem
from resources.workbench import Workbench

_DURATION_TOLERANCE = 0.2


def _current(context: dg.AssetCheckExecutionContext, workbench: Workbench) -> lineage.Current:
    with workbench.home.database.read() as session:
        return lineage.current(session, lineage.parse_job_id(context.partition_key))


def _failed(why: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, description=why)


@dg.asset_check(asset="scripts")
def script_fits_duration(context: dg.AssetCheckExecutionContext, workbench: Workbench) -> dg.AssetCheckResult:
    """The script, read aloud at the theme's pace, lasts about as long as the theme asks."""
    row = _current(context, workbench).script
    if row is None or row.document is None:
        return _failed("there is no script, or its content was taken down")
    script = Script.model_validate(row.document)
    pace = Theme.model_validate(workbench.home.queue.get(row.job_id).theme).voice.pace
    seconds = spoken_seconds([[s.text for s in scene.sentences] for scene in script.scenes], pace)
    target = script.duration_target_seconds
    return dg.AssetCheckResult(
        passed=abs(seconds - target) <= _DURATION_TOLERANCE * target,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"about {seconds:.1f} s of narration for a target of {target:.0f} s",
        metadata={"seconds": seconds, "target_seconds": target},
    )


@dg.asset_check(asset="voiceovers")
def voice_is_audible_and_unclipped(context: dg.AssetCheckExecutionContext, workbench: Workbench) -> dg.AssetCheckResult:
    """The stored track can be heard, and no sample reaches full scale."""
    row = _current(context, workbench).voiceover
    if row is None or row.document is None:
        return _failed("there is no voiceover, or its content was taken down")
    voiceover = Voiceover.model_validate(row.document)
    return dg.AssetCheckResult(
        passed=voiceover.loudness_lufs > -40 and voiceover.peak_dbfs < -1,
        description=f"{voiceover.loudness_lufs:.1f} LUFS, peak {voiceover.peak_dbfs:.1f} dBFS",
        metadata={"loudness_lufs": voiceover.loudness_lufs, "peak_dbfs": voiceover.peak_dbfs},
    )


@dg.asset_check(asset="videos")
def video_is_playable(context: dg.AssetCheckExecutionContext, workbench: Workbench) -> dg.AssetCheckResult:
    """The stored file is, byte for byte, the one that was decoded to its end and judged before it was recorded.

    Judged then: size, codecs, frame count, loudness, no long black, frozen or silent stretch.
    """
    current = _current(context, workbench)
    if current.video is None or current.video.document is None:
        return _failed("there is no current video, or its content was taken down")
    video = Video.model_validate(current.video.document)
    problem = stored_video_problem(workbench.home.store, video)
    return dg.AssetCheckResult(
        passed=problem is None,
        description=problem or "the same bytes that were decoded to their end and judged",
        metadata={"duration_seconds": video.duration_seconds, "loudness_lufs": video.loudness_lufs},
    )


@dg.asset_check(asset="reviews")
def lineage_is_complete(context: dg.AssetCheckExecutionContext, workbench: Workbench) -> dg.AssetCheckResult:
    """Every row of the job has its upstream rows, its files, and its place in the chain."""
    job_id = lineage.parse_job_id(context.partition_key)
    findings = audit_job(workbench.home, job_id)
    return dg.AssetCheckResult(
        passed=not findings,
        description="; ".join(finding.message for finding in findings[:5])
        or "every row has its upstream rows and files",
    )


CHECKS = [script_fits_duration, voice_is_audible_and_unclipped, video_is_playable, lineage_is_complete]

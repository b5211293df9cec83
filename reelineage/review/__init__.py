"""Automatic findings about a finished video. Belongs here: what a reviewer should know. Not here: the verdict."""

from collections.abc import Iterator, Sequence

from reelineage.documents import Finding, MediaItem, Review, Script, StandIn, Video

_DURATION_TOLERANCE = 0.2
_LOUDNESS_TOLERANCE_LU = 0.5
_TARGET_LUFS = -14.0

__all__ = ["review_video"]


def review_video(
    video: Video, script: Script, *, stand_ins: Sequence[StandIn], works: Sequence[MediaItem], draft: bool
) -> Review:
    """Findings about `video`, and whether anything speaks against publishing it as it is.

    `works` are the outside works in its clips; those that composition added are named by the video itself.
    """
    findings = (*_findings(video, script, stand_ins, draft=draft), *_unlicensed([*works, *video.media]))
    return Review(
        video_sha256=video.file.sha256,
        findings=findings,
        stand_ins=tuple(sorted(set(stand_ins))),
        recommendation="look" if any(finding.severity != "info" for finding in findings) else "approve",
    )


def _findings(video: Video, script: Script, stand_ins: Sequence[StandIn], *, draft: bool) -> Iterator[Finding]:
    for stand_in in sorted(set(stand_ins)):
        yield Finding(
            code=f"stand_in_{stand_in}",
            severity="blocking",
            message=f"{stand_in} data is among the sources: approving needs --allow-demo.",
        )
    if draft:
        yield Finding(
            code="draft_profile",
            severity="blocking",
            message=f"This is a draft ({video.width}x{video.height}) for a quick look, not for publishing.",
        )
    target = script.duration_target_seconds
    if target and abs(video.duration_seconds - target) > _DURATION_TOLERANCE * target:
        yield Finding(
            code="duration_off_target",
            severity="warning",
            message=f"The video lasts {video.duration_seconds:.1f} s; the theme asks for {target:.0f} s.",
        )
    if abs(video.loudness_lufs - _TARGET_LUFS) > _LOUDNESS_TOLERANCE_LU:
        yield Finding(
            code="loudness_off_target",
            severity="warning",
            message=f"The loudness is {video.loudness_lufs:.1f} LUFS; platforms play {_TARGET_LUFS:.0f}.",
        )
    for note in video.notes:
        yield Finding(code="composition_note", severity="warning", message=f"While composing: {note}.")
    uncited = [scene.number for scene in script.scenes if not any(sentence.citations for sentence in scene.sentences)]
    if len(uncited) == len(script.scenes):
        yield Finding(code="nothing_cited", severity="warning", message="No sentence cites an observation.")
    yield Finding(
        code="synthetic_media",
        severity="info",
        message="The voice is synthetic, and pictures may be: mark the upload as AI-made where the platform asks.",
    )


def _unlicensed(works: Sequence[MediaItem]) -> Iterator[Finding]:
    for item in dict.fromkeys(works):
        if item.licence == "unknown":
            yield Finding(
                code="licence_unknown",
                severity="warning",
                message=f"The licence of the {item.kind} {item.title} is unknown: name it in the theme.",
            )

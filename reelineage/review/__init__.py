"""Automatic findings about a finished video. Belongs here: what a reviewer should know. Not here: the verdict.

Every word of a review comes from the video and its ancestors: no clock, no row ids, so that the same video has the same
review on another day and in another database.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from reelineage.documents import Disclosure, Finding, MediaItem, Review, Script, StandIn, Video
from reelineage.editing import Change
from reelineage.review.edits import edited_by
from reelineage.rights.bill_of_materials import is_known
from reelineage.rights.disclosure import duties_of

_DURATION_TOLERANCE = 0.2
_LOUDNESS_TOLERANCE_LU = 0.5
_TARGET_LUFS = -14.0
_STAND_INS: Final[dict[StandIn, str]] = {
    "demo": "Made-up demo data is among the sources",
    "fallback": "A fallback stood in for a provider that had failed",
    "ambiguous": "The answer to a provider call was lost, so nobody knows what it did",
}

__all__ = ["review_video"]


def review_video(  # noqa: PLR0913 — each is a fact of its own, from another place
    video: Video,
    script: Script,
    *,
    stand_ins: Sequence[StandIn],
    works: Sequence[MediaItem],
    draft: bool,
    disclosure: Disclosure,
    edits: Sequence[tuple[str, Change]] = (),
    delete_by: date | None = None,
    allow_unknown_licences: bool = False,
) -> Review:
    """Findings about `video`, and whether anything speaks against publishing it as it is.

    Args:
        video: the finished video; the works that composition added are named by itself.
        script: what it says.
        stand_ins: what among its ancestors stood in for the real thing.
        works: the outside works in its clips and its voiceover.
        draft: whether it is a quick look at half size.
        disclosure: what has to be said about how it was made (`disclosure.derive`); kept with the review.
        edits: what people changed in the script, each with the person's name, the oldest first.
        delete_by: the day by which raw text of its trend sources has to be gone, if any.
        allow_unknown_licences: whether the theme takes works whose licence nobody named.
    """
    findings = (
        *_stood_in(stand_ins),
        *_unlicensed([*works, *video.media], allowed=allow_unknown_licences),
        *_quality(video, script, draft=draft),
        *edited_by(script, edits),
        *_duties(disclosure, delete_by),
    )
    return Review(
        video_sha256=video.file.sha256,
        findings=findings,
        stand_ins=tuple(sorted(set(stand_ins))),
        disclosure=disclosure,
        recommendation="look" if any(finding.severity != "info" for finding in findings) else "approve",
    )


def _stood_in(stand_ins: Sequence[StandIn]) -> Iterator[Finding]:
    for stand_in in sorted(set(stand_ins)):
        yield Finding(
            code=f"stand_in_{stand_in}",
            severity="blocking",
            message=f"{_STAND_INS[stand_in]}: approving needs --allow-demo.",
        )


def _unlicensed(works: Sequence[MediaItem], *, allowed: bool) -> Iterator[Finding]:
    for item in dict.fromkeys(works):
        if is_known(item.licence):
            continue
        unknown = f"The licence of the {item.kind} {item.title} is unknown"
        yield Finding(
            code="licence_unknown",
            severity="warning" if allowed else "blocking",
            message=f"{unknown}; the theme allows that." if allowed else f"{unknown}: name it in the theme.",
        )


def _quality(video: Video, script: Script, *, draft: bool) -> Iterator[Finding]:
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


def _duties(disclosure: Disclosure, delete_by: date | None) -> Iterator[Finding]:
    """What has to be done besides: to be read, but nothing that speaks against the video."""
    for duty in duties_of(disclosure):
        yield Finding(code="disclosure", severity="info", message=duty)
    if delete_by is not None:
        yield Finding(
            code="delete_source_text",
            severity="info",
            message=f"Text of its trend sources is to be deleted by {delete_by:%Y-%m-%d}; the video may stay.",
        )

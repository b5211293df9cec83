"""The job page's addresses for reading: the job itself, an earlier version of it, how two versions differ.

Belongs here: routes that change nothing. Not here: the page (`job_page.py`), deciding (`deciding.py`), asking for a
change (`editing.py`), retry and cancel (`jobs.py`).
"""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from console.comparing import parts_at, verdict
from console.web.differences import is_of_hashes, told
from console.web.guard import needs
from console.web.pages.job_page import job_page
from console.web.parts import TheHome
from console.web.row_ids import RowNumber
from console.web.templating import render
from reelineage import lineage
from reelineage.comparing.branches import PartComparison, branch_of, compare
from reelineage.errors import BadInput, NotFound
from reelineage.family import Ref, parse_reference
from resources.access import Role
from resources.job_states import existing
from resources.job_versions import Version, versions_of

router = APIRouter(prefix="/jobs", dependencies=[Depends(needs(Role.VIEWER))])
_MOST_DIFFERENCES: Final = 40  # of one stage
_FOLLOWING: Final = 3  # of a stage that only follows from an earlier one


@dataclass(frozen=True)
class Stage:
    """One stage of a comparison as it is shown: a line of verdict, and what differs as (where, before, after).

    `hashes` are the differences that tell a person no more than that something is another.
    """

    name: str
    verdict: str
    same: bool
    before: tuple[Ref, ...]
    after: tuple[Ref, ...]
    differences: tuple[tuple[str, str, str], ...]
    hashes: tuple[tuple[str, str, str], ...]
    more: int


@router.get("/{job_id}")
def show(
    request: Request, home: TheHome, job_id: RowNumber, version: Annotated[int | None, Query(ge=1, le=10**9)] = None
) -> Response:
    """A job as it is now, or an earlier version of its script with the video made from it."""
    return job_page(request, home, job_id, version=version)


@router.get("/{job_id}/versions")
def versions(
    request: Request,
    home: TheHome,
    job_id: RowNumber,
    before: Annotated[str | None, Query(max_length=80)] = None,
    after: Annotated[str | None, Query(max_length=80)] = None,
) -> Response:
    """How two versions of a job differ, stage by stage; without names the newest two."""
    with home.database.read() as session:
        job = existing(session, job_id)
        current = lineage.current(session, job_id)
        found = versions_of(
            session,
            job_id,
            script_id=current.script.id if current.script else None,
            video_id=current.video.id if current.video else None,
        )
        one, other = _of_one_kind(found, _chosen(found, before, 1), _chosen(found, after, 0))
        parts = _compared(session, job_id, one, other) if one and other else ()
    first = parts_at(parts)
    return render(
        request,
        "job_versions.html",
        title=f"Versions of job {job_id}",
        job=job,
        versions=found,
        before=str(one) if one else "",
        after=str(other) if other else "",
        first=first.part if first else None,
        parts=tuple(map(_stage, parts)),
        nav="jobs",
    )


def _chosen(found: tuple[Version, ...], text: str | None, place: int) -> Ref | None:
    """The version that was named, or the one at this place from the newest."""
    if text is not None:
        return parse_reference(text)
    return found[place].ref if place < len(found) else None


def _of_one_kind(found: tuple[Version, ...], one: Ref | None, other: Ref | None) -> tuple[Ref | None, Ref | None]:
    """Beside a script that no video was made from yet, a version's video stands for its script."""
    if one is None or other is None or one.node == other.node:
        return one, other
    scripts = {
        f"video:{video.id}": Ref("script", str(version.script_id)) for version in found for video in version.videos
    }
    return scripts.get(str(one), one), scripts.get(str(other), other)


def _compared(session: Session, job_id: int, one: Ref, other: Ref) -> tuple[PartComparison, ...]:
    if one.node != other.node:
        raise BadInput(f"Comparing {one} with {other}: a {one.node} and a {other.node}. Choose two of one kind.")
    branches = [branch_of(session, ref) for ref in (one, other)]
    for branch in branches:
        if branch.job_id != job_id:
            raise NotFound(f"Comparing versions of job {job_id}: {branch.subject} belongs to job {branch.job_id}.")
    return compare(*branches, most=_MOST_DIFFERENCES)


def _stage(part: PartComparison) -> Stage:
    most = _FOLLOWING if part.follows_from else _MOST_DIFFERENCES
    hashes = tuple(one for one in part.differences if is_of_hashes(one))
    shown = tuple(one for one in part.differences if one not in hashes)[:most]
    return Stage(
        name=part.part,
        verdict=verdict(part),
        same=part.same,
        before=part.before.refs if part.before else (),
        after=part.after.refs if part.after else (),
        differences=tuple(map(told, shown)),
        hashes=tuple(map(told, hashes)),
        more=part.count - len(shown) - len(hashes),
    )

"""One job as a page: what was made, why it says what it says, and the forms to decide about it or change it.

Belongs here: the page, also as the answer to a form that was refused. Not here: what stands on it
(`resources/job_view.py`), the forms' own routes (`deciding.py`, `editing.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from console.web.templating import render
from reelineage import lineage
from resources.home import Home
from resources.job_view import JobView, job_view
from resources.progress_line import read_line

STAGES = tuple(dict.fromkeys(lineage.STAGES.values()))


@dataclass(frozen=True)
class Refused:
    """A form that was not accepted: why, and what was typed, so that nothing has to be typed twice.

    `wrong` says of single fields what is wrong with them.
    """

    form: Literal["approve", "reject", "edit"]
    message: str
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


def job_page(
    request: Request,
    home: Home,
    job_id: int,
    *,
    version: int | None = None,
    status_code: int = 200,
    refused: Refused | None = None,
) -> Response:
    """The page of a job, or of an earlier version of it.

    Raises:
        NotFound: there is no such job or version.
    """
    view = job_view(home, job_id, version=version)
    return render(
        request,
        "job.html",
        status_code=status_code,
        title=_title(view),
        view=view,
        job=view.job,
        shown=view.shown,
        stages=STAGES,
        reached=read_line(view.job.progress),
        assets=lineage.ASSETS,
        refused=refused,
        form=refused.form if refused else None,
        typed=refused.typed if refused else {},
        wrong=refused.wrong if refused else {},
        nav="jobs",
    )


def _title(view: JobView) -> str:
    """What the job's video is called; the theme's name until it has a title."""
    shown = view.shown
    if shown is None:
        return view.job.theme_name
    return shown.script.title or f"Job {view.job.id}: taken down"

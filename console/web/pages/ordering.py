"""The form that orders a video, checked exactly as the command line does, with what was typed kept when it is refused.

Belongs here: from a form to `create_job`. Not here: what a theme may say (`reelineage/theme.py`), reading trend files
(`resources/job_orders.py`). A file that is sent lies in a scratch folder until the job is stored, and then no more.
"""

import re
import secrets
import shutil
import tempfile
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Final, get_args

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from console.web.guard import needs
from console.web.pages.own_theme import OWN, START, choice, examples, is_written
from console.web.parts import TheHome
from console.web.templating import render
from reelineage.errors import BadInput
from reelineage.fingerprint import sha256_of, sha256_of_file
from reelineage.look import ProfileName
from reelineage.text import clean_text
from reelineage.theme import MAX_THEME_BYTES, Theme, parse_theme
from resources.access import Role
from resources.home import Home
from resources.job_orders import create_job, read_theme, ready_themes

_MOST_SEED: Final = 2**31 - 1
_SEED: Final = re.compile(r"[0-9]{1,10}")
_ORDER: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_UNUSUAL: Final = re.compile(r"[^\w .()+-]|^\.+")
_LONGEST_NAME: Final = 100
_LONGEST_NAME_BYTES: Final = 200  # a file system takes 255
router = APIRouter(dependencies=[Depends(needs(Role.OPERATOR))])
Short = Annotated[str, Field(max_length=200)]


class Order(BaseModel, frozen=True):
    """What was filled in. `order` names this filling-in: the same sent twice makes one job.

    `ticked` is the theme that the form came with: who writes one and leaves that ticked means what is written.
    """

    order: Short = ""
    theme: Short = ""
    ticked: Short = ""
    yaml: str = ""  # at most a megabyte, as any field; `parse_theme` says what is too long
    profile: Short = ""
    seed: Short = ""
    theme_file: UploadFile | None = None
    trends: UploadFile | None = None


@router.get("/jobs/new")
def empty_form(request: Request) -> Response:
    """The form, with the first ready theme chosen."""
    first = next(iter(_ready()))
    return _form(request, Order(order=secrets.token_urlsafe(16), theme=first, ticked=first))


@router.post("/jobs")
def create(request: Request, home: TheHome, order: Annotated[Order, Form()]) -> Response:
    """Create the job and go to its page; a refusal comes back as the form, with the reason and everything typed."""
    filled = order.model_copy(
        update={
            "order": order.order if _ORDER.fullmatch(order.order) else secrets.token_urlsafe(16),
            "yaml": order.yaml.replace("\r\n", "\n"),
            "theme_file": _chosen(order.theme_file),
            "trends": _chosen(order.trends),
        }
    )
    if filled.theme_file:
        text = filled.theme_file.file.read(MAX_THEME_BYTES + 1)
        filled = filled.model_copy(update={"theme": OWN, "yaml": text.decode(errors="replace")})
    try:
        meant = choice(filled.theme, ticked=filled.ticked, text=filled.yaml)
        filled = filled.model_copy(update={"theme": meant, "ticked": meant})
        job_id = _stored(home, filled)
    except BadInput as error:
        return _form(request, filled, str(error))
    return RedirectResponse(f"/jobs/{job_id}", HTTPStatus.SEE_OTHER)


def _stored(home: Home, filled: Order) -> int:
    theme = _theme(filled)
    with tempfile.TemporaryDirectory(prefix="reelineage-order-") as folder:
        path = None
        if filled.trends:
            path = Path(folder) / _name(filled.trends, "trends")
            with path.open("wb") as file:
                shutil.copyfileobj(filled.trends.file, file)
        return create_job(
            home,
            theme,
            origin="console",
            seed=_seed(filled.seed),
            profile=_profile(filled.profile),
            trends=path,
            request_key=_request_key(filled, theme, path),
        )


def _request_key(filled: Order, theme: Theme, trends: Path | None) -> str:
    """The same for the same form: whoever goes back and changes something before sending it again wants another job."""
    file = sha256_of_file(trends) if trends else ""
    return f"form:{sha256_of([filled.order, theme.model_dump(mode='json'), filled.seed.strip(), filled.profile, file])}"


def _theme(filled: Order) -> Theme:
    if filled.theme == OWN:
        name = _name(filled.theme_file, "the theme file") if filled.theme_file else "that you wrote"
        return parse_theme(filled.yaml.encode(), name=name)
    if not filled.theme:
        raise BadInput("Creating a job: choose a theme.")
    return read_theme(filled.theme)


def _form(request: Request, order: Order, problem: str | None = None) -> Response:
    return render(
        request,
        "jobs_new.html",
        status_code=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        title="New video",
        order=order,
        written=order.yaml if order.yaml.strip() else START,
        opened=order.theme == OWN or is_written(order.yaml),
        examples=examples(),
        problem=problem,
        themes=_ready(),
        profiles=get_args(ProfileName),
    )


def _seed(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not _SEED.fullmatch(text) or int(text) > _MOST_SEED:
        raise BadInput(f"Reading the seed {text[:20]!r}: it must be a whole number from 0 to {_MOST_SEED}, or empty.")
    return int(text)


def _profile(text: str) -> str | None:
    if text and text not in get_args(ProfileName):
        raise BadInput(f"Reading the profile {text[:40]!r}: it must be one of {', '.join(get_args(ProfileName))}.")
    return text or None


def _chosen(file: UploadFile | None) -> UploadFile | None:
    """A file that was chosen: a browser sends an empty one without a name for a field that was left alone."""
    return file if file is not None and file.filename else None


def _name(file: UploadFile, otherwise: str) -> str:
    """What a file was called, without anything that means something in a path."""
    last = re.split(r"[/\\]", file.filename or "")[-1]
    usual = _UNUSUAL.sub("_", clean_text(last, max_characters=_LONGEST_NAME)).encode()[:_LONGEST_NAME_BYTES]
    return usual.decode(errors="ignore").strip() or otherwise


@cache
def _ready() -> dict[str, Theme]:
    """The themes to choose from; they come with the program and change with it alone."""
    return {name: read_theme(name) for name in reversed(ready_themes())}

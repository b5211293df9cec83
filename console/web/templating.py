"""Pages from templates: everything is escaped, a name that is missing is an error, and no template asks the database.

Belongs here: the environment and what every page has. Not here: what a page shows.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from console.web.static_files import static_url
from resources.access import Role

# what a review says of the command line, and what says the same to somebody who has only the page
_STAND_INS: Final = {
    "stand_in_demo": "Demo data",
    "stand_in_fallback": "A provider stood in for another",
    "stand_in_ambiguous": "The answer to a paid call was lost",
}
_ON_A_PAGE: Final = ("approving needs --allow-demo.", "whoever approves it has to allow that.")
_FOLDER: Final = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """The one environment of this process."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        auto_reload=False,  # else each of 50 cards asks the disk whether its template changed
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"moment": _moment, "length": _length, "words": _words}
    made.filters |= {"said": _said, "finding_said": _finding_said, "finding_titled": _finding_titled}
    made.globals |= {"static_url": static_url, "version": version("reelineage")}
    return made


def render(
    request: Request, name: str, *, status_code: int = 200, headers: Mapping[str, str] | None = None, **context: object
) -> HTMLResponse:
    """A page. Every template knows `request`, `who` (None for a stranger), `Role`, `read_only` and `status_code`."""
    options = request.scope["app"].state.options if "app" in request.scope else None
    known = {
        "request": request,
        "who": request.scope.get("state", {}).get("principal"),
        "Role": Role,
        "read_only": bool(options and options.read_only),
        "status_code": status_code,
    }
    return HTMLResponse(environment().get_template(name).render(known | context), status_code, headers)


def _moment(value: datetime) -> str:
    """A UTC moment as people read it."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _length(seconds: float) -> str:
    """Minutes and seconds: `0:31`."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def _words(name: str) -> str:
    """`awaiting_review` as `awaiting review`."""
    return name.replace("_", " ")


def _finding_titled(code: str) -> str:
    """The heading of a finding, from its code."""
    return _STAND_INS.get(code) or _words(code).capitalize()


def _finding_said(message: str, code: str) -> str:
    """A finding as a page says it. What is stored stays as it is: a review's bytes are hashed."""
    return message.replace(*_ON_A_PAGE) if code.startswith("stand_in_") else message


def _said(message: str) -> Markup:
    """A message of ours, escaped, with what it quotes in backticks shown as code."""
    parts = [escape(part) for part in message.split("`")]
    if len(parts) % 2 == 0:  # an odd backtick quotes nothing
        return escape(message)
    return Markup("").join(Markup("<code>{}</code>").format(part) if i % 2 else part for i, part in enumerate(parts))

"""Pages from templates: everything is escaped, a name that is missing is an error, and no template asks the database.

Belongs here: the environment and what every page has. Not here: what a page shows, records in the words of pages
(`page_words.py`).
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

from console.web.page_words import finding_said, finding_titled, refusal_said, statement_said
from console.web.static_files import static_url
from resources.access import Role

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
    made.filters |= {"said": _said, "finding_said": finding_said, "finding_titled": finding_titled}
    made.filters |= {"refusal_said": refusal_said, "statement_said": statement_said}
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


def _said(message: str) -> Markup:
    """A message of ours, escaped, with what it quotes in backticks shown as code."""
    parts = [escape(part) for part in message.split("`")]
    if len(parts) % 2 == 0:  # an odd backtick quotes nothing
        return escape(message)
    return Markup("").join(Markup("<code>{}</code>").format(part) if i % 2 else part for i, part in enumerate(parts))

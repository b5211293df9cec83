"""One row in full: its columns, its content, where it came from and where it went.

Belongs here: what the page of each kind of row shows. Not here: reading rows (`resources/row_details.py`), columns as
words (`../facts.py`), the whole lineage (`lineage.py`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from console.web.drawing.charts import LineChart, line_chart
from console.web.drawing.labels import href, label, name, words
from console.web.drawing.numbers import age, compact, exact
from console.web.facts import CONTENT, facts, names_of, outside_address
from console.web.guard import needs
from console.web.parts import TheHome
from console.web.questions import row_named
from console.web.templating import render
from reelineage.family import Ref
from reelineage.models import Artifact
from reelineage.rights.disclosure import Part
from reelineage.takedown.withdrawal import told
from reelineage.trends.ranking import FEWEST_HOURS
from resources.access import Role
from resources.edit_details import EditDetails, edit_details
from resources.media_files import DRAWING
from resources.observed_rates import rates_of
from resources.row_details import Details, Seen, citations_of, details_of, seen_of, targets_of

router = APIRouter(dependencies=[Depends(needs(Role.VIEWER))])

_MOST_JSON: Final = 100_000  # characters of one value; a report of thousands of rows is read elsewhere


@router.get("/records/{node}/{key}")
def show(request: Request, home: TheHome, node: str, key: str) -> Response:
    """The page of one row; a job has a page of its own."""
    ref = row_named(home, node, key)
    if ref.node == "job":
        return RedirectResponse(href(ref), 303)
    with home.database.read() as session:
        found = details_of(session, ref)
        more = _more(session, found)
    context: dict[str, Any] = more | {"row": found, "ref": ref}
    return render(
        request,
        "record.html",
        title=name(ref),
        nav="lineage",
        label=label,
        href=href,
        words=words,
        compact=compact,
        exact=exact,
        age=age,
        fewest_hours=FEWEST_HOURS,
        told=told,
        outside=outside_address,
        subtitle=label(ref, found.values).text,
        facts=facts(ref, found.values),
        named=names_of(ref, found.values),
        marks=tuple(_marks(found)),
        content=_content(found.values),
        document=found.document or {},
        **context,
    )


def _more(session: Session, found: Details) -> dict[str, object]:
    """What pages of some kinds show besides; every name is there for all of them."""
    ref, values = found.ref, found.values
    seen = seen_of(session, int(ref.key)) if ref.node == "trend_item" else ()
    return {
        "seen": seen,
        "chart": _views(seen),
        "rates": rates_of(session, int(ref.key)) if ref.node == "trend_observation" else None,
        "citations": citations_of(session, int(ref.key)) if ref.node == "script" else {},
        "targets": targets_of(session, int(ref.key)) if ref.node == "tombstone" else (),
        "edit": _edit(session, found) if ref.node == "edit" else None,
        "player": "" if found.tombstone or found.withdrawn else _player(session, ref, values),
    }


def _edit(session: Session, found: Details) -> EditDetails:
    values = found.values
    return edit_details(session, values["id"], script_id=values["script_id"], changes=values["changes"])


def _player(session: Session, ref: Ref, values: Mapping[str, Any]) -> str:
    """How the row's media are shown: as `video`, `audio`, `film`, `still`, `drawing`, or not at all."""
    if ref.node in ("video", "voiceover"):
        return {"video": "video", "voiceover": "audio"}[ref.node]
    if ref.node != "clip":
        return ""
    kind = session.get_one(Artifact, values["artifact_sha256"]).media_type
    if kind == DRAWING:
        return "drawing"
    return {"video": "film", "image": "still"}.get(kind.partition("/")[0], "")


def _views(seen: Sequence[Seen]) -> LineChart | None:
    points = [(one.row.observed_at, float(one.row.views)) for one in seen if one.row.views is not None]
    return line_chart(points, width=640, height=200) if len(points) > 1 else None


def _marks(found: Details) -> Iterator[tuple[str, str]]:
    """Badges: a word and its tone."""
    values = found.values
    if found.tombstone is not None:
        yield "content taken down", "bad"
    elif found.withdrawn is not None:
        yield "withdrawn", "bad"
    if word := found.stand_in:
        yield f"{word} data" if word == "demo" else word, "demo"
    if values.get("status") in ("failed", "ambiguous", "intent"):
        yield str(values["status"]), "warn"
    if found.ref.node == "provider_call" and values["role"] != "trend_source":
        part = Part(values["role"], values["provider"], values["model"])
        yield ("AI" if part.generated else "no AI"), "info"


def _content(values: Mapping[str, Any]) -> tuple[tuple[str, str, bool], ...]:
    """The large columns as JSON: the column, the text, and whether it was cut off."""
    found = []
    for column in CONTENT:
        if (value := values.get(column)) is not None and not isinstance(value, bytes):
            text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
            found.append((column.replace("_", " "), text[:_MOST_JSON], len(text) > _MOST_JSON))
    return tuple(found)

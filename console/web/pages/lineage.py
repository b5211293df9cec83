"""The lineage of anything: what it was made from, what was made from it, as a graph and as a list that says the same.

Belongs here: from an address to the page. Not here: finding the answer (`console/asking.py`), drawing it
(`../drawing`), one row in full (`records.py`).
"""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from console.showing.summary import counts
from console.showing.view import View
from console.web.drawing.graph import pictures
from console.web.drawing.labels import label, name, word, words
from console.web.drawing.lettering import legible
from console.web.drawing.origins import Origins, marks, origins_of
from console.web.parts import TheHome
from console.web.questions import MOST_ROWS, Direction, Question, question_about, question_typed
from console.web.refusals import status_of
from console.web.templating import render
from reelineage.errors import BadInput, TooMuch
from reelineage.family import Ref
from resources.home import Home
from resources.lineage_examples import examples

router = APIRouter()

_A_PAGE: Final = 100
_MOST_NAMED: Final = 5


class Asked(BaseModel):
    """What an address may ask for besides the row: `kind` and `page` choose from its list of rows."""

    ref: Annotated[str, Field(max_length=700)] = ""
    direction: Direction | None = None
    as_of: Annotated[str, Field(max_length=40)] = ""
    kind: Annotated[str, Field(max_length=32)] = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


@router.get("/lineage")
def search(request: Request, home: TheHome, asked: Annotated[Asked, Query()]) -> Response:
    """Look for what somebody typed; a row of its own has an address of its own."""
    typed = asked.ref.strip()
    if not typed:
        return _asking(request, home)
    try:
        question = question_typed(home, typed, asked.direction, asked.as_of)
    except BadInput as problem:
        return _asking(request, home, typed=typed, problem=str(problem), status_code=status_of(problem))
    if not question.text:
        return RedirectResponse(question.address(), 303)
    return _answered(request, home, question, asked)


@router.get("/lineage/{node}/{key}")
def show(request: Request, home: TheHome, node: str, key: str, asked: Annotated[Asked, Query()]) -> Response:
    """The lineage of one row; with `kind` the list of all rows of that kind in it."""
    question = question_about(home, node, key, asked.direction, asked.as_of)
    return _answered(request, home, question, asked)


def _asking(request: Request, home: Home, *, typed: str = "", problem: str = "", status_code: int = 200) -> Response:
    """The search box, what can be asked, and rows that are there to be asked about."""
    with home.database.read() as session:
        found = examples(session)
    return render(
        request,
        "lineage_search.html",
        status_code=status_code,
        title="Lineage",
        typed=typed,
        problem=problem,
        examples=found,
        label=label,
    )


def _answered(request: Request, home: Home, question: Question, asked: Asked) -> Response:
    """The page of an answer, or one that keeps the question and says why there is none."""
    try:
        view = question.answer(home)
    except BadInput as problem:
        large = isinstance(problem, TooMuch)
        return render(
            request,
            "lineage_unanswered.html",
            status_code=200 if large else status_of(problem),
            title=f"Lineage of {_title(question)}",
            question=question,
            why="" if large else str(problem),
            most=MOST_ROWS,
        )
    return _shown(request, question, view, asked)


def _shown(request: Request, question: Question, view: View, asked: Asked) -> Response:
    origins = origins_of(view)
    if asked.kind:
        return _rows(request, question, view, origins, asked)
    drawn = pictures(view, origins, lambda node: question.address(kind=node))
    return render(
        request,
        "lineage.html",
        title=f"Lineage of {_title(question)}",
        question=question,
        single=None if question.text else question.refs[0],
        drawn=drawn,
        counts=_counts(view),
        words=words,
        origin=_origin(origins),
        withdrawn=_withdrawn(view),
    )


def _rows(request: Request, question: Question, view: View, origins: Origins, asked: Asked) -> Response:
    """All rows of one kind, a page at a time: the graph shows only the first of them."""
    kind, page = asked.kind, asked.page
    found = [ref for ref in view.family.graph if ref.node == kind]
    first = (page - 1) * _A_PAGE
    shown = [(label(ref, view.values(ref)), marks(view, origins, ref)) for ref in found[first : first + _A_PAGE]]
    return render(
        request,
        "lineage_rows.html",
        title=f"{word(kind)}s in the lineage of {_title(question)}" if found else "Nothing of this kind",
        question=question,
        kind=words(kind, len(found)),
        rows=shown,
        first=first + 1,
        count=len(found),
        before=question.address(kind=kind, page=page - 1) if page > 1 else None,
        after=question.address(kind=kind, page=page + 1) if first + _A_PAGE < len(found) else None,
    )


@dataclass(frozen=True)
class Origin:
    """What has to be said once about a whole answer: the stand-ins in it, the first by name, and what AI made."""

    demo: tuple[str, ...]
    demo_count: int
    generated: tuple[str, ...]


def _origin(origins: Origins) -> Origin:
    made = sorted({words(ref.node, 2) for ref in origins.generated if ref.node != "provider_call"})
    told = [f"{name(ref)} ({kind})" for ref, kind in origins.demo.items()]
    return Origin(tuple(told[:_MOST_NAMED]), len(told), tuple(made))


def _withdrawn(view: View) -> tuple[str, ...]:
    """The take-downs that an answer shows, each once."""
    said = {mark.removed or mark.withdrawn for mark in view.marks.values()}
    return tuple(sorted(said))[:_MOST_NAMED]


def _counts(view: View) -> dict[str, int]:
    if view.down:
        return {node: count for node, count in counts(view).items() if count and node != "job"}
    found: dict[str, int] = {}
    for ref in view.family.graph:
        found[ref.node] = found.get(ref.node, 0) + 1
    return found


def _title(question: Question) -> str:
    if question.text:
        return legible(question.text)
    ref: Ref = question.refs[0]
    return name(ref).lower() if ref.node != "artifact" else name(ref)

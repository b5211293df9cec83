"""From what people typed to an answer that can be shown: which rows are meant, the walk, the marks, the files.

Belongs here: what `lineage`, `impact` and `export` share. Not here: reading references (`resources/recognition.py`),
the walk (`reelineage/explain.py`), the formats (`console/showing`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.showing.view import Delivered, View
from reelineage.documents import iso
from reelineage.errors import BadInput
from reelineage.explain import Family, explain, impact, starts_of
from reelineage.family import Ref
from reelineage.models import Installation, TrendReport
from reelineage.takedown.marks import marks_of
from reelineage.text import clean_text
from reelineage.walk import MOST_NODES
from resources.home import Home
from resources.recognition import recognise

EXPORTS = ("openlineage", "prov")
_STATES = {"approve": "approved", "reject": "rejected", None: "undecided"}
_FOLDERS = ("approved", "review", "rejected")


def ask(home: Home, text: str, *, down: bool, as_of: datetime | None = None) -> View:
    """The answer about a reference, a hash or a file.

    Args:
        home: where to look.
        text: what was typed.
        down: what was made from it, rather than what it was made from.
        as_of: as all of it stood at this moment.

    Raises:
        BadInput: nothing like it is known, or there was nothing yet at that moment.
    """
    return view_of(home, recognised(home, text, down=down), text, down=down, as_of=as_of)


def view_of(
    home: Home, refs: Sequence[Ref], text: str, *, down: bool, as_of: datetime | None = None, most: int = MOST_NODES
) -> View:
    """The same about rows that are known; `text` is how they are called in the heading.

    Raises:
        BadInput: a row is not there, or there was nothing yet at that moment.
        TooMuch: the answer has more than `most` rows.
    """
    with home.database.read() as session:
        family = family_of(session, refs, down=down, as_of=as_of, most=most)
        marks = marks_of(session, family, up=not down, as_of=as_of)
    then = f" as of {iso(as_of)}" if as_of else ""
    heading = f"{'What was made from' if down else 'What was used for'} {clean_text(text, max_characters=120)}{then}"
    return View(family, heading, down, marks, _delivered(home, family) if down else ())


def recognised(home: Home, text: str, *, down: bool) -> tuple[Ref, ...]:
    """The rows that a text means; how it was recognised goes to stderr unless it is a reference or a hash."""
    found = recognise(home, text)
    if found.how in ("credential", "fingerprint"):
        click.echo(clean_text(found.sentence, max_characters=500), err=True)
    return found.refs if down else found.explained


def family_of(
    session: Session, refs: Sequence[Ref], *, down: bool, as_of: datetime | None = None, most: int = MOST_NODES
) -> Family:
    """The walk from some rows, up or down.

    Raises:
        BadInput: a row is not there, or was not there yet.
        TooMuch: the answer has more than `most` rows.
    """
    if as_of is not None:
        _check_moment(session, as_of)
    one = len(refs) == 1  # of many rows that a name stands for, those that were there by then answer
    starts = [start for ref in refs for start in _starts(session, ref, down=down, as_of=as_of, strict=one)]
    family = (impact if down else explain)(session, list(dict.fromkeys(starts)), as_of=as_of, most=most)
    if as_of is not None and not family.starts:
        raise BadInput(f"Showing {', '.join(map(str, refs[:3]))} as of {iso(as_of)}: it came later.")
    return family


def _starts(session: Session, ref: Ref, *, down: bool, as_of: datetime | None, strict: bool) -> list[Ref]:
    """Of a job the last thing that was made for it; asked for what it led to, the reports with which its work began."""
    if ref.node != "job" and not strict:
        return [ref]
    if ref.node != "job" or not down:
        return starts_of(session, ref, as_of=as_of)
    starts_of(session, ref, as_of=as_of)  # raises when there is no such job
    reports = session.scalars(select(TrendReport.id).where(TrendReport.job_id == int(ref.key)).order_by(TrendReport.id))
    return [Ref("trend_report", str(report)) for report in reports]


def _check_moment(session: Session, as_of: datetime) -> None:
    began = session.execute(select(Installation.created_at)).scalar_one()
    if as_of < began:
        raise BadInput(
            f"Looking back to {iso(as_of)}: this installation began later, at {iso(began)}. Give a later --as-of."
        )


def _delivered(home: Home, family: Family) -> tuple[Delivered, ...]:
    """Every video of an impact with what was decided, and its file in `output/` if there is one."""
    paths = _files(home.root / "output")
    verdicts: dict[int, str] = {}
    for ref, row in family.rows.items():
        if ref.node == "decision":
            verdicts[row._mapping["video_id"]] = row._mapping["verdict"]  # noqa: SLF001 — SQLAlchemy's documented accessor
    found = []
    for ref, row in family.rows.items():
        if ref.node == "video":
            values = row._mapping  # noqa: SLF001 — as above
            name = f"job-{values['job_id']}-video-{ref.key}.mp4"
            state = _STATES[verdicts.get(int(ref.key))]
            found.append(Delivered(ref, values["title"] or "", state, paths.get(name)))
    return tuple(found)


def _files(output: Path) -> Mapping[str, str]:
    """The path under the home of each MP4 that people have, by its name."""
    return {
        path.name: f"output/{folder}/{path.name}"
        for folder in _FOLDERS
        for path in sorted((output / folder).glob("job-*.mp4"))
    }

"""The records of a range of jobs, read once: is the content what was hashed, does the chain lead to the job's head?

Belongs here: reading, and hashing what was read; what is found by default, fast. Not here: walking one job's chain
(`chains.py`), naming what is wrong with a row (`naming.py`), keys (`keys.py`).
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import DBAPICursor

from reelineage.models import Base
from resources.audit.chains import CLIP, MADE_FROM, SCRIPT, TABLES, Link, walk
from resources.audit.findings import Finding
from resources.audit.wording import Dialect, contradicts_itself

_BYTES = {"sqlite": "CAST({} AS BLOB)", "postgresql": "{}::text"}
_NUMBER = {CLIP: "scene", SCRIPT: "scene_count"}


@dataclass(frozen=True)
class Pass:
    """What a pass over some jobs found.

    `jobs` are not in order as a whole, or hold a person's edit; `rows` contradict themselves; `gone` have no content.
    """

    findings: tuple[Finding, ...]
    jobs: tuple[int, ...]
    rows: tuple[tuple[str, int], ...]
    gone: tuple[tuple[str, int], ...]
    seen_jobs: int
    seen_rows: int


def read_records(connection: Connection, first: int, last: int, *, deep: bool) -> Pass:
    """Read the records of the jobs `first` .. `last` and say which are not what they should be.

    With `deep` the clips that each video shows are followed too.
    """
    cursor = connection.connection.cursor()
    dialect = _dialect(connection)
    between = f"BETWEEN {first:d} AND {last:d}"
    cursor.execute(
        f"SELECT id, theme_sha256, chain_sha256, {_BYTES[dialect].format('theme')} FROM jobs WHERE id {between}"  # noqa: S608 — two numbers
    )
    jobs = cursor.fetchall()
    shown = _shown(cursor, between) if deep else None
    unclear: set[int] = set()
    links: dict[str, Link] = {}
    contradictory: list[tuple[str, int]] = []
    gone: list[tuple[str, int]] = []
    rows = 0
    for place, table in enumerate(TABLES):
        for previous, *link, wrong, text, data_version in _rows(cursor, dialect, table, place, between):
            rows += 1
            links[previous] = (place, data_version, *link)
            if link[3] != "run":
                unclear.add(link[0])
            if text is None:
                gone.append((table, link[1]))
            elif wrong or not is_content(text, data_version):
                contradictory.append((table, link[1]))
    findings: list[Finding] = []
    walked: dict[int, int] = {}
    for job_id, theme_sha256, head, theme in jobs:
        before = len(findings)
        reached, steps = walk(job_id, theme_sha256, links, shown, findings)
        walked[job_id] = steps
        if reached != head or len(findings) != before or not is_content(theme, theme_sha256):
            unclear.add(job_id)
    if sum(walked.values()) != rows:  # rows hang in the air: which jobs have more than the chain led to?
        unclear |= {job_id for job_id, count in _row_counts(cursor, between) if walked.get(job_id, count) != count}
    return Pass(tuple(findings), tuple(sorted(unclear)), tuple(contradictory), tuple(gone), len(jobs), rows)


def is_content(text: str | bytes, sha256: str) -> bool:
    """Whether a stored JSON text is the content with this hash; most texts are canonical as they lie there."""
    raw = text.encode() if isinstance(text, str) else text
    if hashlib.sha256(raw).hexdigest() == sha256:
        return True
    try:
        return _spelled_again(text) == sha256
    except ValueError:  # no JSON, or a number without a canonical spelling: then it was never stored by us
        return False


@lru_cache(maxsize=128)  # the jobs of one collection follow each other, and rest on one report
def _spelled_again(text: str | bytes) -> str:
    return hashlib.sha256(canonical_again(text)).hexdigest()


def canonical_again(text: str | bytes) -> bytes:
    """Canonical JSON of a stored text, as `fingerprint.canonical_json` would write its value.

    Raises:
        ValueError: it is no JSON, or holds a number that canonical JSON has no spelling for.
    """
    return _ENCODER.encode(_DECODER.decode(text if isinstance(text, str) else text.decode())).encode()


def _number(text: str) -> int | float:
    value = float(text)
    return int(Decimal(repr(value))) if value.is_integer() else value


# made once: PostgreSQL spells every document in its own way, and the two cost as much as a short one
_DECODER = json.JSONDecoder(parse_float=_number)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _shown(cursor: DBAPICursor, between: str) -> dict[int, set[int]]:
    """The clips of each video."""
    cursor.execute(
        "SELECT s.video_id, s.clip_id FROM videos v JOIN video_clips s ON s.video_id = v.id "  # noqa: S608 — two numbers
        f"WHERE v.job_id {between}"
    )
    shown: dict[int, set[int]] = {}
    for video_id, clip_id in cursor.fetchall():
        shown.setdefault(video_id, set()).add(clip_id)
    return shown


def _dialect(connection: Connection) -> Dialect:
    return "sqlite" if connection.dialect.name == "sqlite" else "postgresql"


def _rows(cursor: DBAPICursor, dialect: Dialect, table: str, place: int, between: str) -> Iterator[tuple[Any, ...]]:
    """Predecessor, then the parts of a `Link` but its place and hash, then contradiction, content and its hash."""
    wrong = contradicts_itself(Base.metadata.tables[table], dialect)
    made_from = [*MADE_FROM[place], "NULL", "NULL"][:2]
    parts = "previous_sha256", "job_id", "id", "version", "origin", _NUMBER.get(place, "0"), *made_from
    columns = ", ".join((*parts, "{wrong}", _BYTES[dialect].format("document"), "data_version"))
    query = f"SELECT {columns} FROM {table} WHERE job_id {between}"  # noqa: S608 — names of the models and two numbers
    try:
        cursor.execute(query.replace("{wrong}", wrong))
        rows = cursor.fetchall()
    except sqlite3.OperationalError:  # "malformed JSON": somebody wrote a document that is none
        careful = f"CASE WHEN json_valid(document) THEN {wrong} ELSE document IS NOT NULL END"
        cursor.execute(query.replace("{wrong}", careful))
        rows = cursor.fetchall()
    yield from rows


def _row_counts(cursor: DBAPICursor, between: str) -> list[tuple[int, int]]:
    parts = " UNION ALL ".join(f"SELECT job_id FROM {table} WHERE job_id {between}" for table in TABLES)  # noqa: S608 — names of the models and two numbers
    cursor.execute(f"SELECT job_id, count(*) FROM ({parts}) AS records GROUP BY job_id")  # noqa: S608 — as above
    return list(cursor.fetchall())

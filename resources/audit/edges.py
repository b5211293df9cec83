"""Rows that must have been made from something, and how many: by SQL alone.

Belongs here: edge tables whose number of rows is known without reading a document. Not here: which edges a document
names (`documents.py`), the clips of a video (`chains.py`).
"""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from reelineage.models import Base
from resources.audit.findings import MOST_PER_RULE, Finding

# table, edge table, its column, how many rows there must be
NEEDED = (
    ("trend_reports", "trend_report_observations", "report_id", "= r.observation_count"),
    ("scripts", "script_calls", "script_id", "= 1"),
    ("scripts", "script_edits", "script_id", "= CASE WHEN r.origin = 'edit' THEN 1 ELSE 0 END"),
    ("edits", "script_edits", "edit_id", "= 1"),
    ("voiceovers", "voiceover_calls", "voiceover_id", ">= 1"),
    ("voiceovers", "voiceover_media_items", "voiceover_id", "= 1"),
    ("clips", "clip_calls", "clip_id", "= 1"),
    ("videos", "video_clips", "video_id", "= (SELECT s.scene_count FROM scripts s WHERE s.id = r.script_id)"),
)


def broken_edges(session: Session, place: int, job_id: int | None) -> Iterator[Finding]:
    """Rows of one entry of `NEEDED` that name too few or too many others."""
    table, edge, column, must_be = NEEDED[place]
    mine = "" if job_id is None else f"r.job_id = {job_id:d} AND "
    query = (
        f"SELECT r.id FROM {table} r WHERE {mine}NOT "  # noqa: S608 — names from the list above and a number
        f"((SELECT count(*) FROM {edge} e WHERE e.{column} = r.id) {must_be}) LIMIT {MOST_PER_RULE + 1}"
    )
    for row_id in session.scalars(text(query)):
        ref = f"{Base.metadata.tables[table].info['node']}:{row_id}"
        yield Finding(
            "upstream_is_missing",
            ref,
            f"{ref} has another number of rows in {edge} than it must have; restore the database from a backup.",
        )

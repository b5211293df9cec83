"""Take-downs that hold: what was removed is gone, what was withdrawn is neither approved later nor delivered.

Belongs here: rules about tombstones. Not here: taking down.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from reelineage.family import Ref, downstream, node_tables
from reelineage.models import (
    Base,
    Decision,
    ProviderCall,
    Tombstone,
    TombstoneTarget,
    TrendFetch,
    TrendObservation,
    Video,
)
from reelineage.takedown.rows import content_tables, rows_where
from resources.audit.findings import Finding
from resources.home import Home
from resources.takedown.leftovers import left_over

_DELIVERED = re.compile(r"job-\d{1,18}-video-(\d{1,18})\.\w{1,8}", re.ASCII)
_BATCH = 500


def unexplained(session: Session, rows: Sequence[tuple[str, int]]) -> Iterator[Finding]:
    """Rows without content whose tombstone is missing, or does not name them among what it removed."""
    for table_name in dict.fromkeys(name for name, _ in rows):
        table = Base.metadata.tables[table_name]
        ids = [row_id for name, row_id in rows if name == table_name]
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            named = {(row[0], row[1]) for row in session.execute(_removed(table.info["node"], batch))}
            for row_id, tombstone_id in session.execute(
                select(table.c.id, table.c.tombstone_id).where(table.c.id.in_(batch))
            ):
                if (tombstone_id, str(row_id)) not in named:
                    yield _unexplained(table.info["node"], row_id)


def _removed(node: str, ids: Sequence[int]) -> Select[int, str]:
    return select(TombstoneTarget.tombstone_id, TombstoneTarget.key).where(
        TombstoneTarget.node == node,
        TombstoneTarget.effect == "removed",
        TombstoneTarget.key.in_([str(row_id) for row_id in ids]),
    )


def _unexplained(node: str, row_id: int) -> Finding:
    ref = f"{node}:{row_id}"
    return Finding(
        "unexplained_tombstone", ref, f"{ref} has no content, and no take-down says why; restore the database."
    )


def broken(session: Session, home: Home, *, deep: bool) -> Iterator[Finding]:
    """All rules about what tombstones name; with `deep` also rows that name a tombstone which does not name them."""
    if deep:
        yield from _other_rows(session)
    if session.scalar(select(Tombstone.id).limit(1)) is None:
        return
    yield from _still_there(session, home)
    yield from _stored_late(session)
    yield from _withdrawn(session, home)


def _other_rows(session: Session) -> Iterator[Finding]:
    """`unexplained` for the tables that are no records: those were read with their jobs."""
    for table in Base.metadata.sorted_tables:
        if "tombstone_id" not in table.c or "node" not in table.info or "record" in table.info:
            continue
        gone = session.execute(select(table.c.id).where(table.c.tombstone_id.is_not(None))).scalars()
        for ids in gone.partitions(_BATCH):
            yield from unexplained(session, [(table.name, row_id) for row_id in ids])


def _still_there(session: Session, home: Home) -> Iterator[Finding]:
    """What a tombstone says it removed."""
    removed = (
        select(TombstoneTarget.node, TombstoneTarget.key, Tombstone.created_at)
        .join(Tombstone, Tombstone.id == TombstoneTarget.tombstone_id)
        .where(TombstoneTarget.effect == "removed")
        .order_by(TombstoneTarget.node)
        .execution_options(yield_per=_BATCH)
    )
    for batch in session.execute(removed).partitions():
        for node, rows in groupby(batch, key=lambda row: row[0]):
            moments = {key: moment for _, key, moment in rows}
            if node == "artifact":
                for sha256 in left_over(session, home.store, moments):
                    yield Finding(
                        "removed_file_is_there",
                        f"artifact:{sha256}",
                        f"The file {sha256[:12]}… was taken down and is in the store; run `reelineage takedown "
                        "--sweep`.",
                    )
            elif node == "trend_fetch":
                yield from _observed_again(session, [int(key) for key in moments])
            elif node in content_tables():
                yield from _has_content(session, node, [int(key) for key in moments])


def _has_content(session: Session, node: str, ids: Sequence[int]) -> Iterator[Finding]:
    table, content = content_tables()[node]
    columns = (table.c.id, table.c.tombstone_id, *(table.c[name] for name in content))
    rows = {row[0]: row[1:] for row in session.execute(select(*columns).where(table.c.id.in_(ids)))}
    for row_id in ids:
        row = rows.get(row_id)
        if row is None or row[0] is None or any(value is not None for value in row[1:]):
            ref = f"{node}:{row_id}"
            yield Finding(
                "removed_content_is_there",
                ref,
                f"{ref} was taken down, and is gone or has content again; take it down again.",
            )


def _observed_again(session: Session, fetch_ids: Sequence[int]) -> Iterator[Finding]:
    """Observations with text of a fetch of which nothing should be left."""
    query = select(TrendObservation.fetch_id).where(
        TrendObservation.fetch_id.in_(fetch_ids), TrendObservation.tombstone_id.is_(None)
    )
    for fetch_id in session.scalars(query.distinct()):
        yield _late(f"trend_fetch:{fetch_id}", "was taken down")


def _stored_late(session: Session) -> Iterator[Finding]:
    """Fetches whose call was taken down before their observations were stored."""
    query = (
        select(TrendFetch.id, ProviderCall.id)
        .join(ProviderCall, ProviderCall.id == TrendFetch.call_id)
        .join(Tombstone, Tombstone.id == ProviderCall.tombstone_id)
        .where(
            TrendFetch.created_at > Tombstone.created_at,
            exists().where(TrendObservation.fetch_id == TrendFetch.id, TrendObservation.tombstone_id.is_(None)),
        )
    )
    for fetch_id, call_id in session.execute(query):
        yield _late(f"trend_fetch:{fetch_id}", f"was stored after provider_call:{call_id} was taken down")


def _late(ref: str, why: str) -> Finding:
    return Finding("removed_content_is_there", ref, f"{ref} {why}, and its observations have text; take it down again.")


def _withdrawn(session: Session, home: Home) -> Iterator[Finding]:
    delivered = _delivered(home)
    for tombstone_id, since in session.execute(select(Tombstone.id, Tombstone.created_at)).all():
        starts = _starts(session, tombstone_id)
        reached = downstream(session, starts) if starts else {}
        decisions = [int(ref.key) for ref in reached if ref.node == "decision"]
        columns = (Decision.id, Decision.video_id, Decision.verdict, Decision.decided_at)
        for row_id, video_id, verdict, decided_at in rows_where(session, columns, Decision.id, decisions):
            if verdict == "approve" and decided_at > since:
                yield Finding(
                    "withdrawn_but_approved",
                    f"decision:{row_id}",
                    f"decision:{row_id} approved video:{video_id} after what tombstone:{tombstone_id} withdrew; "
                    f"`reelineage takedown video:{video_id}` stops it.",
                )
        for ref in reached:
            if ref.node == "video" and int(ref.key) in delivered:
                yield Finding(
                    "withdrawn_but_delivered",
                    str(ref),
                    f"{ref} descends from what tombstone:{tombstone_id} withdrew, and lies in output/; delete it "
                    "there.",
                )


def _starts(session: Session, tombstone_id: int) -> list[Ref]:
    """What a take-down withdrew; for a job its videos."""
    query = select(TombstoneTarget.node, TombstoneTarget.key).where(
        TombstoneTarget.tombstone_id == tombstone_id, TombstoneTarget.effect == "withdrawn"
    )
    named = [Ref(node, key) for node, key in session.execute(query)]
    jobs = [int(ref.key) for ref in named if ref.node == "job"]
    videos = rows_where(session, (Video.id, Video.job_id), Video.job_id, jobs)
    return [ref for ref in named if ref.node in node_tables() and ref.node != "job"] + [
        Ref("video", str(video_id)) for video_id, _ in videos
    ]


def _delivered(home: Home) -> set[int]:
    """The videos that have files in the people's view."""
    files = home.output.root.glob("*/job-*") if home.output.root.is_dir() else ()
    return {int(match[1]) for path in files if (match := _DELIVERED.fullmatch(path.name))}

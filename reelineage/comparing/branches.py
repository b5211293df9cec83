"""Two things and what they were made from, stage by stage: where they part, and what only follows from that.

Belongs here: the rows on the way to one record, and the comparison of two such ways. Not here: the difference of two
values (`comparison.py`), any row's whole family (`family.py`). What reads takes a session that the caller opened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.comparing.comparison import Difference, differences
from reelineage.comparing.verdicts import is_material
from reelineage.edit_history import EditedBy, edits_of
from reelineage.editing import writer_version
from reelineage.errors import BadInput
from reelineage.family import Ref
from reelineage.fingerprint import sha256_of
from reelineage.models import (
    Clip,
    Credential,
    Job,
    Review,
    Script,
    TrendAnalysis,
    TrendReport,
    Video,
    VideoClip,
    Voiceover,
)

ORDER = "order"
PARTS = (ORDER, *lineage.ASSETS)
# what decides each part besides its own code: a part that differs while none of these does has a cause of its own
MADE_FROM: Mapping[str, tuple[str, ...]] = {
    ORDER: (),
    "trends": (ORDER,),
    "analysis": ("trends",),
    "scripts": (ORDER, "analysis"),
    "voiceovers": (ORDER, "scripts"),
    "clips": (ORDER, "scripts", "voiceovers"),
    "videos": (ORDER, "scripts", "voiceovers", "clips"),
    "reviews": (ORDER, "scripts", "clips", "videos"),
}
_ASSET_OF = {node: asset for asset, node in lineage.NODES.items()}
_MOST_SHOWN = 12
Record = TrendReport | TrendAnalysis | Script | Voiceover | Clip | Video | Review
_MODELS = {
    "trends": TrendReport,
    "analysis": TrendAnalysis,
    "scripts": Script,
    "voiceovers": Voiceover,
    "clips": Clip,
    "videos": Video,
    "reviews": Review,
}
# the record before each, and the column that names it; a video's clips come besides
_BEFORE = {
    "analysis": ("trends", "report_id"),
    "scripts": ("analysis", "analysis_id"),
    "voiceovers": ("scripts", "script_id"),
    "clips": ("voiceovers", "voiceover_id"),
    "videos": ("voiceovers", "voiceover_id"),
    "reviews": ("videos", "video_id"),
}


@dataclass(frozen=True)
class Part:
    """One stage of a branch: its rows and their content, which is None when it was taken down.

    `edits` led to a script from the one that a run had written, the oldest first.
    """

    refs: tuple[Ref, ...]
    value: JsonValue
    data_version: str
    code_version: str
    edits: tuple[EditedBy, ...] = ()


@dataclass(frozen=True)
class Branch:
    """A record with one part for each stage that led to it, the order first."""

    subject: Ref
    job_id: int
    parts: Mapping[str, Part]


@dataclass(frozen=True)
class PartComparison:
    """How one stage of two branches compares.

    `differences` are the first few of `count`; there are none where the content of a side was taken down: then only the
    hashes tell. `follows_from` names the earlier parts that differ and decide this one.
    """

    part: str
    before: Part | None
    after: Part | None
    same: bool
    differences: tuple[Difference, ...]
    count: int
    follows_from: tuple[str, ...]

    @property
    def edits(self) -> tuple[EditedBy, ...]:
        """The edits that only one side has."""
        one, other = (side.edits if side else () for side in (self.before, self.after))
        return (*(edit for edit in one if edit not in other), *(edit for edit in other if edit not in one))

    @property
    def taken_down(self) -> bool:
        """Whether the content of a side is gone."""
        return any(side is not None and side.value is None for side in (self.before, self.after))


def branch_of(session: Session, ref: Ref) -> Branch:
    """The way to a record: what was ordered, and every record of its job that it was made from.

    A job stands for its current video with its review, or for the last thing that was made for it.

    Raises:
        BadInput: there is no such row, nothing was made for the job, or the row is of another kind.
    """
    if ref.node == "job":
        return _current(session, ref)
    if ref.node not in _ASSET_OF:
        kinds = ", ".join(("job", *_ASSET_OF))
        raise BadInput(f"Comparing {ref}: only these can be compared: {kinds}.")
    asset = _ASSET_OF[ref.node]
    rows = _way(session, asset, int(ref.key))
    if asset == "videos":
        rows |= _newest_review(session, int(ref.key))
    return _branch(session, ref, rows[asset][0].job_id, rows)


def current_branch(session: Session, job_id: int, current: lineage.Current) -> Branch:
    """The way to what counts now of a job."""
    rows = {asset: current.rows(asset) for asset in lineage.ASSETS if current.rows(asset)}
    if not rows:
        raise BadInput(
            f"Comparing job:{job_id}: nothing was made for it yet. `reelineage jobs show {job_id}` tells its state."
        )
    last = list(rows)[-1]
    return _branch(session, Ref(lineage.NODES[last], str(rows[last][0].id)), job_id, rows)


def records_with(session: Session, ref: Ref) -> tuple[Ref, ...]:
    """What can be compared of a row as people name it: itself, the video of a credential, the records of a file."""
    if ref.node == "job" or ref.node in _ASSET_OF:
        return (ref,)
    if ref.node == "credential":
        signed = select(Credential.video_id).where(Credential.id == int(ref.key))
        return tuple(Ref("video", str(key)) for key in session.scalars(signed))
    if ref.node != "artifact":
        return ()
    queries = {
        "video": [
            select(Video.id).where(Video.file_sha256 == ref.key),
            select(Credential.video_id).where(Credential.file_sha256 == ref.key),
        ],
        "voiceover": [select(Voiceover.id).where(Voiceover.audio_sha256 == ref.key)],
        "clip": [select(Clip.id).where(Clip.artifact_sha256 == ref.key)],
    }
    found = [
        Ref(node, str(key))
        for node, selects in queries.items()
        for query in selects
        for key in session.scalars(query.limit(_MOST_SHOWN))
    ]
    return tuple(dict.fromkeys(found))


def compare(before: Branch, after: Branch, *, most: int = _MOST_SHOWN) -> tuple[PartComparison, ...]:
    """Every stage that either branch has, in order, with at most `most` differences each."""
    found: dict[str, PartComparison] = {}
    for part in PARTS:
        one, other = before.parts.get(part), after.parts.get(part)
        if one is None and other is None:
            continue
        same = one is not None and other is not None and one.data_version == other.data_version
        follows = () if same else _causes(part, found)
        shown, count = ((), 0) if same else _told(one, other, most)
        found[part] = PartComparison(part, one, other, same, shown, count, follows)
    return tuple(found.values())


def _causes(part: str, found: Mapping[str, PartComparison]) -> tuple[str, ...]:
    """The nearest earlier parts that decide this one and differ. Of the order, another part's code is no cause."""
    causes = [name for name in MADE_FROM[part] if name in found and not found[name].same]
    if ORDER in causes and not _orders_differ(found[ORDER], part):
        causes.remove(ORDER)
    return tuple(causes)


def _orders_differ(order: PartComparison, part: str) -> bool:
    values = [side.value if side else None for side in (order.before, order.after)]
    one, other = (value if isinstance(value, dict) else {} for value in values)
    if any(one.get(name) != other.get(name) for name in ("theme", "seed", "profile")):
        return True
    codes = [value.get("code_versions") for value in (one, other)]
    used = [code.get(part) if isinstance(code, dict) else None for code in codes]
    return None not in used and used[0] != used[1]


def _told(one: Part | None, other: Part | None, most: int) -> tuple[tuple[Difference, ...], int]:
    """The first differences of content, then of hashes and measures, and how many there are.

    A side that was taken down, or is missing, has none to show.
    """
    if one is None or other is None or one.value is None or other.value is None:
        return (), 0
    kept: dict[bool, list[Difference]] = {True: [], False: []}
    count = 0
    for difference in differences(one.value, other.value):
        count += 1
        same_kind = kept[is_material(difference)]
        if len(same_kind) < most:
            same_kind.append(difference)
    return tuple([*kept[True], *kept[False]][:most]), count


# --- the rows -------------------------------------------------------------------------------------------------------


def _current(session: Session, ref: Ref) -> Branch:
    job_id = int(ref.key)
    if session.get(Job, job_id) is None:
        raise BadInput(f"Comparing {ref}: there is no such job. `reelineage jobs list` shows the jobs.")
    return replace(current_branch(session, job_id, lineage.current(session, job_id)), subject=ref)


def _way(session: Session, asset: str, key: int) -> dict[str, Sequence[Record]]:
    """A row and those that led to it, by asset."""
    rows: dict[str, Sequence[Record]] = {}
    while True:
        model: Any = _MODELS[asset]
        row: Record | None = session.get(model, key)
        if row is None:
            raise BadInput(
                f"Comparing {lineage.NODES[asset]}:{key}: there is no such row. `reelineage jobs list` shows the jobs."
            )
        rows[asset] = (row,)
        if asset == "videos":
            shown = select(VideoClip.clip_id).where(VideoClip.video_id == row.id)
            rows["clips"] = session.scalars(select(Clip).where(Clip.id.in_(shown)).order_by(Clip.scene)).all()
        if asset not in _BEFORE:
            return rows
        asset, column = _BEFORE[asset]
        key = getattr(row, column)


def _newest_review(session: Session, video_id: int) -> dict[str, Sequence[Record]]:
    query = select(Review).where(Review.video_id == video_id).order_by(Review.id.desc()).limit(1)
    review = session.scalars(query).first()
    return {"reviews": (review,)} if review else {}


def _branch(session: Session, subject: Ref, job_id: int, rows: Mapping[str, Sequence[Record]]) -> Branch:
    parts = {asset: _part(asset, rows[asset]) for asset in lineage.ASSETS if asset in rows}
    if "scripts" in parts:
        edits = edits_of(session, rows["scripts"][0].id)
        parts["scripts"] = replace(parts["scripts"], edits=tuple(map(EditedBy.of, edits)))
    job = session.get_one(Job, job_id)
    asked: dict[str, JsonValue] = {
        "theme": job.theme,
        "seed": job.seed,
        "profile": job.profile,
        "code_versions": {asset: writer_version(part.code_version) for asset, part in parts.items()},
    }
    order = Part((Ref("job", str(job_id)),), asked, sha256_of(asked), "")
    return Branch(subject, job_id, {ORDER: order, **parts})


def _part(asset: str, rows: Sequence[Record]) -> Part:
    refs = tuple(Ref(lineage.NODES[asset], str(row.id)) for row in rows)
    codes = " ".join(dict.fromkeys(row.code_version for row in rows))
    if asset != "clips":
        return Part(refs, rows[0].document, rows[0].data_version, codes)
    documents: list[JsonValue] = [row.document for row in rows]
    value: JsonValue = None if None in documents else {"scene": documents}
    return Part(refs, value, sha256_of([row.data_version for row in rows]), codes)

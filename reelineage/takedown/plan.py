"""What a take-down takes: derived from the tables for the references that a person names, or for a duty to delete.

Belongs here: the policy (docs/lineage.md, "Take-down") as one plan. Not here: which rows use which files and calls
(`rows.py`), carrying a plan out (`resources/takedown`), what tombstones mean afterwards (`withdrawal.py`).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.errors import BadInput
from reelineage.family import Ref, downstream, node_tables
from reelineage.models import (
    Credential,
    Decision,
    Job,
    MediaItem,
    Reproduction,
    Review,
    ScriptEdit,
    TrendFetch,
    TrendObservation,
    Video,
)
from reelineage.takedown.rows import (
    Fact,
    batches,
    calls_used_by_nothing,
    calls_used_only_by,
    facts_of,
    rows_where,
    users_of_files,
)
from reelineage.takedown.withdrawal import files_of_theme, targets_among

# what is about trends; the scripts made from it are works of their own
_TRENDS = frozenset({"trend_item", "trend_observation", "trend_fetch", "trend_report", "trend_analysis"})
_RECORDS = ("trend_report", "trend_analysis", "script", "voiceover", "clip", "video", "review")
_SINGLE_FILE = ("provider_call", "voiceover", "clip")
# a row about a video; who names it means the video
_ABOUT_VIDEO: dict[str, Any] = {
    "review": Review,
    "decision": Decision,
    "credential": Credential,
    "reproduction": Reproduction,
}


@dataclass(frozen=True)
class AffectedVideo:
    """A video that may not be delivered any more, and what was decided about it."""

    job_id: int
    video_id: int
    verdict: str | None = None
    actor: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """What goes, what stays and is blocked. Two plans are equal when a person would decide on them alike.

    `rows` lose their content and `files` (sha256) their bytes; those of them that were named, `sources`, never come
    back. Of the trend fetches `fetches` nothing is left; `shared` files stay because other rows use them; `blocked`
    rows stay, but nothing made from them is delivered; `gone` went earlier. `runs` are the Dagster runs whose logs may
    quote what goes.
    """

    named: tuple[Ref, ...]
    rows: tuple[Ref, ...]
    fetches: tuple[Ref, ...]
    files: tuple[str, ...]
    sources: tuple[str, ...]
    shared: tuple[str, ...]
    blocked: tuple[Ref, ...]
    gone: tuple[Ref, ...]
    videos: tuple[AffectedVideo, ...]
    jobs: tuple[int, ...]
    runs: tuple[str, ...] = field(compare=False, default=())

    @property
    def is_empty(self) -> bool:
        """Whether everything that it names is gone and withdrawn already."""
        return not (self.named or self.rows or self.fetches or self.files)


def plan_takedown(session: Session, refs: Collection[Ref]) -> Plan:
    """What withdrawing these rows, files, media or jobs takes.

    Raises:
        BadInput: a reference names no row, or a tombstone.
    """
    named = _meant(session, refs)
    own_files, of_jobs = _own_files(session, named), _of_jobs(session, named)
    withdrawn = targets_among(session, named, effect="withdrawn")
    return _plan(
        session,
        tuple(ref for ref in sorted(named, key=_natural) if ref not in withdrawn),
        {*named, *own_files, *of_jobs},
        _sources(session, {*named, *own_files, *(ref for ref in of_jobs if ref.node == "video")}),
    )


def plan_duty(session: Session, fetch_ids: Collection[int]) -> Plan:
    """What the duty to delete these fetches takes: source text alone. What was made from it is not blocked."""
    return _plan(session, (), {Ref("trend_fetch", str(one)) for one in fetch_ids}, withdraws=False)


def due_fetches(session: Session, now: datetime) -> tuple[int, ...]:
    """The fetches whose source wants their text gone by now and that still have some."""
    due = session.scalars(select(TrendFetch.id).where(TrendFetch.delete_by <= now).order_by(TrendFetch.id)).all()
    done = targets_among(session, [Ref("trend_fetch", str(one)) for one in due], effect="removed")
    return tuple(one for one in due if Ref("trend_fetch", str(one)) not in done)


def _plan(
    session: Session,
    named: tuple[Ref, ...],
    starts: set[Ref],
    sources: Collection[str] = (),
    *,
    withdraws: bool = True,
) -> Plan:
    graph = downstream(session, sorted(starts, key=_natural))
    reached = _reached(graph, starts)
    raw = _raw(session, reached)
    going = reached | raw | {ref for ref in graph if ref.node == "reproduction"}  # it quotes every stage behind it
    going |= _edits_behind(session, reached)
    going |= calls_used_only_by(session, going)
    going |= calls_used_by_nothing(session, going)
    facts = facts_of(session, {*going, *graph})
    jobs = _jobs(facts, graph if withdraws else going, named)
    files, shared, left = _files(session, going, raw, starts, facts, jobs)
    removed = targets_among(session, [*going, *(Ref("artifact", one) for one in files)], effect="removed")
    there = left | {ref.key for ref in named if ref.node == "artifact"}  # made again, or named for the first time
    files = {one for one in files if Ref("artifact", one) not in removed or one in there}
    rows = {ref for ref in going if ref in facts and facts[ref].has_content}
    fetches = {ref for ref in reached if ref.node == "trend_fetch" and ref not in removed}
    return Plan(
        named=named,
        rows=_sorted(rows),
        fetches=_sorted(fetches),
        files=tuple(sorted(files)),
        sources=tuple(sorted(files.intersection(sources) - {ref.key for ref in named if ref.node == "artifact"})),
        shared=tuple(sorted(shared)),
        blocked=_sorted(set(graph) - going - {Ref("artifact", one) for one in files}) if withdraws else (),
        gone=_sorted({ref for ref in removed if ref.key not in files or ref.node != "artifact"}),
        videos=_videos(session, graph) if withdraws else (),
        jobs=jobs,
        runs=tuple(sorted({run for ref in rows if (run := facts[ref].run_id)})),
    )


def _meant(session: Session, refs: Collection[Ref]) -> set[Ref]:
    """The rows that are meant: a review, decision or signed file means its video."""
    known = facts_of(session, set(refs))
    if missing := sorted(set(refs) - known.keys(), key=_natural):
        raise BadInput(f"Taking down {missing[0]}: there is no such row. `reelineage jobs list` shows the jobs.")
    if any(ref.node == "tombstone" for ref in refs):
        raise BadInput("Taking down: a tombstone is what is left of a take-down; it holds nothing that could go.")
    meant = set(refs)
    for node, model in _ABOUT_VIDEO.items():
        keys = [int(ref.key) for ref in refs if ref.node == node]
        for row_id, video_id in rows_where(session, (model.id, model.video_id), model.id, keys):
            meant = (meant - {Ref(node, str(row_id))}) | {Ref("video", str(video_id))}
    signed = [ref.key for ref in refs if ref.node == "artifact"]
    for _, video_id in rows_where(session, (Credential.id, Credential.video_id), Credential.file_sha256, signed):
        meant.add(Ref("video", str(video_id)))
    return meant


def _own_files(session: Session, named: Iterable[Ref]) -> set[Ref]:
    """The stored files of media that are named themselves."""
    keys = [int(ref.key) for ref in named if ref.node == "media_item"]
    hashes = {sha256 for _, sha256 in rows_where(session, (MediaItem.id, MediaItem.sha256), MediaItem.id, keys)}
    return {*facts_of(session, {Ref("artifact", one) for one in hashes})}  # a voice's hash is no file of ours


def _sources(session: Session, refs: Collection[Ref]) -> set[str]:
    """The files of what is named itself; of a video the MP4 alone, for a sound one may have the same captions."""
    found = {ref.key for ref in refs if ref.node == "artifact"}
    single = {ref for ref in refs if ref.node in _SINGLE_FILE}
    found |= {sha256 for fact in facts_of(session, single).values() for sha256 in fact.files}
    videos = [int(ref.key) for ref in refs if ref.node == "video"]
    return found | {sha256 for _, sha256 in rows_where(session, (Video.id, Video.file_sha256), Video.id, videos)}


def _of_jobs(session: Session, named: Iterable[Ref]) -> set[Ref]:
    """All records of the jobs that are named. What they fetched or brought may serve others: name it to take it."""
    keys = [int(ref.key) for ref in named if ref.node == "job"]
    found: set[Ref] = set()
    for node in _RECORDS:
        table = node_tables()[node]
        rows = rows_where(session, (table.c.id, table.c.job_id), table.c.job_id, keys)
        found |= {Ref(node, str(row_id)) for row_id, _ in rows}
    return found


def _reached(graph: Mapping[Ref, tuple[Ref, ...]], starts: Iterable[Ref]) -> set[Ref]:
    """What loses its content: all that is downstream, but not across the step from trends to scripts."""
    found = set(starts)
    level = [*found]
    while level:
        following = {
            child
            for ref in level
            for child in graph.get(ref, ())
            if not (ref.node in _TRENDS and child.node not in _TRENDS) and child not in found
        }
        found |= following
        level = [*following]
    return found


def _edits_behind(session: Session, reached: Iterable[Ref]) -> set[Ref]:
    """The edits that caused scripts that go: each holds the words that it put into them."""
    scripts = sorted(int(ref.key) for ref in reached if ref.node == "script")
    rows = rows_where(session, (ScriptEdit.script_id, ScriptEdit.edit_id), ScriptEdit.script_id, scripts)
    return {Ref("edit", str(edit_id)) for _, edit_id in rows}


def _raw(session: Session, reached: Iterable[Ref]) -> set[Ref]:
    """The fetches and trend calls whose file and answer quote an observation that goes."""
    observations = [int(ref.key) for ref in reached if ref.node == "trend_observation"]
    columns = (TrendObservation.id, TrendObservation.fetch_id)
    fetches = {fetch_id for _, fetch_id in rows_where(session, columns, TrendObservation.id, observations)}
    fetches |= {int(ref.key) for ref in reached if ref.node == "trend_fetch"}
    calls = rows_where(session, (TrendFetch.id, TrendFetch.call_id), TrendFetch.id, sorted(fetches))
    return {ref for row_id, call_id in calls for ref in (Ref("trend_fetch", str(row_id)), _call(call_id))}


def _call(call_id: int) -> Ref:
    return Ref("provider_call", str(call_id))


def _jobs(facts: Mapping[Ref, Fact], affected: Iterable[Ref], named: Iterable[Ref]) -> tuple[int, ...]:
    jobs = {job_id for ref in affected if ref in facts and (job_id := facts[ref].job_id) is not None}
    return tuple(sorted(jobs | {int(ref.key) for ref in named if ref.node == "job"}))


def _files(
    session: Session, going: set[Ref], raw: set[Ref], starts: set[Ref], facts: Mapping[Ref, Fact], jobs: Iterable[int]
) -> tuple[set[str], set[str], set[str]]:
    """The files that go, those that stay, and those that a row with content names now.

    A file stays because a row that stays uses it, or because a job's theme brought it.
    """
    named = {ref.key for ref in starts if ref.node == "artifact"}
    of_fetches = {sha256 for ref in raw if ref in facts for sha256 in facts[ref].files}
    candidates = {sha256 for ref in going if ref in facts for sha256 in facts[ref].files} | named
    candidates |= {ref.key for ref in going if ref.node == "artifact"}
    users = [*users_of_files(session, candidates)]
    emptied = targets_among(session, {user for _, user in users if user.node == "trend_fetch"}, effect="removed")
    users = [(sha256, user) for sha256, user in users if user not in emptied]
    shared = {sha256 for sha256, user in users if user not in going}
    own = candidates - named - of_fetches - shared
    if own:
        for batch in batches(sorted(jobs)):
            for theme in session.scalars(select(Job.theme).where(Job.id.in_(batch))):
                shared |= own.intersection(files_of_theme(theme))
    # a fetch has no content of its own, and its file never comes back
    return candidates - shared, shared, {sha256 for sha256, user in users if user.node != "trend_fetch"}


def _videos(session: Session, graph: Iterable[Ref]) -> tuple[AffectedVideo, ...]:
    found = []
    for batch in batches([int(ref.key) for ref in graph if ref.node == "video"]):
        rows = session.execute(
            select(Video.job_id, Video.id, Decision.verdict, Decision.actor, Decision.decided_at)
            .outerjoin(Decision, Decision.video_id == Video.id)
            .where(Video.id.in_(batch))
        )
        found += [AffectedVideo(*row) for row in rows]
    return tuple(sorted(found, key=lambda one: one.video_id))


def _sorted(refs: Iterable[Ref]) -> tuple[Ref, ...]:
    return tuple(sorted(refs, key=_natural))


def _natural(ref: Ref) -> tuple[str, int, str]:
    """Kinds together, rows by number."""
    return ref.node, int(ref.key) if ref.node != "artifact" else 0, ref.key

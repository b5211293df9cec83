"""One step's view of the job that it works on: theme and frame, what is stored already, providers, progress.

Belongs here: what a step asks for around its one domain function, and that it stops when the job was taken away. Not
here: claiming, noting failures, giving the job back (`workbench.py`), storing records (`record_io_manager.py`).
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg
from pydantic import TypeAdapter

from reelineage import family, lineage
from reelineage.documents import Document, Frame, StandIn
from reelineage.errors import Cancelled, FenceLost, MissingUpstream, TransientError
from reelineage.look import ProfileName
from reelineage.models import Job
from reelineage.takedown.withdrawal import still_read
from reelineage.theme import Theme, frame_of
from resources.artifact_store import ArtifactStore
from resources.heartbeat import Heartbeat
from resources.home import Home
from resources.ledger import Answer, Ledger, Product, Request
from resources.record_rows import RECORDS

_PROFILE: TypeAdapter[ProfileName] = TypeAdapter(ProfileName)
DocumentType = TypeVar("DocumentType", bound=Document)


@dataclass(frozen=True)
class Part:
    """One of several pieces that a step works on side by side: a segment, with its frames."""

    name: str
    done: int
    total: int
    what: str


@dataclass(frozen=True)
class Progress:
    """How far a step is: `done` of `total` pieces (scenes, sentences, frames); 0 of 0 when it has just begun.

    A `live` step reports several times a second, with the parts it works on; the log takes a line a second of that.
    """

    job_id: int
    asset: str
    done: int
    total: int
    what: str
    finished: bool = False
    live: bool = False
    running: tuple[Part, ...] = ()


@dataclass
class Work:
    """One step's view of its job. `threads` are those of each segment's encoder, for a video that is made again."""

    job: Job
    asset: str
    home: Home
    run_id: str
    heartbeat: Heartbeat
    notify: Callable[[Progress], None]
    threads: tuple[int, ...] = ()
    theme: Theme = field(init=False)

    def __post_init__(self) -> None:
        """Read the frozen theme."""
        self.theme = Theme.model_validate(self.job.theme)

    @property
    def seed(self) -> int:
        """The job's seed: everything that varies, varies by it."""
        return self.job.seed

    @property
    def profile(self) -> ProfileName:
        """Where the video goes, as the job was ordered."""
        return _PROFILE.validate_python(self.job.profile)

    @property
    def draft(self) -> bool:
        """Whether this is a quick look at half size."""
        return self.profile == "draft"

    @property
    def frame(self) -> Frame:
        """The picture's size."""
        return frame_of(self.theme, self.job.profile)

    @property
    def store(self) -> ArtifactStore:
        """Where files are kept."""
        return self.home.store

    def stored(self, tell: Callable[[Any], Mapping[str, Any]]) -> dg.MaterializeResult[Any] | None:
        """The result this step already has: stored earlier by this run, or by the run that it resumes."""
        kind = RECORDS[self.asset]
        with self.home.database.read() as session:
            current = lineage.current(session, self.job.id)
        rows = current.rows(self.asset)
        if not rows or not (self.job.claim_mode == "resume" or all(row.run_id == self.run_id for row in rows)):
            return None
        if gone := next((row for row in rows if row.document is None), None):
            if self.asset not in still_read(current):  # its row stays the current one; nothing reads what it held
                empty = kind.document.model_construct()
                return dg.MaterializeResult(value=[empty for _ in rows] if kind.many else empty)
            raise MissingUpstream(
                f"Making {self.asset} of job {self.job.id}: the content of {lineage.NODES[self.asset]}:{gone.id}, "
                "which it goes on from, was taken down. Create a new job."
            )
        found = [kind.document.model_validate(row.document) for row in rows]
        return self.result(found if kind.many else found[0], tell)

    def result(
        self, value: DocumentType | Sequence[DocumentType], tell: Callable[[Any], Mapping[str, Any]]
    ) -> dg.MaterializeResult[Any]:
        """A materialization of this asset with what `tell` says of it; the IO manager sets its data version."""
        return dg.MaterializeResult(value=value, metadata=dict(tell(value)))

    def stand_ins(self) -> tuple[StandIn, ...]:
        """Stand-ins among the ancestors of the job's current video."""
        with self.home.database.read() as session:
            video = lineage.current(session, self.job.id).video
            return family.stand_ins_behind(session, [family.Ref("video", str(video.id))]) if video else ()

    def call(self, request: Request, make: Callable[[Path], Product]) -> Answer:
        """Ask a provider through the ledger; transient failures are tried again with backoff and jitter (ORCH-03)."""
        self.check()
        ledger = Ledger(
            self.home.database, self.store, job_id=self.job.id, run_id=self.run_id, budget_usd=self.theme.budget_usd
        )
        settings = self.home.settings
        for attempt in range(1, settings.max_attempts):
            try:
                return ledger.call(request, make)
            except TransientError:
                pause = settings.retry_seconds * 2 ** (attempt - 1)
                self._rest(pause * random.uniform(0.5, 1.5))  # noqa: S311 — jitter, not a secret
        return ledger.call(request, make)

    def progress(self, done: int, total: int, what: str) -> None:
        """Tell how far the step is; also the place where a cancellation is noticed."""
        self.check()
        self.notify(Progress(self.job.id, self.asset, done, total, what))

    def live_progress(self, done: int, total: int, what: str, running: tuple[Part, ...]) -> None:
        """The same, for a step that can tell several times a second and works on several parts."""
        self.check()
        self.notify(Progress(self.job.id, self.asset, done, total, what, live=True, running=running))

    def check(self) -> None:
        """Stop when the job was taken away.

        Raises:
            Cancelled: a person cancelled the job.
            FenceLost: another run took it over.
            TransientError: this run holds it, but can no longer renew its lease.
        """
        if not self.heartbeat.lost.is_set():
            return
        now = self.home.queue.get(self.job.id)
        if now.state == "cancelled":
            raise Cancelled(
                f"Making {self.asset} of job {self.job.id}: the job was cancelled. What was finished is kept; "
                f"`reelineage jobs retry {self.job.id}` goes on from there."
            )
        if now.active_run == self.run_id:
            raise TransientError(
                f"Making {self.asset} of job {self.job.id}: its lease can no longer be renewed; the log says why. "
                f"It is tried again; `reelineage jobs retry {self.job.id} --now` does so at once."
            )
        parked = now.state == "failed" and now.error
        why = f"the job was taken from it ({now.error})" if parked else "another run has taken the job over"
        raise FenceLost(f"Making {self.asset} of job {self.job.id}: {why}; this one stops.")

    def _rest(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.check()
            time.sleep(min(left, 0.5))

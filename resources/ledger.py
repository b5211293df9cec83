"""The ledger of provider calls: written down before it is sent, closed when the answer is stored, never paid twice.

Belongs here: `provider_calls` rows and the reuse of a finished call. Not here: retries (`work.py`), what a call
does (the providers).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue
from sqlalchemy import select

from reelineage.documents import ArtifactRef, ProviderIdentity, Sha256
from reelineage.errors import BadInput, FenceLost, PermanentError, TransientError
from reelineage.fingerprint import sha256_of
from reelineage.models import Artifact, ProviderCall
from reelineage.takedown.withdrawal import refuse_removed
from resources.artifact_store import ArtifactStore
from resources.costs import cost_of_job
from resources.database import Database
from resources.record_edges import ensure_artifact
from resources.takedown.lock import hold_takedowns
from resources.unnamed_files import removed_unless_named


@dataclass(frozen=True)
class Request:
    """What is asked of a provider. The fingerprint covers all of it: an equal request has an equal answer."""

    identity: ProviderIdentity
    parameters: dict[str, JsonValue]
    seed: int | None = None
    cost_nanousd: int | None = 0

    @property
    def sha256(self) -> Sha256:
        """The request's fingerprint."""
        identity = self.identity.model_dump(mode="json")
        return sha256_of({"identity": identity, "parameters": self.parameters, "seed": self.seed})


@dataclass(frozen=True)
class Product:
    """What a provider gave: JSON, a finished file in the scratch folder, or both. Cost None means unknown.

    `stored` is for a file that is an artifact already (the user's own media): it is named, not stored again.
    """

    response: dict[str, JsonValue] = field(default_factory=dict)
    file: Path | None = None
    media_type: str = "application/octet-stream"
    cost_nanousd: int | None = 0
    stored: ArtifactRef | None = None


@dataclass(frozen=True)
class Answer:
    """A finished call. `reused` when an earlier call with the same fingerprint had already answered."""

    call_id: int
    request_sha256: Sha256
    response: dict[str, JsonValue]
    artifact: ArtifactRef | None
    reused: bool


class Ledger:
    """Runs provider calls for one job and run."""

    def __init__(
        self, database: Database, store: ArtifactStore, *, job_id: int, run_id: str, budget_usd: float = 0.0
    ) -> None:
        self._budget_usd = budget_usd
        self._database = database
        self._store = store
        self._job_id = job_id
        self._run_id = run_id

    def call(self, request: Request, make: Callable[[Path], Product]) -> Answer:
        """Answer from the ledger when this job has asked the same before, else `make` it in a scratch folder.

        The intent commits before the work and the result commits as soon as its file is in place, so that a process
        killed later loses no finished call. What `make` raises closes the row and goes on to the caller: as failed when
        the call is free, or when the provider says by a PermanentError or TransientError that nothing was charged; else
        as ambiguous, and an ambiguous request is never sent again by itself. Paid providers send `request.sha256` as
        their idempotency key.
        """
        if known := self._finished(request):
            return known
        self._check_not_paid_already(request)
        self._check_budget(request)
        call_id = self._open(request)
        try:
            with self._store.scratch() as folder:
                product = make(folder)
                artifact = self._artifact_of(product)
        except BaseException as error:
            self._close_failed(call_id, request, error)
            raise
        put = [artifact.sha256] if artifact and product.stored is None else []
        with removed_unless_named(self._database, self._store, put), self._database.write() as session:
            hold_takedowns(session)  # before the call's row: a take-down locks them in this order too
            call = session.get_one(ProviderCall, call_id, with_for_update=True)
            if call.status != "intent":
                raise FenceLost(
                    f"Storing an answer of {call.provider} for job {self._job_id}: the job was taken over and the call "
                    f"closed as {call.status}. Nothing was written; the other run asks again."
                )
            if artifact:
                ensure_artifact(session, artifact)
                artifact = _as_stored(session.get_one(Artifact, artifact.sha256))
            call.status, call.finished_at = "ok", datetime.now(UTC)
            call.response, call.cost_nanousd = product.response, product.cost_nanousd
            call.artifact_sha256 = artifact.sha256 if artifact else None
        return Answer(call_id, request.sha256, product.response, artifact, reused=False)

    def _artifact_of(self, product: Product) -> ArtifactRef | None:
        if product.stored is not None:
            self._store.path(product.stored.sha256)  # a row must not name a file that is gone
            return product.stored
        return self._put(product.file, product.media_type) if product.file else None

    def _put(self, file: Path, media_type: str) -> ArtifactRef:
        """The file as an artifact, unless the same bytes were taken down: a new call must not bring them back."""
        artifact = self._store.put_file(file, media_type)
        try:
            with self._database.read() as session:
                refuse_removed(session, artifact.sha256, doing=f"Storing an answer for job {self._job_id}")
        except BadInput:
            self._store.remove([artifact.sha256])
            raise
        return artifact

    def _check_not_paid_already(self, request: Request) -> None:
        """Refuse a request that may have been carried out and charged before, although its answer was lost."""
        if request.cost_nanousd == 0:
            return
        with self._database.read() as session:
            lost = session.scalar(
                select(ProviderCall.id).where(
                    ProviderCall.job_id == self._job_id,
                    ProviderCall.request_sha256 == request.sha256,
                    ProviderCall.status == "ambiguous",
                )
            )
        if lost is not None:
            raise PermanentError(
                f"Calling {request.identity.provider} for job {self._job_id}: the answer to the same request was lost "
                f"(provider_call:{lost}), so it may be charged already and is not sent again. Look at your account "
                "there; to have it made anyway, create the job again."
            )

    def _check_budget(self, request: Request) -> None:
        """Refuse a call whose price would take the job over its theme's budget; free calls are always within it."""
        if not request.cost_nanousd:
            return
        spent = cost_of_job(self._database, self._job_id).known_nanousd
        if spent + request.cost_nanousd > self._budget_usd * 1e9:
            raise PermanentError(
                f"Calling {request.identity.provider} for job {self._job_id}: it costs "
                f"${request.cost_nanousd / 1e9:.4f}, ${spent / 1e9:.4f} is spent, and the theme's budget is "
                f"${self._budget_usd:.2f}. Nothing was sent; raise budget_usd in the theme and create a new job."
            )

    def _finished(self, request: Request) -> Answer | None:
        with self._database.read() as session:
            row = session.execute(
                select(ProviderCall, Artifact)
                .outerjoin(Artifact, Artifact.sha256 == ProviderCall.artifact_sha256)
                .where(
                    ProviderCall.job_id == self._job_id,
                    ProviderCall.request_sha256 == request.sha256,
                    ProviderCall.status == "ok",
                    ProviderCall.tombstone_id.is_(None),
                )
                .order_by(ProviderCall.id.desc())
                .limit(1)
            ).first()
        if row is None:
            return None
        call, stored = row
        artifact = _as_stored(stored) if stored else None
        if artifact and not self._store.has(artifact):
            return None  # the file is gone: the call is made again, as a row of its own
        return Answer(call.id, request.sha256, call.response or {}, artifact, reused=True)

    def _open(self, request: Request) -> int:
        identity = request.identity
        with self._database.fenced_write(self._job_id, self._run_id) as session:  # a ghost must not start paid work
            call = ProviderCall(
                job_id=self._job_id, run_id=self._run_id, role=identity.role, provider=identity.provider,
                model=identity.model, prompt_version=identity.prompt_version, parameters=request.parameters,
                seed=request.seed, request_sha256=request.sha256, status="intent", stand_in=identity.stand_in,
                cost_nanousd=request.cost_nanousd, started_at=datetime.now(UTC),
            )  # fmt: skip
            session.add(call)
            session.flush()
            return call.id

    def _close_failed(self, call_id: int, request: Request, error: BaseException) -> None:
        nothing_charged = request.cost_nanousd == 0 or isinstance(error, PermanentError | TransientError)
        with self._database.write() as session:
            call = session.get_one(ProviderCall, call_id, with_for_update=True)
            if call.status != "intent":
                return  # closed by the run that took the job over
            call.status = "failed" if nothing_charged else "ambiguous"
            call.finished_at = datetime.now(UTC)
            call.error = f"{type(error).__name__}: {error}"[:4000]


def _as_stored(row: Artifact) -> ArtifactRef:
    """The artifact as its row says: a first answer and a reused one must be the same, down to the media type."""
    return ArtifactRef(sha256=row.sha256, size_bytes=row.size_bytes, media_type=row.media_type)

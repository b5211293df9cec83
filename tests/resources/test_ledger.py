"""The ledger: intent first, an answer kept as soon as it is there, nothing paid twice."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text

from reelineage.documents import ArtifactRef
from reelineage.errors import FenceLost, PermanentError, TransientError
from reelineage.models import Artifact, ProviderCall
from resources.costs import Cost, cost_of_job
from resources.home import Home
from resources.ledger import Ledger, Product, Request
from resources.record_edges import ensure_artifact
from tests.factories import identity, ledger, new_job
from tests.resources.test_claims import claim

NANO = 1_000_000_000


@pytest.fixture
def job(any_home: Home) -> int:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    return job


@pytest.fixture
def calls(any_home: Home, job: int) -> Ledger:
    return ledger(any_home, job, "run-1")


def request(scene: int = 1, *, cost: int | None = 0, seed: int | None = None) -> Request:
    return Request(identity("clips"), {"scene": scene}, seed=seed, cost_nanousd=cost)


def produce(content: str = "a clip", *, cost: int | None = 0) -> Callable[[Path], Product]:
    def make(folder: Path) -> Product:
        path = folder / "clip"
        path.write_text(content)
        return Product({"said": content}, path, "video/mp4", cost_nanousd=cost)

    return make


def never(_: Path) -> Product:
    raise AssertionError("asked twice")


def rows(home: Home) -> list[ProviderCall]:
    with home.database.read() as session:
        return [*session.scalars(select(ProviderCall).order_by(ProviderCall.id))]


def test_the_intent_is_stored_before_the_provider_is_asked(any_home: Home, job: int, calls: Ledger) -> None:
    def look(folder: Path) -> Product:
        seen.extend(rows(any_home))
        return produce()(folder)

    seen: list[ProviderCall] = []
    answer = calls.call(request(cost=7, seed=3), look)
    intent, done = seen[0], rows(any_home)[0]
    assert (intent.status, intent.finished_at, intent.cost_nanousd, intent.run_id) == ("intent", None, 7, "run-1")
    assert (done.status, done.cost_nanousd, done.seed, done.job_id) == ("ok", 0, 3, job)
    assert (done.provider, done.model, done.parameters) == ("toy", "clips", {"scene": 1})
    assert done.response == {"said": "a clip"}
    assert answer.artifact is not None
    assert any_home.store.path(answer.artifact.sha256).read_text() == "a clip"
    with any_home.database.read() as session:
        assert session.get_one(Artifact, answer.artifact.sha256).size_bytes == len("a clip")


def test_an_equal_request_is_answered_from_the_ledger(any_home: Home, calls: Ledger) -> None:
    first = calls.call(request(), produce())
    again = calls.call(request(), never)
    assert (again.call_id, again.artifact, again.response, again.reused) == (
        first.call_id, first.artifact, first.response, True,
    )  # fmt: skip
    assert len(rows(any_home)) == 1


def test_an_answer_may_name_a_file_that_is_stored_already(any_home: Home, calls: Ledger) -> None:
    """The user's own films are artifacts from the start: gigabytes are not copied, and the first media type stays."""
    kept = any_home.store.put_bytes(b"a film", "video/mp4")
    with any_home.database.write() as session:
        ensure_artifact(session, kept)
    named = kept.model_copy(update={"media_type": "video/quicktime"})
    first = calls.call(request(), lambda _: Product({}, stored=named))
    assert first.artifact == kept
    assert calls.call(request(), never).artifact == first.artifact
    assert [*any_home.store.hashes()] == [kept.sha256]


def test_an_answer_cannot_name_a_file_that_is_gone(any_home: Home, calls: Ledger) -> None:
    gone = ArtifactRef(sha256="0" * 64, size_bytes=1, media_type="video/mp4")
    with pytest.raises(PermanentError, match="its file is missing"):
        calls.call(request(), lambda _: Product({}, stored=gone))
    assert [row.status for row in rows(any_home)] == ["failed"]


def test_another_seed_parameter_or_model_is_another_request(calls: Ledger) -> None:
    assert len({request().sha256, request(2).sha256, request(seed=1).sha256}) == 3
    assert request(cost=5).sha256 == request(cost=None).sha256
    calls.call(request(), produce())
    assert not calls.call(request(seed=1), produce()).reused


def test_another_job_asks_for_itself(any_home: Home, calls: Ledger) -> None:
    calls.call(request(), produce())
    other = new_job(any_home)
    claim(any_home, other, "run-2")
    assert not ledger(any_home, other, "run-2").call(request(), produce()).reused


@pytest.mark.parametrize("error", [TransientError("the line is down"), ValueError("odd"), KeyboardInterrupt()])
def test_a_failed_call_is_kept_with_its_error_and_asked_again(
    any_home: Home, calls: Ledger, error: BaseException
) -> None:
    def fail(_: Path) -> Product:
        raise error

    with pytest.raises(type(error)):
        calls.call(request(), fail)
    assert not calls.call(request(), produce()).reused
    failed, done = rows(any_home)
    assert (failed.status, failed.error) == ("failed", f"{type(error).__name__}: {error}")
    assert failed.finished_at is not None
    assert done.status == "ok"
    assert not list((any_home.store.root / ".scratch").iterdir())


def test_a_kill_at_scene_8_loses_none_of_the_seven_finished_clips(any_home: Home, job: int, calls: Ledger) -> None:
    for scene in range(1, 8):
        calls.call(request(scene, cost=NANO // 100), produce(f"scene {scene}", cost=NANO // 100))
    with any_home.database.write() as session:  # what a process leaves that was killed while it waited for scene 8
        session.execute(
            text(
                "INSERT INTO provider_calls (job_id, run_id, role, provider, model, parameters, request_sha256, "
                "status, cost_nanousd, started_at) SELECT job_id, run_id, role, provider, model, parameters, :sha, "
                "'intent', "
                "cost_nanousd, started_at FROM provider_calls WHERE id = 1"
            ),
            {"sha": request(8).sha256},
        )
    claim(any_home, job, "run-2", ended=("run-1",))
    next_calls = ledger(any_home, job, "run-2")
    asked: list[Path] = []

    def make(folder: Path) -> Product:
        asked.append(folder)
        return produce("scene 8")(folder)

    for scene in range(1, 8):
        assert next_calls.call(request(scene, cost=NANO // 100), make).reused
    with pytest.raises(PermanentError, match=r"the same request was lost \(provider_call:8\)"):  # it may be charged
        next_calls.call(request(8, cost=NANO // 100), make)
    assert asked == []
    assert [call.status for call in rows(any_home)] == ["ok"] * 7 + ["ambiguous"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (TransientError("busy, nothing was charged"), "failed"),
        (PermanentError("refused"), "failed"),
        (TimeoutError("no answer"), "ambiguous"),
        (KeyboardInterrupt(), "ambiguous"),
    ],
)
def test_a_paid_call_without_a_word_from_the_provider_is_ambiguous(
    any_home: Home, calls: Ledger, error: BaseException, status: str
) -> None:
    def fail(_: Path) -> Product:
        raise error

    with pytest.raises(type(error)):
        calls.call(request(cost=NANO // 100), fail)
    assert [call.status for call in rows(any_home)] == [status]


def test_a_call_whose_file_is_gone_is_made_again_as_a_row_of_its_own(any_home: Home, calls: Ledger) -> None:
    first = calls.call(request(), produce())
    assert first.artifact is not None
    any_home.store.path(first.artifact.sha256).unlink()
    again = calls.call(request(), produce())
    assert not again.reused
    assert again.call_id != first.call_id
    assert any_home.store.has(first.artifact)


def test_a_call_whose_file_was_cut_short_is_made_again(any_home: Home, calls: Ledger) -> None:
    first = calls.call(request(), produce())
    assert first.artifact is not None
    place = any_home.store.path(first.artifact.sha256)
    place.unlink()
    place.write_text("a")
    assert not calls.call(request(), produce()).reused
    assert any_home.store.path(first.artifact.sha256).read_text() == "a clip"


def test_a_ghost_starts_no_call(any_home: Home, job: int, calls: Ledger) -> None:
    claim(any_home, job, "heir", ended=("run-1",))
    with pytest.raises(FenceLost, match="run heir does"):
        calls.call(request(), never)
    assert rows(any_home) == []


def test_a_ghost_whose_call_ends_after_the_takeover_stores_no_answer(any_home: Home, job: int, calls: Ledger) -> None:
    def lose(folder: Path) -> Product:
        claim(any_home, job, "heir", ended=("run-1",))
        return produce()(folder)

    with pytest.raises(FenceLost, match="closed as failed"):
        calls.call(request(), lose)
    (call,) = rows(any_home)
    assert (call.status, call.artifact_sha256) == ("failed", None)
    assert not ledger(any_home, job, "heir").call(request(), produce()).reused


def test_an_error_of_a_ghost_stays_its_own_error(any_home: Home, job: int, calls: Ledger) -> None:
    def lose(_: Path) -> Product:
        claim(any_home, job, "heir", ended=("run-1",))
        raise TransientError("the line is down")

    with pytest.raises(TransientError, match="the line is down"):
        calls.call(request(), lose)
    assert rows(any_home)[0].error == "run run-1 ended before the answer was stored"


def test_what_a_call_cannot_fit_into_the_budget_is_not_sent(any_home: Home, job: int) -> None:
    calls = ledger(any_home, job, "run-1", budget_usd=0.05)
    calls.call(request(1, cost=NANO * 3 // 100), produce(cost=NANO * 3 // 100))
    with pytest.raises(PermanentError, match=r"the theme's budget is \$0\.05\. Nothing was sent"):
        calls.call(request(2, cost=NANO * 3 // 100), never)
    assert len(rows(any_home)) == 1
    assert calls.call(request(3), produce()).call_id


def test_a_file_that_is_not_there_closes_the_call_as_failed(any_home: Home, calls: Ledger) -> None:
    with pytest.raises(PermanentError, match="not a regular file"):
        calls.call(request(), lambda folder: Product({}, folder / "nothing"))
    assert rows(any_home)[0].status == "failed"


# --- what it cost ----------------------------------------------------------------------------------------------------


def test_costs_add_up_over_failed_and_ambiguous_calls(any_home: Home, job: int, calls: Ledger) -> None:
    def fail(_: Path) -> Product:
        raise TransientError("lost")

    calls.call(request(1, cost=NANO // 50), produce(cost=NANO // 100))
    with pytest.raises(TransientError):
        calls.call(request(2, cost=NANO // 50), fail)
    cost = cost_of_job(any_home.database, job)
    assert (cost.usd, cost.display) == (0.03, "$0.03")
    assert cost_of_job(any_home.database, 4711) == Cost(0, 0)


def test_an_unknown_price_is_never_taken_as_nothing(any_home: Home, job: int, calls: Ledger) -> None:
    calls.call(request(1), produce(cost=None))
    calls.call(request(2), produce(cost=NANO // 100))
    cost = cost_of_job(any_home.database, job)
    assert cost.usd is None
    assert cost.display == "at least $0.01 (1 call without a known price)"


@pytest.mark.parametrize(("nano", "shown"), [(0, "$0"), (21_300_000, "$0.0213"), (NANO, "$1"), (12 * NANO, "$12")])
def test_an_amount_is_shown_without_useless_zeros(nano: int, shown: str) -> None:
    assert Cost(nano, 0).display == shown

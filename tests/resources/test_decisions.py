"""Decisions by people: one per video, on exactly the file that was shown, and the folders that follow from them."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

from reelineage.errors import BadInput
from reelineage.models import ClipMedia, Decision, MediaItem, ProviderCall, Video
from resources.audit import audit_all
from resources.decisions import approve_if_theme_says, decide
from resources.home import Home
from tests.factories import NOON, fill_job, new_job
from tests.resources.test_claims import claim, together
from tests.resources.test_takedown import take_down


def approve(home: Home, job: int, **changes: object) -> Decision:
    given: dict[str, object] = {"verdict": "approve", "reason": "good", "actor": "Ada"}
    return decide(home.database, job, **(given | changes))  # type: ignore[arg-type]  # each test names what it changes


def finished(home: Home, run: str = "run-1") -> int:
    job = new_job(home)
    fill_job(home, job, run)
    return job


def shown(home: Home) -> dict[str, list[str]]:
    """What lies in each folder of `output/`, by kind of file."""
    folders = ("review", "approved", "rejected")
    return {folder: sorted(path.name for path in (home.root / "output" / folder).glob("*")) for folder in folders}


def names(job: int, video: int) -> list[str]:
    return sorted(f"job-{job}-video-{video}.{ending}" for ending in ("mp4", "srt", "vtt", "ass", "png"))


def test_a_decision_is_bound_to_the_file_and_moves_the_job(any_home: Home) -> None:
    job = finished(any_home)
    decision = approve(any_home, job)
    with any_home.database.read() as session:
        video = session.scalars(select(Video)).one()
    assert (decision.video_id, decision.video_sha256) == (video.id, video.file_sha256)
    assert (decision.actor, decision.reason, decision.demo_allowed) == ("Ada", "good", False)
    assert any_home.queue.get(job).state == "approved"
    other = finished(any_home, "run-2")
    approve(any_home, other, verdict="reject", reason="too dull")
    assert any_home.queue.get(other).state == "rejected"
    assert audit_all(any_home) == []


def test_of_many_people_who_decide_at_once_exactly_one_does(any_home: Home) -> None:
    job = finished(any_home)
    answers = together(
        *(lambda n=n: approve(any_home, job, verdict="approve" if n % 2 else "reject", actor=f"p{n}") for n in range(8))
    )
    made = [answer for answer in answers if isinstance(answer, Decision)]
    assert len(made) == 1
    assert all("A decision is never changed" in str(answer) for answer in answers if answer not in made)
    with any_home.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 1
    assert any_home.queue.get(job).state == {"approve": "approved", "reject": "rejected"}[made[0].verdict]


def test_a_decision_about_what_was_not_shown_is_refused(any_home: Home) -> None:
    job = finished(any_home)
    with any_home.database.read() as session:
        seen = session.scalars(select(Video.file_sha256)).one()
    fill_job(any_home, job, "run-2", take=2)
    with pytest.raises(BadInput, match=r"the video changed since it was shown\. Look at video:2"):
        approve(any_home, job, video_sha256=seen)
    assert approve(any_home, job, video_sha256=None).video_id == 2


def test_demo_material_needs_the_flag_to_be_approved_but_not_to_be_rejected(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, stand_in="demo")
    with pytest.raises(BadInput, match=r"demo material among its sources\. Approve it with --allow-demo"):
        approve(any_home, job)
    assert approve(any_home, job, allow_demo=True).demo_allowed
    other = new_job(any_home)
    fill_job(any_home, other, "run-2", stand_in="demo")
    assert not approve(any_home, other, verdict="reject").demo_allowed


def test_stand_ins_are_asked_of_the_tables_whatever_the_review_says(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    lose_an_answer(any_home, job)
    with pytest.raises(BadInput, match=r"the video has ambiguous material among its sources"):
        approve(any_home, job)
    assert approve(any_home, job, allow_demo=True).demo_allowed


def lose_an_answer(home: Home, job: int) -> None:
    """An earlier try of the call behind the voice, whose answer was lost: nobody knows what it may have made."""
    with home.database.write() as session:
        made = session.scalars(select(ProviderCall).where(ProviderCall.role == "speech_synthesizer")).one()
        session.add(
            ProviderCall(
                job_id=job, run_id="run-0", role=made.role, provider=made.provider, model=made.model,
                parameters=made.parameters, request_sha256=made.request_sha256, status="ambiguous", cost_nanousd=5,
                started_at=made.started_at, finished_at=made.finished_at,
            )
        )  # fmt: skip


@pytest.mark.parametrize("allowed", [False, True])
def test_an_unknown_licence_stands_against_approval_unless_the_theme_allows_it(
    any_home: Home, *, allowed: bool
) -> None:
    job = new_job(any_home, allow_unknown_licences=allowed)
    rows = fill_job(any_home, job)
    with any_home.database.write() as session:
        item = MediaItem(
            kind="footage", provider="own", external_id="x", title="Holiday film", author="", page_url="",
            licence="unknown", attribution="", sha256="7" * 64, created_at=NOON,
        )  # fmt: skip
        session.add(item)
        session.flush()
        session.add(ClipMedia(job_id=job, clip_id=rows["clips"][0].id, media_item_id=item.id))
    if allowed:
        assert approve(any_home, job).verdict == "approve"
        return
    with pytest.raises(BadInput, match=r"the licence of the footage Holiday film is unknown\. Name it in the theme"):
        approve(any_home, job)
    assert approve(any_home, job, verdict="reject").verdict == "reject"


@pytest.mark.parametrize("target", ["clip:1", "trend_item:1", "job:1", "media_item:1"])
def test_what_was_withdrawn_can_only_be_rejected(any_home: Home, target: str) -> None:
    job = finished(any_home)
    take_down(any_home, target, reason="the author asked")
    with pytest.raises(BadInput, match=r"was taken down \d{4}-\d\d-\d\d: the author asked \(tombstone:1, by Ada\)"):
        approve(any_home, job, allow_demo=True)
    assert approve(any_home, job, verdict="reject").verdict == "reject"


def test_a_theme_that_approves_by_itself_passes_over_what_may_not_be_approved(any_home: Home) -> None:
    clean, withdrawn, lost = (new_job(any_home, approval="auto") for _ in range(3))
    for number, job in enumerate((clean, withdrawn, lost)):
        fill_job(any_home, job, f"run-{number}")
    with any_home.database.write() as session:
        made = session.scalars(select(ProviderCall).where(ProviderCall.job_id == lost).limit(1)).one()
        session.add(
            ProviderCall(
                job_id=lost, run_id="run-0", role=made.role, provider=made.provider, model=made.model, parameters={},
                request_sha256=made.request_sha256, status="ambiguous", started_at=NOON, finished_at=NOON,
            )
        )  # fmt: skip
    take_down(any_home, f"job:{withdrawn}")
    assert approve_if_theme_says(any_home.database, clean) is not None
    assert approve_if_theme_says(any_home.database, withdrawn) is None
    assert approve_if_theme_says(any_home.database, lost) is None
    assert [any_home.queue.get(job).state for job in (clean, withdrawn, lost)] == [
        "approved", "awaiting_review", "awaiting_review",
    ]  # fmt: skip


def test_the_flag_is_not_noted_where_nothing_needed_it(home: Home) -> None:
    assert not approve(home, finished(home), allow_demo=True).demo_allowed


def test_a_job_without_a_finished_video_cannot_be_decided(home: Home) -> None:
    job = new_job(home)
    fill_job(home, job, until="videos")
    with pytest.raises(BadInput, match=r"it has no finished video yet \(it is queued\)"):
        approve(home, job)
    with pytest.raises(BadInput, match="there is no such job"):
        approve(home, 4711)


def test_a_job_that_a_run_works_on_cannot_be_decided(home: Home) -> None:
    job = finished(home)
    claim(home, job, "run-2")
    with pytest.raises(BadInput, match=r"run run-2 is working on it\. Decide when it is done"):
        approve(home, job)


@pytest.mark.parametrize("reason", ["", "   ", "\0\n"])
def test_a_decision_needs_a_reason(home: Home, reason: str) -> None:
    with pytest.raises(BadInput, match="a reason is needed"):
        approve(home, finished(home), reason=reason)


def test_odd_text_in_a_reason_is_cleaned(home: Home) -> None:
    decision = approve(home, finished(home), reason="fine\0\ud800 " + "x" * 5000, actor="\0")
    assert decision.reason.startswith("fine ?")
    assert len(decision.reason) <= 2000
    assert decision.actor == "unknown"


# --- the folders -----------------------------------------------------------------------------------------------------


def test_a_finished_video_lies_in_review_and_follows_its_decision(home: Home) -> None:
    job = finished(home)
    path = home.output.sync(job)
    assert path is not None
    assert path.read_text().startswith("mp4 of job")
    assert shown(home) == {"review": names(job, 1), "approved": [], "rejected": []}
    approve(home, job)
    assert home.output.sync(job) == home.root / "output" / "approved" / f"job-{job}-video-1.mp4"
    assert shown(home) == {"review": [], "approved": names(job, 1), "rejected": []}


def test_a_newer_video_makes_the_decision_void_and_goes_back_to_review(home: Home) -> None:
    job = finished(home)
    approve(home, job)
    home.output.sync(job)
    fill_job(home, job, "run-2", take=2)
    home.output.sync(job)
    assert shown(home) == {"review": names(job, 2), "approved": [], "rejected": []}
    assert home.queue.get(job).state == "awaiting_review"
    approve(home, job, verdict="reject")
    home.output.sync(job)
    assert shown(home)["rejected"] == names(job, 2)


def test_what_has_no_reviewed_video_shows_nothing(home: Home) -> None:
    job = new_job(home)
    fill_job(home, job, until="videos")
    assert home.output.sync(job) is None
    assert shown(home) == {"review": [], "approved": [], "rejected": []}
    assert home.output.sync(4711) is None


def test_repair_makes_the_folders_true_whatever_was_done_to_them(home: Home) -> None:
    first, second = finished(home), finished(home, "run-2")
    approve(home, second)
    home.output.repair()
    output = home.root / "output"
    (output / "review" / f"job-{first}-video-1.mp4").unlink()
    (output / "approved" / f"job-{second}-video-2.mp4").replace(output / "review" / f"job-{second}-video-2.mp4")
    (output / "approved" / "job-4711-video-9.mp4").write_text("of a database that is gone")
    (output / "approved" / "my own notes.txt").write_text("mine")
    (output / "review" / f"job-{first}-video-1.srt").unlink()
    (output / "review" / f"job-{first}-video-1.srt").write_text("x" * 999)
    home.output.repair()
    assert shown(home) == {
        "review": names(first, 1), "approved": sorted([*names(second, 2), "my own notes.txt"]), "rejected": [],
    }  # fmt: skip
    for path in output.glob("*/job-*.srt"):
        assert path.read_text().startswith("side of")


def test_a_file_of_equal_length_but_other_bytes_is_replaced(home: Home) -> None:
    path = home.output.sync(finished(home))
    assert path is not None
    good = path.read_text()
    path.unlink()
    path.write_text("X" * len(good))
    home.output.repair()
    assert path.read_text() == good


def test_files_are_copied_where_links_do_not_work(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    path = home.output.sync(finished(home))
    assert path is not None
    assert path.read_text().startswith("mp4 of job")
    assert not list(path.parent.glob(".*.part"))


def test_a_lost_artifact_keeps_no_other_file_from_people(home: Home) -> None:
    lost, whole = finished(home), new_job(home)
    fill_job(home, whole, "run-2", take=2)
    with home.database.read() as session:
        sha256 = session.scalars(select(Video.file_sha256).where(Video.job_id == lost)).one()
    other = home.output.sync(whole)
    assert other is not None
    home.store.path(sha256).unlink()
    shutil.rmtree(home.output.root)
    home.output.repair()
    assert home.output.sync(lost) is None
    assert other.is_file()

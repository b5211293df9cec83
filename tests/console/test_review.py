"""Decisions as people make them: one per video, bound to what was shown, seen in the folders and in Dagster.

Belongs here: `reelineage review`. Not here: the rules in the database (`tests/resources`).
"""

from concurrent.futures import ThreadPoolExecutor

import dagster as dg
import pytest
from sqlalchemy import select

from console.dagster_home import open_instance
from reelineage import lineage
from reelineage.errors import BadInput
from reelineage.models import Decision
from resources.decisions import decide
from resources.home import Home
from tests.console.cli import call, complaint
from tests.tiny import produce


def decisions(home: Home) -> list[Decision]:
    with home.database.read() as session:
        return [*session.scalars(select(Decision).order_by(Decision.id))]


def files(home: Home) -> set[str]:
    output = home.root / "output"
    return {str(path.relative_to(output)) for path in output.rglob("*") if path.is_file()}


def view(folder: str, video: int = 1) -> set[str]:
    return {f"{folder}/job-1-video-{video}.{kind}" for kind in ("mp4", "srt", "vtt", "ass", "jpg")}


def test_the_list_shows_what_waits_with_its_findings(finished: Home) -> None:
    said = call("review", "list").out
    assert said.startswith("job 1  video:1  ")
    assert str(finished.root / "output" / "review" / "job-1-video-1.mp4") in said
    assert "blocking Made-up demo data is among the sources" in said
    assert "blocking This is a draft" in said


def test_a_rejected_video_moves_and_dagster_knows_the_decision(finished: Home) -> None:
    said = call("review", "reject", 1, "--reason", "too short: 'x' {y}", "--actor", "Ada").out
    assert said == f"video:1 is rejected: {finished.root / 'output' / 'rejected' / 'job-1-video-1.mp4'}\n"
    assert files(finished) == view("rejected")
    assert finished.queue.get(1).state == "rejected"
    (decision,) = decisions(finished)
    assert (decision.verdict, decision.actor, decision.reason) == ("reject", "Ada", "too short: 'x' {y}")
    with open_instance(finished) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey("reviews"))
    with finished.database.read() as session:
        current = lineage.current(session, 1)
    assert event is not None
    assert event.asset_materialization is not None
    assert event.asset_materialization.partition == "1"
    metadata = {name: value.value for name, value in event.asset_materialization.metadata.items()}
    assert metadata["verdict"] == "reject"
    assert metadata["actor"] == "Ada"
    assert current.video is not None
    assert current.review is not None
    assert metadata["video_sha256"] == current.video.file_sha256 == decision.video_sha256
    assert (event.asset_materialization.tags or {})["dagster/data_version"] == current.review.data_version
    assert call("lineage", "job:1").out.startswith("decision:1 ")
    assert call("review", "list").out == ""


def test_demo_material_is_approved_only_when_that_is_meant(finished: Home) -> None:
    said = complaint("review", "approve", 1, "--reason", "nice")
    assert "demo material" in said
    assert "--allow-demo" in said
    assert decisions(finished) == []
    assert files(finished) == view("review")
    call("review", "approve", 1, "--reason", "nice", "--allow-demo")
    assert files(finished) == view("approved")
    assert finished.queue.get(1).state == "approved"
    assert [decision.demo_allowed for decision in decisions(finished)] == [True]


def test_a_decision_is_never_changed(finished: Home) -> None:
    call("review", "reject", 1, "--reason", "no", "--actor", "Ada")
    said = complaint("review", "approve", 1, "--reason", "yes", "--allow-demo")
    assert "video:1 was rejected by Ada" in said
    assert "never changed" in said
    assert len(decisions(finished)) == 1
    assert files(finished) == view("rejected")


def test_a_decision_about_a_video_that_changed_since_is_refused(finished: Home, instance: dg.DagsterInstance) -> None:
    shown = shown_sha256(finished)
    with pytest.raises(BadInput, match="changed since it was shown"):
        decide(finished.database, 1, verdict="reject", reason="x", actor="y", video_sha256="0" * 64)
    assert produce(instance, 1, assets=("scripts",)).success
    with pytest.raises(BadInput, match="no finished video yet"):
        decide(finished.database, 1, verdict="reject", reason="x", actor="y", video_sha256=shown)
    assert decisions(finished) == []


def shown_sha256(home: Home) -> str:
    with home.database.read() as session:
        video = lineage.current(session, 1).video
    assert video is not None
    return video.file_sha256


def test_a_new_version_waits_for_a_decision_of_its_own(finished: Home, instance: dg.DagsterInstance) -> None:
    call("review", "reject", 1, "--reason", "once more")
    assert produce(instance, 1).success
    assert finished.queue.get(1).state == "awaiting_review"
    assert files(finished) == view("review", 2)
    call("review", "approve", 1, "--reason", "better", "--allow-demo")
    assert [(decision.video_id, decision.verdict) for decision in decisions(finished)] == [
        (1, "reject"),
        (2, "approve"),
    ]
    assert files(finished) == view("approved", 2)


def test_of_many_people_deciding_at_once_exactly_one_wins(finished: Home) -> None:
    def one(number: int) -> str:
        try:
            decide(finished.database, 1, verdict="reject", reason=f"reason {number}", actor=f"person {number}")
        except BadInput as error:
            return str(error)
        return "won"

    with ThreadPoolExecutor(8) as pool:
        answers = [*pool.map(one, range(16))]
    assert answers.count("won") == 1
    losers = [answer for answer in answers if answer != "won"]
    assert all("decided by somebody else" in answer or "never changed" in answer for answer in losers)
    assert len(decisions(finished)) == 1


@pytest.mark.parametrize("reason", ["", "   ", "\x00\x01"])
def test_a_decision_needs_a_reason_that_can_be_read(finished: Home, reason: str) -> None:
    assert "a reason is needed" in complaint("review", "reject", 1, "--reason", reason)
    assert decisions(finished) == []


@pytest.mark.usefixtures("home")
def test_a_job_without_a_video_cannot_be_decided() -> None:
    assert "there is no such job" in complaint("review", "reject", 5, "--reason", "x")
    call("jobs", "create", "themes/trend_briefing.yaml")
    assert "it has no finished video yet (it is queued)" in complaint("review", "reject", 1, "--reason", "x")

"""`/api/videos`: one video with what was said of it, and deciding on exactly the one that was shown."""

from sqlalchemy import select

from reelineage.models import Decision
from resources.access import Role
from resources.decisions import decide
from resources.home import Home
from tests.console.web_client import client
from tests.factories import fill_job, new_job
from tests.resources.test_takedown import take_down


def _shown(home: Home, video_id: int = 1) -> dict[str, object]:
    sha256 = client(home, Role.VIEWER).get(f"/api/videos/{video_id}").json()["file_sha256"]
    return {"reason": "looks right", "video_sha256": sha256}


def test_a_really_made_video_tells_its_size_findings_and_files(finished: Home) -> None:
    asked = client(finished, Role.VIEWER)
    answer = asked.get("/api/videos/1")
    told = answer.json()
    assert (told["job_id"], told["width"], told["height"], told["is_current"]) == (1, 540, 960, True)
    assert told["review"]["document"]["stand_ins"] == ["demo"]
    assert told["review"]["document"]["disclosure"]["reasons"]
    assert (told["decision"], told["withdrawn"]) == (None, None)
    assert told["files"]["video.mp4"] == "/media/videos/1/video.mp4"
    assert asked.get("/api/videos/1", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_demo_material_is_approved_only_when_that_is_meant(finished: Home) -> None:
    asked, order = client(finished, Role.REVIEWER, name="Ada"), _shown(finished)
    refused = asked.post("/api/videos/1/approve", json=order)
    assert (refused.status_code, "demo" in refused.json()["detail"]) == (409, True)
    told = asked.post("/api/videos/1/approve", json=order | {"allow_demo": True}).json()
    assert told["decision"]["verdict"] == "approve"
    assert (told["decision"]["actor"], told["decision"]["reason"], told["decision"]["void"]) == (
        "Ada", "looks right", False,
    )  # fmt: skip
    assert finished.queue.get(1).state == "approved"
    assert list((finished.root / "output" / "approved").glob("*.mp4"))
    again = asked.post("/api/videos/1/reject", json=order)
    assert (again.status_code, "was approved by Ada" in again.json()["detail"]) == (409, True)


def test_a_rejection_keeps_its_reason_and_knows_no_demo(home: Home) -> None:
    fill_job(home, new_job(home))
    asked, order = client(home, Role.REVIEWER), _shown(home)
    assert asked.post("/api/videos/1/reject", json=order | {"allow_demo": True}).status_code == 422
    assert asked.post("/api/videos/1/reject", json=order).json()["decision"]["verdict"] == "reject"
    assert home.queue.get(1).state == "rejected"


def test_a_video_that_is_not_its_jobs_current_one_cannot_be_decided(any_home: Home) -> None:
    job_id = new_job(any_home)
    fill_job(any_home, job_id)
    order = _shown(any_home)
    fill_job(any_home, job_id, "run-2", take=2)
    asked = client(any_home, Role.REVIEWER)
    stale = asked.post("/api/videos/1/approve", json=order)
    assert (stale.status_code, "video:2" in stale.json()["detail"]) == (409, True)
    mixed = asked.post("/api/videos/2/approve", json=order)  # the hash is the old one's
    assert mixed.status_code == 409
    assert asked.get("/api/videos/1").json()["is_current"] is False
    with any_home.database.read() as session:
        assert session.scalars(select(Decision)).all() == []


def test_an_earlier_video_of_the_same_bytes_is_not_the_current_one(home: Home) -> None:
    job_id = new_job(home)
    rows = [fill_job(home, job_id, run)["videos"][0] for run in ("run-1", "run-2")]
    order = _shown(home)
    assert order == _shown(home, 2)
    answer = client(home, Role.REVIEWER).post(f"/api/videos/{rows[0].id}/approve", json=order)
    assert (answer.status_code, "video:2" in answer.json()["detail"]) == (409, True)


def test_a_decision_is_void_once_there_is_a_newer_video(home: Home) -> None:
    job_id = new_job(home)
    fill_job(home, job_id)
    decide(home.database, job_id, verdict="approve", reason="fine", actor="Ada")
    fill_job(home, job_id, "run-2", take=2)
    assert client(home).get("/api/videos/1").json()["decision"]["void"] is True
    assert client(home).get("/api/videos/2").json()["decision"] is None


def test_what_was_taken_down_is_told_without_its_content(home: Home) -> None:
    fill_job(home, new_job(home))
    take_down(home, "video:1")
    told = client(home, Role.VIEWER).get("/api/videos/1").json()
    assert (told["title"], told["files"]) == (None, {})
    assert (told["withdrawn"]["reason"], told["withdrawn"]["actor"]) == ("the author asked", "Ada")


def test_a_viewer_may_look_and_not_decide(home: Home) -> None:
    fill_job(home, new_job(home))
    order = _shown(home)
    for verdict in ("approve", "reject"):
        assert client(home, Role.VIEWER).post(f"/api/videos/1/{verdict}", json=order).status_code == 403
        read_only = client(home, Role.OPERATOR, read_only=True)
        assert read_only.post(f"/api/videos/1/{verdict}", json=order).status_code == 403
        assert client(home).post(f"/api/videos/9/{verdict}", json=order).status_code == 404

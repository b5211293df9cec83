"""`/api/jobs`: lists paged by key, one job as it stands, retry, cancel and edits."""

from sqlalchemy import update

from reelineage.models import Job
from resources.access import Role
from resources.home import Home
from tests.console.web_client import client
from tests.factories import fill_job, new_job

TITLE = {"kind": "title", "text": "A better title"}


def test_pages_hold_every_job_once_the_newest_first(any_home: Home) -> None:
    made = [new_job(any_home) for _ in range(7)]
    asked, seen, address = client(any_home, Role.VIEWER), [], "/api/jobs?limit=3"
    while address:
        answer = asked.get(address)
        page = answer.json()
        seen += [job["id"] for job in page["jobs"]]
        address = page["next"]
        assert answer.headers.get("link") == (f'<{address}>; rel="next"' if address else None)
        new_job(any_home)  # who pages is not disturbed by what comes meanwhile
    assert seen == made[::-1]


def test_filters_go_along_to_the_next_page(home: Home) -> None:
    for name in ("Taps", "Sinks & tubs", "Taps", "Sinks & tubs", "Sinks & tubs"):
        new_job(home, name=name)
    asked = client(home)
    first = asked.get("/api/jobs", params={"theme": "Sinks & tubs", "state": "queued", "limit": 2}).json()
    second = asked.get(first["next"]).json()
    assert [job["id"] for job in first["jobs"] + second["jobs"]] == [5, 4, 2]
    assert asked.get("/api/jobs?state=failed").json() == {"jobs": [], "next": None}
    assert [job["id"] for job in asked.get("/api/jobs?text=sinks").json()["jobs"]] == [5, 4, 2]


def test_a_job_tells_what_was_asked_and_which_rows_count(any_home: Home) -> None:
    job_id = new_job(any_home)
    rows = fill_job(any_home, job_id, until="clips")
    told = client(any_home, Role.VIEWER).get(f"/api/jobs/{job_id}").json()
    assert told["theme"] == any_home.queue.get(job_id).theme
    assert [row["ref"] for row in told["current"]["clips"]] == [f"clip:{row.id}" for row in rows["clips"]]
    assert told["current"]["videos"] == []
    assert (told["first_missing"], told["title"], told["cost"]["unknown_calls"]) == ("videos", "Taps 1", 0)


def test_a_job_without_any_row_is_told_too(home: Home) -> None:
    told = client(home).get(f"/api/jobs/{new_job(home)}").json()
    assert (told["first_missing"], told["stage"], told["title"], told["video_id"]) == ("trends", None, None, None)


def test_what_did_not_change_is_not_sent_again(any_home: Home) -> None:
    job_id, asked = new_job(any_home), client(any_home)
    for address in ("/api/jobs", f"/api/jobs/{job_id}"):
        first = asked.get(address)
        assert first.headers["cache-control"] == "private, no-cache"
        for given in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
            again = asked.get(address, headers={"If-None-Match": given})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert asked.get(address, headers={"If-None-Match": '"another"'}).content == first.content
        with any_home.database.write() as session:
            session.execute(update(Job).values(progress=f"changed after {address}"))
        changed = asked.get(address, headers={"If-None-Match": first.headers["etag"]})
        assert (changed.status_code, changed.headers["etag"] != first.headers["etag"]) == (200, True)


def test_a_job_is_cancelled_and_retried_by_an_operator_alone(home: Home) -> None:
    job_id = new_job(home)
    for role in (Role.VIEWER, Role.REVIEWER):
        assert client(home, role).post(f"/api/jobs/{job_id}/cancel").status_code == 403
    asked = client(home)
    assert asked.post(f"/api/jobs/{job_id}/cancel").json()["state"] == "cancelled"
    again = asked.post(f"/api/jobs/{job_id}/cancel")
    assert (again.status_code, again.headers["content-type"]) == (409, "application/problem+json")
    assert asked.post(f"/api/jobs/{job_id}/retry").json()["state"] == "queued"


def test_an_edit_makes_a_new_script_in_the_askers_name(any_home: Home) -> None:
    job_id = new_job(any_home)
    script = fill_job(any_home, job_id)["scripts"][0]
    asked = client(any_home, Role.REVIEWER, name="Ada")
    answer = asked.post(
        f"/api/jobs/{job_id}/edits", json={"script_id": script.id, "changes": [TITLE], "reason": "clearer"}
    )
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/jobs/{job_id}")
    told = answer.json()
    assert (told["version"], told["job"]["state"], told["job"]["title"]) == (2, "queued", "A better title")
    assert told["job"]["current"]["scripts"][0]["ref"] == f"script:{told['script_id']}"
    stale = asked.post(f"/api/jobs/{job_id}/edits", json={"script_id": script.id, "changes": [TITLE]})
    assert stale.status_code == 409


def test_an_edit_needs_a_reviewer_and_changes_that_fit(home: Home) -> None:
    job_id = new_job(home)
    script = fill_job(home, job_id)["scripts"][0]
    where, order = f"/api/jobs/{job_id}/edits", {"script_id": script.id, "changes": [TITLE]}
    assert client(home, Role.VIEWER).post(where, json=order).status_code == 403
    asked = client(home, Role.REVIEWER)
    scene = {"kind": "sentence", "scene": 9, "sentence": 1, "text": "Hello."}
    for changes in ([], [{"kind": "colour"}], [TITLE | {"text": ""}], [scene], [TITLE] * 101):
        assert asked.post(where, json=order | {"changes": changes}).status_code == 422
    assert asked.post("/api/jobs/99/edits", json=order).status_code == 404

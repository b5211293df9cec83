"""Whatever is wrong with a request, the API answers with problem details: never a page, a redirect, or a guess."""

import pytest
from fastapi.routing import APIRoute

from console.web.api import ROUTERS
from resources.access import Role
from resources.home import Home
from tests.console.web_client import client
from tests.factories import new_job

PROBLEM = "application/problem+json"
ROUTES = [
    (method, f"/api{route.path}")
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
]
BODIES: dict[str, dict[str, object]] = {
    "generate": {"theme": "x"},
    "edits": {"script_id": 1, "changes": [{"kind": "title", "text": "x"}]},
    "approve": {"reason": "x", "video_sha256": "0" * 64},
    "reject": {"reason": "x", "video_sha256": "0" * 64},
}
HOSTILE_IDS = [
    "0", "-1", "+1", "1.0", "1e3", "007", "0x1", "1_000", "٣", "1%20", "%201", "1%00", "9" * 19, "9" * 5000, "None",
    "1;DROP TABLE jobs", "..%2f1", "1%27",
]  # fmt: skip


def _at(path: str) -> str:
    return path.format(job_id=1, video_id=1)


def test_a_stranger_is_told_so_and_sent_nowhere(home: Home) -> None:
    asked = client(home, None)
    for method, path in ROUTES:
        answer = asked.request(method, _at(path))
        assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM), path
        assert "location" not in answer.headers, path


def test_a_parameter_that_nobody_reads_is_refused(home: Home) -> None:
    """A typo in a filter must not answer with everything."""
    asked = client(home)
    for method, path in ROUTES:
        body = BODIES.get(path.rpartition("/")[2])
        answer = asked.request(method, f"{_at(path)}?stat=failed", json=body)
        assert answer.status_code == 422, path
        assert [one["where"] for one in answer.json()["errors"]] == ["query.stat"], path


def test_another_method_is_told_which_one_there_is(home: Home) -> None:
    asked = client(home)
    for taken, path in ROUTES:
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {taken}:
            answer = asked.request(method, _at(path))
            told = (answer.status_code, answer.headers["content-type"], answer.headers["allow"])
            assert told == (405, PROBLEM, taken), (method, path)


def test_what_is_not_there_is_a_problem_and_no_redirect(home: Home) -> None:
    asked = client(home)
    for path in ("/api", "/api/", "/api/nothing", "/api/jobs/", "/api/jobs/1/", "/api//jobs"):
        answer = asked.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM), path
        assert set(answer.json()) == {"type", "title", "status", "detail"}, path


def test_an_id_is_a_whole_number_and_nothing_else(any_home: Home) -> None:
    asked = client(any_home)
    for path in ("/api/jobs/{}", "/api/jobs/{}/lineage", "/api/videos/{}", "/api/jobs?after={}"):
        for given in HOSTILE_IDS:
            answer = asked.get(path.format(given))
            assert answer.status_code in (404, 422), (path, given)
            assert answer.headers["content-type"] == PROBLEM, (path, given)


def test_the_largest_id_is_looked_for_and_not_found(any_home: Home) -> None:
    largest, asked = "9" * 18, client(any_home)
    assert asked.get(f"/api/jobs/{largest}").status_code == 404
    assert asked.get(f"/api/videos/{largest}").status_code == 404
    assert asked.post(f"/api/jobs/{largest}/cancel").status_code == 404
    assert asked.get(f"/api/jobs?after={largest}").status_code == 200
    assert "no such job" in asked.get(f"/api/costs?by=stage&job_id={largest}").json()["detail"]


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"{", "application/json", 422),
        (b"", "application/json", 422),
        (b"[]", "application/json", 422),
        (b"\xff", "application/json", 400),
        (b'{"theme": "a\\ud800"}', "application/json", 422),
        (b'{"theme": "x", "\\ud800": 1}', "application/json", 422),
        (b'{"theme": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b'{"theme": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "application/json", 400),
        (b'{"theme": "trend_briefing"}', "text/plain", 415),
        (b'{"theme": "trend_briefing"}', "application/vnd.api+json", 415),
        (b'{"theme": "trend_briefing"}', "", 415),
        (b"theme=trend_briefing", "application/x-www-form-urlencoded", 415),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(home: Home, body: bytes, media_type: str, status: int) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    answer = client(home).post("/api/generate", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert home.queue.newest() == []


def test_a_route_that_takes_no_body_is_given_none(home: Home) -> None:
    job_id = new_job(home)
    answer = client(home).post(f"/api/jobs/{job_id}/cancel", json={"reason": "changed my mind"})
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "body")
    assert home.queue.get(job_id).state == "queued"


def test_a_parameter_is_given_once(home: Home) -> None:
    assert client(home).get("/api/jobs?state=failed&state=queued").status_code == 422


def test_a_read_only_console_changes_nothing_and_reads_all(home: Home) -> None:
    job_id = new_job(home)
    asked = client(home, Role.OPERATOR, read_only=True)
    for answer in (asked.post(f"/api/jobs/{job_id}/cancel"), asked.post("/api/generate", json={"theme": "x"})):
        assert (answer.status_code, "read-only" in answer.json()["detail"]) == (403, True)
    assert asked.get(f"/api/jobs/{job_id}").json()["state"] == "queued"

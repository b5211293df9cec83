"""A changing request that comes twice is done once and answered the same, whatever happens in between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from console.web.api import once
from reelineage.errors import BadInput, TransientError
from reelineage.models import ApiRequest, Job
from resources import idempotency
from resources.access import Role
from resources.home import Home
from resources.idempotency import Answer, StillWorking, Ticket, begin, give_up, keep
from resources.job_queue import JobQueue
from tests.console.web_client import client
from tests.factories import new_job

ORDER = {"theme": "trend_briefing", "seed": 7}
KEY = {"Idempotency-Key": "order-1"}
FIRST = Answer(201, '{"id":1}', "application/json", {"Location": "/api/jobs/1"})


def _jobs(home: Home) -> int:
    with home.database.read() as session:
        return session.scalars(select(func.count()).select_from(Job)).one()


def _age(home: Home, age: timedelta) -> None:
    with home.database.write() as session:
        for row in session.scalars(select(ApiRequest)):
            row.created_at = datetime.now(UTC) - age


def test_the_first_answer_comes_again_with_its_status_body_and_address(any_home: Home) -> None:
    asked = client(any_home)
    first, second = (asked.post("/api/generate", json=ORDER, headers=KEY) for _ in range(2))
    assert (first.status_code, first.headers["location"]) == (201, "/api/jobs/1")
    assert (second.status_code, second.headers["location"], second.content) == (201, "/api/jobs/1", first.content)
    assert second.headers["content-type"] == "application/json"
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert _jobs(any_home) == 1


def test_fifty_at_once_with_one_key_make_exactly_one_job(any_home: Home) -> None:
    with client(any_home) as asked, ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda _: asked.post("/api/generate", json=ORDER, headers=KEY), range(50)))
    assert _jobs(any_home) == 1
    made = [answer for answer in answers if answer.status_code == 201]
    assert {answer.headers["location"] for answer in made} == {"/api/jobs/1"}
    assert sum("idempotency-replayed" not in answer.headers for answer in made) == 1
    waiting = [answer for answer in answers if answer.status_code != 201]
    assert {(answer.status_code, answer.headers["retry-after"]) for answer in waiting} <= {(409, "1")}


def test_a_known_key_with_another_request_is_refused(home: Home) -> None:
    asked = client(home)
    asked.post("/api/generate", json=ORDER, headers=KEY)
    for path, body in (("/api/generate", ORDER | {"seed": 8}), ("/api/jobs/1/cancel", None)):
        answer = asked.post(path, json=body, headers=KEY)
        assert answer.status_code == 422
        assert "another request" in answer.json()["detail"]
    assert _jobs(home) == 1


def test_one_persons_key_is_nothing_to_another(home: Home) -> None:
    locations = [
        client(home, name=name).post("/api/generate", json=ORDER, headers=KEY).headers["location"]
        for name in ("Ada", "Grace")
    ]
    assert locations == ["/api/jobs/1", "/api/jobs/2"]


def test_without_a_key_every_request_is_a_new_one(home: Home) -> None:
    asked = client(home)
    assert [asked.post("/api/generate", json=ORDER).headers["location"] for _ in range(2)] == [
        "/api/jobs/1",
        "/api/jobs/2",
    ]


def test_a_refusal_of_the_act_comes_again_even_when_it_would_be_done_now(home: Home) -> None:
    """A duplicate that comes late must not cancel a job that somebody else has started again since."""
    asked, job_id = client(home), new_job(home)
    assert asked.post(f"/api/jobs/{job_id}/cancel").status_code == 200
    first = asked.post(f"/api/jobs/{job_id}/cancel", headers=KEY)
    assert asked.post(f"/api/jobs/{job_id}/retry").status_code == 200
    second = asked.post(f"/api/jobs/{job_id}/cancel", headers=KEY)
    assert (first.status_code, second.status_code, second.content) == (409, 409, first.content)
    assert second.headers["content-type"] == "application/problem+json"
    assert home.queue.get(job_id).state == "queued"


def test_a_request_that_was_refused_unread_or_failed_by_chance_may_come_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client(home, Role.REVIEWER, name="Ada").post("/api/generate", json=ORDER, headers=KEY).status_code == 403
    asked = client(home, name="Ada")
    assert asked.post("/api/generate", json={"theme": 1}, headers=KEY).status_code == 422
    with monkeypatch.context() as broken:
        broken.setattr(JobQueue, "create", _disk_is_full)
        assert asked.post("/api/generate", json=ORDER, headers=KEY).status_code == 503
    answer = asked.post("/api/generate", json=ORDER, headers=KEY)
    assert (answer.status_code, "idempotency-replayed" in answer.headers) == (201, False)


def _disk_is_full(*_: object, **__: object) -> int:
    raise TransientError("Creating a job: the disk is full. Free some space.")


def test_a_crash_between_the_job_and_its_answer_makes_no_second_job(
    any_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = client(any_home)
    with monkeypatch.context() as crash:
        crash.setattr(once, "keep", _crash)
        with pytest.raises(SystemError):
            asked.post("/api/generate", json=ORDER, headers=KEY)
    waiting = asked.post("/api/generate", json=ORDER, headers=KEY)
    assert (waiting.status_code, waiting.headers["retry-after"]) == (409, "1")
    _age(any_home, idempotency.GIVEN_UP + timedelta(seconds=1))
    assert asked.post("/api/generate", json=ORDER, headers=KEY).headers["location"] == "/api/jobs/1"
    assert asked.post("/api/generate", json=ORDER, headers=KEY).headers["idempotency-replayed"] == "true"
    assert _jobs(any_home) == 1


def _crash(*_: object) -> None:
    raise SystemError


@pytest.mark.parametrize("key", ["", "a" * 201, "with space", "tab\there", "käse".encode("latin-1")])
def test_a_key_is_up_to_200_visible_ascii_characters(home: Home, key: str | bytes) -> None:
    headers = [(b"Idempotency-Key", key if isinstance(key, bytes) else key.encode())]
    answer = client(home).post("/api/generate", json=ORDER, headers=headers)
    assert answer.status_code == 422
    assert _jobs(home) == 0


def test_the_longest_key_is_taken(home: Home) -> None:
    key = {"Idempotency-Key": "~" * 200}
    asked: TestClient = client(home)
    assert [asked.post("/api/generate", json=ORDER, headers=key).status_code for _ in range(2)] == [201, 201]


# --- the rows ---------------------------------------------------------------------------------------------------------


def _begin(home: Home, request: str = "a") -> Ticket | Answer:
    return begin(home.database, "Ada", "key", request * 64)


def _ticket(home: Home) -> Ticket:
    begun = _begin(home)
    assert isinstance(begun, Ticket)
    return begun


def test_who_comes_second_waits_and_then_gets_the_answer(any_home: Home) -> None:
    ticket = _ticket(any_home)
    with pytest.raises(StillWorking):
        _begin(any_home)
    with pytest.raises(BadInput, match="another request"):
        _begin(any_home, "b")
    keep(any_home.database, ticket, FIRST)
    assert _begin(any_home) == FIRST


def test_who_was_given_up_keeps_no_answer_and_frees_no_key(any_home: Home) -> None:
    slow = _ticket(any_home)
    age = idempotency.GIVEN_UP + timedelta(seconds=1)
    _age(any_home, age)
    slow = Ticket(slow.asker, slow.key, _stored(any_home))
    quick = _ticket(any_home)
    give_up(any_home.database, slow)
    keep(any_home.database, slow, Answer(500, "late", "text/plain", {}))
    keep(any_home.database, quick, FIRST)
    assert _begin(any_home) == FIRST


def _stored(home: Home) -> datetime:
    with home.database.read() as session:
        return session.scalars(select(ApiRequest.created_at)).one()


def test_a_key_that_was_given_up_is_free(any_home: Home) -> None:
    give_up(any_home.database, _ticket(any_home))
    assert isinstance(_begin(any_home, "b"), Ticket)


def test_answers_are_let_go_after_two_days_and_not_before(any_home: Home) -> None:
    keep(any_home.database, _ticket(any_home), FIRST)
    _age(any_home, idempotency.KEPT - timedelta(minutes=1))
    begin(any_home.database, "Ada", "another", "c" * 64)
    assert _begin(any_home) == FIRST
    _age(any_home, idempotency.KEPT + timedelta(minutes=1))
    assert isinstance(_begin(any_home, "b"), Ticket)
    with any_home.database.read() as session:
        assert session.scalars(select(func.count()).select_from(ApiRequest)).one() == 1

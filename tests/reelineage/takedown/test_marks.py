"""What an answer says about rows that were taken down, and about what descends from withdrawn ones.

Belongs here: marks. Not here: what a take-down takes (`tests/resources/test_takedown.py`).
"""

from datetime import UTC, datetime

from reelineage.explain import explain, impact
from reelineage.family import Ref
from reelineage.takedown.marks import Mark, marks_of
from resources.home import Home
from resources.takedown.execution import listed, withdraw
from tests.factories import fill_job, new_job


def take_down(home: Home, *refs: Ref) -> None:
    withdraw(home.database, refs, listed(home.database, refs), reason="asked for", actor="Ada")


def marks(home: Home, ref: Ref, *, up: bool) -> dict[str, Mark]:
    with home.database.read() as session:
        family = (explain if up else impact)(session, [ref])
        return {str(one): mark for one, mark in marks_of(session, family, up=up).items()}


def test_without_a_take_down_nothing_is_marked(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    assert marks(any_home, Ref("video", "1"), up=True) == {}


def test_content_that_is_gone_and_descent_from_what_was_withdrawn_are_told_apart(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    take_down(any_home, Ref("trend_item", "1"))
    found = marks(any_home, Ref("video", "1"), up=True)
    assert found["trend_report:1"].removed.endswith("asked for")
    assert not found["video:1"].removed, "works that were derived survive"
    assert found["video:1"].withdrawn
    assert found["trend_item:1"].withdrawn
    assert "provider_call:3" not in found, "a call for the voice descends from nothing"


def test_downstream_a_row_is_marked_for_ancestors_that_the_answer_does_not_show(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    take_down(any_home, Ref("trend_item", "1"))
    found = marks(any_home, Ref("clip", "1"), up=False)
    assert {"clip:1", "video:1", "review:1"} <= set(found)


def test_another_job_is_not_marked(any_home: Home) -> None:
    for number in (1, 2):
        fill_job(any_home, new_job(any_home), f"run-{number}")
    take_down(any_home, Ref("script", "1"))
    assert marks(any_home, Ref("video", "1"), up=True)["video:1"].withdrawn
    assert marks(any_home, Ref("video", "2"), up=True) == {}


def test_a_withdrawn_job_marks_every_row_of_it(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    take_down(any_home, Ref("job", "1"))
    found = marks(any_home, Ref("video", "1"), up=True)
    assert found["script:1"].withdrawn
    assert found["video:1"].withdrawn


def test_looking_back_nothing_was_withdrawn_yet_but_its_content_is_gone(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    before = datetime.now(UTC)
    take_down(any_home, Ref("trend_item", "1"))
    with any_home.database.read() as session:
        family = explain(session, [Ref("video", "1")])
        then = marks_of(session, family, up=True, as_of=before)
        now = marks_of(session, family, up=True, as_of=datetime.now(UTC))
    assert Ref("video", "1") not in then
    assert now[Ref("video", "1")].withdrawn
    assert {mark.withdrawn for mark in then.values()} == {""}
    assert then[Ref("trend_report", "1")].removed == now[Ref("trend_report", "1")].removed != ""

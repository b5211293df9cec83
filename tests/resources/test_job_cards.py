"""The list of jobs: what a card tells, filters, paging by key, and that it costs the same whatever the tables hold."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.orm import Session

from reelineage import documents as docs
from reelineage.models import Job
from resources import job_cards
from resources.home import Home
from resources.job_cards import JobCard, Page, cards_of, list_jobs, signs_of, states_of
from tests.factories import Maker, fill_job, new_job, nobody_ended, review


def listed(home: Home, **asked: Any) -> Page:
    """One page."""
    with home.database.read() as session:
        return list_jobs(session, **asked)


def ids(page: Page) -> list[int]:
    """The jobs of a page."""
    return [card.id for card in page.cards]


def card(home: Home, job_id: int) -> JobCard:
    """One card."""
    with home.database.read() as session:
        return cards_of(session, [job_id])[0]


def mark(home: Home, job_id: int, **columns: object) -> None:
    """Change a job's row behind everybody's back."""
    with home.database.write() as session:
        session.execute(update(Job).where(Job.id == job_id).values(**columns))


@contextmanager
def statements(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """All statements that the session sends."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        sent.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield sent
    event.remove(connection, "before_cursor_execute", note)


# --- what a card tells -----------------------------------------------------------------------------------------------


def test_a_card_tells_title_video_length_cost_and_stand_ins_of_a_finished_job(any_home: Home) -> None:
    job_id = new_job(any_home)
    fill_job(any_home, job_id, stand_in="demo")
    shown = card(any_home, job_id)
    assert (shown.id, shown.state, shown.theme_name, shown.profile) == (job_id, "awaiting_review", "Taps", "draft")
    assert shown.title == shown.name == "Taps 1"
    assert shown.video_id == 1
    assert shown.duration_seconds == pytest.approx(2)
    assert shown.cost.known_nanousd == 0
    assert shown.stand_ins == ("demo",)


def test_a_job_that_just_began_is_called_by_its_theme_and_has_nothing_else(any_home: Home) -> None:
    shown = card(any_home, new_job(any_home, name="Kettles"))
    assert (shown.name, shown.title, shown.video_id, shown.duration_seconds) == ("Kettles", None, None, None)
    assert (shown.stand_ins, shown.error, shown.stage) == ((), None, None)
    assert shown.reached is None


def test_a_new_script_leaves_the_old_video_off_the_card(any_home: Home) -> None:
    job_id = new_job(any_home)
    fill_job(any_home, job_id)
    fill_job(any_home, job_id, "run-2", take=2, until="scripts")
    shown = card(any_home, job_id)
    assert shown.title == "Taps 2"
    assert shown.video_id is None


class SharedTrends(Maker):
    """A job whose trends came from a fetch for many jobs: no call of its own is a stand-in, and the review knows."""

    def _reviews(self, videos: docs.Video) -> docs.Review:
        return review(videos, stand_ins=("demo",))


def test_a_stand_in_that_only_the_review_knows_is_told(any_home: Home) -> None:
    job_id = new_job(any_home)
    fill_job(any_home, job_id, kind=SharedTrends)
    assert card(any_home, job_id).stand_ins == ("demo",)


def test_a_job_that_is_not_there_has_no_card(any_home: Home) -> None:
    with any_home.database.read() as session:
        assert cards_of(session, [99]) == ()
        assert cards_of(session, []) == ()


# --- finding them ----------------------------------------------------------------------------------------------------


def test_pages_hold_every_job_once_newest_first(any_home: Home) -> None:
    made = [new_job(any_home) for _ in range(7)]
    found, before = [], None
    for _ in range(4):
        page = listed(any_home, before=before, limit=3)
        found.append(ids(page))
        before = page.next
        if before is None:
            break
    assert found == [made[:3:-1], made[3:0:-1], made[:1]]


def test_a_job_created_meanwhile_moves_nothing_to_another_page(any_home: Home) -> None:
    made = [new_job(any_home) for _ in range(4)]
    first = listed(any_home, limit=2)
    new_job(any_home)
    assert ids(listed(any_home, before=first.next, limit=2)) == made[1::-1]


def test_each_filter_finds_its_jobs_and_no_others(any_home: Home) -> None:
    taps, kettles, pans = (new_job(any_home, name=name) for name in ("Taps", "Kettles", "Pans"))
    fill_job(any_home, taps, until="scripts")
    mark(any_home, kettles, state="failed", stage="composition", error="The hob caught FIRE.")
    assert ids(listed(any_home, state="queued")) == [pans, taps]
    assert ids(listed(any_home, stage="composition")) == [kettles]
    assert ids(listed(any_home, theme="Pans")) == [pans]
    assert ids(listed(any_home, theme="pan")) == []
    assert ids(listed(any_home, text="caught fire")) == [kettles]
    assert ids(listed(any_home, text="TAPS 1")) == [taps]
    assert ids(listed(any_home, text="pAn")) == [pans]
    assert ids(listed(any_home, state="failed", stage="composition", theme="Kettles", text="hob")) == [kettles]
    assert ids(listed(any_home, state="failed", theme="Pans")) == []


def test_signs_that_a_database_reads_as_patterns_mean_themselves(any_home: Home) -> None:
    plain, odd = new_job(any_home, name="100 taps"), new_job(any_home, name="100% taps_/\\")
    fill_job(any_home, plain, until="scripts")  # titled Taps 1
    assert ids(listed(any_home, text="T_ps")) == ids(listed(any_home, text="Taps%1")) == []
    mark(any_home, plain, state="failed", error="The tap broke.")
    assert ids(listed(any_home, text="tap%broke")) == []
    assert ids(listed(any_home, text="%")) == [odd]
    assert ids(listed(any_home, text="s_")) == [odd]
    assert ids(listed(any_home, text="/\\")) == [odd]
    assert ids(listed(any_home, text="100")) == [odd, plain]


def test_a_text_is_looked_for_in_so_many_jobs_at_once_and_further_down_with_the_next_page(
    any_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_cards, "SEARCHED_AT_ONCE", 3)
    rare = new_job(any_home, name="Rare")
    for _ in range(7):
        new_job(any_home, name="Common")
    looks, before = [], None
    while True:
        page = listed(any_home, text="rare", before=before)
        looks.append(ids(page))
        before = page.next
        if before is None:
            break
    assert looks == [[], [], [rare]]
    assert ids(listed(any_home, theme="Rare", state="queued")) == []
    assert ids(listed(any_home, text="common", before=10**17)) == [8, 7, 6]
    assert ids(listed(any_home, theme="Rare")) == [rare]  # one condition has an index: no bound is needed


def test_states_are_counted_up_to_a_bound(any_home: Home) -> None:
    for _ in range(5):
        new_job(any_home)
    mark(any_home, 2, state="failed")
    with any_home.database.read() as session:
        assert states_of(session) == {"queued": 4, "failed": 1}
        assert states_of(session, most=2) == {"queued": 2, "failed": 1}


# --- what changed ----------------------------------------------------------------------------------------------------


def test_the_sign_of_a_job_changes_with_what_people_see_of_it_and_else_stays(any_home: Home) -> None:
    job_id, other = new_job(any_home), new_job(any_home)
    seen = []
    any_home.queue.claim(job_id, "run-1", partial=False, run_has_ended=nobody_ended)
    acts: list[Callable[[], object]] = [
        lambda: None,
        lambda: any_home.queue.report_progress(job_id, "run-1", "content_generation", "clips 1/7 scene 1"),
        lambda: any_home.queue.report_progress(job_id, "run-1", "content_generation", "clips 2/7 scene 2"),
        lambda: any_home.queue.fail(job_id, "run-1", error="No.", kind="permanent"),
        lambda: any_home.queue.release(job_id, "run-1"),
    ]
    for act in acts:
        act()
        with any_home.database.read() as session:
            signs = signs_of(session, [job_id, other, 99])
            assert signs == {job_id: card(any_home, job_id).sign, other: card(any_home, other).sign}
            seen.append(signs)
    assert len({one[job_id] for one in seen}) == len(seen)
    assert len({one[other] for one in seen}) == 1


# --- what it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "most"),
    [
        ({}, 5),
        ({"before": 1000}, 5),
        ({"state": "awaiting_review"}, 5),
        ({"stage": "composition"}, 5),
        ({"theme": "Taps"}, 5),
        ({"text": "taps"}, 6),
        ({"text": "taps", "before": 1000}, 6),
        ({"state": "awaiting_review", "theme": "Taps", "text": "taps"}, 6),
    ],
)
def test_a_page_takes_as_many_statements_for_one_job_as_for_many_and_each_has_its_index(
    any_home: Home, asked: dict[str, Any], most: int
) -> None:
    """A scan would be as quick as an index here, so the engine is asked how it would read large tables."""
    for _ in range(2):
        fill_job(any_home, job_id := new_job(any_home))
        mark(any_home, job_id, stage="composition")
    with any_home.database.read() as session:
        sqlite = session.get_bind().dialect.name == "sqlite"
        if not sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        counts = []
        for limit in (1, 2):
            with statements(session) as sent:
                assert len(list_jobs(session, limit=limit, **asked).cards) == limit
            counts.append(len(sent))
        assert counts == [most, most]
        for statement, parameters in sent:
            explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
            plan = [str(row[-1]) for row in session.connection().exec_driver_sql(explain + statement, parameters)]
            assert not [line for line in plan if _reads_a_whole_table(line, statement)], (statement, plan)


def test_counting_states_looks_into_one_index(any_home: Home) -> None:
    with any_home.database.read() as session:
        if session.get_bind().dialect.name != "sqlite":
            session.execute(text("SET LOCAL enable_seqscan = off"))
        with statements(session) as sent:
            states_of(session)
        assert len(sent) == 1
        explain = "EXPLAIN QUERY PLAN " if session.get_bind().dialect.name == "sqlite" else "EXPLAIN "
        plan = [str(row[-1]) for row in session.connection().exec_driver_sql(explain + sent[0][0], sent[0][1])]
        assert not [line for line in plan if "SCAN jobs" in line or "Seq Scan" in line], plan


def _reads_a_whole_table(line: str, statement: str) -> bool:
    if line == "SCAN jobs" and "WHERE" not in statement:
        return False  # the newest so many, from the end of the table
    if line.startswith("SEARCH jobs") and "max(jobs.id)" in statement:
        return False
    return "Seq Scan" in line or ("SCAN" in line and "CONSTANT" not in line)

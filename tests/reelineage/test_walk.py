"""The walk: what is read of rows, that it uses indexes alone, and that time travel shows what was there then."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from reelineage import graph, lineage, walk
from reelineage.family import downstream, upstream
from reelineage.graph import Ref
from resources.decisions import decide
from resources.home import Home
from resources.ledger import Product, Request
from tests.factories import claimed, fill_job, identity, ledger, new_job

Answers = list[dict[Ref, tuple[Ref, ...]]]


def everything(session: Session, *, as_of: datetime | None = None) -> Answers:
    """All rows with all their keys, both ways, and the family of each item and video."""
    refs = [
        Ref(node, str(key))
        for node, table in graph.node_tables().items()
        for key in session.scalars(select(graph.key_of(table)).order_by(graph.key_of(table)))
    ]
    return [
        upstream(session, refs, as_of=as_of),
        downstream(session, refs, as_of=as_of),
        *(upstream(session, [ref], as_of=as_of) for ref in refs if ref.node == "video"),
        *(downstream(session, [ref], as_of=as_of) for ref in refs if ref.node == "media_item"),
    ]


@contextmanager
def statements(session: Session) -> Iterator[list[tuple[str, object]]]:
    """All statements that the session sends."""
    sent: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        sent.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield sent
    event.remove(connection, "before_cursor_execute", note)


# --- what there is ---------------------------------------------------------------------------------------------------


def test_children_are_ranked_before_what_they_were_made_from() -> None:
    ranks = graph.ranks()
    assert set(ranks) == set(graph.node_tables())
    cut = {
        (edge.child_node, edge.parent_node)
        for edge in graph.edges()
        if ranks[edge.child_node] >= ranks[edge.parent_node]
    }
    assert cut == {("edit", "script")}  # the one way on which a kind leads back to itself


def test_a_circle_of_kinds_is_entered_at_its_record_and_has_no_other_kind_inside() -> None:
    ranks = graph.ranks()
    assert ranks["edit"] == ranks["script"] + 1
    assert max(ranks[node] for node in ("review", "video", "clip", "voiceover")) < ranks["script"]
    assert ranks["edit"] < ranks["trend_analysis"]


def test_every_kind_of_row_says_since_when_it_is_there(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    with any_home.database.read() as session:
        for node, table in graph.node_tables().items():
            for moment in session.scalars(select(graph.since(node)).select_from(table)):
                assert isinstance(moment, datetime), node
                assert datetime.now(UTC) - timedelta(minutes=10) < moment < datetime.now(UTC), node


def test_what_closing_a_call_writes_is_what_a_call_may_change() -> None:
    table = graph.node_tables()["provider_call"]
    asked = {*table.info["frozen"], "parameters", "tombstone_id"}
    assert set(walk.CLOSING) == {column.name for column in table.columns} - asked


def test_a_walk_asks_at_most_twice_for_each_kind_of_row_and_every_key_has_its_index(any_home: Home) -> None:
    """A scan would be as quick as an index here, so the engine is asked how it would read large tables."""
    fill_job(any_home, new_job(any_home))
    with any_home.database.read() as session:
        sqlite = session.get_bind().dialect.name == "sqlite"
        if not sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        for refs, up in (([Ref("review", "1")], True), ([Ref("trend_item", "1"), Ref("media_item", "1")], False)):
            for as_of in (None, datetime.now(UTC)):
                with statements(session) as sent:
                    found = walk.walk(session, refs, up=up, as_of=as_of, columns="all")
                kinds = {ref.node for ref in found.graph}
                assert len(kinds) > 5
                assert len(sent) <= 2 * len(kinds) + 1
                for statement, parameters in sent:
                    explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
                    rows = session.connection().exec_driver_sql(explain + statement, parameters)  # type: ignore[arg-type]  # as the driver got them
                    plan = [str(row[-1]) for row in rows]
                    assert not [line for line in plan if _reads_a_whole_table(line)], (statement, plan)


def _reads_a_whole_table(line: str) -> bool:
    return "Seq Scan" in line or ("SCAN" in line and "VIRTUAL TABLE" not in line and "SCALAR" not in line)


def test_only_what_is_asked_for_is_read_of_a_row(home: Home) -> None:
    fill_job(home, new_job(home))
    with home.database.read() as session:
        review = Ref("review", "1")
        keys = walk.walk(session, [review], up=True).rows[review]
        slim = walk.walk(session, [review], up=True, columns="slim").rows[review]
        whole = walk.walk(session, [review], up=True, columns="all").rows[review]
    assert keys._fields == ("id", "video_id")
    assert "document" not in slim._fields
    assert slim._mapping["finding_count"] == 0
    assert set(whole._fields) == set(slim._fields) | {"document"}
    assert whole._mapping["document"]["recommendation"] == "approve"


def test_neighbours_stand_in_the_order_of_their_kind_and_number() -> None:
    mixed = [Ref("clip", "10"), Ref("video", "1"), Ref("clip", "9"), Ref("artifact", "0b"), Ref("clip", "10")]
    assert walk._sorted(mixed) == (Ref("artifact", "0b"), Ref("clip", "9"), Ref("clip", "10"), Ref("video", "1"))


def test_every_answer_has_its_neighbours_in_order_and_once(any_home: Home) -> None:
    for number in range(6):
        fill_job(any_home, new_job(any_home), f"run-{number}")
    with any_home.database.read() as session:
        for found in (downstream(session, [Ref("media_item", "2")]), upstream(session, [Ref("review", "6")])):
            assert max(len(others) for others in found.values()) > 5
            for others in found.values():
                assert others == walk._sorted(list(others))
                assert len(set(others)) == len(others)


def test_a_row_that_is_not_there_has_no_family(any_home: Home) -> None:
    with any_home.database.read() as session:
        assert upstream(session, [Ref("video", "7")]) == {Ref("video", "7"): ()}
        assert downstream(session, [Ref("artifact", "0" * 64)]) == {Ref("artifact", "0" * 64): ()}
        assert upstream(session, [Ref("video", "7")], as_of=datetime.now(UTC)) == {}


# --- time travel -----------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(("new job", "next version", "next version", "decide")), st.sampled_from(lineage.ASSETS[2:])
    ),
    min_size=2,
    max_size=3,
)


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS)
def test_a_walk_as_of_a_moment_is_the_walk_of_that_moment(any_home: Home, steps: list[tuple[str, str]]) -> None:
    moments: list[tuple[datetime, Answers]] = []
    job = new_job(any_home)
    for number, (what, until) in enumerate([("new job", "reviews"), *steps]):
        if what == "decide":
            with any_home.database.read() as session:
                waits = lineage.current(session, job).review is not None
            if not waits or any(ref.node == "decision" for ref in moments[-1][1][0]):
                continue
            decide(any_home.database, job, verdict="reject", reason="test", actor="test")
        else:
            job = new_job(any_home) if what == "new job" else job
            fill_job(any_home, job, f"run-{number}", take=number + 1, until=until)
        with any_home.database.read() as session:
            moments.append((datetime.now(UTC), everything(session)))
    with any_home.database.read() as session:
        seen: set[Ref] = set()
        for moment, answers in moments:
            then = [found for found in everything(session, as_of=moment) if found]
            assert then == answers
            assert [list(found) for found in then] == [list(found) for found in answers]  # in the same order
            assert seen < set(then[0])  # what was there once is there at every later moment
            seen = set(then[0])
        assert everything(session, as_of=datetime.now(UTC)) == everything(session)
        assert not any(everything(session, as_of=moments[0][0] - timedelta(days=1)))


def test_a_call_that_was_open_then_had_given_nothing_yet(any_home: Home) -> None:
    job = new_job(any_home)
    moments: list[datetime] = []

    def produce(folder: Path) -> Product:
        path = folder / "file"
        path.write_text("made")
        moments.append(datetime.now(UTC))
        return Product({"said": "something"}, path, "text/plain", cost_nanousd=7)

    with claimed(any_home, job, "run-1", partial=True):
        answer = ledger(any_home, job, "run-1").call(Request(identity("scripts"), {"take": 1}), produce)
        again = ledger(any_home, job, "run-1").call(Request(identity("scripts"), {"take": 2}), produce)
    assert answer.artifact
    assert again.artifact == answer.artifact
    second = Ref("provider_call", str(again.call_id))
    call, file = Ref("provider_call", str(answer.call_id)), Ref("artifact", answer.artifact.sha256)
    with any_home.database.read() as session:
        before = walk.walk(session, [call], up=True, as_of=moments[0], columns="all")
        after = walk.walk(session, [call], up=True, as_of=datetime.now(UTC), columns="all")
        assert before.graph == {call: ()}
        assert {name: before.rows[call]._mapping[name] for name in walk.CLOSING} == {
            "status": "intent", "error": None, "response": None, "artifact_sha256": None, "cost_nanousd": None,
            "finished_at": None,
        }  # fmt: skip
        assert before.rows[call]._mapping["parameters"] == {"take": 1}
        assert after.graph == {call: (file,), file: ()}
        assert after.rows[call]._mapping["response"] == {"said": "something"}
        assert downstream(session, [file], as_of=datetime.now(UTC)) == {file: (call, second), call: (), second: ()}
        assert downstream(session, [file], as_of=moments[1]) == {file: (call,), call: ()}
        assert downstream(session, [file], as_of=moments[0]) == {}


def test_what_a_row_was_made_from_is_told_even_when_two_clocks_differ(any_home: Home) -> None:
    """On a team's database another machine's clock may be ahead: the parent then seems younger than its child."""
    job = new_job(any_home)
    fill_job(any_home, job)
    with any_home.database.read() as session:
        script = graph.node_tables()["script"]
        made = session.scalars(select(script.c.created_at)).one()
        found = upstream(session, [Ref("script", "1")], as_of=made)
    assert {ref.node for ref in found} >= {"trend_analysis", "trend_report", "trend_observation", "provider_call"}


@pytest.mark.parametrize("up", [True, False])
def test_a_start_that_came_later_is_left_out(any_home: Home, *, up: bool) -> None:
    first, second = new_job(any_home), new_job(any_home)
    fill_job(any_home, first)
    then = datetime.now(UTC)
    fill_job(any_home, second, "run-2")
    with any_home.database.read() as session:
        found = walk.walk(session, [Ref("video", "1"), Ref("video", "2")], up=up, as_of=then).graph
    assert Ref("video", "1") in found
    assert Ref("video", "2") not in found

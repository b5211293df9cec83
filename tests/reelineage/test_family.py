"""References as people type them, and the walks up and down the family tree of rows."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage import family
from reelineage import walk as walks
from reelineage.errors import BadInput, TooMuch
from reelineage.family import Ref
from reelineage.models import Base
from resources.home import Home
from resources.ledger import Product, Request
from tests.factories import claimed, fill_job, identity, ledger, new_job

NODES = sorted(family.node_tables())


def walk(home: Home, *refs: str, up: bool = True) -> Mapping[Ref, tuple[Ref, ...]]:
    starts = [family.parse_reference(ref) for ref in refs]
    with home.database.read() as session:
        return (family.upstream if up else family.downstream)(session, starts)


def words(graph: Mapping[Ref, object]) -> set[str]:
    return {str(ref) for ref in graph if ref.node != "artifact"}


@given(st.sampled_from([node for node in NODES if node != "artifact"]), st.integers(1, 10**18 - 1))
def test_a_reference_is_a_word_and_a_number(node: str, number: int) -> None:
    assert family.parse_reference(f"{node}:{number}") == Ref(node, str(number))
    assert str(Ref(node, str(number))) == f"{node}:{number}"


@pytest.mark.parametrize(
    "text",
    ["", "video", "video:", ":7", "video:0", "video:-1", "video:٧", "video:1e3", "video:07", "Video:7", "movie:7",
     "video:7:8", "video:7\n", "video:abc", " video:7", "../x:7", "video:" + "1" * 19, "x" * 100_000],
)  # fmt: skip
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="Reading the reference"):
        family.parse_reference(text)


def test_the_message_lists_the_words_that_there_are() -> None:
    with pytest.raises(BadInput, match=r"like video:7, with one of these words: .*job.*provider_call.*video"):
        family.parse_reference("movie:7")


@given(st.text(max_size=60))
def test_any_text_is_refused_or_read(text: str) -> None:
    with suppress(BadInput):
        assert str(family.parse_reference(text)) == text


def test_every_table_of_rows_is_a_kind_of_node() -> None:
    edges = {table.name for table in Base.metadata.sorted_tables if "derived" in table.info}
    named = {table.name for table in family.node_tables().values()}
    others = {"installation", "fingerprints", "tombstone_targets", "access_keys", "api_requests"}
    assert named | edges | others == set(Base.metadata.tables)
    assert not named & edges


def test_everything_behind_a_review_is_found_down_to_the_trend_items(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    found = walk(any_home, "review:1")
    assert words(found) == {
        "review:1", "video:1", "clip:1", "clip:2", "voiceover:1", "script:1", "trend_analysis:1", "trend_report:1",
        "trend_observation:1", "trend_observation:2", "trend_observation:3", "trend_fetch:1", "trend_item:1",
        "trend_item:2", "trend_item:3", "media_item:1", "media_item:2", "media_item:3", "provider_call:1",
        "provider_call:2", "provider_call:3", "provider_call:4", "provider_call:5", "provider_call:6",
    }  # fmt: skip
    assert sum(ref.node == "artifact" for ref in found) == 7
    assert Ref("clip", "1") in found[Ref("video", "1")]
    assert set(found[Ref("script", "1")]) == {
        Ref("trend_analysis", "1"), Ref("trend_observation", "1"), Ref("provider_call", "2"),
    }  # fmt: skip


def test_a_branch_is_never_mixed_with_another(any_home: Home) -> None:
    job, other = new_job(any_home), new_job(any_home)
    fill_job(any_home, job)
    fill_job(any_home, job, "run-2", take=2)
    fill_job(any_home, other, "run-3")
    records = {"script", "voiceover", "clip", "video", "trend_report", "trend_analysis"}
    first = {str(ref) for ref in walk(any_home, "video:1") if ref.node in records}
    second = {str(ref) for ref in walk(any_home, "video:2") if ref.node in records}
    third = {str(ref) for ref in walk(any_home, "video:3") if ref.node in records}
    assert len(first) == len(second) == len(third) == 7
    assert not first & second
    assert not second & third


def test_downstream_is_upstream_read_backwards(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    fill_job(any_home, job, "run-2", take=2)
    up = walk(any_home, "review:1", "review:2")
    edges = {(child, parent) for child, parents in up.items() for parent in parents}
    for ref in ("trend_item:1", "provider_call:2", "media_item:1", "script:2"):
        down = walk(any_home, ref, up=False)
        reached = {child for child in down if child.node != "decision"}
        assert reached == {family.parse_reference(ref)} | _descendants(edges, family.parse_reference(ref))


def _descendants(edges: set[tuple[Ref, Ref]], start: Ref) -> set[Ref]:
    found: set[Ref] = set()
    level = {start}
    while level := {child for child, parent in edges if parent in level} - found:
        found |= level
    return found


def test_a_trend_item_leads_to_every_job_that_used_it(any_home: Home) -> None:
    for number in range(2):
        fill_job(any_home, new_job(any_home), f"run-{number}")
    assert {"video:1", "video:2"} <= words(walk(any_home, "trend_item:1", up=False))
    # item 3 was in the report, but nothing that was made rests on it
    assert {ref.node for ref in walk(any_home, "trend_observation:3", up=False)} >= {"trend_report"}


def test_a_file_is_found_by_its_hash(any_home: Home) -> None:
    rows = fill_job(any_home, new_job(any_home))
    sha256 = rows["videos"][0].keys.get("file_sha256")
    with any_home.database.read() as session:
        assert family.exists(session, Ref("artifact", str(sha256)))
        assert not family.exists(session, Ref("artifact", "0" * 64))
        assert family.exists(session, Ref("video", "1"))
        assert not family.exists(session, Ref("video", "2"))
    assert "video:1" in words(walk(any_home, f"artifact:{sha256}", up=False))


def test_stand_ins_are_inherited_through_everything(any_home: Home) -> None:
    clean, demo = new_job(any_home), new_job(any_home)
    fill_job(any_home, clean)
    fill_job(any_home, demo, "run-2", stand_in="demo")
    with any_home.database.read() as session:
        assert family.stand_ins_behind(session, [Ref("video", "1")]) == ()
        assert family.stand_ins_behind(session, [Ref("video", "2")]) == ("demo",)
        assert family.stand_ins_behind(session, [Ref("clip", "3")]) == ("demo",)


def test_a_source_that_is_a_stand_in_is_inherited_too(any_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fetch says so itself, even where the call behind it does not."""
    monkeypatch.setattr("tests.factories.identity", lambda asset, **_: identity(asset))
    fill_job(any_home, new_job(any_home), stand_in="fallback")
    with any_home.database.read() as session:
        assert family.stand_ins_behind(session, [Ref("video", "1")]) == ("fallback",)


def test_an_answer_that_was_lost_marks_all_that_the_same_request_gave_later(any_home: Home) -> None:
    job, other = new_job(any_home), new_job(any_home)
    music = Request(identity("videos"), {"take": 1}, cost_nanousd=5)

    def lose(_: Path) -> Product:
        raise ConnectionResetError("gone")

    with claimed(any_home, job, "run-0", partial=True), pytest.raises(ConnectionResetError):
        ledger(any_home, job, "run-0").call(music, lose)
    fill_job(any_home, job)
    fill_job(any_home, other, "run-2")
    with any_home.database.read() as session:
        assert family.stand_ins_behind(session, [Ref("video", "1")]) == ("ambiguous",)
        assert family.stand_ins_behind(session, [Ref("clip", "1")]) == ()
        assert family.stand_ins_behind(session, [Ref("video", "2")]) == ()  # another job asked for itself
        assert family.stand_ins_behind(session, [Ref("provider_call", "1")]) == ("ambiguous",)


def test_the_direct_parents_of_rows_are_what_a_walk_begins_with(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    with any_home.database.read() as session:
        graph = family.upstream(session, [Ref("review", "1")])
        assert family.parents_of(session, list(graph)) == graph
        assert set(family.parents_of(session, [Ref("video", "1")])) == {Ref("video", "1")}
        assert family.parents_of(session, [Ref("trend_item", "1")]) == {Ref("trend_item", "1"): ()}


def test_a_walk_that_would_never_fit_is_refused(home: Home) -> None:
    fill_job(home, new_job(home))
    with (
        home.database.read() as session,
        pytest.raises(TooMuch, match="more than 5 rows"),
    ):
        walks.walk(session, [Ref("review", "1")], up=True, most=5)


def test_a_walk_gives_the_same_order_every_time_and_in_small_pieces(
    any_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_job(any_home, new_job(any_home))
    whole = list(walk(any_home, "review:1"))
    assert whole == list(walk(any_home, "review:1"))
    monkeypatch.setattr("reelineage.walk._MOST_KEYS", 1)
    assert set(walk(any_home, "review:1")) == set(whole)

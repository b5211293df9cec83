"""Where a question starts, now and in the past, and the rows that an answer brings."""

from datetime import UTC, datetime, timedelta

import pytest

from reelineage.errors import BadInput
from reelineage.explain import explain, impact, rows_of, starts_of
from reelineage.graph import Ref
from resources.decisions import decide
from resources.home import Home
from tests.factories import fill_job, new_job


def test_an_explanation_has_every_row_of_its_graph_whole(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    with any_home.database.read() as session:
        family = explain(session, [Ref("video", "1")])
        assert set(family.rows) == set(family.graph)
        assert family.starts == (Ref("video", "1"),)
        assert family.rows[Ref("script", "1")]._mapping["document"]["title"] == "Taps 1"
        assert family.rows == rows_of(session, family.graph)


def test_an_impact_has_every_row_without_its_document(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    with any_home.database.read() as session:
        family = impact(session, [Ref("trend_item", "1")])
    assert set(family.rows) == set(family.graph)
    assert family.rows[Ref("video", "1")]._mapping["title"] == "Taps 1"
    assert "document" not in family.rows[Ref("video", "1")]._mapping


def test_a_job_means_the_version_that_was_current_then(any_home: Home) -> None:
    job = new_job(any_home)
    before = datetime.now(UTC)
    fill_job(any_home, job)
    first = datetime.now(UTC)
    fill_job(any_home, job, "run-2", take=2)
    second = datetime.now(UTC)
    decide(any_home.database, job, verdict="reject", reason="test", actor="test")
    with any_home.database.read() as session:
        ref = Ref("job", str(job))
        assert starts_of(session, ref, as_of=first) == [Ref("review", "1")]
        assert starts_of(session, ref, as_of=second) == [Ref("review", "2")]
        assert starts_of(session, ref, as_of=datetime.now(UTC)) == starts_of(session, ref) == [Ref("decision", "1")]
        with pytest.raises(BadInput, match="nothing was made for this job yet"):
            starts_of(session, ref, as_of=before)


def test_what_came_later_says_when_it_came(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with any_home.database.read() as session:
        for ref in (Ref("video", "1"), Ref("job", "1"), Ref("trend_observation", "1")):
            with pytest.raises(BadInput, match=rf"Showing {ref} as of .* UTC: it came later \(20\d\d-"):
                starts_of(session, ref, as_of=yesterday)
        with pytest.raises(BadInput, match="there is no such row"):
            starts_of(session, Ref("video", "2"), as_of=yesterday)

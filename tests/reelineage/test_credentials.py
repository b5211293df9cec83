"""The claim of a credential: every row and edge of a family, the same for the same rows, and bounded."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from reelineage import models
from reelineage.credentials import MOST_OBSERVATIONS, differences, lineage_claim, read_claim, row_uuid
from reelineage.errors import BadInput
from reelineage.explain import Family, explain
from reelineage.family import Ref, upstream
from resources.home import Home
from tests.factories import fill_job, new_job

INSTALLATION = "00000000-0000-4000-8000-000000000001"
VIDEO = Ref("video", "1")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def family_of(home: Home) -> Family:
    with home.database.read() as session:
        return explain(session, [VIDEO])


def test_it_names_every_row_and_edge_behind_a_video(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    claim: Any = lineage_claim(family_of(any_home), INSTALLATION)
    with any_home.database.read() as session:
        graph = upstream(session, [VIDEO])
        script = session.scalars(select(models.Script)).one()
        call = session.scalars(select(models.ProviderCall).order_by(models.ProviderCall.id)).first()
        video = session.scalars(select(models.Video)).one()
    assert {record["ref"] for record in claim["records"]} == {str(ref) for ref in graph}
    assert {tuple(edge) for edge in claim["edges"]} == {
        (str(child), str(parent)) for child, parents in graph.items() for parent in parents
    }
    told = {record["ref"]: record for record in claim["records"]}
    assert told["script:1"] == {"ref": "script:1", "version": 1, "sha256": script.data_version}
    assert call is not None
    assert told["provider_call:1"] == {"ref": "provider_call:1", "sha256": call.request_sha256}
    assert told[f"artifact:{video.file_sha256}"]["sha256"] == video.file_sha256
    assert (claim["job_id"], claim["video"], claim["video_sha256"]) == (1, "video:1", video.file_sha256)
    found = read_claim(claim)
    assert found is not None
    assert (found.installation, found.video, found.job_id) == (INSTALLATION, VIDEO, 1)


def test_it_holds_nothing_that_anybody_wrote(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    text = str(lineage_claim(family_of(any_home), INSTALLATION))
    assert "tap" not in text.lower()


def test_the_same_rows_give_the_same_claim_in_whatever_order_they_are_met(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    family = family_of(any_home)
    turned = Family(
        family.starts,
        {ref: tuple(reversed(parents)) for ref, parents in reversed([*family.graph.items()])},
        dict(reversed([*family.rows.items()])),
    )
    assert lineage_claim(turned, INSTALLATION) == lineage_claim(family, INSTALLATION)


def _observed(count: int) -> Family:
    """A video made from a report of many observations, of one fetch."""
    report, fetch = Ref("trend_report", "1"), Ref("trend_fetch", "1")
    seen = [Ref("trend_observation", str(number)) for number in range(1, count + 1)]
    graph = {VIDEO: (report,), report: tuple(seen), fetch: (), Ref("trend_item", "1"): ()}
    graph |= {one: (fetch, Ref("trend_item", "1")) for one in seen}
    row: Any = SimpleNamespace(job_id=1, file_sha256="1" * 64, data_version="2" * 64, version=1)
    rows: Any = {VIDEO: row, report: row, fetch: SimpleNamespace(artifact_sha256="3" * 64)}
    return Family((VIDEO,), graph, rows)


def test_observations_are_named_up_to_a_bound_and_then_their_fetches_stand_for_them() -> None:
    claim: Any = lineage_claim(_observed(MOST_OBSERVATIONS), INSTALLATION)
    assert claim["left_out"] == []
    assert ["trend_observation:1", "trend_fetch:1"] in claim["edges"]
    assert ["trend_report:1", "trend_fetch:1"] not in claim["edges"]
    claim = lineage_claim(_observed(MOST_OBSERVATIONS + 1), INSTALLATION)
    assert claim["left_out"] == ["trend_item", "trend_observation"]
    assert claim["edges"] == [["trend_report:1", "trend_fetch:1"], ["video:1", "trend_report:1"]]
    assert [record["ref"] for record in claim["records"]] == ["trend_fetch:1", "trend_report:1", "video:1"]


def test_it_begins_at_one_video(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    with any_home.database.read() as session, pytest.raises(BadInput, match="starts at one video:N only"):
        lineage_claim(explain(session, [Ref("script", "1")]), INSTALLATION)


def test_every_change_is_told(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    claim: Any = lineage_claim(family_of(any_home), INSTALLATION)
    assert differences(claim, claim) == ()
    first, *others = claim["records"]
    assert differences(claim | {"records": others}, claim) == (f"{first['ref']} stands in the tables only",)
    assert differences(claim, claim | {"records": others}) == (f"{first['ref']} stands in the file only",)
    changed = [first | {"sha256": "0" * 64}, *others]
    assert len(differences(claim | {"records": changed}, claim)) == 1
    (said,) = differences(claim | {"edges": claim["edges"][1:]}, claim)
    assert said.startswith("that ")
    assert differences(claim | {"job_id": 9}, claim) == ("job_id is 9 in the file and 1 in the tables",)


@given(claim=st.dictionaries(st.sampled_from(["records", "edges", "video", "job_id", "installation"]), JSON))
def test_a_claim_of_any_form_is_read_without_harm(claim: dict[str, Any]) -> None:
    assert read_claim(claim) is None
    differences(claim, {"records": [], "edges": []})


def test_a_row_has_one_name_in_the_whole_world() -> None:
    name = row_uuid(INSTALLATION, VIDEO)
    assert name == row_uuid(INSTALLATION, Ref("video", "1"))
    assert len({name, row_uuid(INSTALLATION, Ref("video", "2")), row_uuid(INSTALLATION.replace("1", "2"), VIDEO)}) == 3

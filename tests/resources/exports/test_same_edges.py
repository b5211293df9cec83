"""OpenLineage, PROV, the credential and the tables tell the same edges.

Belongs here: comparing the formats with each other. Not here: what else each of them says.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.credentials import lineage_claim
from reelineage.explain import explain
from reelineage.family import Ref
from reelineage.models import Installation
from resources.exports import openlineage, prov, rows
from resources.home import Home
from resources.provenance.reading import read_credential
from resources.provenance.signers import trust_of
from tests.factories import edit_job, fill_job, new_job
from tests.resources.exports import told

VIDEO = Ref("video", "1")


def installation(session: Session) -> str:
    return session.execute(select(Installation.uuid)).scalar_one()


def test_all_formats_tell_the_edges_of_one_video_as_the_tables_do(finished: Home) -> None:
    with finished.database.read() as session:
        name, family = installation(session), explain(session, [VIDEO])
        of_video = rows.of_family(session, family)
    edges = told.in_graph(family.graph)
    assert len(edges) > 400
    assert told.in_openlineage(map(openlineage.as_line, openlineage.events(of_video, name))) == edges
    assert told.in_prov(prov.as_json(prov.document(of_video, name))) == edges
    assert told.in_claim(lineage_claim(family, name)) == edges


def test_the_credential_inside_the_delivered_file_tells_the_same_edges(finished: Home) -> None:
    with finished.database.read() as session:
        edges = told.in_graph(explain(session, [VIDEO]).graph)
    reading = read_credential(finished.root / "output/review/job-1-video-1.mp4", trust_of(finished.settings))
    assert reading.trusted
    assert reading.assertion is not None
    assert told.in_claim(reading.assertion) == edges


def test_a_whole_database_is_told_without_leaving_out_an_edge(any_home: Home) -> None:
    job_id = new_job(any_home)
    fill_job(any_home, job_id, "run-1")
    fill_job(any_home, job_id, "run-2", take=2)
    fill_job(any_home, new_job(any_home), "run-3", until="clips")
    edit_job(any_home, job_id)
    with any_home.database.read() as session:
        name, edges = installation(session), told.in_tables(session)
        events = [openlineage.as_line(event) for event in openlineage.events(rows.stream(session), name)]
        documents = [prov.as_json(prov.document([told], name)) for told in rows.stream(session)]
    assert len(edges) > 100
    assert told.in_openlineage(events) == edges
    assert {edge for text in documents for edge in told.in_prov(text)} == edges


def test_a_family_and_the_whole_say_the_same_of_a_row(finished: Home) -> None:
    """Otherwise two exports of one row would overwrite each other at the receiver."""
    with finished.database.read() as session:
        name = installation(session)
        whole = [*map(openlineage.as_line, openlineage.events(rows.stream(session), name))]
        of_video = rows.of_family(session, explain(session, [VIDEO]))
    part = [*map(openlineage.as_line, openlineage.events(of_video, name))]
    assert part
    assert set(part) <= set(whole)

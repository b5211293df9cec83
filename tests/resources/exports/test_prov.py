"""PROV documents: its own reader takes them, and they name who did what.

Belongs here: what a document says. Not here: its edges (`test_same_edges.py`).
"""

import json

from prov.model import ProvActivity, ProvAgent, ProvDocument, ProvEntity
from sqlalchemy import select

from reelineage.explain import explain
from reelineage.family import Ref
from reelineage.models import Installation, TrendObservation
from resources.decisions import decide
from resources.exports import prov, rows
from resources.home import Home
from tests.factories import fill_job, new_job


def document(home: Home, ref: Ref) -> ProvDocument:
    with home.database.read() as session:
        told = rows.of_family(session, explain(session, [ref]))
        return prov.document(told, session.execute(select(Installation.uuid)).scalar_one())


def whole(home: Home) -> ProvDocument:
    with home.database.read() as session:
        return prov.document(rows.stream(session), session.execute(select(Installation.uuid)).scalar_one())


def named(found: ProvDocument, kind: type[ProvEntity] | type[ProvActivity] | type[ProvAgent]) -> set[str]:
    return {record.identifier.localpart for record in found.get_records(kind) if record.identifier}


def test_its_own_reader_takes_a_document_and_gives_the_same_back(finished: Home) -> None:
    written = document(finished, Ref("video", "1"))
    assert ProvDocument.deserialize(content=prov.as_json(written), format="json") == written


def test_the_same_rows_give_the_same_bytes(finished: Home) -> None:
    assert prov.as_json(whole(finished)) == prov.as_json(whole(finished))


def test_the_documents_of_single_rows_make_up_the_whole(home: Home) -> None:
    fill_job(home, new_job(home))
    with home.database.read() as session:
        name = session.execute(select(Installation.uuid)).scalar_one()
        union = ProvDocument()
        for line in (prov.as_json(prov.document([told], name)) for told in rows.stream(session)):
            assert "\n" not in line
            union.update(ProvDocument.deserialize(content=line, format="json"))
    assert set(union.unified().get_records()) == set(whole(home).unified().get_records())


def test_models_and_people_are_agents_and_calls_are_activities(finished: Home) -> None:
    decide(finished.database, 1, verdict="reject", reason="secret reason", actor="Zoë <b>", allow_demo=False)
    found = document(finished, Ref("decision", "1"))
    agents = {str(next(iter(agent.get_attribute("prov:label")))) for agent in found.get_records(ProvAgent)}
    assert {"Zoë <b>", "embedded/trend_briefing", "tiny/sine/1"} <= agents
    assert {"provider_call/1", "making/video/1", "making/decision/1"} <= named(found, ProvActivity)
    assert {"video/1", "decision/1", "trend_item/1", "media_item/1"} <= named(found, ProvEntity)
    text = prov.as_json(found)
    assert "secret reason" not in text
    assert ProvDocument.deserialize(content=text, format="json") == found


def test_a_document_is_ascii_so_that_no_name_commands_a_terminal(home: Home) -> None:
    """U+009B opens a control sequence as ESC [ does."""
    fill_job(home, new_job(home))
    decide(home.database, 1, verdict="reject", reason="x", actor="Zoë \x9b2J", allow_demo=False)
    text = prov.as_json(document(home, Ref("decision", "1")))
    assert "Zo\\u00eb" in text
    assert text.isascii()


def test_no_content_is_told(finished: Home) -> None:
    text = prov.as_json(whole(finished))
    with finished.database.read() as session:
        titles = [*session.scalars(select(TrendObservation.title))]
    assert len(titles) > 100
    assert not [title for title in titles if json.dumps(title)[1:-1] in text]
    assert "Tiny: " not in text

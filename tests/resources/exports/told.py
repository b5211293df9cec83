"""The edges (row, what it was made from) that each format tells, read back from the format alone.

Belongs here: one reading per format, so that they can be compared with the tables. No format leaves a kind of row out.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from prov.model import (
    ProvCommunication,
    ProvDerivation,
    ProvDocument,
    ProvGeneration,
    ProvSpecialization,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.family import Ref, node_tables, parents_of

Edges = set[tuple[str, str]]
# A job is where rows live and a tombstone what became of them: nothing is made from either.
NO_ROWS_OF_THEIR_OWN = ("job", "tombstone")


def in_graph(graph: Mapping[Ref, Iterable[Ref]]) -> Edges:
    """The edges of an answer that leads to what rows were made from."""
    return {(str(child), str(parent)) for child, parents in graph.items() for parent in parents}


def in_tables(session: Session) -> Edges:
    """Every edge of a whole database."""
    refs = [
        Ref(node, str(key))
        for node, table in node_tables().items()
        if node not in NO_ROWS_OF_THEIR_OWN
        for key in session.scalars(select(next(iter(table.primary_key.columns))))
    ]
    return in_graph(parents_of(session, refs))


def in_openlineage(lines: Iterable[str]) -> Edges:
    """A run's row is made from its inputs, and the files among the outputs are the row's; facets say it per dataset."""
    found: Edges = set()
    for event in map(json.loads, lines):
        row = event["run"].get("facets", {}).get("reelineage_lineage", {}).get("row")
        for dataset in event["outputs"]:
            name = dataset["name"]
            if name.startswith("artifact:"):
                found.add((row, name))
            elif lineage := dataset["facets"].get("lineage"):
                told = {one["name"] for one in lineage["inputs"]}
                if name == row:
                    assert told == {one["name"] for one in event["inputs"]}, "the facet and the inputs say the same"
                found |= {(name, parent) for parent in told}
    return found


def in_prov(text: str) -> Edges:
    """See `resources.exports.prov.document`: which relation stands for which key."""
    document = ProvDocument.deserialize(content=text, format="json")
    found: Edges = set()
    for relation in document.get_records():
        if isinstance(relation, ProvDerivation | ProvSpecialization | ProvCommunication | ProvGeneration):
            one, other = (_row(value) for _, value in relation.formal_attributes[:2])
            if not isinstance(relation, ProvGeneration):
                found.add((one.removeprefix("making/"), other))
            elif not other.startswith("making/"):
                found.add((other, one) if one.startswith("artifact:") else (one, other))
    return found


def in_claim(claim: Mapping[str, Any]) -> Edges:
    """What a credential tells."""
    return {(child, parent) for child, parent in claim["edges"]}


def _row(name: Any) -> str:
    node, _, key = name.localpart.rpartition("/")
    return f"{node}:{key}"

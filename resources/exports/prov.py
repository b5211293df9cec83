"""W3C PROV: what there is as entities, calls and the making of rows as activities, providers and people as agents.

Belongs here: which relation says which key of the tables. Not here: which rows are told (`rows.py`), sending.
"""

import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from prov.constants import PROV
from prov.identifier import Namespace, QualifiedName
from prov.model import ProvDocument

from reelineage.documents import iso
from reelineage.family import Ref
from resources.exports.rows import Told

_VOCABULARY = Namespace("reelineage", "urn:reelineage:vocabulary:")
_TOLD = (
    "job_id", "version", "data_version", "previous_sha256", "origin", "code_version", "tombstone_id", "scene", "status",
    "role", "provider", "model", "prompt_version", "seed", "stand_in", "cost_nanousd", "request_sha256", "source_kind",
    "source_name", "observation_count", "skipped_count", "delete_by", "verdict", "video_sha256", "demo_allowed",
    "subject", "file_sha256", "manifest_sha256", "certificate_sha256", "digital_source_type", "timestamped", "kind",
    "external_id", "title", "author", "licence", "page_url", "sha256",
)  # fmt: skip


def document(rows: Iterable[Told], installation: str) -> ProvDocument:
    """One PROV document over some rows.

    - `wasDerivedFrom`: a row and the row, work or observation that it was made from.
    - `wasInformedBy`: the making of a row, and the provider call that it used.
    - `wasGeneratedBy`: a row by its making; a fetch, or the file of an answer, by the provider call.
    - `specializationOf`: a row and its file; an observation and the item that it is a sight of.
    - `wasAssociatedWith`, `wasAttributedTo`: a call and its provider with the model; a decision or edit and the person.

    Args:
        rows: what is told.
        installation: the installation's uuid; it names everything.
    """
    writer = _Writer(installation)
    for told in rows:
        writer.add(told)
    return writer.document


def as_json(document: ProvDocument) -> str:
    """PROV-JSON on one line, the same on every day; in ASCII, so that no title commands a terminal."""
    text = io.StringIO()
    document.serialize(text, format="json")
    return json.dumps(json.loads(text.getvalue()), sort_keys=True, separators=(",", ":"))


class _Writer:
    """Fills one document; what several rows mention is said once."""

    def __init__(self, installation: str) -> None:
        self.document = ProvDocument()
        self._own = Namespace("installation", f"reelineage://{installation}/")
        self.document.add_namespace(self._own)
        self.document.add_namespace(_VOCABULARY)
        self._said: set[QualifiedName] = set()

    def add(self, told: Told) -> None:
        """Say one row with its edges."""
        if told.ref.node == "provider_call":
            self._call(told)
            return
        row = self._entity(told.ref, told.values)
        making = self._making(told) if told.ref.node not in ("trend_fetch", "tombstone") else None
        for parent in told.parents:
            self._edge(told, row, making, parent)
        if making is not None:
            self.document.wasGeneratedBy(row, making, told.at)
        if actor := told.values.get("actor"):
            person = self._agent("person", str(actor), "Person")
            self.document.wasAttributedTo(row, person)
            if making is not None:
                self.document.wasAssociatedWith(making, person)
        for observation, (fetch, item) in ((ref, parents) for ref, parents in told.members):
            seen = self._entity(observation, {})
            self.document.wasDerivedFrom(seen, self._name(fetch))
            self.document.specializationOf(seen, self._entity(item, {}))
        for gone in told.removed:
            self.document.wasInvalidatedBy(self._entity(gone, {}), self._activity(told.ref, told.at), told.at)

    def _call(self, told: Told) -> None:
        values = told.values
        call = self._activity(told.ref, values["started_at"], told.at, values)
        agent = self._agent("provider", f"{values['provider']}/{values['model']}", "SoftwareAgent")
        self.document.wasAssociatedWith(call, agent)
        for file in told.parents:
            self.document.wasGeneratedBy(self._entity(file, {}), call, told.at)

    def _edge(self, told: Told, row: QualifiedName, making: QualifiedName | None, parent: Ref) -> None:
        if parent.node == "artifact":
            self.document.specializationOf(row, self._entity(parent, {}))
        elif parent.node == "provider_call" and making is not None:
            self.document.wasInformedBy(making, self._name(parent))
        elif parent.node == "provider_call":
            self.document.wasGeneratedBy(row, self._name(parent), told.at)
        else:
            source = self._entity(parent, told.media[parent]) if parent in told.media else self._name(parent)
            self.document.wasDerivedFrom(row, source, making)
            if making is not None:
                self.document.used(making, source)

    def _making(self, told: Told) -> QualifiedName:
        """The activity that made a row; the run that it was part of started it."""
        name = self._own[f"making/{told.ref.node}/{told.ref.key}"]
        self.document.activity(name, endTime=told.at)
        if run_id := told.values.get("run_id"):
            run = self._own[f"run/{run_id}"]
            if run not in self._said:
                self._said.add(run)
                self.document.activity(run, other_attributes={_VOCABULARY["run_id"]: str(run_id)})
            self.document.wasStartedBy(name, starter=run)
        return name

    def _name(self, ref: Ref) -> QualifiedName:
        return self._own[f"{ref.node}/{ref.key}"]

    def _entity(self, ref: Ref, values: Mapping[str, Any]) -> QualifiedName:
        name = self._name(ref)
        if name not in self._said:
            self._said.add(name)
            self.document.entity(name, self._attributes(ref, values))
        return name

    def _activity(
        self, ref: Ref, start: datetime, end: datetime | None = None, values: Mapping[str, Any] | None = None
    ) -> QualifiedName:
        name = self._own[f"{ref.node}/{ref.key}"] if values is not None else self._own[f"making/{ref.node}/{ref.key}"]
        if name not in self._said:
            self._said.add(name)
            self.document.activity(name, start, end, self._attributes(ref, values or {}))
        return name

    def _agent(self, kind: str, name: str, type_name: str) -> QualifiedName:
        agent = self._own[f"{kind}/{quote(name)}"]  # a model or a person may be called anything
        if agent not in self._said:
            self._said.add(agent)
            self.document.agent(agent, {PROV["type"]: PROV[type_name], PROV["label"]: name})
        return agent

    def _attributes(self, ref: Ref, values: Mapping[str, Any]) -> dict[QualifiedName, Any]:
        known = {name: values[name] for name in _TOLD if values.get(name) is not None}
        told = {name: iso(value) if isinstance(value, datetime) else value for name, value in known.items()}
        return {_VOCABULARY["row"]: str(ref)} | {_VOCABULARY[name]: value for name, value in told.items()}

"""OpenLineage: every told row becomes one run, with its parents as inputs and the row, and its files, as outputs.

Belongs here: what an event says. Not here: which rows are told (`rows.py`), sending (`sending.py`, `emitter.py`).
Run ids are uuid5 of the installation and the row, times are the row's: the same row gives the same bytes for ever.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import attr
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.generated import lifecycle_state_change_dataset as lifecycle
from openlineage.client.generated import parent_run
from openlineage.client.generated.base import DatasetFacet, RunFacet
from openlineage.client.generated.dataset_version_dataset import DatasetVersionDatasetFacet
from openlineage.client.generated.job_type_job import JobTypeJobFacet
from openlineage.client.generated.lineage import LineageDatasetFacet, LineageDatasetInput
from openlineage.client.serde import Serde

from reelineage.credentials import row_uuid
from reelineage.documents import iso
from reelineage.family import Ref
from reelineage.lineage import NODES
from resources.exports import facets
from resources.exports.rows import Told

Event = dict[str, Any]
_ASSETS = {node: asset for asset, node in NODES.items()}
_ENDS = {"failed": RunState.FAIL, "ambiguous": RunState.ABORT}
_ABOUT = {
    "provider_call": "reelineage_provider_call",
    "trend_fetch": "reelineage_fetch",
    "credential": "reelineage_credential",
    "decision": "reelineage_decision",
    "edit": "reelineage_edit",
}
_MEMBERS = 500  # outputs in one event: a fetch may have brought thousands of observations


def namespace_of(installation: str) -> str:
    """The namespace of every job and dataset of one installation."""
    return f"reelineage://{installation}"


def events(rows: Iterable[Told], installation: str) -> Iterator[Event]:
    """The events of some rows: for each START, RUNNING while there is much to tell, and COMPLETE, FAIL or ABORT.

    Args:
        rows: what is told, in the order in which it is told.
        installation: the installation's uuid.
    """
    for told in rows:
        yield from _Telling(told, installation).events()


def as_line(event: Event) -> str:
    """An event as one line of JSON, the same on every day; in ASCII, so that no title commands a terminal."""
    return json.dumps(event, sort_keys=True, separators=(",", ":"))


class _Telling:
    """One row as the events of one run."""

    def __init__(self, told: Told, installation: str) -> None:
        self._told = told
        self._installation = installation
        self._namespace = namespace_of(installation)

    def events(self) -> Iterator[Event]:
        """In order, the last with the row itself."""
        told = self._told
        others = [*told.members, *((ref, ()) for ref in told.removed)]
        yield self._event(RunState.START, self._started(), {}, [], [])
        for start in range(0, len(others), _MEMBERS):
            outputs = [self._member(ref, parents) for ref, parents in others[start : start + _MEMBERS]]
            yield self._event(RunState.RUNNING, told.at, {}, [], outputs)
        files = [parent for parent in told.parents if parent.node == "artifact"]
        inputs = [parent for parent in told.parents if parent.node != "artifact"]
        yield self._event(
            _ENDS.get(told.values.get("status", ""), RunState.COMPLETE),
            told.at,
            self._facets(),
            [self._input(parent) for parent in inputs],
            [self._row(inputs), *(self._output(file, {}) for file in files)],
        )

    def _started(self) -> datetime:
        started = self._told.values.get("started_at")
        return started if isinstance(started, datetime) else self._told.at

    def _event(
        self, state: RunState, at: datetime, about: Mapping[str, RunFacet], inputs: Sequence[InputDataset],
        outputs: Sequence[OutputDataset],
    ) -> Event:  # fmt: skip
        run = Run(row_uuid(self._installation, self._told.ref), {**self._parent(), **about})
        kind = JobTypeJobFacet("BATCH", "REELINEAGE", self._told.ref.node.upper(), producer=facets.producer())
        job = Job(self._namespace, self._job_name(), {"jobType": kind})
        event = RunEvent(
            eventTime=iso(at), eventType=state, run=run, job=job, inputs=[*inputs], outputs=[*outputs],
            producer=facets.producer(),
        )  # fmt: skip
        return Serde.to_dict(event)

    def _job_name(self) -> str:
        node, values = self._told.ref.node, self._told.values
        if node == "provider_call":
            return f"provider_calls.{values['role']}"
        return _ASSETS.get(node, f"{node}s" if node != "trend_fetch" else "trend_fetches")

    def _parent(self) -> dict[str, RunFacet]:
        """The Dagster run that made the row, by its own id."""
        run_id = self._told.values.get("run_id")
        if not run_id:
            return {}
        run = parent_run.Run(_uuid_of(run_id) or row_uuid(self._installation, Ref("run", run_id)))
        job = parent_run.Job(self._namespace, "produce_video")
        return {"parent": parent_run.ParentRunFacet(run, job, producer=facets.producer())}

    def _facets(self) -> dict[str, RunFacet]:
        told = self._told
        tombstone = told.values.get("tombstone_id")
        chain = {"row": str(told.ref), "tombstone": f"tombstone:{tombstone}" if tombstone else None}
        about: dict[str, RunFacet] = {"reelineage_lineage": _of(facets.LineageRunFacet, {**told.values, **chain})}
        if name := _ABOUT.get(told.ref.node):
            about[name] = _of(facets.FACETS[name], told.values)
        return about

    def _input(self, ref: Ref) -> InputDataset:
        work = self._told.media.get(ref)
        about: dict[str, DatasetFacet] = {"reelineage_media": _of(facets.MediaDatasetFacet, work)} if work else {}
        return InputDataset(self._namespace, str(ref), facets=about or None, inputFacets=None)

    def _row(self, inputs: Sequence[Ref]) -> OutputDataset:
        about: dict[str, DatasetFacet] = {"lineage": self._made_from(inputs)}
        if version := self._told.values.get("data_version"):
            about["version"] = DatasetVersionDatasetFacet(version, producer=facets.producer())
        return self._output(self._told.ref, about)

    def _output(self, ref: Ref, about: dict[str, DatasetFacet]) -> OutputDataset:
        return OutputDataset(self._namespace, str(ref), facets=about or None, outputFacets=None)

    def _member(self, ref: Ref, parents: Sequence[Ref]) -> OutputDataset:
        """An observation that a fetch brought; without parents, something whose content a take-down removed."""
        if parents:
            return self._output(ref, {"lineage": self._made_from(parents)})
        gone = lifecycle.LifecycleStateChangeDatasetFacet(
            lifecycle.LifecycleStateChange.DROP, producer=facets.producer()
        )
        return self._output(ref, {"lifecycleStateChange": gone})

    def _made_from(self, parents: Sequence[Ref]) -> LineageDatasetFacet:
        inputs = [
            LineageDatasetInput(self._namespace, str(parent), "DATASET", transformations=None) for parent in parents
        ]
        return LineageDatasetFacet(inputs=[*inputs], fields=None, producer=facets.producer())


def _of(facet: type[Any], values: Mapping[str, Any]) -> Any:  # noqa: ANN401 — one of the facet classes
    """A facet from the columns of the same names; times as text."""
    names = [field.name for field in attr.fields(facet) if not field.name.startswith("_")]
    told = {name: iso(value) if isinstance(value := values.get(name), datetime) else value for name in names}
    return facet(**told, producer=facets.producer())


def _uuid_of(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None

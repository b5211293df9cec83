"""Whatever order runs make, retry, take over and cancel in, the lineage of a job stays whole, on both engines."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelineage import lineage
from reelineage.documents import Document
from reelineage.errors import ReelineageError
from resources.audit import audit_job
from resources.home import Home
from resources.record_edges import StoredRow
from resources.record_io_manager import RecordIOManager
from resources.record_rows import RECORDS, stored_row
from resources.workbench import Workbench
from tests.factories import Maker, fill_job, ledger, new_job

RUNS = ("run-a", "run-b", "run-c")
Loaded = dict[str, tuple[StoredRow, ...]]
STEPS = st.one_of(
    st.tuples(st.just("make"), st.sampled_from(RUNS), st.sampled_from(lineage.ASSETS)),
    st.tuples(st.just("load"), st.sampled_from(RUNS), st.sampled_from(lineage.ASSETS)),
    st.tuples(st.just("store"), st.sampled_from(RUNS), st.sampled_from(lineage.ASSETS)),
    st.tuples(st.sampled_from(("take over", "resume", "give back")), st.sampled_from(RUNS), st.just("")),
    st.tuples(st.sampled_from(("cancel", "retry")), st.just(""), st.just("")),
)


@dataclass
class Factory:
    """Steps of several runs, some of them ghosts, through the IO manager's own storing."""

    home: Home
    job: int
    takes: int = 0
    stored: int = 0
    inputs: dict[tuple[str, str], tuple[dict[str, Any], Loaded]] = field(default_factory=dict)

    def act(self, what: str, run: str, asset: str) -> None:
        """One step; refusals are part of the game."""
        try:
            match what:
                case "make":
                    self._load(run, asset)
                    self._store(run, asset)
                case "load":
                    self._load(run, asset)
                case "store":
                    self._store(run, asset)
                case "take over" | "resume":
                    self.home.queue.claim(self.job, run, partial=what == "take over", run_has_ended=lambda _: True)
                case "give back":
                    self.home.queue.release(self.job, run)
                case "cancel":
                    self.home.queue.cancel(self.job)
                case "retry":
                    self.home.queue.retry(self.job)
        except ReelineageError:
            pass

    def _load(self, run: str, asset: str) -> None:
        kinds = RECORDS[asset]
        with self.home.database.read() as session:
            current = lineage.current(session, self.job)
        rows = {name: current.rows(name) for name in kinds.upstream}
        if not all(rows.values()):
            return
        documents: dict[str, Any] = {}
        for name, found in rows.items():
            made: list[Document] = [RECORDS[name].document.model_validate(row.document) for row in found]
            documents[name] = made if RECORDS[name].many else made[0]
        loaded = {name: tuple(stored_row(name, row) for row in found) for name, found in rows.items()}
        self.inputs[run, asset] = (documents, loaded)

    def _store(self, run: str, asset: str) -> None:
        if (run, asset) not in self.inputs:
            return
        documents, loaded = self.inputs[run, asset]
        self.takes += 1
        call = ledger(self.home, self.job, run).call
        made = Maker(self.home, self.job, call, take=self.takes % 3).make(asset, documents)
        context: Any = SimpleNamespace(run_id=run, asset_spec=dg.AssetSpec(asset, code_version="1"))
        manager = RecordIOManager(workbench=Workbench())
        _, kept = manager._store(asset, self.job, context, made if isinstance(made, list) else [made], loaded)
        self.stored += not kept


def check(home: Home, job: int) -> None:
    """Upstream in the same job and branch, versions without gaps, a chain that verifies, files in place."""
    assert audit_job(home, job) == []
    with home.database.read() as session:
        now = lineage.current(session, job)
    if now.voiceover:
        assert now.script
        assert now.voiceover.script_id == now.script.id
    for clip in now.clips or ():
        assert now.voiceover
        assert (clip.script_id, clip.voiceover_id) == (now.voiceover.script_id, now.voiceover.id)
    if now.video:
        assert now.clips
        assert now.voiceover
        assert (now.video.script_id, now.video.voiceover_id) == (now.voiceover.script_id, now.voiceover.id)
    if now.review:
        assert now.video
        assert (now.review.video_id, now.review.video_sha256) == (now.video.id, now.video.file_sha256)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(begun=st.sampled_from(lineage.ASSETS), steps=st.lists(STEPS, min_size=5, max_size=25))
def test_no_order_of_steps_breaks_the_lineage(any_home: Home, begun: str, steps: list[tuple[str, str, str]]) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, "run-0", until=begun)
    factory = Factory(any_home, job)
    factory.act("take over", "run-a", "")
    for step in steps:
        factory.act(*step)
    check(any_home, job)


def test_the_steps_really_store_rows_and_new_versions(any_home: Home) -> None:
    """Else the test above would hold for want of anything to look at."""
    factory = Factory(any_home, new_job(any_home))
    factory.act("resume", "run-a", "")
    for asset in lineage.ASSETS:
        factory.act("make", "run-a", asset)
    factory.act("take over", "run-b", "")
    for asset in lineage.ASSETS:
        factory.act("make", "run-b", asset)
        factory.act("store", "run-a", asset)
    assert factory.stored == 14
    check(any_home, factory.job)


@pytest.mark.parametrize("asset", ["analysis", "videos"])
def test_a_ghost_in_the_middle_of_a_remake_changes_nothing(any_home: Home, asset: str) -> None:
    factory = Factory(any_home, new_job(any_home))
    fill_job(any_home, factory.job, "run-0")
    factory.act("take over", "run-a", "")
    factory.act("load", "run-a", asset)
    factory.act("take over", "run-b", "")
    factory.act("store", "run-a", asset)
    assert factory.stored == 0

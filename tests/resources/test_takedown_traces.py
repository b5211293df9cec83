"""After a take-down nothing of the target is left anywhere, and everything else is byte for byte as it was.

Belongs here: random small installations, and what a database file still holds. Not here: single rules
(`test_takedown.py`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from reelineage import lineage
from reelineage.documents import ArtifactRef
from reelineage.family import Ref, downstream, node_tables
from reelineage.fingerprint import sha256_of
from reelineage.lineage import chain_link, chain_start
from reelineage.models import Base, Job
from reelineage.takedown.plan import Plan
from resources.audit import audit_all
from resources.home import Home
from resources.record_rows import RECORDS
from resources.takedown.execution import listed
from tests.factories import Maker, claimed, fill_job, ledger, new_job, store
from tests.resources.test_takedown import Content, content_of, hashes, take_down

STARTS = ("script", "voiceover", "clip", "video", "trend_item", "trend_fetch", "provider_call", "media_item", "job")
_TRENDS = {"trend_item", "trend_observation", "trend_fetch", "trend_report", "trend_analysis"}


def every_text(home: Home) -> Iterator[tuple[str, str]]:
    """Every row and file of an installation as text, with where it stands."""
    for table, rows in content_of(home.database).items():
        for key, row in rows.items():
            yield f"{table} {key}", repr(row)
    for path in home.root.rglob("*"):
        if path.is_file() and "reelineage.db" not in path.name:
            yield str(path), path.read_bytes().decode("utf-8", "replace")


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    jobs=st.lists(st.lists(st.sampled_from(lineage.ASSETS), min_size=1, max_size=2), min_size=1, max_size=2),
    node=st.sampled_from(STARTS),
    place=st.integers(0, 40),
)
def test_only_what_is_downstream_changes_and_every_chain_holds(
    any_home: Home, jobs: list[list[str]], node: str, place: int
) -> None:
    """`jobs` are jobs with their runs, each of which stops after an asset."""
    for runs in jobs:
        job = new_job(any_home)
        for until in runs:
            number = len(content_of(any_home.database)["trend_reports"]) + 1
            fill_job(any_home, job, f"run-{number}", until=until, take=number)
    rows = content_of(any_home.database)[node_tables()[node].name]
    keys = sorted(key[0] for key in rows)
    if not keys:
        return
    target = Ref(node, str(keys[place % len(keys)]))
    before, files = content_of(any_home.database), hashes(any_home)
    plan = listed(any_home.database, [target])
    if plan.is_empty:
        return
    take_down(any_home, str(target))
    check_difference(before, content_of(any_home.database), plan)
    assert hashes(any_home) == files - set(plan.files)
    check_reach(any_home, target, plan)
    for job in range(1, len(content_of(any_home.database)["jobs"]) + 1):
        check_chain(any_home, job)
    assert audit_all(any_home) == []
    assert listed(any_home.database, [target]).is_empty


def check_difference(before: Content, after: Content, plan: Plan) -> None:
    """Only the rows of the plan changed: their content is NULL, their tombstone is set, and all else stands."""
    going = {(node_tables()[ref.node].name, int(ref.key)): ref for ref in plan.rows}
    for table in Base.metadata.sorted_tables:
        if table.name in ("tombstones", "tombstone_targets", "jobs"):
            continue
        assert after[table.name].keys() == before[table.name].keys()
        for key, was in before[table.name].items():
            now = after[table.name][key]
            changed = {column.name for place, column in enumerate(table.columns) if was[place] != now[place]}
            if (table.name, key[0]) not in going:
                assert not changed
                continue
            row = dict(zip(table.columns.keys(), now, strict=True))
            assert changed <= {*table.info["content"], "tombstone_id", "status", "error", "finished_at"}
            assert row["tombstone_id"] is not None
            assert all(row[column] is None for column in table.info["content"])


def check_reach(home: Home, target: Ref, plan: Plan) -> None:
    """By another way than the plan's: all records downstream went, but for those that only trends lead to."""
    with home.database.read() as session:
        reached = set(downstream(session, [target]))
    records = {ref for ref in reached if "record" in node_tables()[ref.node].info}
    if target.node in ("trend_item", "trend_fetch") or any(ref.node == "trend_fetch" for ref in reached):
        records = {ref for ref in records if ref.node in _TRENDS}
    assert records <= {*plan.rows, *plan.gone}


def check_chain(home: Home, job_id: int) -> None:
    """The records of a job still follow from its theme to its head."""
    with home.database.read() as session:
        job = session.get_one(Job, job_id)
        assert sha256_of(job.theme) == job.theme_sha256
        links: dict[str, tuple[str, int, str]] = {}
        for kind in RECORDS.values():
            model: Any = kind.model
            for row in session.query(model).where(model.job_id == job_id):
                links[row.previous_sha256] = (model.__tablename__, row.id, row.data_version)
        head = chain_start(job_id, job.theme_sha256)
        while follower := links.pop(head, None):
            head = chain_link(head, *follower)
    assert not links
    assert head == job.chain_sha256


# --- no trace --------------------------------------------------------------------------------------------------------

SENTENCE = "Zwölf Xylophone quer durch Qatar"


class TellingMaker(Maker):
    """Makes a job whose script, calls, files and progress all hold one sentence."""

    def _scripts(self, analysis: Any) -> Any:
        made = super()._scripts(analysis)
        return made.model_copy(update={"title": SENTENCE})

    def _file(self, asset: str, **parameters: Any) -> tuple[ArtifactRef, str]:
        return super()._file(asset, said=SENTENCE, **parameters)


def telling_job(home: Home) -> int:
    job = new_job(home)
    maker = TellingMaker(home, job, ledger(home, job, "run-1").call)
    made: dict[str, Any] = {}
    rows: Any = {}
    with claimed(home, job, "run-1", partial=True):
        for asset in lineage.ASSETS:
            made[asset] = maker.make(asset, {name: made[name] for name in RECORDS[asset].upstream})
            rows[asset] = store(home, job, "run-1", asset, made[asset], rows)
        home.queue.report_progress(job, "run-1", "composition", f"scene 1: {SENTENCE}")
    return job


def test_nothing_of_a_withdrawn_script_is_left_in_rows_files_or_the_database_itself(any_home: Home) -> None:
    job = telling_job(any_home)
    any_home.output.sync(job)
    (any_home.cache / "segments").mkdir(parents=True)
    (any_home.cache / "segments" / "piece.bin").write_text(SENTENCE)
    assert any(SENTENCE in said for _, said in every_text(any_home))
    take_down(any_home, "script:1")
    assert [where for where, said in every_text(any_home) if SENTENCE in said] == []
    if any_home.database.engine.dialect.name == "sqlite":
        any_home.database.close()
        escaped = SENTENCE.encode("ascii", "backslashreplace").replace(b"\\xf6", b"\\u00f6")
        for name in ("reelineage.db", "reelineage.db-wal"):
            path = Path(any_home.root) / name
            data = path.read_bytes() if path.exists() else b""
            assert SENTENCE.encode() not in data, name
            assert escaped not in data, name


def test_a_reader_that_still_looks_back_keeps_the_log_and_the_next_sweep_empties_it(home: Home) -> None:
    telling_job(home)
    with home.database.read() as session:
        session.execute(text("SELECT count(*) FROM scripts"))
        take_down(home, "script:1")
        wal = Path(home.root) / "reelineage.db-wal"
        assert wal.stat().st_size > 0
    assert home.database.wipe_traces()
    assert wal.stat().st_size == 0

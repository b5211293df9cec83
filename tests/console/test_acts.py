"""What people did stands, also when Dagster cannot be told of it; a process that serves many opens Dagster once."""

import logging
from collections.abc import Sequence
from typing import NoReturn

import dagster as dg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from console import dagster_home
from console.acts import Acts
from console.dagster_home import KeptInstance, open_instance
from reelineage.editing import TitleChange
from reelineage.errors import TransientError
from reelineage.models import Decision, Edit
from resources.home import Home
from tests.factories import fill_job, new_job


def away(_: Home) -> NoReturn:
    raise OperationalError("SELECT 1", {}, OSError("Dagster's database is away"))


def test_a_decision_and_an_edit_stand_when_dagster_is_away(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    job = new_job(home)
    fill_job(home, job)
    acts = Acts(home, away)
    with caplog.at_level(logging.WARNING):
        acts.decide(job, verdict="reject", reason="too dark", actor="owner")
        change = TitleChange(kind="title", text="Another title")
        acts.edit(job, script_id=1, changes=[change], actor="owner")
    with home.database.read() as session:
        assert session.scalars(select(Decision.reason)).all() == ["too dark"]
        assert session.scalars(select(Edit.actor)).all() == ["owner"]
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "Showing the decision on job 1 in Dagster",
        "Showing edit",
    ]


def test_many_decisions_open_dagster_once_and_a_failure_opens_it_anew(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[dg.DagsterInstance] = []

    def counted(home: Home) -> dg.DagsterInstance:
        opened.append(open_instance(home))
        return opened[-1]

    monkeypatch.setattr(dagster_home, "open_instance", counted)
    kept = KeptInstance()
    acts = Acts(home, kept)
    for number in (1, 2):
        fill_job(home, new_job(home), f"run-{number}")
        acts.decide(number, verdict="reject", reason="too dark", actor="owner")
    assert len(opened) == 1
    assert [len(shown(opened[0], number)) for number in (1, 2)] == [1, 1]
    with pytest.raises(dg.DagsterError), kept(home):
        raise dg.DagsterInvariantViolationError("its folder is another now")
    with kept(home) as instance:
        assert instance is opened[1]
    kept.close()
    opened[0].dispose()


def test_dagster_is_told_of_a_decision_and_an_edit_whose_files_cannot_be_moved(home: Home) -> None:
    for number in (1, 2):
        fill_job(home, new_job(home), f"run-{number}")
    (home.root / "output" / "review" / "job-2-video-2.mp4").mkdir(parents=True)
    (home.root / "output" / "rejected").write_text("no folder")
    acts = Acts(home)
    with pytest.raises(TransientError, match="is stored"):
        acts.decide(1, verdict="reject", reason="too dark", actor="owner")
    with pytest.raises(TransientError, match="is stored"):
        acts.edit(2, script_id=2, changes=[TitleChange(kind="title", text="Another")], actor="owner")
    with open_instance(home) as instance:
        assert len(shown(instance, 1)) == 1
        assert instance.has_dynamic_partition("job_id", "2")


def shown(instance: dg.DagsterInstance, job: int) -> Sequence[object]:
    """What Dagster tells of a job's review."""
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey("reviews"), asset_partitions=[str(job)])
    return instance.fetch_materializations(wanted, limit=10).records

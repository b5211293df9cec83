"""What people did stands, also when Dagster cannot be told of it."""

import logging
from typing import NoReturn

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from console import acts
from reelineage.editing import TitleChange
from reelineage.models import Decision, Edit
from resources.home import Home
from tests.factories import fill_job, new_job


@pytest.fixture
def without_dagster(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: Home) -> NoReturn:
        raise OperationalError("SELECT 1", {}, OSError("Dagster's database is away"))

    monkeypatch.setattr(acts, "open_instance", away)


@pytest.mark.usefixtures("without_dagster")
def test_a_decision_and_an_edit_stand_when_dagster_is_away(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    job = new_job(home)
    fill_job(home, job)
    with caplog.at_level(logging.WARNING):
        acts.decide_and_tell(home, job, verdict="reject", reason="too dark", actor="owner")
        change = TitleChange(kind="title", text="Another title")
        acts.edit_and_tell(home, job, script_id=1, changes=[change], actor="owner")
    with home.database.read() as session:
        assert session.scalars(select(Decision.reason)).all() == ["too dark"]
        assert session.scalars(select(Edit.actor)).all() == ["owner"]
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "Showing the decision on job 1 in Dagster",
        "Showing edit",
    ]

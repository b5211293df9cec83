"""What the other commands say of a job when something it was made from was taken down."""

import pytest

from tests.console.cli import call


@pytest.mark.usefixtures("finished")
def test_a_job_and_its_bill_say_that_it_was_withdrawn() -> None:
    assert "withdrawn" not in call("jobs", "show", 1).out
    assert "may not be published" not in call("bom", "job:1").err
    call("takedown", "source:sample", "--reason", "terms changed", "--yes")
    shown = call("jobs", "show", 1).out
    assert "was taken down" in shown
    assert "terms changed (tombstone:1)" in shown
    for form in ("table", "credits", "json", "csv"):
        warned = call("bom", "job:1", "--format", form).err
        assert "video:1 may not be published" in warned
        assert "have lost their content" in warned

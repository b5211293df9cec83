"""`reelineage export`: to the terminal, to a file that is whole or not there, to an address; twice is the same as once.

Belongs here: the command. Not here: what the formats say (`tests/resources/exports`).
"""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prov.model import ProvDocument

from resources.home import Home
from tests.console.cli import call, complaint
from tests.factories import fill_job, new_job
from tests.resources.exports.receiver import Receiver, receiver


@pytest.fixture
def server() -> Iterator[Receiver]:
    """Where exports are sent to."""
    with receiver() as state:
        yield state


@pytest.fixture
def filled(home: Home) -> Home:
    """A home with one job and its rows."""
    fill_job(home, new_job(home))
    return home


def rows_in(text: str) -> list[str]:
    facets = [json.loads(line)["run"]["facets"].get("reelineage_lineage") for line in text.splitlines()]
    return [facet["row"] for facet in facets if facet]


@pytest.mark.usefixtures("filled")
def test_all_rows_go_to_the_terminal_and_again_with_the_same_bytes() -> None:
    first = call("export", "openlineage").out
    assert {"trend_report:1", "video:1", "review:1"} <= set(rows_in(first))
    assert call("export", "openlineage").out == first
    documents = [
        ProvDocument.deserialize(content=line, format="json") for line in call("export", "prov").out.splitlines()
    ]
    assert len(documents) == len(rows_in(first))


@pytest.mark.usefixtures("filled")
def test_with_a_reference_only_what_it_was_made_from_goes_out() -> None:
    told = rows_in(call("export", "openlineage", "script:1").out)
    assert told[-1] == "script:1"
    assert "video:1" not in told
    (line,) = call("export", "prov", "script:1").out.splitlines()
    assert ProvDocument.deserialize(content=line, format="json")


@pytest.mark.usefixtures("filled")
def test_one_line_is_told_as_one(tmp_path: Path) -> None:
    target = tmp_path / "script.json"
    assert call("export", "prov", "script:1", "--to", target).err.rstrip().endswith(": 1 line.")


def test_since_and_until_split_everything_without_loss_or_double(filled: Home) -> None:
    time.sleep(0.01)
    middle = datetime.now(UTC).isoformat()
    fill_job(filled, new_job(filled), "run-2")
    before, after = (call("export", "openlineage", option, middle).out for option in ("--until", "--since"))
    assert "video:1" in rows_in(before)
    assert "video:2" in rows_in(after)
    assert before + after == call("export", "openlineage").out


@pytest.mark.usefixtures("filled")
def test_a_file_appears_whole_and_is_never_replaced_unasked(tmp_path: Path) -> None:
    target = tmp_path / "events.ndjson"
    assert "lines" in call("export", "openlineage", "--to", target).err
    whole = target.read_text(encoding="utf-8")
    assert whole == call("export", "openlineage").out
    target.write_text("mine", encoding="utf-8")
    assert "--force" in complaint("export", "openlineage", "--to", target)
    assert target.read_text(encoding="utf-8") == "mine"
    call("export", "openlineage", "--to", target, "--force")
    assert target.read_text(encoding="utf-8") == whole
    assert [path.name for path in tmp_path.iterdir() if "events" in path.name] == ["events.ndjson"]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("place", [".", "no/such/folder/file", "x" * 300])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, place: str) -> None:
    assert "Writing" in complaint("export", "prov", "--to", tmp_path / place)


@pytest.mark.usefixtures("filled")
def test_an_export_that_breaks_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("resources.exports.openlineage.as_line", broken)
    assert "No space left" in complaint("export", "openlineage", "--to", tmp_path / "events")
    assert not [path for path in tmp_path.iterdir() if "events" in path.name]


@pytest.mark.usefixtures("filled")
def test_everything_is_sent_to_an_address_and_what_fails_for_a_moment_again(server: Receiver) -> None:
    server.answers = [200, 500, 200, "close"]
    said = call("export", "openlineage", "--to", server.url).err
    assert server.rows == rows_in(call("export", "openlineage").out)
    assert f"{len(server.received):,} lines were sent" in said


@pytest.mark.usefixtures("filled")
def test_an_address_that_stays_dead_says_how_many_were_sent_and_where_to_go_on(server: Receiver) -> None:
    server.answers = [200, 200, 200, 200, *[503] * 20]
    said = call("export", "openlineage", "--to", server.url, expect=1).err
    assert "4 lines were sent before" in said
    since = said.split("--since ")[1].split(": ")[0]
    server.answers = []
    call("export", "openlineage", "--to", server.url, "--since", since)
    assert set(server.rows) == set(rows_in(call("export", "openlineage").out))


@pytest.mark.usefixtures("filled")
def test_a_refusal_and_a_wrong_address_are_the_person_s_mistake(server: Receiver) -> None:
    server.answers = [401]
    assert "answered 401" in complaint("export", "openlineage", "--to", server.url)
    assert "without a user name" in complaint("export", "prov", "--to", "http://ada:secret@127.0.0.1:1")


@pytest.mark.parametrize(
    "arguments",
    [("xml",), ("openlineage", "video:99"), ("prov", "nonsense"), ("prov", "--since", "x"),
     ("prov", "--since", "2026-01-02", "--until", "2026-01-01")],
)  # fmt: skip
@pytest.mark.usefixtures("filled")
def test_bad_input_is_refused_in_one_line(arguments: tuple[str, ...]) -> None:
    assert complaint("export", *arguments)


@pytest.mark.usefixtures("home")
def test_an_empty_home_exports_nothing() -> None:
    for form in ("openlineage", "prov"):
        assert call("export", form).out == ""

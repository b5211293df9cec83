"""The lineage benchmark runs, says what it found, and counts percentiles right."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import lineage, lineage_places
from benchmarks.lineage_measures import quantile, timed


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300), st.sampled_from((0.5, 0.95, 0.99, 1.0)))
def test_a_quantile_is_the_first_value_that_enough_others_do_not_exceed(values: list[float], share: float) -> None:
    ordered = sorted(values)
    found = quantile(ordered, share)
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_the_first_rounds_are_not_counted() -> None:
    asked: list[int] = []

    def ask(number: int) -> int:
        asked.append(number)
        return 3

    found = timed(ask, 10)
    assert asked == list(range(15))
    assert (found.rounds, found.rows) == (10, 3)
    assert found.best <= found.median <= found.p95 <= found.p99


def test_it_measures_every_size_and_writes_the_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lineage, "_SIZES", (20,))
    monkeypatch.setattr(lineage, "command_line", lambda _: {"command_seconds": 1.0})
    arguments = [
        "--jobs",
        "40",
        "--rounds",
        "10",
        "--database",
        f"sqlite:///{tmp_path}/a.db",
        "--json",
        f"{tmp_path}/j",
    ]
    monkeypatch.setattr("sys.argv", ["lineage", *arguments])
    lineage.main()
    found = json.loads((tmp_path / "j").read_text())
    assert set(found["sizes"]) == {"20", "40"}
    assert found["sizes"]["40"]["audit"]["audit_findings"] == 0
    assert found["sizes"]["40"]["times"]["explain"]["rows"] > 30
    assert {"explain_p99_ms", "impact_1000_ms", "costs_month_ms", "audit_jobs_per_second"} <= set(found)
    assert all(found[name] > 0 for name in ("explain_p99_ms", "impact_1000_ms", "costs_month_ms"))
    assert "explain a video for the first time" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["a.db"]  # the small one is gone
    with (
        pytest.raises(ValueError, match="the database holds 40"),
        lineage_places.filled(f"sqlite:///{tmp_path}/a.db", 50, largest=True),
    ):
        pass

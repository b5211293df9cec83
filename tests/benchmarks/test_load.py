"""The load benchmark runs, counts what people did, and fails when an answer was wrong."""

import json
from pathlib import Path

import pytest

from benchmarks import load, load_people


@pytest.mark.slow
def test_three_readers_and_two_writers_use_a_real_console_without_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(load_people, "PAGES", dict.fromkeys(load_people.PAGES, 1))  # rare ones, too
    people = ["--readers", "3", "--writers", "2", "--seconds", "3", "--think", "0.02", "--jobs", "100"]
    monkeypatch.setattr("sys.argv", ["load", "--engine", "sqlite", *people, "--json", str(tmp_path / "found.json")])
    load.main()
    (found,) = json.loads((tmp_path / "found.json").read_text())["engines"].values()
    assert found["errors"] == []
    acts = {"API: generate", "API: cancel", "API: retry", "API: decide"}
    media = {"media: film", "media: captions", "media: thumbnail", "events: opened"}
    seen = set(found["answers"])
    assert seen <= {*load_people.PAGES, *acts, *media}
    assert seen & acts  # how many of them fit into three seconds is the machine's affair
    assert seen & load_people.PAGES.keys()
    assert found["pages"]["count"] == sum(
        times["count"] for what, times in found["answers"].items() if what.endswith(("page", "filtered"))
    )
    assert all(times["p50"] <= times["p95"] <= times["max"] for times in found["answers"].values())
    assert found["server_cpu_seconds"] > 0
    assert found["generate_alone"]["count"] > 0
    assert "ALL PAGES" in capsys.readouterr().out


def test_a_wrong_answer_ends_with_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = load_people.Answers(seconds={"job page": [0.1, 0.3]}, errors=["job page: 500 oh"])
    alone = {"generate_alone": {"p50": 1, "p95": 1, "max": 1}}
    numbers = {"server_cpu_seconds": 1, "load_cpu_seconds": 1, "server_memory_mb": 1} | alone
    monkeypatch.setattr(load, "measure", lambda _url, given: load.summary(wrong, given.seconds) | numbers)
    monkeypatch.setattr("sys.argv", ["load", "--engine", "sqlite", "--quick"])
    with pytest.raises(SystemExit) as ended:
        load.main()
    assert ended.value.code == 1


def test_times_are_milliseconds_and_quantiles_of_what_was_measured() -> None:
    answers = load_people.Answers(seconds={"jobs page": [number / 1000 for number in range(1, 101)]})
    found = load.summary(answers, 10)
    assert found["pages"] == {"count": 100, "per_second": 10.0, "p50": 50.0, "p95": 95.0, "p99": 99.0, "max": 100.0}

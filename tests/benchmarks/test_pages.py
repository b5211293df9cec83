"""The benchmark of the jobs page asks both databases for every page, and notices one that does not answer."""

import asyncio
import json
from pathlib import Path

import pytest

from benchmarks import pages
from benchmarks.pages import Console
from resources.database import Database


def test_every_page_is_asked_for_in_both_databases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pages, "SMALL", 10)
    arguments = [
        "--jobs",
        "40",
        "--database",
        f"sqlite:///{tmp_path}/a.db",
        "--rounds",
        "2",
        "--json",
        tmp_path / "a.json",
    ]
    monkeypatch.setattr("sys.argv", ["pages", *map(str, arguments)])
    pages.main()
    found = json.loads((tmp_path / "a.json").read_text())
    assert set(found) == set(pages.PAGES)
    assert all(pair["cpu_ratio"] > 0 and pair["large_wall_ms"] > 0 for pair in found.values())
    assert "newest" in capsys.readouterr().out
    assert not list(tmp_path.glob("a-10*"))


def test_a_page_that_is_refused_is_not_taken_for_a_quick_one(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    with pytest.raises(RuntimeError, match="answered 404"):
        asyncio.run(Console(database, tmp_path).ask("/jobs/7/card"))
    database.close()

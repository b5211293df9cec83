"""`reelineage reproduce`: real jobs made again, in this process and in children, and what that leaves behind: one row.

Belongs here: the command from its reference to its exit code. Not here: refusals and verdicts on toy jobs
(`tests/resources/test_reproduction.py`).
"""

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import dagster as dg
import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import select

from console import making, reproducing
from pipeline_assets.definitions import build_definitions
from reelineage.models import Base, Reproduction
from resources import home as homes
from resources.home import Home
from resources.job_orders import create_job
from resources.providers import Providers
from resources.rendering import encoding_pool
from resources.reproduction import Original, read_original, scratch_home
from tests.console.cli import call, complaint
from tests.own_files import write_folder
from tests.runner import Runner, signal_at
from tests.tiny import ASSETS, Behaviour, behaving, create_tiny_job, produce, tiny_theme

_TRENDS = "title,views,likes,published\nA pan dinner in ten minutes,1000,90,2026-01-02\nA nice cup,900,20,2026-01-01\n"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, caption_fonts: Path) -> Callable[[Providers], None]:
    """Jobs are made again by tiny providers, or by others; fonts need not be cut again."""

    def prepared(home: Home, original: Original, folder: Path) -> tuple[Home, int]:
        scratch, job_id = scratch_home(home, original, folder)
        scratch.cache.mkdir(parents=True)
        (scratch.cache / "fonts").symlink_to(caption_fonts)
        return scratch, job_id

    def by(providers: Providers) -> None:
        def definitions(overrides: Mapping[str, Any]) -> dg.Definitions:
            return build_definitions({**overrides, "providers": providers})

        monkeypatch.setattr(making, "build_definitions", definitions)

    monkeypatch.setattr(reproducing, "scratch_home", prepared)
    by(behaving(Behaviour()))
    return by


def rows(home: Home) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but the reproductions."""
    with home.database.read() as session:
        return {
            name: [dict(row._mapping) for row in session.execute(select(table))]
            for name, table in Base.metadata.tables.items()
            if name != "reproductions"
        }


def files(home: Home) -> dict[str, tuple[int, int, int]]:
    """Every file with its size, mode and time but the database's own; links to it may come and go."""
    return {
        str(path.relative_to(home.root)): (path.stat().st_size, path.stat().st_mode, path.stat().st_mtime_ns)
        for path in home.root.rglob("*")
        if path.is_file() and not path.name.startswith("reelineage.db")
    }


def verdict_rows(home: Home) -> list[Reproduction]:
    with home.database.read() as session:
        return [*session.scalars(select(Reproduction).order_by(Reproduction.id))]


def left_over(pid: int) -> list[Path]:
    """Scratch homes of a process."""
    return [*Path(tempfile.gettempdir()).glob(f"reelineage-again-{pid}-*")]


# --- identical ---


@pytest.mark.usefixtures("quick")
def test_a_job_is_identical_when_it_is_made_again_and_its_home_gets_one_row(finished: Home) -> None:
    before = rows(finished), files(finished)
    said = call("reproduce", "job:1", "--actor", "Ada").out
    lines = [line.split() for line in said.splitlines()]
    assert lines[0] == ["stage", "asset", "verdict", "code", "reason"]
    assert [(line[1], line[2]) for line in lines[1:8]] == [(asset, "identical") for asset in ASSETS]
    assert said.splitlines()[-1] == "job 1, video:1: identical (reproduction:1)"
    assert (rows(finished), files(finished)) == before
    (row,) = verdict_rows(finished)
    assert (row.job_id, row.video_id, row.verdict, row.actor) == (1, 1, "identical", "Ada")
    assert left_over(os.getpid()) == []


class AnotherDay(type):
    """Times made by the shifted clock are times like any other."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, datetime)


@pytest.fixture
def another_day(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """400 days later for all of our modules, in another zone, with other rights for new files and in another folder."""

    class Later(datetime, metaclass=AnotherDay):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain datetime does
            return datetime.now(tz) + timedelta(days=400)

    ours = ("reelineage", "resources", "pipeline_assets", "console")
    certified = "resources.provenance"  # the library that signs holds certificates against its own clock
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] not in ours or name.startswith(certified):
            continue
        if getattr(module, "datetime", None) is datetime:
            monkeypatch.setattr(module, "datetime", Later)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    folder = tmp_path / "an öther folder"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    before = os.umask(0o077)
    yield
    os.umask(before)
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.mark.usefixtures("quick")
def test_another_day_zone_folder_and_job_number_change_nothing(
    studio: Home, instance: dg.DagsterInstance, request: pytest.FixtureRequest
) -> None:
    job = [create_tiny_job(studio, seed=seed) for seed in (1, 2, 3)][-1]
    assert produce(instance, job).success
    request.getfixturevalue("another_day")
    found: dict[str, Any] = json.loads(call("reproduce", f"job:{job}", "--json").out)
    assert (found["job_id"], found["verdict"]) == (3, "identical")
    (row,) = verdict_rows(studio)
    assert row.created_at > studio.queue.get(job).created_at + timedelta(days=399)


@pytest.mark.usefixtures("quick")
def test_own_films_music_and_trends_come_from_the_store_after_their_folder_is_gone(
    studio: Home, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "mine")
    (folder / "trends.csv").write_text(_TRENDS, encoding="utf-8")
    theme = tiny_theme(
        sources=[{"kind": "file", "path": "trends.csv"}],
        footage={"provider": "own_media", "folder": "media"},
        music={"provider": "file", "path": "music.wav"},
    )
    job = create_job(studio, theme, origin="test", seed=5, profile="draft", folder=folder)
    assert produce(instance, job).success
    shutil.rmtree(folder)
    before = files(studio)
    found: dict[str, Any] = json.loads(call("reproduce", f"job:{job}", "--json").out)
    assert [stage["verdict"] for stage in found["stages"]] == ["identical"] * 7
    assert files(studio) == before


@pytest.mark.usefixtures("quick")
def test_the_number_of_processors_then_is_the_number_of_encoder_threads_now(
    studio: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draft's bytes depend on the threads of its encoders: with other ones every frame would differ a little."""
    job = create_tiny_job(studio)
    with monkeypatch.context() as large:
        large.setattr(encoding_pool, "cores", lambda: 16)
        assert produce(instance, job).success
    monkeypatch.setattr(encoding_pool, "cores", lambda: 1)
    assert max(read_original(studio, job).threads) > 1
    found: dict[str, Any] = json.loads(call("reproduce", f"job:{job}", "--json").out)
    assert found["verdict"] == "identical"


@pytest.mark.slow
def test_the_embedded_voice_and_drawings_give_the_same_file(
    studio: Home, instance: dg.DagsterInstance, quick: Callable[[Providers], None], request: pytest.FixtureRequest
) -> None:
    quick(Providers())
    job = [create_tiny_job(studio, music={"provider": "bed"}) for _ in range(2)][-1]
    assert produce(instance, job, overrides={"providers": Providers()}).success
    request.getfixturevalue("another_day")
    found: dict[str, Any] = json.loads(call("reproduce", f"job:{job}", "--json").out)
    assert [stage["verdict"] for stage in found["stages"]] == ["identical"] * 7


# --- different ---


def test_a_provider_that_does_not_repeat_itself_is_named(
    finished: Home, quick: Callable[[Providers], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    import tests.tiny  # noqa: PLC0415 — its pictures are changed below

    stripes = tests.tiny._stripes
    quick(behaving(Behaviour()))

    def negative(*given: Any) -> NDArray[np.uint8]:
        return np.asarray(255 - stripes(*given), np.uint8)

    monkeypatch.setattr(tests.tiny, "_stripes", negative)
    found: dict[str, Any] = json.loads(call("reproduce", "1", "--json", expect=1).out)
    stages = {stage["asset"]: stage for stage in found["stages"]}
    assert [stages[asset]["verdict"] for asset in ASSETS] == ["identical"] * 4 + ["different"] * 2 + ["equivalent"]
    assert stages["clips"]["reason"] == "asked the same, tiny (stripes/1) gave something else"
    assert stages["clips"]["difference"].startswith("scene[0].artifact: other bytes, ")
    assert "frames differ, PSNR" in stages["clips"]["difference"]
    assert stages["videos"]["reason"] == "follows from clips"
    assert [row.verdict for row in verdict_rows(finished)] == ["different"]


def test_a_job_that_cannot_be_made_any_more_says_why_and_stores_nothing(
    finished: Home, quick: Callable[[Providers], None]
) -> None:
    quick(behaving(Behaviour(permanent_failure="the voice is gone")))
    answer = call("reproduce", "job:1", expect=1)
    assert answer.out == ""
    message = answer.err.splitlines()[-1]
    assert message.startswith("reelineage: Reproducing job 1: making it again (as job 1 of a scratch home) failed")
    assert "the voice is gone" in message
    assert verdict_rows(finished) == []
    assert left_over(os.getpid()) == []


# --- how it is asked, and stopped ---


@pytest.mark.usefixtures("finished")
def test_only_an_existing_finished_job_can_be_made_again() -> None:
    assert "only a job can be made again" in complaint("reproduce", "video:1")
    assert "is not one. A job id is a whole number" in complaint("reproduce", "job:٧")
    assert "job 99" in complaint("reproduce", "job:99")
    assert "job_id" not in complaint("reproduce", "")


@pytest.mark.usefixtures("quick")
def test_a_kept_scratch_home_can_be_looked_at(finished: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(json.loads(call("reproduce", "job:1", "--keep", "--json").out)["kept"])
    try:
        homes._open.cache_clear()
        monkeypatch.setenv("REELINEAGE_HOME", str(folder))
        assert "script:1" in call("lineage", "job:1").out
        assert finished.root != folder
    finally:
        shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_reproduction_leaves_nothing_behind(finished: Home, tmp_path: Path, number: int) -> None:
    before = rows(finished), files(finished)
    commands = Runner(finished.root, tmp_path)
    child = commands.start("reproduce", "job:1", behaviour=Behaviour(on_call=signal_at("film 2", number)))
    assert child.wait() == 1, child.said
    assert child.printed == ""
    assert child.said.splitlines()[-1] == (
        "reelineage: Reproducing job 1: stopped. Nothing was kept or stored; the same command starts it anew."
    )
    assert (rows(finished), files(finished)) == before
    assert verdict_rows(finished) == []
    assert child.process.pid is not None
    assert left_over(child.process.pid) == []

"""Each command on a home with one finished draft, and what it says when it is asked for the impossible.

Belongs here: commands that ask and answer. Not here: broken themes and trend files (`test_bad_input.py`), decisions
(`test_review.py`), commands in processes of their own (`test_processes.py`).
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from console.dagster_home import open_instance
from resources.home import Home
from resources.settings import PROJECT
from tests.console.cli import call, complaint
from tests.own_files import write_folder
from tests.pipeline_assets.test_resume import assert_untouched, dump
from tests.runner import Runner
from tests.tiny import ASSETS, TINY_THEME, Behaviour

TRENDS = "title,views,likes,published\nA pan dinner in ten minutes,1000,90,2026-01-02\nA nice cup,900,20,2026-01-01\n"


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    path = tmp_path / "theme.yaml"
    path.write_text(TINY_THEME, encoding="utf-8")
    return path


# --- making ---


def test_make_prints_exactly_one_json_object_with_what_was_made(commands: Runner, theme: Path, studio: Home) -> None:
    done = commands.run("make", theme, "--profile", "draft", "--seed", 7, "--json")
    made: dict[str, Any] = json.loads(done.printed)
    assert set(made) == {"job_id", "state", "run_id", "script", "video", "elapsed_seconds"}
    assert set(made["script"]) == {"id", "title"}
    assert set(made["video"]) == {
        "id", "path", "sha256", "duration_seconds", "width", "height", "cost_usd",
    }  # fmt: skip
    assert (made["job_id"], made["state"]) == (1, "awaiting_review")
    assert (made["video"]["width"], made["video"]["height"], made["video"]["cost_usd"]) == (540, 960, 0.0)
    path = Path(made["video"]["path"])
    assert path == studio.root / "output" / "review" / "job-1-video-1.mp4"
    assert path.read_bytes() == studio.store.path(made["video"]["sha256"]).read_bytes()
    assert list(made["elapsed_seconds"]) == [
        "trend_collection", "trend_analysis", "content_generation", "composition", "review",
    ]  # fmt: skip
    assert all(seconds > 0 for seconds in made["elapsed_seconds"].values())
    assert [line.split(": ")[1] for line in done.said.splitlines() if line.endswith(" done")] == [
        f"{asset} done" for asset in ASSETS
    ]
    with open_instance(studio) as instance:
        run = instance.get_run_by_id(made["run_id"])
        assert run is not None
        assert run.is_success
        assert instance.get_dynamic_partitions("job_id") == ["1"]


def test_make_tells_people_where_the_video_lies_and_what_it_was_made_from(
    commands: Runner, theme: Path, studio: Home
) -> None:
    (theme.parent / "mine.csv").write_text(TRENDS, encoding="utf-8")
    said = commands.run("make", theme, "--trends", theme.parent / "mine.csv", "--profile", "draft").printed
    assert str(studio.root / "output" / "review" / "job-1-video-1.mp4") in said
    assert "cost     $0" in said
    assert "reelineage review approve 1 --reason" in said
    for node in ("video:1", "script:1", "trend_analysis:1", "trend_report:1", "trend_observation:", "trend_fetch:1"):
        assert node in said
    assert "'A pan dinner in ten minutes'" in said
    assert "demo" not in said


def test_what_make_tells_people_to_type_approves_a_video_of_demo_data(
    commands: Runner, theme: Path, studio: Home
) -> None:
    said = commands.run("make", theme, "--profile", "draft").printed
    assert said.rstrip().endswith("Decide with: reelineage review approve 1 --reason '…' --allow-demo")
    commands.run("review", "approve", 1, "--reason", "…", "--allow-demo")
    assert (studio.root / "output" / "approved" / "job-1-video-1.mp4").exists()


def test_a_trend_file_beside_the_theme_may_go_once_the_job_exists(commands: Runner, theme: Path, studio: Home) -> None:
    theme.write_text(TINY_THEME.replace("sample}", "file, path: mine.csv}"), encoding="utf-8")
    trends = theme.parent / "mine.csv"
    trends.write_text(TRENDS, encoding="utf-8")
    failing = Behaviour(permanent_failure="the voice is away")
    failed = commands.run("make", theme, "--profile", "draft", behaviour=failing, expect=1)
    assert "the voice is away" in failed.said
    trends.unlink()
    theme.unlink()
    before = dump(studio)
    commands.run("jobs", "retry", 1, "--now")
    assert_untouched(before, dump(studio))
    assert studio.queue.get(1).state == "awaiting_review"


def test_a_failed_make_says_why_and_how_to_go_on(commands: Runner, theme: Path, studio: Home) -> None:
    failing = Behaviour(permanent_failure="the voice is away")
    said = commands.run("make", theme, "--profile", "draft", "--json", behaviour=failing, expect=1)
    assert said.printed == ""
    last = said.said.splitlines()[-1]
    assert "the voice is away" in last
    assert "reelineage jobs retry 1 --now" in last
    job = studio.queue.get(1)
    assert (job.state, job.error_kind) == ("failed", "permanent")


# --- jobs ---


def test_create_puts_a_job_into_the_queue_and_dagster_knows_it_at_once(home: Home, theme: Path) -> None:
    assert call("jobs", "create", theme, "--profile", "draft", "--seed", 3).out == "1\n"
    job = home.queue.get(1)
    assert (job.state, job.seed, job.profile, job.origin) == ("queued", 3, "draft", "cli")
    with open_instance(home) as instance:
        assert instance.get_dynamic_partitions("job_id") == ["1"]


def test_create_takes_the_profile_asked_for_else_the_themes_own(home: Home, theme: Path) -> None:
    theme.write_text(TINY_THEME + "profile: tiktok\n", encoding="utf-8")
    call("jobs", "create", theme)
    call("jobs", "create", theme, "--profile", "strict")
    assert [home.queue.get(job).profile for job in (1, 2)] == ["tiktok", "strict"]
    assert "'huge' is not one of 'standard', 'youtube'" in complaint("jobs", "create", theme, "--profile", "huge")


def test_create_stores_the_media_beside_the_theme_and_refuses_what_is_no_film(home: Home, theme: Path) -> None:
    write_folder(theme.parent, films=1)
    parts = "footage: {provider: own_media, folder: media}\nmusic: {provider: file, path: music.wav}\n"
    theme.write_text(TINY_THEME + parts, encoding="utf-8")
    assert call("jobs", "create", theme).out == "1\n"
    assert len([*home.store.hashes()]) == 2
    (theme.parent / "media" / "words.mp4").write_text("only words")
    assert "words.mp4" in complaint("jobs", "create", theme)


@pytest.mark.usefixtures("home")
def test_list_shows_the_newest_jobs_first_and_can_be_narrowed(theme: Path) -> None:
    for _ in range(3):
        call("jobs", "create", theme)
    call("jobs", "cancel", 2)
    assert [line.split()[0] for line in call("jobs", "list").out.splitlines()] == ["3", "2", "1"]
    (line,) = call("jobs", "list", "--state", "cancelled").out.splitlines()
    assert line.split()[:2] == ["2", "cancelled"]
    assert [line.split()[0] for line in call("jobs", "list", "--limit", 1).out.splitlines()] == ["3"]


def test_show_tells_the_state_the_rows_and_the_cost(finished: Home) -> None:
    said = call("jobs", "show", 1).out
    assert "awaiting_review" in said
    for asset in ASSETS:
        assert any(line.startswith(asset) and "(version 1)" in line for line in said.splitlines())
    assert "cost     $0" in said
    assert finished.queue.get(1).state == "awaiting_review"


def test_a_job_can_be_cancelled_and_taken_up_again(home: Home, theme: Path) -> None:
    call("jobs", "create", theme)
    call("jobs", "cancel", 1)
    assert home.queue.get(1).state == "cancelled"
    assert "there is nothing to stop" in complaint("jobs", "cancel", 1)
    assert call("jobs", "retry", 1).out == "Job 1 is queued again.\n"
    assert home.queue.get(1).state == "queued"


def test_a_finished_job_is_neither_retried_nor_cancelled(finished: Home) -> None:
    before = dump(finished)
    assert "it is awaiting_review" in complaint("jobs", "retry", 1)
    assert "it is awaiting_review" in complaint("jobs", "retry", 1, "--now")
    assert "it is awaiting_review" in complaint("jobs", "cancel", 1)
    assert dump(finished) == before


@pytest.mark.parametrize("wrong", ["", "../x", "1;drop", "٤٢", "1e30", "0", "007", "9" * 30, "1 2", "\x00", "None"])
@pytest.mark.parametrize("command", [("jobs", "show"), ("jobs", "retry"), ("jobs", "cancel"), ("review", "reject")])
def test_what_is_no_job_id_is_refused_in_one_line(home: Home, command: tuple[str, str], wrong: str) -> None:
    rest = ("--reason", "x") if command[0] == "review" else ()
    assert "Reading a job id" in complaint(*command, wrong, *rest)
    assert home.queue.newest() == []


@pytest.mark.usefixtures("home")
def test_a_negative_job_id_is_refused_too() -> None:
    assert "Reading a job id: '-1'" in complaint("jobs", "show", "--", "-1")


@pytest.mark.usefixtures("home")
def test_a_job_that_does_not_exist_is_named_with_the_way_to_one() -> None:
    for command in ("show", "retry", "cancel"):
        said = complaint("jobs", command, 4)
        assert "there is no such job" in said
        assert "reelineage jobs" in said


# --- lineage ---


@pytest.mark.usefixtures("finished")
def test_the_lineage_of_a_job_starts_at_its_newest_row_and_ends_at_the_trend_rows() -> None:
    said = call("lineage", "job:1").out
    assert said.startswith("review:1 ")
    for node in ("video:1", "voiceover:1", "script:1", "trend_analysis:1", "trend_report:1", "trend_fetch:1"):
        assert node in said
    assert "stand_in 'demo'" in said
    graph = json.loads(call("lineage", "job:1", "--format", "json").out)
    assert graph["starts"] == ["review:1"]
    known = {node["ref"] for node in graph["nodes"]}
    assert len(known) == len(graph["nodes"])
    assert {edge[end] for edge in graph["edges"] for end in ("from", "made_from")} <= known
    ends = known - {edge["from"] for edge in graph["edges"]}
    assert {ref.split(":")[0] for ref in ends} <= {
        "artifact", "media_item", "trend_item", "provider_call",
    }  # fmt: skip
    assert {"trend_item", "artifact"} <= {ref.split(":")[0] for ref in ends}


@pytest.mark.usefixtures("finished")
def test_the_lineage_of_a_row_holds_no_row_below_it() -> None:
    graph = json.loads(call("lineage", "script:1", "--format", "json").out)
    kinds = {node["ref"].split(":")[0] for node in graph["nodes"]}
    assert "trend_observation" in kinds
    assert not kinds & {"video", "clip", "voiceover", "review"}


@pytest.mark.parametrize(
    "ref", ["video:99", "job:2", "nonsense", "video:", "video:1;drop", ":", "../x:1", "sqlite_master:1", "video:٤٢"]
)
@pytest.mark.usefixtures("finished")
def test_an_unknown_reference_is_refused_in_one_line(ref: str) -> None:
    assert "reelineage" in complaint("lineage", ref)


@pytest.mark.usefixtures("home")
def test_the_lineage_of_a_job_without_rows_says_where_to_look(theme: Path) -> None:
    call("jobs", "create", theme)
    assert "nothing was made for this job yet" in complaint("lineage", "job:1")


# --- audit, env, db ---


def test_the_audit_is_clean_then_names_an_altered_file_and_a_foreign_one(finished: Home) -> None:
    clean = json.loads(call("audit", "--json").out)
    assert (clean["ok"], clean["findings"], clean["jobs"], clean["hashed"]) == (True, [], 1, 0)
    assert "Every row has" in call("audit").out
    with finished.database.read() as session:
        sha256 = session.scalar(text("SELECT file_sha256 FROM videos"))
    path = finished.store.path(str(sha256))
    data = path.read_bytes()
    path.unlink()  # the copy in output/ is a hard link: write a new file
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    stranger = finished.store.root / "00" / ("0" * 64)
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_bytes(b"?")
    assert "orphan_file" in call("audit", expect=1).out
    findings = json.loads(call("audit", "--deep", "--json", expect=1).out)["findings"]
    assert {finding["rule"] for finding in findings} == {"altered_file", "orphan_file"}
    assert {"rule", "ref", "message"} == set(findings[0])
    assert str(sha256)[:12] in call("audit", "--job", "1", expect=1).out
    assert "such job" in complaint("audit", "--job", "99")


def test_env_can_be_evaluated_whatever_the_path_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / 'it\'s "my" home; $(touch oops) `x`'
    monkeypatch.setenv("REELINEAGE_HOME", str(root))
    script = call("env").out
    done = subprocess.run(
        ["/bin/sh", "-c", f'{script}\nprintf "%s\\n%s" "$REELINEAGE_HOME" "$DAGSTER_HOME"'],
        capture_output=True, text=True, check=True, cwd=tmp_path, env={},
    )  # fmt: skip
    assert done.stdout == f"{root}\n{root / 'dagster'}"
    assert (root / "dagster" / "dagster.yaml").read_bytes() == (
        PROJECT / "deploy" / "local" / "dagster.yaml"
    ).read_bytes()
    assert not (tmp_path / "oops").exists()


@pytest.mark.usefixtures("home")
def test_env_keeps_the_dagster_home_that_is_set_and_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "mine"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    assert f"DAGSTER_HOME={tmp_path / 'mine'}" in call("env").out
    assert (tmp_path / "mine" / "dagster.yaml").read_text(encoding="utf-8") == "telemetry: {enabled: false}\n"


@pytest.mark.usefixtures("home")
def test_a_setting_out_of_bounds_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELINEAGE_LEASE_SECONDS", "0")
    assert "REELINEAGE_LEASE_SECONDS" in complaint("jobs", "list")


@pytest.mark.usefixtures("home")
def test_a_database_of_something_else_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELINEAGE_DATABASE_URL", "nonsense://x")
    assert "Correct REELINEAGE_DATABASE_URL" in complaint("jobs", "list")


def test_the_schema_upgrade_of_a_current_database_changes_nothing(finished: Home) -> None:
    before = dump(finished)
    assert "up to date" in call("db", "upgrade").out
    assert dump(finished) == before


def test_the_output_view_is_repaired_by_looking_at_it(finished: Home) -> None:
    shutil.rmtree(finished.root / "output")
    assert "job-1-video-1.mp4" in call("review", "list").out
    assert (finished.root / "output" / "review" / "job-1-video-1.srt").is_file()

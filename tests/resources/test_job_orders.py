"""From a theme and files on somebody's disk to a job: within its folder, within its size, stored before it begins."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from reelineage.errors import BadInput, PermanentError
from reelineage.models import Artifact, Job
from reelineage.theme import Theme
from resources.home import Home
from resources.job_orders import MAX_TREND_BYTES, create_job, read_theme, read_theme_file, ready_themes
from tests.factories import theme, theme_yaml

ROWS = "external_id,title,published_at,observed_at,views\n" + "".join(
    f"a{n},Title {n},2026-11-01T06:00:00Z,2026-11-01T12:00:00Z,{n}\n" for n in range(3)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "themes"
    folder.mkdir()
    (folder / "trends.csv").write_text(ROWS)
    return folder


def with_file(path: str, kind: str = "file") -> Theme:
    return theme(sources=({"kind": kind, "path": path},))


def stored(home: Home, job: int) -> dict[str, object]:
    source = home.queue.get(job).theme["sources"]
    assert isinstance(source, list)
    assert isinstance(source[0], dict)
    return dict(source[0])


def nothing_created(home: Home) -> bool:
    with home.database.read() as session:
        return session.scalar(select(func.count()).select_from(Job)) == 0


def test_a_job_carries_its_trend_file_and_needs_the_disk_no_more(any_home: Home, folder: Path) -> None:
    job = create_job(any_home, with_file("trends.csv"), origin="test", folder=folder)
    source = stored(any_home, job)
    assert (source["name"], source["path"]) == ("trends.csv", None)
    assert any_home.store.path(str(source["artifact_sha256"])).read_text() == ROWS
    with any_home.database.read() as session:
        assert session.get(Artifact, source["artifact_sha256"]) is not None


def test_a_given_file_replaces_the_themes_sources_and_is_taken_whole(home: Home, folder: Path) -> None:
    job = create_job(home, theme(), origin="test", trends=folder / "trends.csv")
    assert stored(home, job)["name"] == "trends.csv"
    assert home.queue.get(job).theme["window_hours"] is None
    windowed = create_job(home, theme(window_hours=5), origin="test", trends=folder / "trends.csv")
    assert home.queue.get(windowed).theme["window_hours"] == 5


def test_a_file_in_a_folder_below_is_found(home: Home, folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / "below" / "t.csv").write_text(ROWS)
    assert create_job(home, with_file("below/../below/t.csv"), origin="test", folder=folder)


@pytest.mark.parametrize(
    "path", ["../outside.csv", "below/../../outside.csv", "/etc/passwd", "link.csv", "out/outside.csv"]
)
def test_a_trend_file_outside_of_the_themes_folder_is_refused(
    home: Home, folder: Path, tmp_path: Path, path: str
) -> None:
    (tmp_path / "outside.csv").write_text(ROWS)
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    (folder / "out").symlink_to(tmp_path)
    with pytest.raises(BadInput, match="lies outside the theme's folder"):
        create_job(home, with_file(path), origin="test", folder=folder)
    assert nothing_created(home)


@pytest.mark.parametrize("path", [".", "missing.csv", "a-folder"])
def test_what_is_no_file_is_refused_with_its_path(home: Home, folder: Path, path: str) -> None:
    (folder / "a-folder").mkdir()
    with pytest.raises(BadInput, match="there is no such file at"):
        create_job(home, with_file(path), origin="test", folder=folder)
    assert nothing_created(home)


def test_a_theme_given_as_text_cannot_name_a_file(home: Home) -> None:
    with pytest.raises(BadInput, match="only a theme that is a file itself can"):
        create_job(home, with_file("/etc/passwd"), origin="dagster")
    with pytest.raises(BadInput, match="only a theme that is a file itself can"):
        create_job(home, theme(sources=({"kind": "feed"},)), origin="dagster")


def test_an_artifact_that_is_not_there_cannot_be_ordered(home: Home) -> None:
    with pytest.raises(PermanentError, match="its file is missing"):
        create_job(home, theme(sources=({"kind": "file", "artifact_sha256": "0" * 64},)), origin="test")
    assert nothing_created(home)


def test_a_trend_file_that_is_too_large_is_refused_without_reading_it_all(home: Home, folder: Path) -> None:
    with (folder / "big.csv").open("wb") as file:
        file.truncate(MAX_TREND_BYTES + 1)
    with pytest.raises(BadInput, match=f"it is larger than {MAX_TREND_BYTES:,} bytes"):
        create_job(home, theme(), origin="test", trends=folder / "big.csv")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"title\n", b"{}"])
def test_a_file_without_trends_creates_no_job(home: Home, folder: Path, content: bytes) -> None:
    (folder / "bad.csv").write_bytes(content)
    with pytest.raises(BadInput, match=r"bad\.csv"):
        create_job(home, theme(), origin="test", trends=folder / "bad.csv")
    assert nothing_created(home)


def test_the_same_request_key_creates_one_job(home: Home, folder: Path) -> None:
    ids = {create_job(home, theme(), origin="inbox", request_key="k", trends=folder / "trends.csv") for _ in range(2)}
    assert len(ids) == 1


def test_a_theme_is_read_by_name_or_as_text_but_never_by_path(folder: Path) -> None:
    for name in ready_themes():
        assert read_theme(name).name
    assert read_theme(theme_yaml().decode()).name == "Taps"
    (folder / "theme.yaml").write_bytes(theme_yaml())
    for path in (str(folder / "theme.yaml"), "../themes/trend_briefing", "themes/trend_briefing.yaml", ""):
        with pytest.raises(BadInput, match="there is no ready theme of that name"):
            read_theme(path)


def test_a_theme_file_is_read_within_its_size(folder: Path) -> None:
    (folder / "theme.yaml").write_bytes(theme_yaml())
    assert read_theme_file(folder / "theme.yaml").name == "Taps"
    (folder / "theme.yaml").write_bytes(theme_yaml() + b"\n#" + b"x" * 10_000_000)
    with pytest.raises(BadInput, match=r"Reading the theme theme\.yaml: it is larger than 65,536 bytes"):
        read_theme_file(folder / "theme.yaml")
    with pytest.raises(BadInput, match="there is no such file"):
        read_theme_file(folder / "nothing.yaml")

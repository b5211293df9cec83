"""A theme's own films, stills and music: inside its folder, inspected, stored once, or refused with nothing created."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from reelineage.errors import BadInput, PermanentError
from reelineage.fingerprint import sha256_of_file
from reelineage.models import Job
from reelineage.theme import Theme
from resources import job_files
from resources.audit import audit_all
from resources.home import Home
from resources.job_orders import create_job, read_theme
from tests.factories import theme, theme_yaml
from tests.own_files import write_folder


@pytest.fixture(scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("own"))


@pytest.fixture
def folder(_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(_folder, tmp_path / "themes"))


def own(folder: str = "media", **music: Any) -> Theme:
    """A theme with films beside it, and a music file when it is named."""
    return theme(
        footage={"provider": "own_media", "folder": folder},
        music={"provider": "file", **music} if music else {},
    )


def nothing_created(home: Home) -> bool:
    with home.database.read() as session:
        jobs = session.scalar(select(func.count()).select_from(Job))
    return jobs == 0 and not [*home.store.hashes()]


def test_a_job_carries_its_films_and_music_and_needs_the_disk_no_more(any_home: Home, folder: Path) -> None:
    before = {path: (sha256_of_file(path), path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    job = create_job(any_home, own(path="music.wav", licence="CC0-1.0"), origin="test", folder=folder)
    kept = Theme.model_validate(any_home.queue.get(job).theme)
    assert kept.footage.folder is None
    assert [file.name for file in kept.footage.files] == ["film 0.mp4", "film 1.mp4"]
    assert (kept.music.path, kept.music.name, kept.music.licence) == (None, "music.wav", "CC0-1.0")
    named = [*(file.artifact_sha256 for file in kept.footage.files), kept.music.artifact_sha256]
    assert named == [sha256_of_file(folder / name) for name in ("media/film 0.mp4", "media/film 1.mp4", "music.wav")]
    assert {*any_home.store.hashes()} == set(named)
    assert audit_all(any_home) == []
    after = {path: (sha256_of_file(path), path.stat().st_mode) for path in before}
    assert after == before, "a user's own file was touched"


def test_the_same_files_are_stored_once_for_all_jobs(home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = create_job(home, own(), origin="test", folder=folder)
    monkeypatch.setattr(job_files.shutil, "copyfile", lambda *_: pytest.fail("copied again"))  # type: ignore[attr-defined]  # the module it imports
    second = create_job(home, own(), origin="test", folder=folder)
    assert home.queue.get(first).theme == home.queue.get(second).theme


def test_a_frozen_theme_makes_another_job_without_its_folder(home: Home, folder: Path) -> None:
    job = create_job(home, own(path="music.wav"), origin="test", folder=folder)
    frozen = Theme.model_validate(home.queue.get(job).theme)
    again = create_job(home, frozen, origin="test")
    assert home.queue.get(again).theme == home.queue.get(job).theme
    home.store.path(frozen.footage.files[0].artifact_sha256).unlink()
    with pytest.raises(PermanentError, match="its file is missing"):
        create_job(home, frozen, origin="test")


@pytest.mark.parametrize("place", ["..", "media/../..", "/etc", "out", "media/../out"])
def test_a_media_folder_outside_of_the_themes_folder_is_refused(home: Home, folder: Path, place: str) -> None:
    (folder / "out").symlink_to(folder.parent)
    with pytest.raises(BadInput, match="lies outside the theme's folder"):
        create_job(home, own(place), origin="test", folder=folder)
    assert nothing_created(home)


@pytest.mark.parametrize("place", ["../music.wav", "/etc/passwd", "link.wav"])
def test_music_outside_of_the_themes_folder_is_refused(home: Home, folder: Path, place: str) -> None:
    shutil.copy(folder / "music.wav", folder.parent / "music.wav")
    (folder / "link.wav").symlink_to(folder.parent / "music.wav")
    with pytest.raises(BadInput, match="lies outside the theme's folder"):
        create_job(home, own(path=place), origin="test", folder=folder)
    assert nothing_created(home)


def test_a_film_that_is_a_link_out_of_the_folder_is_refused_by_its_name(home: Home, folder: Path) -> None:
    shutil.copy(folder / "media" / "film 0.mp4", folder.parent / "secret.mp4")
    (folder / "media" / "zz.mp4").symlink_to(folder.parent / "secret.mp4")
    with pytest.raises(BadInput, match=r"zz\.mp4"):
        create_job(home, own(), origin="test", folder=folder)
    assert nothing_created(home)


@pytest.mark.parametrize("name", ["words.mp4", "list.mp4", "cut.mp4", "none.png"])
def test_a_file_that_is_no_film_is_named_and_nothing_is_created(home: Home, folder: Path, name: str) -> None:
    media = folder / "media"
    whole = (media / "film 0.mp4").read_bytes()
    content = {
        "words.mp4": b"These are only words.\n",
        "list.mp4": b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n",
        "cut.mp4": whole[: len(whole) // 2],
        "none.png": b"",
    }
    (media / name).write_bytes(content[name])
    with pytest.raises(BadInput, match=name.replace(".", r"\.")) as refused:
        create_job(home, own(path="music.wav"), origin="test", folder=folder)
    assert str(refused.value).startswith("Creating a job: ")
    assert str(refused.value).endswith("Nothing was created.")
    assert nothing_created(home)


@pytest.mark.parametrize(
    ("name", "content"), [("words.mp3", b"only words"), ("empty.wav", b""), ("list.m4a", b"#EXTM3U\n/etc/passwd\n")]
)
def test_a_file_that_is_no_music_is_named_and_nothing_is_created(
    home: Home, folder: Path, name: str, content: bytes
) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(BadInput, match=name.replace(".", r"\.")):
        create_job(home, own(path=name), origin="test", folder=folder)
    assert nothing_created(home)


def test_a_folder_that_is_not_there_or_holds_nothing_is_refused_with_its_path(home: Home, folder: Path) -> None:
    (folder / "empty").mkdir()
    with pytest.raises(BadInput, match="elsewhere: there is no such folder"):
        create_job(home, own("elsewhere"), origin="test", folder=folder)
    with pytest.raises(BadInput, match="empty: there is no film or still in it"):
        create_job(home, own("empty"), origin="test", folder=folder)
    assert nothing_created(home)


@pytest.mark.parametrize(("bound", "value"), [("MAX_MEDIA_FILES", 1), ("MAX_MEDIA_BYTES", 1000)])
def test_more_than_the_bounds_is_refused(
    home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch, bound: str, value: int
) -> None:
    monkeypatch.setattr(job_files, bound, value)
    with pytest.raises(BadInput, match="the media folder holds 2 files"):
        create_job(home, own(), origin="test", folder=folder)
    assert nothing_created(home)


def test_a_theme_given_as_text_can_name_neither_films_nor_music(home: Home) -> None:
    for part in ({"footage": "{provider: own_media, folder: /etc}"}, {"music": "{provider: file, path: /etc/passwd}"}):
        with pytest.raises(BadInput, match="only a theme that is a file itself can"):
            create_job(home, read_theme(theme_yaml(**part).decode()), origin="dagster")
    assert nothing_created(home)


def test_bad_trends_leave_no_film_in_the_store(home: Home, folder: Path) -> None:
    (folder / "bad.csv").write_bytes(b"{}")
    with pytest.raises(BadInput, match=r"bad\.csv"):
        create_job(home, own(), origin="test", folder=folder, trends=folder / "bad.csv")
    assert nothing_created(home)


def test_a_job_keeps_the_themes_profile_unless_another_is_asked_for(home: Home) -> None:
    jobs = [
        create_job(home, theme(), origin="test"),
        create_job(home, theme(profile="reels"), origin="test"),
        create_job(home, theme(profile="reels"), origin="test", profile="draft"),
    ]
    assert [home.queue.get(job).profile for job in jobs] == ["standard", "reels", "draft"]

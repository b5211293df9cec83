"""`reelineage verify`: what it says of true files, altered ones, those of others, and of what is no video at all."""

import io
import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select

from reelineage import models
from resources.decisions import decide
from resources.home import Home, open_home
from resources.provenance.carriers import credential_parts
from resources.provenance.signing import sign_file
from tests.console.cli import call, complaint
from tests.resources.provenance.studio import claim, film, local_signer, picture


@pytest.fixture
def delivered(finished: Home) -> Path:
    return finished.root / "output" / "review" / "job-1-video-1.mp4"


def _flip(source: Path, destination: Path, place: int) -> Path:
    data = bytearray(source.read_bytes())
    data[place] ^= 1
    destination.write_bytes(data)
    return destination


def _outcomes(*arguments: object, expect: int) -> tuple[str, dict[str, str]]:
    found = json.loads(call("verify", "--json", *arguments, expect=expect).out)
    assert found["ok"] == (expect == 0)
    return found["verdict"], {check["name"]: check["outcome"] for check in found["checks"]}


def test_a_delivered_film_and_its_thumbnail_are_valid_and_as_recorded(delivered: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(delivered, tmp_path / "somewhere else.mp4"))
    for path in (delivered, delivered.with_suffix(".jpg"), copy):
        said = call("verify", path).out.splitlines()
        assert said[0] == f"{path.name}: valid and as recorded"
        assert {line.split()[0] for line in said[1:]} == {"ok", "info"}
        assert "nobody has decided" in said[-1]


def test_it_tells_the_decision(finished: Home, delivered: Path) -> None:
    kept = delivered.read_bytes()
    decide(finished.database, 1, verdict="reject", reason="too loud", actor="tests")
    delivered.write_bytes(kept)
    assert "rejected by tests on " in call("verify", delivered).out


def test_json_names_video_and_job(delivered: Path) -> None:
    found = json.loads(call("verify", delivered, "--json").out)
    assert (found["video"], found["job_id"], found["verdict"]) == ("video:1", 1, "recorded")


def test_a_flipped_bit_in_the_media_is_invalid(delivered: Path, tmp_path: Path) -> None:
    for place in (12, -5000):
        altered = _flip(delivered, tmp_path / "f.mp4", place)
        verdict, checks = _outcomes(altered, expect=1)
        assert verdict == "invalid"
        assert checks["bytes"] == "fails"
        assert "INVALID" in call("verify", altered, expect=1).out


def test_a_flipped_bit_that_no_signature_covers_is_seen_by_the_database(delivered: Path, tmp_path: Path) -> None:
    """In the padding of the signature: the library and our own hash call the file valid."""
    data = delivered.read_bytes()
    (box,) = credential_parts(io.BytesIO(data), "video/mp4", "film")
    padding = data.rindex(bytes(200), box.start, box.end) + 100
    verdict, checks = _outcomes(_flip(delivered, tmp_path / "f.mp4", padding), expect=1)
    assert verdict == "invalid"
    assert (checks["signature"], checks["content"], checks["bytes"]) == ("ok", "ok", "fails")


def test_a_composed_file_without_its_credential_is_named(finished: Home, tmp_path: Path) -> None:
    with finished.database.read() as session:
        sha256 = session.scalars(select(models.Video.file_sha256)).one()
    path = shutil.copy(finished.store.path(sha256), tmp_path / "master.mp4")
    said = call("verify", path, expect=1).out
    assert "no credential inside" in said
    assert "video:1 of job:1" in said


@pytest.mark.usefixtures("finished")
def test_a_film_without_a_credential_and_one_of_another_maker_are_not_ours(tmp_path: Path) -> None:
    plain = film(tmp_path / "plain.mp4")
    assert "no credential inside" in call("verify", plain, expect=1).out
    assert "no credential inside" in call("verify", picture(tmp_path / "p.png"), expect=1).out
    foreign = tmp_path / "foreign.mp4"
    sign_file(plain, foreign, claim(plain), local_signer(tmp_path / "others"), tmp_path.joinpath)
    verdict, checks = _outcomes(foreign, expect=1)
    assert (verdict, checks["trust"], checks["record"]) == ("foreign", "fails", "fails")
    assert "signed by somebody unknown" in call("verify", foreign, expect=1).out


def test_a_file_of_another_installation_is_not_recorded_here(
    finished: Home, delivered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(finished.root / "authority", tmp_path / "second" / "authority")
    monkeypatch.setenv("REELINEAGE_HOME", str(tmp_path / "second"))
    verdict, checks = _outcomes(delivered, expect=1)
    open_home().database.close()
    assert verdict == "unrecorded"
    assert (checks["signature"], checks["trust"], checks["record"]) == ("ok", "ok", "fails")


def test_a_lost_authority_is_not_made_anew_by_looking(finished: Home, delivered: Path) -> None:
    shutil.rmtree(finished.root / "authority")
    verdict, checks = _outcomes(delivered, expect=1)
    assert (verdict, checks["trust"], checks["bytes"], checks["lineage"]) == ("foreign", "fails", "ok", "ok")
    assert not (finished.root / "authority").exists()


def test_tables_that_were_changed_behind_our_back_part_from_the_file(finished: Home, delivered: Path) -> None:
    finished.database.close()
    with sqlite3.connect(finished.root / "reelineage.db") as raw:
        names = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'scripts'").fetchall()
        for (name,) in names:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("UPDATE scripts SET data_version = ?", ("0" * 64,))
    raw.close()
    said = call("verify", delivered, expect=1).out
    assert "valid, but the database says something else" in said
    assert "script:1 has another version or hash in the file than in the tables" in said


def test_a_video_that_was_taken_down_is_valid_no_more(finished: Home, delivered: Path, tmp_path: Path) -> None:
    copy = shutil.copy(delivered, tmp_path / "copy.mp4")
    with finished.database.write() as session:
        video = session.scalars(select(models.Video)).one()
        tombstone = models.Tombstone(reason="asked for", actor="tests", created_at=video.created_at)
        session.add(tombstone)
        session.flush()
        session.add(models.TombstoneTarget(tombstone_id=tombstone.id, node="script", key="1", effect="withdrawn"))
    verdict, checks = _outcomes(copy, expect=1)
    assert (verdict, checks["lineage"], checks["standing"]) == ("withdrawn", "ok", "fails")


@pytest.mark.usefixtures("finished")
def test_what_is_no_media_file_is_a_persons_mistake(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a film\x1b[2J")
    (tmp_path / "link.mp4").symlink_to(film(tmp_path / "f.mp4"))
    os.mkfifo(tmp_path / "pipe.mp4")
    for path, said in (
        (tmp_path / "none.mp4", "No such file"),
        (tmp_path / "text.mp4", "it is no MP4, JPEG or PNG"),
        (tmp_path / "link.mp4", "it is a link"),
        (tmp_path / "pipe.mp4", "it is a pipe or device"),
        (tmp_path, "it is a folder"),
        ("bad\x1bname", "Reading bad name: No such file"),
    ):
        assert said in complaint("verify", path)

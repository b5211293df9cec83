"""Stage 5: nothing is reviewed that is not signed, nothing is signed twice, and files say what the tables say."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import select

from reelineage import credentials, lineage, models
from reelineage.errors import TransientError
from reelineage.explain import explain
from reelineage.family import Ref
from resources.audit import audit_all
from resources.home import Home
from resources.job_orders import create_job
from resources.provenance.reading import read_credential
from resources.provenance.signers import trust_of
from resources.provenance.signing import sign_file
from resources.steps import review as step
from tests.own_files import write_folder
from tests.resources.provenance.studio import claim, local_signer
from tests.tiny import ASSETS, create_tiny_job, produce, tiny_theme


def signed_rows(home: Home) -> dict[str, models.Credential]:
    with home.database.read() as session:
        return {row.subject: row for row in session.scalars(select(models.Credential))}


def reviews(home: Home) -> int:
    with home.database.read() as session:
        return len(session.scalars(select(models.Review.id)).all())


def _break_thumbnails(*_: object) -> credentials.Claimed:
    raise TransientError("Signing the thumbnail: the disk is slow. Try again.")


def test_a_review_is_made_only_when_both_files_are_signed_and_a_retry_signs_nothing_twice(
    studio: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = create_tiny_job(studio)
    assert produce(instance, job_id, assets=ASSETS[:-1]).success

    monkeypatch.setenv("REELINEAGE_SIGNING_CERTIFICATE", "/nowhere/chain.pem")
    monkeypatch.setenv("REELINEAGE_SIGNING_KEY", "/nowhere/key.pem")
    assert not produce(instance, job_id, assets=("reviews",)).success
    assert "Reading /nowhere/key.pem: No such file" in str(studio.queue.get(job_id).error) or (
        "Reading /nowhere/chain.pem: No such file" in str(studio.queue.get(job_id).error)
    )
    assert (signed_rows(studio), reviews(studio)) == ({}, 0)
    assert not list((studio.root / "output").rglob("*.mp4"))
    monkeypatch.delenv("REELINEAGE_SIGNING_CERTIFICATE")
    monkeypatch.delenv("REELINEAGE_SIGNING_KEY")

    with monkeypatch.context() as broken:
        broken.setattr(step, "claim_for_thumbnail", _break_thumbnails)
        assert not produce(instance, job_id, assets=("reviews",)).success
    first = signed_rows(studio)
    assert (set(first), reviews(studio)) == ({"video"}, 0)

    assert produce(instance, job_id, assets=("reviews",)).success
    both = signed_rows(studio)
    assert set(both) == {"video", "thumbnail"}
    assert both["video"].id == first["video"].id
    assert both["video"].file_sha256 == first["video"].file_sha256
    assert produce(instance, job_id, assets=("reviews",)).success, "materialized again"
    assert {row.id for row in signed_rows(studio).values()} == {row.id for row in both.values()}
    assert reviews(studio) == 2
    assert audit_all(studio) == []


def test_the_file_people_get_tells_the_same_lineage_as_the_tables(finished: Home) -> None:
    with finished.database.read() as session:
        video = lineage.current(session, 1).video
        assert video is not None
        family = explain(session, [Ref("video", str(video.id))])
        installation = session.scalars(select(models.Installation.uuid)).one()
    stored = credentials.lineage_claim(family, installation)
    for suffix, subject, source in (
        (".mp4", "video", video.file_sha256),
        (".jpg", "thumbnail", video.thumbnail_sha256),
    ):
        path = finished.root / "output" / "review" / f"job-1-video-1{suffix}"
        found = read_credential(path, trust_of(finished.settings))
        row = signed_rows(finished)[subject]
        assert found.trusted
        assert found.assertion is not None
        assert credentials.differences(found.assertion, stored) == ()
        assert (found.assertion["subject"], found.assertion["source_sha256"]) == (subject, source)
        assert (row.file_sha256, row.manifest_sha256) == (found.file_sha256, found.manifest_sha256)
        assert row.video_sha256 == video.file_sha256
        assert (row.manifest or {})["active_manifest"] == row.manifest_label == found.label
        assert found.source_sha256 == source
    with finished.database.read() as session:
        review = lineage.current(session, 1).review
        fingerprint = session.get_one(models.Fingerprint, video.id)
    assert review is not None
    document: Any = review.document
    assert document["disclosure"]["digital_source_type"] == row.digital_source_type
    assert len(fingerprint.hashes) == 32 * len(fingerprint.moments_ms) > 0
    assert (finished.root / "authority" / "root.key").stat().st_mode & 0o777 == 0o600


def _texts(home: Home) -> tuple[str, list[str]]:
    """The credential's whole manifest as text, and sentences of the script."""
    row = signed_rows(home)["video"]
    with home.database.read() as session:
        script = lineage.current(session, 1).script
    assert script is not None
    document: Any = script.document
    said = [one["text"] for scene in document["scenes"] for one in scene["sentences"]]
    return home.store.path(row.file_sha256).read_bytes().decode("utf-8", "ignore"), said


def test_no_word_of_a_prompt_is_in_the_file_unless_the_theme_says_so(finished: Home) -> None:
    inside, said = _texts(finished)
    assert "Trend report" in inside
    assert "theme_sha256" not in inside
    assert not [text for text in said if text in inside]


def test_prompts_are_in_the_file_when_the_theme_says_so(studio: Home, instance: dg.DagsterInstance) -> None:
    job_id = create_tiny_job(studio, credential={"include_prompts": True})
    assert produce(instance, job_id).success
    inside, said = _texts(studio)
    assert "theme_sha256" in inside
    assert all(text in inside for text in said)


def test_own_footage_keeps_the_credential_that_it_came_with(
    studio: Home, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "own", films=3)
    signer = local_signer(tmp_path / "others")
    theirs = []
    for path in sorted((folder / "media").glob("*.mp4")):
        plain = path.rename(tmp_path / "plain.mp4")
        theirs.append(sign_file(plain, path, claim(plain), signer, tmp_path.joinpath).label)
    assert theirs
    theme = tiny_theme(footage={"provider": "own_media", "folder": "media", "licence": "CC0-1.0", "author": "Nobody"})
    job_id = create_job(studio, theme, origin="test", seed=7, profile="draft", folder=folder)
    result = produce(instance, job_id)
    assert result.success, studio.queue.get(job_id).error
    manifest: Any = signed_rows(studio)["video"].manifest
    kept = set(manifest["manifests"]) - {manifest["active_manifest"]}
    assert kept
    assert kept <= set(theirs)


def test_a_signed_file_that_is_gone_is_never_signed_again(
    finished: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = signed_rows(finished)["video"]
    finished.store.path(row.file_sha256).unlink()
    monkeypatch.setattr(step, "sign_file", None)
    assert not produce(instance, 1, assets=("reviews",)).success
    assert f"Reading artifact {row.file_sha256[:12]}" in str(finished.queue.get(1).error)


def test_what_was_taken_down_is_not_signed(
    studio: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the work, and also when the take-down comes while the file is being signed."""
    job_id = create_tiny_job(studio)
    assert produce(instance, job_id, assets=ASSETS[:-1]).success
    before = set(studio.store.hashes())

    def taken_down_meanwhile(*arguments: Any) -> Any:
        signed = sign_file(*arguments)
        with studio.database.write() as session:
            tombstone = models.Tombstone(reason="asked for", actor="tests", created_at=studio.queue.get(1).created_at)
            session.add(tombstone)
            session.flush()
            session.add(models.TombstoneTarget(tombstone_id=tombstone.id, node="video", key="1", effect="withdrawn"))
        return signed

    monkeypatch.setattr(step, "sign_file", taken_down_meanwhile)
    for _ in range(2):
        assert not produce(instance, job_id, assets=("reviews",)).success
        assert "was taken down" in str(studio.queue.get(job_id).error)
        monkeypatch.setattr(step, "sign_file", None)
    assert (signed_rows(studio), reviews(studio)) == ({}, 0)
    assert set(studio.store.hashes()) == before

"""Documents: frozen, strict, and the same value after any database."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from reelineage import documents as docs
from reelineage.fingerprint import sha256_of
from tests.factories import NOON, analysis, clip, fetch, observation, report, review, script, video, voiceover

SHA = "0" * 64
FILE = docs.ArtifactRef(sha256=SHA, size_bytes=1, media_type="x")


def every_document() -> list[docs.Document]:
    seen = report(fetch(), SHA)
    found = analysis(seen)
    said = script(found, SHA)
    shown = video(said, FILE, FILE)
    return [seen, found, said, voiceover(said, FILE, SHA), clip(1, FILE, SHA), shown, review(shown)]


@pytest.mark.parametrize("document", every_document(), ids=lambda document: type(document).__name__)
def test_a_document_comes_back_from_json_as_the_same_value_and_hash(document: docs.Document) -> None:
    again = type(document).model_validate(document.model_dump(mode="json"))
    assert again == document
    assert sha256_of(again) == sha256_of(document)
    assert sha256_of(type(document).model_validate_json(document.model_dump_json())) == sha256_of(document)


@pytest.mark.parametrize("document", every_document(), ids=lambda document: type(document).__name__)
def test_a_document_is_frozen_and_knows_no_other_field(document: docs.Document) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(document, next(iter(type(document).model_fields)), None)
    with pytest.raises(ValidationError, match="Extra inputs"):
        type(document).model_validate({**document.model_dump(), "surprise": 1})


def test_every_model_here_is_a_strict_document() -> None:
    models: list[Any] = [
        value for value in vars(docs).values() if isinstance(value, type) and issubclass(value, BaseModel)
    ]
    for model in models:
        if model is not BaseModel:
            assert issubclass(model, docs.Document)
            assert model.model_config.get("frozen")
            assert model.model_config.get("extra") == "forbid"


@given(st.integers(-12, 12))
def test_a_moment_is_the_same_in_every_time_zone(hours: int) -> None:
    there = NOON.astimezone(timezone(timedelta(hours=hours)))
    assert observation(1, observed_at=there) == observation(1)
    assert observation(1, observed_at=there).key == "youtube/item-1@2026-11-01T12:00:00Z"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        observation(1, observed_at=datetime(2026, 11, 1, 12))  # noqa: DTZ001 — the naive time is the test


@pytest.mark.parametrize(
    "changes",
    [{"views": -1}, {"views": 2**63}, {"views": 1.5}, {"duration_seconds": float("nan")},
     {"duration_seconds": float("inf")}, {"title": ""}, {"title": "x" * 301}, {"platform": ""}],
)  # fmt: skip
def test_an_impossible_observation_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        observation(1, **changes)


def test_a_missing_count_stays_missing() -> None:
    assert observation(1, views=None).views is None
    assert observation(1, views=0).views == 0


def test_keys_of_one_item_at_two_moments_differ() -> None:
    one, two = observation(1), observation(1, observed_at=NOON + timedelta(microseconds=1))
    assert one.item_key == two.item_key
    assert one.key != two.key
    assert docs.iso(datetime(2026, 11, 1, tzinfo=UTC)) == "2026-11-01T00:00:00Z"


@pytest.mark.parametrize("size", [(541, 960), (540, 0), (5000, 960)])
def test_a_frame_that_no_encoder_takes_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValidationError):
        docs.Frame(width=size[0], height=size[1])


@pytest.mark.parametrize("sha256", ["", "0" * 63, "0" * 65, "G" * 64, "0" * 64 + "\n"])
def test_what_is_no_sha256_names_no_file(sha256: str) -> None:
    with pytest.raises(ValidationError):
        docs.ArtifactRef(sha256=sha256, size_bytes=1, media_type="x")

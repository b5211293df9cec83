"""References as people type them, and the rows that they name, on both engines."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.engine import Connection

from reelineage import references
from reelineage.errors import BadInput
from reelineage.graph import Ref, node_tables
from reelineage.models import (
    Artifact,
    Credential,
    Installation,
    MediaItem,
    ProviderCall,
    Script,
    TrendItem,
    Video,
    Voiceover,
)
from reelineage.references import Reference, Resolved, parse
from resources.home import Home
from resources.settings import Settings
from tests.conftest import _execute, _with_name
from tests.factories import edit_job, fill_job, new_job

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
SHA = "ab" * 32
Entity = TypeVar("Entity", Video, Voiceover, Script)


def resolve(home: Home, ref: str) -> Resolved:
    with home.database.read() as session:
        return references.resolve(session, ref)


def words(home: Home, ref: str) -> set[str]:
    return {str(one) for one in resolve(home, ref).refs}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Two jobs, the first with two videos, and four calls to speech models; tests only add to it."""
    url = None
    if request.param == "postgresql":
        server: str = request.getfixturevalue("postgres_server")
        url = _with_name(server, "referred")
        _execute(server, "CREATE DATABASE referred TEMPLATE reelineage_template")
    home = Home(Settings(home=tmp_path_factory.mktemp("filled"), database_url=url))
    first, second = new_job(home), new_job(home)
    fill_job(home, first)
    fill_job(home, first, "run-2", take=2)
    fill_job(home, second, "run-3")
    edit_job(home, second)
    with home.database.write() as session:
        for model in ("en_US-joe-medium", "en_US-amy-medium", "en_US-amy-low"):
            session.add(call("piper", model, "speech_synthesizer"))
        session.add(call("openai", "tts/hd-1", "speech_synthesizer", prompt="read_aloud/2"))
        session.add(voice("piper", "en_US-joe-medium"))
    yield home
    home.database.close()


def call(provider: str, model: str, role: str, *, prompt: str | None = None) -> ProviderCall:
    return ProviderCall(
        role=role, provider=provider, model=model, prompt_version=prompt, parameters={}, request_sha256=SHA,
        status="ok", response={}, started_at=NOON, finished_at=NOON,
    )  # fmt: skip


def signed_copy(video: Video, file_sha256: str, manifest_sha256: str) -> Credential:
    return Credential(
        job_id=video.job_id, video_id=video.id, video_sha256=video.file_sha256, subject="video",
        file_sha256=file_sha256, manifest={}, manifest_label="urn", manifest_sha256=manifest_sha256,
        certificate_sha256=SHA, digital_source_type="", timestamped=False, created_at=NOON,
    )  # fmt: skip


def voice(provider: str, external_id: str, *, kind: str = "voice", sha256: str = SHA) -> MediaItem:
    return MediaItem(
        kind=kind, provider=provider, external_id=external_id, title="", author="", page_url="", licence="MIT",
        attribution="", sha256=sha256, created_at=NOON,
    )  # fmt: skip


# --- the grammar -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ref",
    ["video:7", "job:42", f"artifact:{SHA}", SHA, "source:youtube", "source:taps: the file.csv", "model:piper/joe",
     "model:openai/tts/hd-1", "prompt:trend_briefing/1", "media:pexels/123", "media:fontpkg/Montserrat[wght].ttf",
     "00000000-0000-4000-8000-000000000000/video:7"],
)  # fmt: skip
def test_a_reference_is_read_and_written_the_same(ref: str) -> None:
    assert str(parse(ref)) == ref


def test_a_sha256_may_be_typed_in_capitals() -> None:
    assert parse(SHA.upper()) == Reference("sha256", SHA)


@pytest.mark.parametrize(
    "ref",
    ["", "7", "video", "video:", ":7", "video:0", "video:07", "video:x", "Video:7", "movie:7", "video:7\n", " video:7",
     f"artifact:{SHA[1:]}x", SHA + "0", SHA[:-1], "model:piper", "model:piper/", "model:/joe", "media:pexels",
     "source:", "source: youtube", "source:youtube ", "source:a\x1b[2J", "prompt:" + "x" * 641, "job-1/video:7",
     "x" * 100_000],
)  # fmt: skip
def test_what_is_no_reference_is_refused(ref: str) -> None:
    with pytest.raises(BadInput, match="Reading the reference"):
        parse(ref)


def test_the_message_lists_every_form_that_there_is() -> None:
    with pytest.raises(BadInput, match=r"video:7.*artifact.*job.*source:.*model:.*prompt:.*media:.*sha256.*path"):
        parse("movie:7")


@given(st.text(max_size=80) | st.from_regex(r"[a-z_]{1,12}:[ -~]{0,40}", fullmatch=True))
@example("source:x/y:z")
def test_any_text_is_refused_or_read_and_written_the_same(typed: str) -> None:
    with suppress(BadInput):
        assert str(parse(typed)) in (typed, typed.lower())


@given(
    st.sampled_from(["source", "model", "prompt", "media"]),
    st.from_regex(r"[!-~]{1,20}/[!-~]([ -~]{0,20}[!-~])?", fullmatch=True),
)
def test_every_name_can_be_referred_to(kind: str, name: str) -> None:
    if not name.startswith("/"):
        assert parse(f"{kind}:{name}") == Reference(kind, name)


# --- rows ------------------------------------------------------------------------------------------------------------


def test_every_word_for_a_row_names_that_row(filled: Home) -> None:
    for node in sorted(set(node_tables()) - {"artifact", "credential", "decision", "reproduction", "tombstone"}):
        assert resolve(filled, f"{node}:1").refs == (Ref(node, "1"),) == resolve(filled, f"{node}:1").explained


def test_a_row_that_is_not_there_is_refused(filled: Home) -> None:
    for ref in ("video:99", f"artifact:{SHA}", "decision:1"):
        with pytest.raises(BadInput, match=f"Showing {ref}: there is no such row"):
            resolve(filled, ref)


def test_a_reference_of_this_installation_may_say_so_and_of_another_is_refused(filled: Home) -> None:
    with filled.database.read() as session:
        own = session.scalar(select(Installation.uuid))
    assert resolve(filled, f"{own}/video:1").refs == (Ref("video", "1"),)
    with pytest.raises(BadInput, match=f"another installation; this one is {own}"):
        resolve(filled, "00000000-0000-4000-8000-000000000000/video:1")


@pytest.mark.parametrize("capitals", [str.lower, str.upper, str.title])
def test_a_source_is_a_platform_a_kind_a_name_or_a_provider_in_any_capitals(filled: Home, capitals: type[str]) -> None:
    fetches = {"trend_fetch:1", "trend_fetch:2", "trend_fetch:3"}
    assert words(filled, "source:" + capitals("youtube")) == {"trend_item:1", "trend_item:2", "trend_item:3"}
    assert words(filled, "source:" + capitals("sample")) == fetches
    assert words(filled, "source:" + capitals("taps.jsonl")) == fetches
    assert words(filled, "source:" + capitals("toy")) == fetches


def test_an_unknown_source_is_refused_with_those_that_are_known(filled: Home) -> None:
    with pytest.raises(BadInput, match=r"no source of this name is known\. Known here: youtube, sample"):
        resolve(filled, "source:tiktok")
    with pytest.raises(BadInput, match="no source"):
        resolve(filled, "source:piper")  # a provider, but of voices


def test_a_platform_called_like_a_kind_of_source_is_listed_once(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    with any_home.database.write() as session:
        session.add(TrendItem(platform="sample", external_id="1", created_at=NOON))
    with pytest.raises(BadInput, match=r"Known here: sample, youtube\."):
        resolve(any_home, "source:tiktok")


def test_a_source_of_too_many_rows_is_refused_in_bounded_memory(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MOST_REFS", 2)
    with pytest.raises(
        BadInput, match=r"more than 2 rows of the kind trend_item\. Ask about some of them: trend_item:1"
    ):
        resolve(filled, "source:youtube")


def test_a_model_is_named_in_full_or_by_some_of_its_words(filled: Home) -> None:
    joe = words(filled, "model:piper/en_US-joe-medium")
    assert len(joe) == 2
    assert {ref.partition(":")[0] for ref in joe} == {"provider_call", "media_item"}
    for name in ("joe", "JOE", "joe-medium", "us joe", "en_us"[3:] + "-joe"):
        assert words(filled, f"model:Piper/{name}") == joe
    assert len(words(filled, "model:openai/tts/hd-1")) == len(words(filled, "model:openai/hd")) == 1
    assert len(words(filled, "model:toy/clips")) == 6


def test_a_name_that_several_models_contain_is_refused_with_their_names(filled: Home) -> None:
    with pytest.raises(BadInput, match="en_US-amy-low, en_US-amy-medium all contain this name"):
        resolve(filled, "model:piper/amy")
    assert len(words(filled, "model:piper/amy-low")) == 1


def test_part_of_a_word_names_no_model(filled: Home) -> None:
    with pytest.raises(BadInput, match=r"no model of this name is known\. Known here: en_US-amy-low"):
        resolve(filled, "model:piper/jo")
    with pytest.raises(BadInput, match=r"no provider of this name is known\. Known here: openai, piper, toy"):
        resolve(filled, "model:kokoro/joe")


def test_a_prompt_is_named_by_its_version(filled: Home) -> None:
    assert len(words(filled, "prompt:read_aloud/2")) == 1
    with pytest.raises(BadInput, match=r"no prompt version of this name is known\. Known here: read_aloud/2"):
        resolve(filled, "prompt:read_aloud/1")


def test_an_outside_work_is_named_by_its_provider_and_id(filled: Home) -> None:
    (item,) = resolve(filled, "media:toy/font").refs
    assert item.node == "media_item"
    with pytest.raises(BadInput, match="no media provider"):
        resolve(filled, "media:toy/serif")


# --- hashes ----------------------------------------------------------------------------------------------------------


def row(home: Home, entity: type[Entity], key: int) -> Entity:
    with home.database.read() as session:
        return session.get_one(entity, key)


def test_the_hash_of_a_composed_file_is_its_video_and_an_impact_starts_at_both(filled: Home) -> None:
    video = row(filled, Video, 2)
    for sha256 in (video.file_sha256, video.thumbnail_sha256):
        found = resolve(filled, sha256)
        assert found.explained == (Ref("video", "2"),)
        assert set(found.refs) == {Ref("video", "2"), Ref("artifact", sha256)}


def test_the_hash_of_a_voice_is_its_voiceover_and_an_impact_starts_at_the_file(filled: Home) -> None:
    voiceover = row(filled, Voiceover, 1)
    found = resolve(filled, voiceover.audio_sha256)
    assert found.explained == (Ref("voiceover", "1"),)
    assert found.refs == (Ref("artifact", voiceover.audio_sha256),)


def test_the_hash_of_a_signed_file_and_of_its_manifest_are_the_video(filled: Home) -> None:
    video = row(filled, Video, 1)
    signed, manifest = "c" * 64, "d" * 64
    with filled.database.write() as session:
        session.add(Artifact(sha256=signed, size_bytes=1, media_type="video/mp4", created_at=NOON))
        session.flush()
        session.add(signed_copy(video, signed, manifest))
    assert resolve(filled, signed).explained == (Ref("video", "1"),)
    assert set(resolve(filled, signed).refs) == {Ref("video", "1"), Ref("artifact", signed)}
    assert resolve(filled, manifest).refs == (Ref("video", "1"),)


def test_the_hash_of_an_outside_work_is_that_work_whatever_shows_it(filled: Home) -> None:
    voiceover = row(filled, Voiceover, 1)
    with filled.database.write() as session:
        session.add(voice("own_media", "x", kind="footage", sha256=voiceover.audio_sha256))
    found = resolve(filled, voiceover.audio_sha256)
    assert [ref.node for ref in found.explained] == ["media_item"]
    assert {ref.node for ref in found.refs} == {"media_item", "artifact"}


def test_the_data_version_of_a_record_names_the_record(filled: Home) -> None:
    script = row(filled, Script, 2)
    assert resolve(filled, script.data_version).refs == (Ref("script", "2"),)


def test_an_unknown_hash_is_refused(filled: Home) -> None:
    with pytest.raises(BadInput, match="no file, record or credential with this sha256 is known here"):
        resolve(filled, "0" * 64)


# --- speed -----------------------------------------------------------------------------------------------------------


@contextmanager
def statements(home: Home) -> Iterator[list[tuple[str, Any]]]:
    """Every SELECT that is sent meanwhile, with its values."""
    seen: list[tuple[str, Any]] = []

    def note(_c: Connection, _cursor: object, statement: str, values: object, *_: object) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, values))

    event.listen(home.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(home.database.engine, "before_cursor_execute", note)


def plan_of(home: Home, statement: str, values: Any) -> str:
    """The engine's plan when reading a whole table is the last resort."""
    with home.database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
            return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values))
        return "\n".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))


@pytest.mark.parametrize(
    "ref",
    ["source:youtube", "model:piper/joe", "prompt:read_aloud/2", "media:toy/font", "video:1", SHA, "source:nowhere"],
)  # fmt: skip
def test_no_table_is_read_from_end_to_end(filled: Home, ref: str) -> None:
    with statements(filled) as seen, suppress(BadInput):
        resolve(filled, ref)
    assert seen
    for statement, values in seen:
        plan = plan_of(filled, statement, values)
        assert "Seq Scan" not in plan, statement
        assert not any(line.startswith("SCAN") for line in plan.splitlines()), statement

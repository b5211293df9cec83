"""Kept materials are always what a fresh walk over the lineage would say."""

from datetime import UTC, datetime

from sqlalchemy import update

from reelineage.models import ProviderCall, Video
from resources.home import Home
from resources.materials import Materials, materials_of
from tests.factories import fill_job, new_job
from tests.resources.test_takedown import take_down


def told(home: Home, video_id: int = 1) -> tuple[Materials, Materials]:
    """What is kept, and what a walk says now."""
    with home.database.read() as session:
        video = session.get_one(Video, video_id)
        return home.materials.of(session, video), materials_of(session, video)


def test_the_same_answer_is_given_without_walking_again(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home), stand_in="demo")
    first, fresh = told(any_home)
    assert first == fresh
    assert first.stand_ins == ("demo",)
    assert told(any_home)[0] is first


def test_a_take_down_leaves_nothing_of_any_video_behind(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    fill_job(any_home, new_job(any_home))
    before = [told(any_home, video)[0] for video in (1, 2)]
    take_down(any_home, "video:2")
    kept, fresh = told(any_home, 1)
    assert kept == fresh
    assert kept is not before[0]


def test_an_answer_that_turns_out_to_be_lost_is_told_at_once(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    assert told(any_home)[0].stand_ins == ()
    with any_home.database.write() as session:
        call = session.get_one(ProviderCall, 2)
        lost = ProviderCall(
            job_id=call.job_id, run_id="run-2", role=call.role, provider=call.provider, model=call.model,
            parameters={}, request_sha256=call.request_sha256, status="intent", started_at=datetime.now(UTC),
        )  # fmt: skip
        session.add(lost)
        session.flush()
        session.execute(
            update(ProviderCall)
            .where(ProviderCall.id == lost.id)
            .values(status="ambiguous", finished_at=datetime.now(UTC))
        )
    kept, fresh = told(any_home)
    assert kept == fresh
    assert kept.stand_ins == ("ambiguous",)

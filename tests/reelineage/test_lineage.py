"""Job ids from outside, the chain of a job, and which of its rows count now."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage import lineage
from reelineage.errors import BadInput
from resources.home import Home
from tests.factories import fill_job, new_job
from tests.resources.test_any_order import Factory

SHA = st.text("0123456789abcdef", min_size=64, max_size=64)


@pytest.mark.parametrize(
    "text",
    ["", " ", "0", "042", "-1", "+1", "1.0", "1e30", "٤٢", "४२", "²", "1;drop", "../x", "1\n", "\n1", " 1", "1 ", "0x1",
     "1_000", "1" * 19, "job:42", "NaN", "null", "a\0"],
)  # fmt: skip
def test_what_is_no_job_id_is_refused_with_the_way_to_the_real_ones(text: str) -> None:
    with pytest.raises(BadInput, match="A job id is a whole number such as 42; `reelineage jobs list` shows them"):
        lineage.parse_job_id(text)


@given(st.integers(min_value=1, max_value=10**18 - 1))
def test_every_id_that_a_database_makes_is_read_back(number: int) -> None:
    assert lineage.parse_job_id(str(number)) == number


@given(st.text(max_size=30))
def test_any_other_text_is_refused_or_spells_its_number(text: str) -> None:
    try:
        number = lineage.parse_job_id(text)
    except BadInput:
        return
    assert text == str(number)


@given(SHA, SHA, st.integers(1, 2**62), st.integers(1, 2**62))
def test_a_link_changes_with_everything_it_covers(previous: str, version: str, row: int, other: int) -> None:
    link = lineage.chain_link(previous, "scripts", row, version)
    assert link == lineage.chain_link(previous, "scripts", row, version)
    changed = [
        lineage.chain_link(previous, "videos", row, version),
        lineage.chain_link(link, "scripts", row, version),
        lineage.chain_link(previous, "scripts", row, link),
    ]
    if other != row:
        changed.append(lineage.chain_link(previous, "scripts", other, version))
    assert link not in changed


def test_chains_of_two_jobs_begin_apart() -> None:
    assert lineage.chain_start(1, "a" * 64) != lineage.chain_start(2, "a" * 64)
    assert lineage.chain_start(1, "a" * 64) != lineage.chain_start(1, "b" * 64)


def test_every_asset_has_one_of_the_five_stages_in_order() -> None:
    assert list(dict.fromkeys(lineage.STAGES[asset] for asset in lineage.ASSETS)) == [
        "trend_collection", "trend_analysis", "content_generation", "composition", "review",
    ]  # fmt: skip


def current(home: Home, job: int) -> lineage.Current:
    with home.database.read() as session:
        return lineage.current(session, job)


def test_a_new_job_lacks_everything(any_home: Home) -> None:
    job = new_job(any_home)
    assert current(any_home, job) == lineage.Current()
    assert current(any_home, job).first_missing == "trends"
    assert current(any_home, job).rows("clips") == ()


@pytest.mark.parametrize("made", range(7))
def test_the_first_missing_asset_is_the_one_after_the_last(home: Home, made: int) -> None:
    fill_job(home, new_job(home), "before", until="scripts")  # so that ids of two tables are never equal by chance
    job = new_job(home)
    fill_job(home, job, until=lineage.ASSETS[made])
    missing = current(home, job).first_missing
    assert missing == (lineage.ASSETS[made + 1] if made < 6 else None)
    for asset in lineage.ASSETS[: made + 1]:
        assert len(current(home, job).rows(asset)) == (2 if asset == "clips" else 1)


@pytest.mark.parametrize("made", range(7))
def test_a_newer_row_hides_what_hangs_on_the_older_one(any_home: Home, made: int) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    fill_job(any_home, job, "run-2", take=2, until=lineage.ASSETS[made])
    now = current(any_home, job)
    assert now.rows(lineage.ASSETS[made])[0].version == 2
    # a script stays the newest one whatever its analysis; below it everything follows it
    if lineage.ASSETS[made] in ("scripts", "voiceovers", "clips", "videos"):
        for asset in lineage.ASSETS[made + 1 :]:
            assert now.rows(asset) == ()


@pytest.mark.parametrize("asset", ["voiceovers", "clips"])
def test_a_video_of_older_clips_or_voice_of_the_same_script_does_not_count(any_home: Home, asset: str) -> None:
    factory = Factory(any_home, new_job(any_home))
    fill_job(any_home, factory.job)
    factory.act("take over", "run-2", "")
    factory.act("make", "run-2", asset)
    now = current(any_home, factory.job)
    assert now.rows(asset)[0].version == 2
    assert (now.video, now.review) == (None, None)
    factory.act("make", "run-2", "clips")
    factory.act("make", "run-2", "videos")
    made = current(any_home, factory.job).video
    assert made is not None
    assert made.version == 2


def test_rows_of_another_job_never_count(any_home: Home) -> None:
    job, other = new_job(any_home), new_job(any_home)
    fill_job(any_home, other)
    assert current(any_home, job) == lineage.Current()

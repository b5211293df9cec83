"""A file that cannot be put where people look keeps no command from its work, and no other file away."""

import pytest

from console.output import put_right
from resources.home import Home
from tests.factories import fill_job, new_job


def test_a_folder_in_the_way_of_one_video_is_told_and_the_others_are_put_right(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (1, 2):
        fill_job(home, new_job(home), f"run-{number}")
    review = home.root / "output" / "review"
    (review / "job-1-video-1.mp4" / "something").mkdir(parents=True)
    put_right(home)
    assert "Showing job-1-video-1.mp4" in capsys.readouterr().err
    assert (review / "job-2-video-2.mp4").is_file()
    assert (review / "job-1-video-1.srt").is_file()

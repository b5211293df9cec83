"""Media by the id of their row: the right file, in parts, under fixed types, and never another file."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from reelineage.models import Artifact, Clip, Credential, Video
from resources.access import Role
from resources.home import Home
from tests.console.web_client import client
from tests.factories import fill_job, new_job
from tests.resources.test_takedown import take_down

VIDEO = "/media/videos/1/video.mp4"


def signed(home: Home, subject: str = "video") -> tuple[str, bytes]:
    """The sha256 and the bytes of a signed file of video 1."""
    with home.database.read() as session:
        sha256 = session.scalars(select(Credential.file_sha256).where(Credential.subject == subject)).one()
    return sha256, home.store.path(sha256).read_bytes()


def test_a_video_is_sent_as_it_is_delivered_signed_and_named_by_ids(finished: Home) -> None:
    sha256, data = signed(finished)
    answer = client(finished).get(VIDEO)
    assert (answer.status_code, answer.content) == (200, data)
    assert answer.headers["etag"] == f'"{sha256}"'
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(len(data))
    assert answer.headers["content-disposition"] == 'inline; filename="job-1-video-1.mp4"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["accept-ranges"] == "bytes"


def test_a_video_from_before_it_was_signed_is_sent_as_it_was_composed(home: Home) -> None:
    fill_job(home, new_job(home))
    with home.database.read() as session:
        sha256 = session.get_one(Video, 1).file_sha256
    assert client(home).get(VIDEO).content == home.store.path(sha256).read_bytes()


@pytest.mark.parametrize(
    ("path", "media_type", "name"),
    [
        ("/media/videos/1/thumbnail", "image/jpeg", "job-1-video-1.jpg"),
        ("/media/videos/1/captions.vtt", "text/vtt; charset=utf-8", "job-1-video-1.vtt"),
        ("/media/videos/1/captions.srt", "application/x-subrip", "job-1-video-1.srt"),
        ("/media/voiceovers/1/audio.wav", "audio/wav", "job-1-voiceover-1.wav"),
        ("/media/clips/1", "video/mp4", "job-1-scene-1-clip-1.mp4"),
    ],
)
def test_each_kind_of_file_has_its_own_type_and_name(finished: Home, path: str, media_type: str, name: str) -> None:
    answer = client(finished, Role.VIEWER).get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"] == f'inline; filename="{name}"'


def test_a_file_of_another_kind_is_only_ever_handed_out_as_bytes(home: Home) -> None:
    fill_job(home, new_job(home))
    answer = client(home).get("/media/clips/1")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_a_download_has_the_name_that_a_person_would_save_it_under(finished: Home) -> None:
    answer = client(finished).get(VIDEO, params={"download": ""})
    assert answer.headers["content-disposition"] == 'attachment; filename="job-1-video-1.mp4"'


# --- parts ------------------------------------------------------------------------------------------------------------


RANGES = {
    "bytes=0-": (0, None),
    "bytes=0-0": (0, 1),
    "bytes=10-19": (10, 20),
    "Bytes= 10-19 ": (10, 20),
    "bytes=10-999999999999999999": (10, None),
    "bytes=-7": (-7, None),
    "bytes=-999999999999999999": (0, None),
}
NO_RANGES = (
    "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-1", "bytes=0-1,5-6", "bytes=" + "0-1," * 9_000 + "5-6",
    "items=0-1", "bytes=0x1-2", "bytes=+1-2", "bytes=1_0-20", "bytes=" + "9" * 5_000 + "-",
)  # fmt: skip


def test_a_range_is_answered_with_that_part(finished: Home) -> None:
    _, data = signed(finished)
    asking = client(finished)
    for asked, (first, end) in RANGES.items():
        answer = asking.get(VIDEO, headers={"Range": asked})
        wanted = data[first:end]
        begin = first % len(data) if first < 0 else first
        assert (answer.status_code, answer.content) == (206, wanted), asked
        assert answer.headers["content-range"] == f"bytes {begin}-{begin + len(wanted) - 1}/{len(data)}"
        assert answer.headers["content-length"] == str(len(wanted))


def test_a_range_outside_the_file_is_refused(finished: Home) -> None:
    _, data = signed(finished)
    asking = client(finished)
    for asked in ("bytes=99999999-", "bytes=-0", "bytes=99999999-99999999"):
        answer = asking.get(VIDEO, headers={"Range": asked})
        assert answer.status_code == 416, asked
        assert answer.headers["content-range"] == f"bytes */{len(data)}"


def test_what_is_no_single_range_is_answered_with_the_whole_file(finished: Home) -> None:
    _, data = signed(finished)
    asking = client(finished)
    for asked in NO_RANGES:
        answer = asking.get(VIDEO, headers={"Range": asked})
        assert (answer.status_code, len(answer.content)) == (200, len(data)), asked[:50]


def test_a_part_is_sent_only_of_the_very_file_that_was_begun(finished: Home) -> None:
    sha256, data = signed(finished)
    asking = client(finished)
    part = {"Range": "bytes=1-2"}
    assert asking.get(VIDEO, headers=part | {"If-Range": f'"{sha256}"'}).content == data[1:3]
    for other in ('"0"', f'W/"{sha256}"', "Sun, 22 Nov 2026 17:00:00 GMT"):
        assert asking.get(VIDEO, headers=part | {"If-Range": other}).content == data


def test_a_file_that_is_known_is_not_sent_again(finished: Home) -> None:
    sha256, _ = signed(finished)
    asking = client(finished)
    for known in (f'"{sha256}"', f'"0", W/"{sha256}"', "*"):
        answer = asking.get(VIDEO, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
    assert asking.get(VIDEO, headers={"If-None-Match": '"0"'}).status_code == 200


def test_head_tells_of_the_whole_file_and_sends_nothing(finished: Home) -> None:
    _, data = signed(finished)
    answer = client(finished).head(VIDEO, headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(data))
    assert answer.headers["content-type"] == "video/mp4"


def test_only_an_address_with_the_files_own_hash_is_kept_by_the_browser(finished: Home) -> None:
    sha256, _ = signed(finished)
    asking = client(finished)
    told = {v: asking.get(VIDEO, params={"v": v}).headers["cache-control"] for v in ("", sha256[:6], sha256[:16], "0")}
    assert told[sha256[:16]] == "private, max-age=86400, immutable"
    assert {told[v] for v in told if v != sha256[:16]} == {"private, no-cache"}


def test_a_list_of_thumbnails_is_not_asked_for_again_at_once(finished: Home) -> None:
    answer = client(finished).get("/media/videos/1/thumbnail")
    assert answer.headers["cache-control"] == "private, max-age=600"


# --- what is not there ------------------------------------------------------------------------------------------------


def test_a_withdrawn_video_is_gone_and_says_why(finished: Home) -> None:
    asking = client(finished)
    take_down(finished, "video:1", reason="The cook asked for it")
    answer = asking.get(VIDEO)
    assert answer.status_code == 410
    assert answer.headers["content-type"] == "application/problem+json"
    assert "The cook asked for it" in answer.json()["detail"]


def test_what_descends_from_something_withdrawn_is_gone_as_well(finished: Home) -> None:
    take_down(finished, "trend_item:1")
    asking = client(finished)
    assert [asking.get(path).status_code for path in (VIDEO, "/media/voiceovers/1/audio.wav")] == [410, 410]


def test_a_lost_or_damaged_file_is_told_with_the_audit_that_finds_it(finished: Home) -> None:
    sha256, _ = signed(finished)
    asking = client(finished)
    path = finished.store.path(sha256)
    path.chmod(0o644)
    path.write_bytes(b"short")
    assert "reelineage audit" in asking.get(VIDEO).json()["detail"]
    path.unlink()
    answer = asking.get(VIDEO)
    assert answer.status_code == 404
    assert "reelineage audit" in answer.json()["detail"]


def test_rows_that_do_not_exist_are_not_found(finished: Home) -> None:
    asking = client(finished)
    paths = ("/media/videos/9/video.mp4", "/media/voiceovers/9/audio.wav", "/media/clips/99")
    assert [asking.get(path).status_code for path in paths] == [404, 404, 404]


def test_strangers_get_nothing(finished: Home) -> None:
    assert client(finished, None).get(VIDEO).status_code == 401


# --- path tricks ------------------------------------------------------------------------------------------------------

SECRET = b"the secret of this home"
_UPS = [
    "..", "../..", "../../..", "..%2f", "..%2F..%2F", "%2e%2e/", "%2e%2e%2f%2e%2e%2f", "..%5c", "..\\..\\", "..%255c",
    "%252e%252e%252f", "%25252e%25252e%25252f", "..%c0%af", "..%ef%bc%8f", "%c0%ae%c0%ae/", "....//", "..;/", "./../",
    ".%2e/", "%2e./", "..%00/", "..%0d%0a/", "\u2025/", "\uff0e\uff0e/", "..%u2215", "%uff0e%uff0e%u2215", "~/", "//",
    "/%2f/", "..//..//",
]  # fmt: skip
_FILES = ["secret.txt", "access-token", "reelineage.db", "etc/passwd", "artifacts/.scratch", "secret.txt%00.mp4"]
_IDS = [
    "0", "-1", "+1", "1.0", "1e0", "01", "1_0", " 1", "1%20", "%201", "1%00", "1%0a", "0x1", "1;2", "1,2", "1/../1",
    "9" * 19, "9" * 40, "9" * 6_000, str(2**63), str(-(2**63)), "NaN", "inf", "None", "null", "true", "%d9%a1",
    "%e2%91%a0", "%ef%bc%91", "%f0%9d%9f%8f", "C:", "C:%5cWindows", "%5c%5chost%5cshare", "CON", "nul.mp4", "file:",
    "http:%2f%2fexample.org", "{}", "*", "?", "[1]", "1'--", "1 OR 1=1", "$(id)", "%ff", "%", "%zz", "%e2%80%ae",
]  # fmt: skip
TRICKS = [
    *(f"/media/videos/{up}{file}" for up in _UPS for file in _FILES),
    *(f"/media/videos/{one}/video.mp4" for one in _IDS),
    *(f"/media/clips/{one}" for one in _IDS),
    *(f"/media/{up}{file}" for up in _UPS for file in _FILES[:2]),
    *(f"/media/videos/1/{up}{_FILES[0]}" for up in _UPS),
]


def test_there_are_at_least_three_hundred_path_tricks() -> None:
    assert len(set(TRICKS)) >= 300


def test_no_path_trick_leads_to_another_file_or_breaks_the_console(finished: Home) -> None:
    (finished.root / "secret.txt").write_bytes(SECRET)
    known = media_of(finished)
    asking = client(finished)
    for path in TRICKS:
        answer = asking.get(re.sub("[ \n]", "%20", path))
        assert answer.status_code < 500, path
        assert SECRET not in answer.content, path
        if answer.status_code == 200:
            assert answer.headers["content-type"].startswith("text/html") or answer.content in known, path


def media_of(home: Home) -> set[bytes]:
    """The bytes of video 1 and clip 1 themselves: `1/../1` may well lead to these."""
    with home.database.read() as session:
        clip = session.get_one(Clip, 1).artifact_sha256
        assert session.get(Artifact, clip)
    return {signed(home)[1], home.store.path(clip).read_bytes()}


def test_a_row_is_the_only_way_to_a_file(finished: Home, tmp_path: Path) -> None:
    """Not even the name of a stored file leads to it."""
    sha256, _ = signed(finished)
    outside = tmp_path / "outside"
    outside.write_bytes(SECRET)
    asking = client(finished)
    for name in (sha256, f"{sha256[:2]}/{sha256}", str(outside), f"%2f{outside}"):
        assert asking.get(f"/media/clips/{name}").status_code == 404

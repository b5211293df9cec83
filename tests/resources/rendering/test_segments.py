"""The pool of encoders: what one needs, what stops them all."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reelineage.errors import Cancelled, TransientError
from resources.rendering import segments
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.probe import probe_video
from resources.rendering.segments import ENCODERS_AT_ONCE, Quality, Segment, encode_segments
from tests.resources.rendering.media import SMALL

QUALITY = Quality("ultrafast", 24)


def scenes(count: int) -> list[Segment]:
    return [Segment(number, Path("clip.mp4"), 10 * number, None) for number in range(1, count + 1)]


def endless(calls: list[str]) -> Callable[..., str]:
    """An ffmpeg that works for ten seconds unless its progress is stopped."""

    def run(_: object, *, doing: str, on_progress: Callable[[int], None], **_more: object) -> str:
        calls.append(doing)
        for _ in range(200):
            time.sleep(0.05)
            on_progress(1)
        return ""

    return run


def test_a_cancellation_reaches_every_encoder_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(segments, "run_ffmpeg", endless(calls))

    def cancel(_: int) -> None:
        raise Cancelled("stopped by a person")

    begin = time.monotonic()
    with pytest.raises(Cancelled, match="by a person"):
        encode_segments(scenes(6), tmp_path, QUALITY, cancel)
    assert time.monotonic() - begin < 1
    assert len(calls) == ENCODERS_AT_ONCE, "memory stays that of two encoders"
    assert calls[0] == "Encoding scene 6", "longest first"


def test_one_failing_encoder_stops_the_others_and_is_what_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = endless([])

    def fail_on_five(arguments: object, *, doing: str, **more: object) -> str:
        if doing == "Encoding scene 5":
            raise TransientError(f"{doing}: killed")
        return run(arguments, doing=doing, **more)

    monkeypatch.setattr(segments, "run_ffmpeg", fail_on_five)
    begin = time.monotonic()
    with pytest.raises(TransientError, match="scene 5: killed"):
        encode_segments(scenes(6), tmp_path, QUALITY, lambda _: None)
    assert time.monotonic() - begin < 1


def test_a_clip_without_colour_tags_becomes_a_tagged_segment(tmp_path: Path) -> None:
    clip = tmp_path / "untagged.mp4"
    size = f"{SMALL.width}x{SMALL.height}"
    run_ffmpeg(
        [
            *("-f", "lavfi", "-i", f"testsrc2=size={size}:rate=30", "-frames:v", "10", "-pix_fmt", "yuv420p"),
            *("-c:v", "libx264", "-preset", "ultrafast", file_url(clip)),
        ],
        doing="Making an untagged clip",
        deadline_seconds=30,
    )
    assert probe_video(clip).colour_primaries == "unknown"
    segment = Segment(1, clip, 10, None)
    encode_segments([segment], tmp_path, QUALITY, lambda _: None)
    found = probe_video(tmp_path / segment.name)
    assert (found.colour_primaries, found.colour_transfer, found.colour_matrix) == ("bt709",) * 3

"""The pool of encoders: what runs beside what, what stops them all, and what need not run at all."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reelineage.documents import Frame
from reelineage.errors import Cancelled, TransientError
from resources.rendering import encoding_pool
from resources.rendering.encoders import Encoding, encoding_for
from resources.rendering.encoding_pool import MadeSegment, encoders_for, make_segments
from resources.rendering.progress import ComposeProgress, Meter
from resources.rendering.segment_cache import SegmentCache
from resources.rendering.segments import Segment

DRAFT = encoding_for("draft", "balanced", Frame(width=180, height=320))


def scenes(count: int) -> list[Segment]:
    return [
        Segment(number, f"scene {number}", 0, 10 * number, (), None, f"words of {number}", ())
        for number in range(1, count + 1)
    ]


def make(
    segments: list[Segment],
    folder: Path,
    *,
    tell: Callable[[ComposeProgress], None] = lambda _: None,
) -> tuple[MadeSegment, ...]:
    cache = SegmentCache(folder / "cache", most_bytes=1_000_000)
    meter = Meter(sum(segment.frames for segment in segments), tell)
    return make_segments(segments, folder, DRAFT, cache, meter, at_once=encoding_pool.cores())


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding_pool, "cores", lambda: 2)


def endless(calls: list[str]) -> Callable[..., tuple[str, ...]]:
    """An encoder that works for ten seconds unless its progress is stopped."""

    def encode(segment: Segment, _folder: Path, _encoding: Encoding, **more: Callable[[int], None]) -> tuple[str, ...]:
        calls.append(segment.name)
        for _ in range(200):
            time.sleep(0.05)
            more["on_progress"](1)
        return ()

    return encode


def instant(threads: list[int], faults: tuple[str, ...] = ()) -> Callable[..., tuple[str, ...]]:
    """An encoder that is done at once; `threads` gets how many it was allowed."""

    def encode(segment: Segment, folder: Path, _encoding: Encoding, **more: int) -> tuple[str, ...]:
        threads.append(more["threads"])
        (folder / segment.file_name).write_text(segment.name)
        return faults

    return encode


@pytest.mark.usefixtures("two_cores")
def test_a_cancellation_reaches_every_encoder_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(encoding_pool, "encode_segment", endless(calls))

    def cancel(progress: ComposeProgress) -> None:
        if len(progress.running) == 2:
            raise Cancelled("stopped by a person")

    begin = time.monotonic()
    with pytest.raises(Cancelled, match="by a person"):
        make(scenes(6), tmp_path, tell=cancel)
    assert time.monotonic() - begin < 8
    assert calls == ["scene 6", "scene 5"], "longest first, and no more at once than there are cores"


@pytest.mark.usefixtures("two_cores")
def test_one_failing_encoder_stops_the_others_and_is_what_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = endless([])

    def fail_on_five(segment: Segment, *rest: Path, **more: Callable[[int], None]) -> tuple[str, ...]:
        if segment.number == 5:
            raise TransientError(f"Encoding {segment.name}: killed")
        return encode(segment, *rest, **more)

    monkeypatch.setattr(encoding_pool, "encode_segment", fail_on_five)
    begin = time.monotonic()
    with pytest.raises(TransientError, match="scene 5: killed"):
        make(scenes(6), tmp_path)
    assert time.monotonic() - begin < 8


def test_what_is_in_the_cache_is_not_encoded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    monkeypatch.setattr(encoding_pool, "encode_segment", instant(threads, faults=("dark",)))
    first = make(scenes(3), tmp_path)
    assert [made.from_cache for made in first] == [False, False, False]
    (tmp_path / "again").mkdir()
    (tmp_path / "cache").rename(tmp_path / "again" / "cache")
    told: list[ComposeProgress] = []
    second = make(scenes(3), tmp_path / "again", tell=told.append)
    assert len(threads) == 3
    assert [made.from_cache for made in second] == [True, True, True]
    assert second[1].notes == ("scene 2: dark",), "what was odd is still said when the segment comes from the cache"
    assert [(tmp_path / "again" / made.segment.file_name).read_text() for made in second] == [
        made.segment.name for made in first
    ]
    assert told[-1].done == told[-1].frames == 60


def test_fewer_dirty_segments_than_cores_get_more_threads_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    monkeypatch.setattr(encoding_pool, "cores", lambda: 6)
    monkeypatch.setattr(encoding_pool, "encode_segment", instant(threads))
    make(scenes(2), tmp_path)
    assert threads == [2, 2], "three would be the share; x264's bytes depend on it, so it is a power of two"
    make(scenes(2)[:1], tmp_path)
    assert len(threads) == 2, "a segment is taken whatever the number of threads it was encoded with"
    threads.clear()
    make([*scenes(2), *(s for s in scenes(12) if s.number > 2)], tmp_path)
    assert threads == [1] * 10


def test_large_pictures_leave_memory_for_fewer_encoders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding_pool, "cores", lambda: 32)
    assert encoders_for(Frame(width=1080, height=1920)) == 8
    assert encoders_for(Frame(width=2160, height=3840)) == 2
    monkeypatch.setattr(encoding_pool, "cores", lambda: 2)
    assert encoders_for(Frame(width=540, height=960)) == 2

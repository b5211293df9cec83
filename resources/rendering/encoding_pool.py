"""Making all segments of a video: what the cache has is taken, the rest is encoded side by side, longest first.

Belongs here: how many encoders run with how many threads, cache, stopping all when one fails. Not here: one segment's
encoding (`segments.py`), the cache (`segment_cache.py`).
"""

import concurrent.futures
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reelineage.documents import Frame
from reelineage.errors import Cancelled
from resources.rendering.encoders import Encoding, threads_for
from resources.rendering.progress import Meter
from resources.rendering.segment_cache import SegmentCache
from resources.rendering.segments import Segment, encode_segment, segment_key

_MOST_PIXELS = 8 * 1080 * 1920  # of all encoders at once: each takes some 200 MB at 1080x1920
_MOST_THREADS = 8
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class MadeSegment:
    """A segment that lies in the work folder, how many threads its encoder had, and what is odd in its footage.

    The cache keeps `faults` without the segment's name: another video may show the same one as another scene.
    """

    segment: Segment
    threads: int
    faults: tuple[str, ...]
    from_cache: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """What is odd, and where."""
        return tuple(f"{self.segment.title}: {fault}" for fault in self.faults)


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def encoders_for(frame: Frame) -> int:
    """How many encoders may run at once: one for each processor, as far as memory for pictures of this size goes."""
    return max(1, min(cores(), _MOST_PIXELS // (frame.width * frame.height)))


def make_segments(
    segments: Sequence[Segment],
    workdir: Path,
    encoding: Encoding,
    cache: SegmentCache,
    meter: Meter,
    *,
    at_once: int,
    threads: Sequence[int] = (),
) -> tuple[MadeSegment, ...]:
    """Bring every segment into `workdir`, `at_once` side by side.

    `threads`, one number for each segment, makes the bytes that encoders with so many made elsewhere; a list of another
    length names other segments, and this machine decides.

    The caller's progress is told from this thread; what it raises stops every child process.

    Raises:
        NotPublishable, PermanentError, TransientError: one of them failed; the others are stopped.
    """
    wanted = {s.number: count for s, count in zip(segments, threads, strict=True)} if _fit(threads, segments) else {}
    known = tuple(dict.fromkeys(threads_for(encoding, count) for count in _known_threads()))
    made = {
        s.number: found
        for s in segments
        if (found := _cached(s, workdir, encoding, cache, (wanted[s.number],) if wanted else known)) is not None
    }
    meter.cached(sum(found.segment.frames for found in made.values()))
    meter.tell()
    dirty = [segment for segment in segments if segment.number not in made]
    for segment in dirty:
        for source in segment.sources:
            source.open()  # what cannot be used is refused before anything is encoded
    share = threads_for(encoding, _threads_each(len(dirty), at_once))
    stop = threading.Event()

    def check() -> None:
        if stop.is_set():
            raise Cancelled("Composing: stopped, because another part failed or was stopped.")

    def encode(segment: Segment) -> MadeSegment:
        def count(frames: int) -> None:
            check()
            meter.count(segment.name, frames, segment.frames)

        count(0)
        own = wanted.get(segment.number, share)
        faults = encode_segment(segment, workdir, encoding, threads=own, on_progress=count)
        key = cache.key_of(*segment_key(segment, encoding, own))
        cache.put(key, workdir / segment.file_name, {"faults": list(faults)})
        meter.finish(segment.name)
        return MadeSegment(segment, own, faults, from_cache=False)

    longest_first = sorted(dirty, key=lambda segment: (-segment.frames, segment.number))
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        try:
            encoded = [pool.submit(encode, segment) for segment in longest_first]
            waiting = set(encoded)
            while waiting:
                ready, waiting = concurrent.futures.wait(waiting, _POLL_SECONDS, concurrent.futures.FIRST_COMPLETED)
                for future in ready:
                    future.result()
                meter.tell()
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
    made |= {done.segment.number: done for future in encoded for done in (future.result(),)}
    return tuple(made[segment.number] for segment in segments)


def _cached(
    segment: Segment, workdir: Path, encoding: Encoding, cache: SegmentCache, threads: Sequence[int]
) -> MadeSegment | None:
    """The segment from the cache, whatever the number of threads that it was encoded with."""
    for count in threads:
        facts = cache.take(cache.key_of(*segment_key(segment, encoding, count)), workdir / segment.file_name)
        faults = facts.get("faults") if facts else None
        if isinstance(faults, list):
            return MadeSegment(segment, count, tuple(str(fault) for fault in faults), from_cache=True)
    return None


def _fit(threads: Sequence[int], segments: Sequence[Segment]) -> bool:
    """Whether these are usable numbers of threads for these segments."""
    return len(threads) == len(segments) and all(1 <= count <= _MOST_THREADS for count in threads)


def _threads_each(dirty: int, at_once: int) -> int:
    """One, unless there are fewer segments than processors; a power of two, since x264's bytes depend on it."""
    share = at_once // max(1, dirty)
    return max(count for count in (1, *_known_threads()) if count <= max(1, share))


def _known_threads() -> tuple[int, ...]:
    counts = [1]
    while counts[-1] * 2 <= min(cores(), _MOST_THREADS):
        counts.append(counts[-1] * 2)
    return tuple(counts)

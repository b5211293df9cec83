"""The demo as `make demo` makes it, full size, looked at with tools that did not make it.

Belongs here: the finished file as a platform sees it. Not here: the drafts of all other tests.
"""

import json
import re
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from resources.audit import audit_all
from resources.home import Home
from resources.settings import PROJECT
from tests.console.processes import BIN, run

_CUE = re.compile(r"(\d\d):(\d\d):(\d\d)[.,](\d{3}) --> (\d\d):(\d\d):(\d\d)[.,](\d{3})")


def ffmpeg(*arguments: object) -> str:
    """What a plain ffmpeg says."""
    import imageio_ffmpeg  # noqa: PLC0415 — heavy import, only when used

    done = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", *map(str, arguments)],
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    return done.stderr


def cues(text: str) -> list[tuple[float, float]]:
    return [
        tuple(int(h) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000 for h, m, s, ms in (found[:4], found[4:]))  # type: ignore[misc]  # two of them
        for found in _CUE.findall(text)
    ]


def boxes(path: Path) -> list[str]:
    """The names of the outermost MP4 boxes, in their order."""
    names = []
    data = path.read_bytes()
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        names.append(data[at + 4 : at + 8].decode("ascii"))
        at += size or len(data)
    return names


@pytest.mark.slow
def test_the_demo_is_a_video_that_platforms_take(studio: Home) -> None:
    import av  # noqa: PLC0415 — heavy import, only when used

    done = run(
        studio.root, BIN / "reelineage", "make", PROJECT / "themes" / "trend_briefing.yaml", "--seed", 11, "--json",
        seconds=500,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    made: dict[str, Any] = json.loads(done.stdout)
    path = Path(made["video"]["path"])
    assert 20 <= made["video"]["duration_seconds"] <= 40

    with av.open(str(path)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert (picture.width, picture.height) == (1080, 1920)
        assert (picture.codec_context.name, picture.profile, picture.pix_fmt) == ("h264", "High", "yuv420p")
        assert picture.average_rate == 30
        context = picture.codec_context
        assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (1, 1, 1, 1)
        assert (sound.codec_context.name, sound.rate, sound.channels) == ("aac", 48_000, 2)
        shown = [packet.pts for packet in container.demux(picture) if packet.pts is not None]
    steps = {after - before for before, after in pairwise(sorted(shown))}
    assert len(steps) == 1, "a constant 30 pictures a second"
    assert abs(len(shown) / 30 - made["video"]["duration_seconds"]) < 0.04
    assert boxes(path).index("moov") < boxes(path).index("mdat"), "it starts before it is loaded"

    said = ffmpeg("-i", path, "-map", "0:a", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-")
    loudness = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])
    peak = float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", said)[-1])
    assert abs(loudness + 14) <= 0.5
    assert peak <= -1.0

    for kind in ("srt", "vtt"):
        times = cues(path.with_suffix(f".{kind}").read_text(encoding="utf-8"))
        assert len(times) > 10
        assert all(start < end for start, end in times)
        assert all(before[1] <= after[0] + 1e-6 for before, after in pairwise(times))
        assert times[-1][1] <= made["video"]["duration_seconds"] + 0.04
    assert path.with_suffix(".vtt").read_text(encoding="utf-8").startswith("WEBVTT")
    assert path.with_suffix(".ass").read_text(encoding="utf-8").startswith("[Script Info]")
    assert path.with_suffix(".jpg").stat().st_size < 2_000_000
    assert audit_all(studio) == []

"""One round of the composition benchmark: each thing measured in a process of its own, one after the other.

Belongs here: what is run, and what is kept of it. Not here: what the processes do (`tasks.py`, `peers.py`), measuring
from outside (`measure.py`), arithmetic (`report.py`).
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import peers
from benchmarks.measure import Cost, measure
from benchmarks.quality import compare, make_reference
from benchmarks.report import TITLES, Row, Run
from benchmarks.tasks import Answer, Change, Task
from benchmarks.workload import LONG, Plan, Workload
from reelineage.documents import FPS
from reelineage.look import PresetName
from resources.rendering.encoders import encoding_for, video_arguments
from resources.rendering.ffmpeg import BITEXACT, BT709, ffmpeg_path, file_url
from resources.rendering.loudness import measure_loudness

_PROJECT = Path(__file__).parents[1]
_JUDGED = ("encode_balanced", "encode_fast", "cold_balanced", "cold_fast", "moviepy", "mpt")
_WITH_SOUND = ("cold_balanced", "cold_fast", "draft", "moviepy", "mpt")
_CHANGES: tuple[tuple[str, Change], ...] = (("one_scene", "scene"), ("one_word", "word"), ("unchanged", "none"))


class Bench:
    """One run of the benchmark in a folder of its own, which may grow to some 15 GB and is removed afterwards."""

    def __init__(self, plan: Plan, workload: Workload, material: Path, folder: Path) -> None:
        self.rows = {name: Row() for name in TITLES}
        self.videos: dict[str, Path] = {}
        self._plan, self._workload, self._material, self._folder = plan, workload, material, folder
        self._count = 0
        self._frames = folder / "frames.yuv"

    def render_frames(self) -> None:
        """The finished frames, captions and all, never encoded: what the pure encode starts from."""
        said = self._task("frames", cache=self._folder / "fonts-cache")[0]
        shutil.move(said.video, self._frames)

    def round(self, number: int) -> None:
        """Measure everything of ours once."""
        warm = self._folder / f"cache-{number}"
        for preset in ("balanced", "fast"):
            self._encode(preset, f"encode_{preset}")
        self._compose("cold_balanced", warm)
        for name, change in _CHANGES:
            cache = self._folder / f"cache-{number}-{name}"
            shutil.copytree(warm, cache)
            self._compose(name, cache, change=change)
            shutil.rmtree(cache)
        shutil.rmtree(warm)
        self._compose("cold_fast", self._folder / f"cache-{number}-fast", preset="fast")
        self._compose("draft", self._folder / f"cache-{number}-draft", draft=True, core=_one_core())
        self._decode()

    def peers(self, folder: Path) -> Iterator[str]:
        """Measure every peer once; one that cannot run is noted and not tried again."""
        for peer in peers.PEERS:
            row = self.rows[peer.name]
            if row.not_run:
                continue
            yield peer.title
            try:
                python = peers.install(peer, folder)
                cost, video = peers.run(peer, python, self._workload, self._material, self._new_work())
            except peers.PeerMissing as missing:
                row.not_run = str(missing)
                continue
            row.runs.append(Run(cost))
            self._keep(peer.name, video)

    def memory(self) -> dict[str, float | None]:
        """Peak memory with as many scenes as the plan has, and with four times as many."""
        scenes = len(self._plan.scene_frames)
        _, cost = self._task("compose", cache=self._folder / "cache-long", change="long")
        return {str(scenes): self.rows["cold_balanced"].peak_memory_mb, str(LONG * scenes): cost.peak_memory_mb}

    def motion(self) -> float | None:
        """CPU seconds of drawing motion graphics and handing them over, for each that encoding them takes."""
        drawn, _ = self._task("draw", cache=self._folder / "cache-draw")
        cost = self._run_encoder("balanced", Path(drawn.video))
        Path(drawn.video).unlink()
        return round(drawn.cpu_seconds / cost.cpu_seconds, 4)

    def judge(self) -> Iterator[str]:
        """What the last file of everything looks and sounds like."""
        reference = make_reference(self._workload, self._material, self._folder)
        for name, video in self.videos.items():
            row = self.rows[name]
            row.size_bytes = video.stat().st_size
            if name in _WITH_SOUND:
                loudness = measure_loudness(video)
                row.lufs, row.peak_dbtp = loudness.integrated_lufs, loudness.true_peak_dbtp
            if name in _JUDGED:
                yield TITLES[name]
                row.quality = compare(video, reference)
        reference.path.unlink()

    def _compose(
        self,
        name: str,
        cache: Path,
        *,
        change: Change = "none",
        preset: PresetName = "balanced",
        draft: bool = False,
        core: int | None = None,
    ) -> None:
        answer, cost = self._task("compose", cache=cache, change=change, preset=preset, draft=draft, core=core)
        self.rows[name].runs.append(Run(cost, answer.seconds, answer.cpu_seconds))
        self._keep(name, Path(answer.video))

    def _task(
        self,
        kind: str,
        *,
        cache: Path,
        change: Change = "none",
        preset: PresetName = "balanced",
        draft: bool = False,
        core: int | None = None,
    ) -> tuple[Answer, Cost]:
        work = self._new_work()
        task, answer = work.with_suffix(".task.json"), work.with_suffix(".answer.json")
        cache.mkdir(exist_ok=True)
        order = Task.model_validate(
            {
                "kind": kind,
                "workload": str(self._material),
                "work": str(work),
                "cache": str(cache),
                "answer": str(answer),
                "change": change,
                "preset": preset,
                "draft": draft,
            }
        )
        task.write_text(order.model_dump_json(), encoding="utf-8")
        cost = measure(
            [sys.executable, "-m", "benchmarks.tasks", task], work.with_suffix(".log"), folder=_PROJECT, core=core
        )
        return Answer.model_validate_json(answer.read_bytes()), cost

    def _encode(self, preset: PresetName, name: str) -> None:
        cost = self._run_encoder(preset, self._frames)
        self.rows[name].runs.append(Run(cost))
        self._keep(name, self._folder / "encoded.mp4")

    def _run_encoder(self, preset: PresetName, frames: Path) -> Cost:
        """The very arguments that compose gives to x264, one thread, raw frames from a file that is in memory."""
        size = f"{self._workload.frame.width}x{self._workload.frame.height}"
        encoding = encoding_for("standard", preset, self._workload.frame)
        return measure(
            [
                *(ffmpeg_path(), "-hide_banner", "-nostats", "-loglevel", "error", "-y"),
                *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", size, "-framerate", str(FPS), *BT709),
                *("-i", file_url(frames), *video_arguments(encoding, threads=1), *BITEXACT),
                *("-f", "mp4", file_url(self._folder / "encoded.mp4")),
            ],
            self._folder / "encode.log",
        )

    def _decode(self) -> None:
        cost = measure(
            [
                *(ffmpeg_path(), "-hide_banner", "-nostats", "-loglevel", "error", "-xerror", "-threads", "1"),
                *("-i", file_url(self.videos["cold_balanced"]), "-map", "0:v:0", "-f", "null", "-"),
            ],
            self._folder / "decode.log",
        )
        self.rows["decode"].runs.append(Run(cost))

    def _new_work(self) -> Path:
        self._count += 1
        return self._folder / f"work-{self._count:03}"

    def _keep(self, name: str, video: Path) -> None:
        """Keep the newest file of each thing, and nothing else of the run that made it."""
        kept = self._folder / f"{name}.mp4"
        shutil.move(video, kept)
        self.videos[name] = kept
        if video.parent.name.startswith("work-"):
            shutil.rmtree(video.parent)


def _one_core() -> int | None:
    """A processor that we may use; None where the system cannot bind a process to one."""
    return min(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None

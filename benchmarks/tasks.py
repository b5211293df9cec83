"""What the composition benchmark runs in processes of their own: composing, raw frames, drawing without encoding.

Belongs here: calling the project's own code with the workload. Not here: measuring it from outside (`measure.py`), the
order of runs (`compose.py`). Run as `python -m benchmarks.tasks TASK.json`; the answer goes to the file named in it.
"""

import functools
import resource
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

from benchmarks.workload import Story, Workload, with_other_clip, with_other_word
from reelineage.documents import Document, Frame, Placement
from reelineage.look import Captions, Music, OverlayLook, PresetName, Style, Thumbnail, Transition
from resources.footage import Shot
from resources.rendering.composer import ComposedVideo, CompositionOrder, MusicTrack, SceneClip, compose

CACHE_BYTES = 4 * 2**30
_DRAWN_SCENES = 4

Change = Literal["none", "scene", "word", "long"]


class Task(Document):
    """One thing to do. Folders are absolute; `cache` is kept between tasks, `work` is new."""

    kind: Literal["compose", "frames", "draw"]
    workload: str
    work: str
    cache: str
    answer: str
    change: Change = "none"
    preset: PresetName = "balanced"
    draft: bool = False


class Answer(Document):
    """What the task found. Seconds are of the work itself, without starting Python and importing."""

    seconds: float
    cpu_seconds: float
    frames: int = 0
    video: str = ""
    reused: int = 0
    segments: int = 0


def main() -> None:
    """Do the task in the file given, write the answer."""
    task = Task.model_validate_json(Path(sys.argv[1]).read_bytes())
    run = {"compose": _compose, "frames": _frames, "draw": _draw}[task.kind]
    Path(task.work).mkdir(parents=True)
    answer = run(task)
    Path(task.answer).write_text(answer.model_dump_json(), encoding="utf-8")


def _compose(task: Task) -> Answer:
    order = _order(task)
    made: list[ComposedVideo] = []
    seconds, cpu = _timed(lambda: made.append(compose(order, Path(task.work), lambda _: None)))
    return Answer(
        seconds=seconds,
        cpu_seconds=cpu,
        frames=made[0].measures.frames,
        video=str(made[0].video),
        reused=made[0].reused,
        segments=int(made[0].encoder["segments"]),
    )


def _order(task: Task) -> CompositionOrder:
    folder = Path(task.workload)
    workload = Workload.model_validate_json((folder / "workload.json").read_bytes())
    frame = Frame(width=workload.frame.width // 2, height=workload.frame.height // 2) if task.draft else workload.frame
    story = _story(workload, task.change)
    return CompositionOrder(
        frame=frame,
        profile="draft" if task.draft else "standard",
        preset=task.preset,
        clips=tuple(
            SceneClip(
                number=span.scene,
                frames=span.frames,
                path=folder / clip.name,
                sha256=clip.sha256,
                media_type="video/mp4",
                placement=Placement(fit="cover"),
            )
            for clip, span in zip(story.clips, story.voiceover.spans, strict=True)
        ),
        voice=folder / story.voice,
        voiceover=story.voiceover,
        script=story.script,
        captions=Captions(),
        overlays=OverlayLook(),
        transition=Transition(),
        thumbnail=Thumbnail(),
        music=MusicTrack(
            folder / workload.music,
            workload.music_sha256,
            Music(provider="file", artifact_sha256=workload.music_sha256),
        ),
        cache=Path(task.cache),
        cache_bytes=CACHE_BYTES,
    )


def _story(workload: Workload, change: Change) -> Story:
    if change == "scene":
        return with_other_clip(workload)
    if change == "word":
        return with_other_word(workload.story)
    return workload.long_story if change == "long" else workload.story


def _frames(task: Task) -> Answer:
    """Compose, and write each segment's frames also to `frames.yuv`, captions and all: what the pure encode encodes."""
    from resources.rendering import segments  # noqa: PLC0415 — only the task that needs it
    from resources.rendering.ffmpeg import run_ffmpeg  # noqa: PLC0415 — as above

    def run_and_render(arguments: Sequence[str], *, doing: str, folder: Path, **options: Any) -> str:  # noqa: ANN401 — handed on as they came
        said = run_ffmpeg(arguments, doing=doing, folder=folder, **options)
        if "-c:v" in arguments:  # the same inputs and filters, with no encoder behind them
            place = arguments.index("-c:v")
            raw = arguments[arguments.index("-y") + 1] + ".yuv"
            run_ffmpeg(
                [*arguments[:place], "-f", "rawvideo", "-pix_fmt", "yuv420p", "-y", raw],
                doing=f"{doing}, without the encoder",
                deadline_seconds=900,
                folder=folder,
            )
        return said

    order, work = _order(task), Path(task.work)
    with patch.object(segments, "run_ffmpeg", run_and_render):
        made = compose(order, work, lambda _: None)
    with (work / "frames.yuv").open("wb") as whole:
        for part in sorted(work.glob("segment-*.yuv")):
            with part.open("rb") as raw:
                shutil.copyfileobj(raw, whole, 2**22)
            part.unlink()
    return Answer(seconds=0, cpu_seconds=0, frames=made.measures.frames, video=str(work / "frames.yuv"))


def _draw(task: Task) -> Answer:
    """Draw motion graphics and hand them to an ffmpeg that throws them away; then once more into `frames.yuv`.

    The seconds are of the first: drawing and hand-over. The frames are for a pure encode to compare with.
    """
    from resources.footage.motion.scene import frames_of  # noqa: PLC0415 — only the task that draws
    from resources.rendering.ffmpeg import RawPictures, run_ffmpeg  # noqa: PLC0415 — as above

    order, work = _order(task), Path(task.work)
    shots = _drawn_shots(order)
    next(frames_of(shots[0], 0, 1))  # fonts and skia are loaded once per process, not once per segment

    def draw_all() -> None:
        for shot in shots:
            pictures = RawPictures(order.frame, functools.partial(frames_of, shot))
            run_ffmpeg(
                [*pictures.arguments, "-f", "null", "-"],
                doing="Drawing for nobody",
                deadline_seconds=900,
                pictures=pictures,
            )

    seconds, cpu = _timed(draw_all)
    with (work / "frames.yuv").open("wb") as whole:
        for shot in shots:
            for picture in frames_of(shot):
                whole.write(picture.data)
    frames = sum(shot.frames for shot in shots)
    return Answer(seconds=seconds, cpu_seconds=cpu, frames=frames, video=str(work / "frames.yuv"))


def _drawn_shots(order: CompositionOrder) -> list[Shot]:
    """The first scenes as motion graphics: each has another layout and, by its seed, another background."""
    scenes = zip(order.script.scenes[:_DRAWN_SCENES], order.voiceover.spans, strict=False)
    return [
        Shot(
            scene=scene,
            scenes=len(order.script.scenes),
            frame=order.frame,
            frames=span.frames,
            style=Style(),
            video_seed=scene.number,
            draft=False,
        )
        for scene, span in scenes
    ]


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of `work`, its own and its children's."""
    before, started = _cpu(), time.monotonic()
    work()
    return round(time.monotonic() - started, 3), round(_cpu() - before, 3)


def _cpu() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))


if __name__ == "__main__":
    main()

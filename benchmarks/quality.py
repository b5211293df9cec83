"""How near a finished picture is to the footage it was made from: PSNR, SSIM, VMAF, the same for every tool.

Belongs here: the reference and the comparison. Not here: sound, cost. The reference is every scene's clip, scaled with
Lanczos so that it covers the frame, cropped around the middle, never encoded. Only the part above the captions counts,
since each tool writes them differently; and each frame is held against the nearest of five reference frames, since
tools disagree on which frame of a 25 fps clip is shown when.
"""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.workload import Story, Workload
from reelineage.documents import FPS, Frame
from resources.rendering.ffmpeg import TAG_BT709, ffmpeg_path, file_url, run_ffmpeg

SHARE_ABOVE_CAPTIONS = 0.55
REACH = 2  # frames before and after that a frame may be compared with
VMAF_EVERY = 3  # frames; VMAF of each would cost more than all else
_CLEARLY_NEARER = 0.6  # of the error: between frames that hardly differ, grain would decide
_SMALL = (108, 106)  # pixels that frames are matched on
_DEADLINE_SECONDS = 3600


@dataclass(frozen=True)
class Quality:
    """PSNR in dB (all planes), SSIM 0..1, VMAF 0..100 or None where ffmpeg lacks it.

    The `upright` values are those of the scenes whose clip has the frame's size already: no scaler has a part in them.
    `moved` is the share of frames that match another frame of the reference than their own.
    """

    psnr_db: float
    ssim: float
    vmaf: float | None
    upright_psnr_db: float
    upright_ssim: float
    moved: float
    frames: int


@dataclass(frozen=True)
class Reference:
    """The footage as raw I420 in a file, only the rows above the captions."""

    path: Path
    width: int
    height: int
    frames: int
    upright: NDArray[np.bool_]

    def pictures(self) -> NDArray[np.uint8]:
        """All frames, uint8 of shape (frames, height * 3 // 2, width), read as they are needed."""
        return np.memmap(self.path, np.uint8, "r", shape=(self.frames, self.height * 3 // 2, self.width))


def make_reference(workload: Workload, material: Path, folder: Path) -> Reference:
    """Render the footage of the story to `reference.yuv` in `folder`: 1.7 MB a frame at 1080x1920."""
    frame, story = workload.frame, workload.story
    height = _rows(frame)
    path = folder / "reference.yuv"
    with path.open("wb") as whole:
        for clip, span in zip(story.clips, story.voiceover.spans, strict=True):
            part = folder / "part.yuv"
            run_ffmpeg(
                [
                    *("-i", file_url(material / clip.name), "-map", "0:v:0", "-frames:v", str(span.frames)),
                    *("-vf", f"fps={FPS},{_cover(clip.width, clip.height, frame)},crop={frame.width}:{height}:0:0"),
                    *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-y", file_url(part)),
                ],
                doing=f"Rendering the reference of {clip.name}",
                deadline_seconds=_DEADLINE_SECONDS,
            )
            pictures = part.read_bytes()
            missing = span.frames - len(pictures) // (frame.width * height * 3 // 2)
            whole.write(pictures + missing * pictures[-frame.width * height * 3 // 2 :])
            part.unlink()
    return Reference(path, frame.width, height, story.frames, _upright(story, frame))


def compare(video: Path, reference: Reference, *, vmaf: bool = True) -> Quality:
    """Hold a finished video against the reference.

    Raises:
        PermanentError: it cannot be decoded.
        ValueError: it has less than 95 % of the reference's frames.
    """
    with tempfile.TemporaryDirectory(prefix="reelineage-quality-") as name:
        folder = Path(name)
        nearest = _nearest(_small(video, reference, folder), _small(None, reference, folder))
        if len(nearest) < 0.95 * reference.frames:
            raise ValueError(f"{video.name} has {len(nearest)} frames, the reference {reference.frames}")
        _measure(video, reference, nearest, folder, vmaf=vmaf and has_vmaf())
        errors = _column(folder / "psnr.log", "mse_avg")
        ssim = _column(folder / "ssim.log", "All")
        score = _vmaf(folder / "vmaf.csv")
    upright = reference.upright[: len(errors)]
    return Quality(
        psnr_db=_decibels(errors),
        ssim=round(float(ssim.mean()), 5),
        vmaf=score,
        upright_psnr_db=_decibels(errors[upright]),
        upright_ssim=round(float(ssim[upright].mean()), 5),
        moved=round(float(np.mean(nearest != np.arange(len(nearest)))), 3),
        frames=len(nearest),
    )


def has_vmaf() -> bool:
    """Whether the bundled ffmpeg can tell VMAF."""
    done = subprocess.run([ffmpeg_path(), "-hide_banner", "-filters"], capture_output=True, text=True, check=True)  # noqa: S603 — the bundled ffmpeg
    return " libvmaf " in done.stdout


def _rows(frame: Frame) -> int:
    return int(frame.height * SHARE_ABOVE_CAPTIONS) // 2 * 2


def _upright(story: Story, frame: Frame) -> NDArray[np.bool_]:
    fits = [(clip.width, clip.height) == (frame.width, frame.height) for clip in story.clips]
    return np.repeat(fits, [span.frames for span in story.voiceover.spans])


def _cover(width: int, height: int, frame: Frame) -> str:
    """Scale first, then crop: the position of the crop is then right to a whole pixel of the result."""
    factor = max(frame.width / width, frame.height / height)
    scaled = [
        max(2 * round(side * factor / 2), least) for side, least in ((width, frame.width), (height, frame.height))
    ]
    return (
        f"scale={scaled[0]}:{scaled[1]}:flags=lanczos+accurate_rnd+full_chroma_int,"
        f"crop={frame.width}:{frame.height},{TAG_BT709}"
    )


def _small(video: Path | None, reference: Reference, folder: Path) -> NDArray[np.float32]:
    """Small grey frames of the compared part: of a video, or of the reference itself."""
    raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", f"{reference.width}x{reference.height}"]
    source = (
        [*raw, "-framerate", str(FPS), "-i", file_url(reference.path)] if video is None else ["-i", file_url(video)]
    )
    path = folder / "small.gray"
    size = f"{_SMALL[0]}:{_SMALL[1]}"
    run_ffmpeg(
        [
            *(*source, "-map", "0:v:0", "-frames:v", str(reference.frames)),
            *("-vf", f"{TAG_BT709},crop={reference.width}:{reference.height}:0:0,scale={size}:flags=area,format=gray"),
            *("-fps_mode", "passthrough", "-f", "rawvideo", "-y", file_url(path)),
        ],
        doing="Matching frames with the reference",
        deadline_seconds=_DEADLINE_SECONDS,
    )
    return np.fromfile(path, np.uint8).reshape(-1, _SMALL[0] * _SMALL[1]).astype(np.float32)


def _nearest(shown: NDArray[np.float32], reference: NDArray[np.float32]) -> NDArray[np.int64]:
    """For every shown frame the number of the reference frame that is most like it, its own where several are."""
    own = np.arange(min(len(shown), len(reference)))
    best = own.copy()
    least = np.mean((shown[own] - reference[own]) ** 2, axis=1)
    for offset in sorted(range(-REACH, REACH + 1), key=abs)[1:]:
        other = np.clip(own + offset, 0, len(reference) - 1)
        error = np.mean((shown[own] - reference[other]) ** 2, axis=1)
        better = error < _CLEARLY_NEARER * least
        best[better], least[better] = other[better], error[better]
    return best


def _measure(video: Path, reference: Reference, nearest: NDArray[np.int64], folder: Path, *, vmaf: bool) -> None:
    """Let ffmpeg compare: the reference goes into its pipe in the order of `nearest`.

    Both sides are tagged alike, since ffmpeg converts colours between two that are not: that cost a video 10 dB.
    """
    size = f"{reference.width}x{reference.height}"
    score = f"libvmaf=n_threads=2:n_subsample={VMAF_EVERY}:log_fmt=csv:log_path=vmaf.csv" if vmaf else ""
    clock = f"settb=1/{FPS},setpts=N"
    graph = (
        f"[0:v:0]{TAG_BT709},{clock},split=3[r1][r2][r3];"
        f"[1:v:0]crop={reference.width}:{reference.height}:0:0,format=yuv420p,{TAG_BT709},{clock},split=3[v1][v2][v3];"
        f"[v1][r1]psnr=stats_file=psnr.log:shortest=1,nullsink;[v2][r2]ssim=stats_file=ssim.log:shortest=1,nullsink;"
    )
    graph += f"[v3][r3]{score}:shortest=1[out]" if vmaf else "[v3]nullsink;[r3]null[out]"
    command = [
        *(str(ffmpeg_path()), "-hide_banner", "-nostats", "-loglevel", "error"),
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", size, "-framerate", str(FPS), "-i", "pipe:0"),
        *("-i", file_url(video), "-filter_complex", graph, "-map", "[out]", "-frames:v", str(len(nearest))),
        *("-f", "null", "-"),
    ]
    with (folder / "errors.txt").open("wb") as errors:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stderr=errors)  # noqa: S603 — the bundled ffmpeg
        assert process.stdin is not None  # noqa: S101 — asked for just above
        for picture in _ordered(reference, nearest):
            process.stdin.write(picture)
        process.stdin.close()
        process.wait(_DEADLINE_SECONDS)
    if process.returncode:
        raise ValueError(f"comparing {video.name} failed: {(folder / 'errors.txt').read_text()[-500:]}")


def _ordered(reference: Reference, nearest: NDArray[np.int64]) -> Iterator[bytes]:
    pictures = reference.pictures()
    for number in nearest:
        yield pictures[number].tobytes()


def _column(log: Path, name: str) -> NDArray[np.float64]:
    """One value of every line of a `stats_file`."""
    found = re.findall(rf"\b{name}:([\d.]+|inf)", log.read_text(encoding="utf-8"))
    return np.array([float(value) for value in found])


def _vmaf(log: Path) -> float | None:
    if not log.exists():
        return None
    header, *lines = [line.split(",") for line in log.read_text(encoding="utf-8").splitlines()]
    place = header.index("vmaf")
    return round(float(np.mean([float(line[place]) for line in lines if line[place]])), 2)


def _decibels(errors: NDArray[np.float64]) -> float:
    """PSNR of the mean squared error over all frames."""
    return round(float(10 * np.log10(255**2 / max(float(errors.mean()), 1e-9))), 2) if errors.size else float("nan")

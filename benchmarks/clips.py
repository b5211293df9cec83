"""Clips for the composition benchmark: textured pictures that move and grain over them, hard to compress like footage.

Belongs here: painting and encoding one clip. Not here: which clips a video needs, voice and music (`workload.py`).
A clip is a camera that pans and sways over a painted ground (sub-pixel motion everywhere), an object that crosses it,
and film grain. The same order gives the same bytes: seeded noise, one encoder thread.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from resources.rendering.ffmpeg import BITEXACT, BT709, TAG_BT709, file_url, run_ffmpeg

_MARGIN = 0.16  # of the longer side, for the camera to move in
# Strength of ffmpeg's noise filter, and the quality of the clips: chosen together so that clips have 2-6 Mbit/s, as
# much stock footage in 1080p has, and the finished video needs what footage needs: 4-10 Mbit/s, 41 CPU-ms a frame.
_GRAIN = 11
_CRF = 26


@dataclass(frozen=True)
class ClipOrder:
    """One clip to make: its size in pixels, frames per second, and how many of them."""

    seed: int
    width: int
    height: int
    fps: int
    frames: int


def make_clip(order: ClipOrder, destination: Path, *, folder: Path) -> None:
    """Paint and encode one clip as H.264; `folder` takes the painted pictures meanwhile.

    Raises:
        PermanentError, TransientError: ffmpeg refused or hung.
    """
    rng = np.random.default_rng(order.seed)
    margin = 2 * round(_MARGIN * max(order.width, order.height) / 2)
    ground, thing = folder / f"ground-{order.seed}.rgb", folder / f"thing-{order.seed}.rgba"
    ground_size = (order.width + margin, order.height + margin)
    thing_size = (order.height // 2 // 2 * 2, order.height // 2 // 2 * 2)
    ground.write_bytes(paint(rng, *ground_size).tobytes())
    thing.write_bytes(_cut_out(rng, *thing_size).tobytes())
    try:
        run_ffmpeg(
            [
                *_still(ground, ground_size, "rgb24", order.fps),
                *_still(thing, thing_size, "rgba", order.fps),
                *("-filter_complex", _scene(order, margin), "-map", "[out]", "-frames:v", str(order.frames)),
                *("-filter_complex_threads", "1", "-c:v", "libx264", "-preset", "medium", "-crf", str(_CRF)),
                *("-threads", "1", "-pix_fmt", "yuv420p", *BT709, *BITEXACT, "-f", "mp4", "-y", file_url(destination)),
            ],
            doing=f"Making the benchmark clip {destination.name}",
            deadline_seconds=900,
        )
    finally:
        ground.unlink()
        thing.unlink()


def paint(rng: np.random.Generator, width: int, height: int) -> NDArray[np.uint8]:
    """A landscape of colours with fine texture and hard edges, uint8 of shape (height, width, 3)."""
    shape = _noise(rng, width, height, 900, 50)
    relief = _noise(rng, width, height, 420, 6)
    detail = _noise(rng, width, height, 40, 2)
    colours = rng.uniform(30, 225, (4, 3)).astype(np.float32)
    along = shape[..., None]
    picture = colours[0] * (1 - along) + colours[1] * along
    edges = np.clip((relief - 0.53) * 60, 0, 1)[..., None]  # about two pixels wide, as a lens draws them
    other = colours[2] * (1 - along) + colours[3] * along
    picture = picture * (1 - edges) + other * edges
    picture *= (0.6 + 0.8 * detail)[..., None]
    return np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)


def _cut_out(rng: np.random.Generator, width: int, height: int) -> NDArray[np.uint8]:
    """A painted round object with a soft edge, uint8 of shape (height, width, 4)."""
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    radius = np.sqrt(across**2 + down**2) + 0.3 * (_noise(rng, width, height, 300, 30) - 0.5)
    alpha = np.clip((0.82 - radius) * 40, 0, 1)
    return np.dstack([paint(rng, width, height), (255 * alpha).astype(np.uint8)])


def _noise(rng: np.random.Generator, width: int, height: int, coarsest: int, finest: int) -> NDArray[np.float32]:
    """Fractal noise in 0..1, float32 of shape (height, width), with forms of `coarsest` down to `finest` pixels."""
    total = np.zeros((height, width), np.float32)
    cell, weight = float(coarsest), 1.0
    while cell >= finest:
        grid = rng.random((int(height / cell) + 2, int(width / cell) + 2), dtype=np.float32)
        total += np.float32(weight) * _enlarge(grid, height, width, cell)
        cell, weight = cell / 2, weight * 0.62
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / (high - low), dtype=np.float32)


def _enlarge(grid: NDArray[np.float32], height: int, width: int, cell: float) -> NDArray[np.float32]:
    """Smooth interpolation of a coarse grid, `cell` pixels from point to point."""
    for axis, length in ((0, height), (1, width)):
        place = np.arange(length, dtype=np.float32) / np.float32(cell)
        whole = place.astype(np.int64)
        part = place - whole
        part = part * part * (3 - 2 * part)
        part = part[:, None] if axis == 0 else part[None, :]
        grid = np.take(grid, whole, axis) * (1 - part) + np.take(grid, whole + 1, axis) * part
    return grid


def _still(path: Path, size: tuple[int, int], pixels: str, fps: int) -> list[str]:
    geometry = f"{size[0]}x{size[1]}"
    return ["-f", "rawvideo", "-pix_fmt", pixels, "-video_size", geometry, "-framerate", str(fps), "-i", file_url(path)]


def _scene(order: ClipOrder, margin: int) -> str:
    """The filters: loop both pictures, move them, sway like a hand-held camera, add grain."""
    rng = np.random.default_rng(order.seed + 1000)
    phase, sway, speed = rng.uniform(0, 6.28), rng.uniform(0.006, 0.012), rng.uniform(0.5, 0.9)
    half, turn = margin / 2, order.seed % 4
    across = f"{half:.0f}+{0.7 * half:.1f}*sin({speed:.3f}*t+{phase:.3f}+{turn})"
    down = f"{half:.0f}+{0.7 * half:.1f}*cos({0.8 * speed:.3f}*t+{phase:.3f})"
    path_x = f"(W-w)/2+(W/2)*sin({0.6 * speed:.3f}*t+{phase:.3f})"
    path_y = f"(H-h)/2+(H/4)*cos({0.9 * speed:.3f}*t)"
    to_video = f"scale=out_color_matrix=bt709:out_range=tv,format={{}},{TAG_BT709},loop=loop=-1:size=1,setpts=N"
    to_video += f"/({order.fps}*TB)"
    return (
        f"[0:v]{to_video.format('yuv420p')},rotate=a='{sway:.4f}*sin(1.7*t+{phase:.3f})':bilinear=1:fillcolor=gray,"
        f"crop={order.width}:{order.height}:x='{across}':y='{down}'[ground];"
        f"[1:v]{to_video.format('yuva420p')}[thing];"
        f"[ground][thing]overlay=x='{path_x}':y='{path_y}':shortest=1,"
        f"noise=c0s={_GRAIN}:c0f=t:c1s=2:c1f=t:c2s=2:c2f=t:all_seed={order.seed + 7},{TAG_BT709}[out]"
    )

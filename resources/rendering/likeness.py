"""How alike two media files are once they are decoded: frame by frame, and sample by sample.

Belongs here: comparing pictures and sound of two files that should show and say the same. Not here: what follows from
that (`resources/reproduction.py`), finding copies of a video among many (`resources/fingerprints.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np

from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.streams import plain_file

LEAST_PSNR_DB = 35.0  # of the least similar frame; crf 30 against crf 24 gave 44 dB, other colours 12
MOST_NOISE_DBFS = -50.0  # what is left when one sound is taken from the other, over its whole length
_DEADLINE_SECONDS = 1800
_PIECE = 1 << 20
_FORMATS = "mov,wav,png_pipe,jpeg_pipe,image2,webp_pipe,matroska,webm"


@dataclass(frozen=True)
class Likeness:
    """What two files share, of `frames` frames of which `differing` are not the same to the bit.

    `psnr_db` is that of the least similar frame, inf for the same pictures; `noise_dbfs` what is left when one sound is
    taken from the other, -inf for the same sound. None: was not asked.
    """

    frames: int
    differing: int
    psnr_db: float | None
    noise_dbfs: float | None

    @property
    def alike(self) -> bool:
        """Whether they show and say the same within the bounds above."""
        pictures = self.psnr_db is None or self.psnr_db >= LEAST_PSNR_DB
        return pictures and (self.noise_dbfs is None or self.noise_dbfs <= MOST_NOISE_DBFS)

    def __str__(self) -> str:
        """In words, with the numbers."""
        said = []
        if self.psnr_db is not None:
            same = self.psnr_db == float("inf")
            many = f"{self.differing} of {self.frames} frames differ, PSNR {self.psnr_db:.1f} dB at the worst"
            said.append("the same pictures" if same else many)
        if self.noise_dbfs is not None:
            same = self.noise_dbfs == float("-inf")
            said.append("the same sound" if same else f"sound that differs by {self.noise_dbfs:.1f} dBFS")
        return " and ".join(said) or "nothing to see or hear"


def likeness(
    one: Path, other: Path, folder: Path, check: Callable[[], None], *, pictures: bool, sound: bool
) -> Likeness:
    """Decode both files and compare what they hold; `folder` is scratch space, `check` raises to stop.

    Raises:
        PermanentError: a file is not plain, or cannot be decoded.
        TransientError: decoding took too long.
    """
    for path in (one, other):
        plain_file(path)
    frames = differing = 0
    psnr = noise = None
    if pictures:
        hashes = [_frame_hashes(path, folder / f"frames-{number}", check) for number, path in enumerate((one, other))]
        frames = max(map(len, hashes)) - 1
        differing = sum(a != b for a, b in zip_longest(*hashes))
        if differing == 0:
            psnr = float("inf")
        else:  # another length or size is as unlike as can be
            comparable = len(hashes[0]) == len(hashes[1]) and hashes[0][0] == hashes[1][0]
            psnr = _least_psnr(one, other, folder, check) if comparable else 0.0
    if sound:
        noise = _noise(*(_samples(path, folder / f"sound-{n}", check) for n, path in enumerate((one, other))))
    return Likeness(frames, differing, psnr, noise)


def _frame_hashes(path: Path, out: Path, check: Callable[[], None]) -> list[str]:
    """The size of the frames, then one line per frame: its time and sha256."""
    _decode(path, ["-map", "0:v:0", "-f", "framehash", "-hash", "sha256", file_url(out)], check)
    lines = out.read_text("ascii").splitlines()
    size = next((line for line in lines if line.startswith("#dimensions")), "")
    return [size, *(line for line in lines if not line.startswith("#"))]


def _least_psnr(one: Path, other: Path, folder: Path, check: Callable[[], None]) -> float:
    """PSNR of the least similar frame."""
    graph = "[0:v:0][1:v:0]psnr=stats_file=psnr.txt"
    _run([*_input(one), *_input(other), "-lavfi", graph, "-f", "null", "-"], one, check, folder)
    found = []
    for line in (folder / "psnr.txt").read_text("ascii").splitlines():
        values = dict(pair.split(":") for pair in line.split())
        found.append(float(values["psnr_avg"]))
    return min(found, default=0.0)


def _samples(path: Path, out: Path, check: Callable[[], None]) -> "np.memmap[tuple[int], np.dtype[np.float32]]":
    """The decoded sound as float32, channels interleaved, on disk."""
    _decode(path, ["-map", "0:a:0", "-f", "f32le", "-c:a", "pcm_f32le", file_url(out)], check)
    return np.memmap(out, np.dtype("<f4"), "r")


def _noise(
    one: "np.memmap[tuple[int], np.dtype[np.float32]]", other: "np.memmap[tuple[int], np.dtype[np.float32]]"
) -> float:
    """RMS of the difference in dBFS, -inf when there is none; other lengths are as unlike as can be."""
    if len(one) != len(other):
        return 0.0
    energy = sum(
        float(np.sum(np.square(one[at : at + _PIECE].astype(np.float64) - other[at : at + _PIECE])))
        for at in range(0, len(one), _PIECE)
    )
    return float("-inf") if energy == 0 else float(10 * np.log10(energy / len(one)))


def _decode(path: Path, arguments: list[str], check: Callable[[], None]) -> None:
    _run(["-xerror", *_input(path), *arguments], path, check, None)


def _input(path: Path) -> list[str]:
    return ["-format_whitelist", _FORMATS, "-i", file_url(path)]


def _run(arguments: list[str], path: Path, check: Callable[[], None], folder: Path | None) -> None:
    run_ffmpeg(
        ["-y", *arguments],
        doing=f"Comparing {path.name[:12]}… with what was made again",
        deadline_seconds=_DEADLINE_SECONDS,
        on_progress=lambda _: check(),
        folder=folder,
    )

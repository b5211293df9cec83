"""Plain bars at the edges of a film, as players and converters add them around a picture of another shape.

Belongs here: finding them and cutting them off. Bars that are blurred or moving pictures are not found.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_MOST_PICTURES: Final = 32
_BOUND: Final = 1280  # a longer side is scaled down: one line of 1280 is exact enough
_PLAIN: Final = 4.0  # grey levels that the pixels of a bar differ by, as a standard deviation
_LEAST_LEFT: Final = 0.2  # of the rows or columns: with less it is no picture with bars


@dataclass(frozen=True)
class Bars:
    """The rows and columns of the scaled picture that are left between the bars."""

    rows: slice
    columns: slice

    def cut_off(self, picture: Any) -> Any:  # noqa: ANN401 — PyAV ships no usable types
        """The picture without its bars, in grey; itself when the film has become another size meanwhile."""
        import av  # noqa: PLC0415 — heavy import, only when used

        grey = _bounded(picture)[self.rows, self.columns]
        return av.VideoFrame.from_ndarray(np.ascontiguousarray(grey), format="gray") if grey.size else picture


def find_bars(pictures: Iterable[Any]) -> Bars | None:
    """The edges that have one plain colour in each of the first 32 pictures; None without such edges."""
    rows: NDArray[np.float32] | None = None
    columns: NDArray[np.float32] | None = None
    for picture in islice(pictures, _MOST_PICTURES):
        grey = _bounded(picture).astype(np.float32)
        across, down = grey.std(axis=1), grey.std(axis=0)
        if rows is None or columns is None:
            rows, columns = across, down
        elif rows.shape != across.shape or columns.shape != down.shape:
            return None
        else:
            rows, columns = np.maximum(rows, across), np.maximum(columns, down)
    if rows is None or columns is None:
        return None
    found = Bars(_lively(rows), _lively(columns))
    return None if found == Bars(slice(0, len(rows)), slice(0, len(columns))) else found


def _lively(spread: NDArray[np.float32]) -> slice:
    """From the first to the last line that is not plain; all of them when too little is left to be a picture."""
    lively = np.flatnonzero(spread > _PLAIN)
    if len(lively) == 0 or lively[-1] - lively[0] + 1 < len(spread) * _LEAST_LEFT:
        return slice(0, len(spread))
    return slice(int(lively[0]), int(lively[-1]) + 1)


def _bounded(picture: Any) -> NDArray[np.uint8]:  # noqa: ANN401 — as above
    scale = max(1.0, max(picture.width, picture.height) / _BOUND)
    width, height = max(1, round(picture.width / scale)), max(1, round(picture.height / scale))
    grey: NDArray[np.uint8] = picture.reformat(
        width=width, height=height, format="gray", interpolation="AREA"
    ).to_ndarray()
    return grey

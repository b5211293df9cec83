"""How far a step is, as one line in a job's row: `clips 3/7 scene 3: chart`.

Belongs here: writing the line and reading it back, so that people see a bar and words. Not here: who reports
(`workbench.py`), the segments of an encoder (`rendering/progress.py`).
"""

import re
from dataclasses import dataclass
from typing import Final

from reelineage.lineage import ASSETS

BEGINS: Final = "begins"
DONE: Final = "done"
_LINE: Final = re.compile(r"(?P<asset>[a-z]+)(?: (?P<done>\d{1,9})/(?P<total>\d{1,9}))?(?: (?P<what>.*))?", re.DOTALL)


@dataclass(frozen=True)
class ProgressLine:
    """`done` of `total` pieces (scenes, sentences, frames) of one asset; 0 of 0 when it just began or ended."""

    asset: str
    done: int
    total: int
    what: str

    @property
    def text(self) -> str:
        """As it stands in the row."""
        return f"{self.asset}{f' {self.done}/{self.total}' if self.total else ''} {self.what}"

    @property
    def tail(self) -> str:
        """What follows the numbers when it is told to people: `, scene 3: chart`, ` frames, 59 fps`, ` done`."""
        if self.what == BEGINS:
            return ""
        return f"{' ' if self.what == DONE or self.what.startswith('frames') else ', '}{self.what}"

    @property
    def share(self) -> float:
        """How much of the whole job is done, between 0 and 1, each asset counting the same."""
        part = self.done / self.total if self.total else float(self.what == DONE)
        return (ASSETS.index(self.asset) + min(part, 1.0)) / len(ASSETS)


def read_line(text: str | None) -> ProgressLine | None:
    """The progress that a job's row tells; None for anything else, such as a line of an older version."""
    match = _LINE.fullmatch(text or "")
    if match is None or match["asset"] not in ASSETS:
        return None
    return ProgressLine(match["asset"], int(match["done"] or 0), int(match["total"] or 0), match["what"] or "")

"""Answers as CSV, for spreadsheets.

Belongs here: writing rows so that no cell is taken for a formula or runs over its line. Not here: what stands in them.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from reelineage.text import clean_text

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that spreadsheets compute
_LONGEST_CELL = 32_000  # characters; a spreadsheet's cell ends at 32,767


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with a header, one row a line, without the last line's end. Texts from outside are made harmless."""
    told = io.StringIO()
    writer = csv.writer(told, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return told.getvalue().rstrip("\n")


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = clean_text(value, max_characters=_LONGEST_CELL)
    return f"'{text}" if text.startswith(_FORMULA) else text

"""CSV: a header line that names the columns, then one row per observation.

Belongs here: quoting, delimiters, line numbers, rows of the wrong width. Not here: what the values mean (`rows.py`).
"""

import csv
import io
from collections.abc import Iterator

from reelineage.documents import SkippedRow
from reelineage.text import clean_text
from reelineage.trends.fields import FIELD_OF, REQUIRED, plain_name
from reelineage.trends.rows import RawRow, refuse
from reelineage.trends.youtube import is_trending_set

_MAX_COLUMNS = 200


def csv_rows(text: str, *, name: str) -> Iterator[RawRow | SkippedRow]:
    """The rows of a CSV text (comma, semicolon or tab). `line` is where a row starts, also after multi-line fields.

    Raises:
        BadInput: a required column is missing, or the text breaks off inside a row.
    """
    stream = io.StringIO(text, newline="")
    reader = csv.reader(stream, delimiter=_delimiter(text), strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        refuse(
            name, f"its first line is no line of column names ({error})", "Give a CSV, JSON, JSONL, RSS or Atom file."
        )
    columns = _columns(header, name)
    is_youtube = is_trending_set({plain_name(column) for column in header})
    whole = text.endswith(("\n", "\r"))
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error):
                refuse(
                    name,
                    f"line {line} opens a quote that is never closed",
                    "It seems cut off: get the whole file again.",
                )
            yield SkippedRow(line=line, reason=f"its quotes or fields are broken ({error})")
            continue
        if not cells:
            continue
        if len(cells) != len(header):
            if len(cells) < len(header) and not whole and stream.tell() >= len(text):
                refuse(
                    name,
                    f"line {line} breaks off after {len(cells)} of {len(header)} columns",
                    "It seems cut off: get the whole file again.",
                )
            yield SkippedRow(line=line, reason=f"it has {len(cells)} columns where the first line names {len(header)}")
            continue
        fields: dict[str, object] = {field: cells[place] for field, place in columns.items()}
        if is_youtube and not fields.get("platform"):
            fields["platform"] = "youtube"
        yield RawRow(line=line, fields=fields)


def _delimiter(text: str) -> str:
    first = text[:10_000].splitlines()[0] if text else ""
    return max(",;\t", key=first.count)


def _columns(header: list[str], name: str) -> dict[str, int]:
    best: dict[str, tuple[int, int]] = {}
    for place, column in enumerate(header[:_MAX_COLUMNS]):
        if found := FIELD_OF.get(plain_name(column)):
            field, rank = found
            best[field] = min(best.get(field, (rank, place)), (rank, place))
    missing = [field for field in REQUIRED if field not in best]
    if missing:
        listed = ", ".join(clean_text(column, max_characters=40) for column in header[:20])
        wanted = f"column '{missing[0]}' is" if len(missing) == 1 else "columns 'title' and 'published_at' are"
        refuse(
            name,
            f"the {wanted} missing (found: {listed})",
            "Name the columns in the first line; title and published_at are needed.",
        )
    return {field: place for field, (_, place) in best.items()}

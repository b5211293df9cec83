"""The credits for a video's description: who made what is in it, what it rests on, and that AI had a part in it.

Belongs here: choosing and bounding the lines. Not here: the bill itself (`bill_of_materials.py`), the files' own
credentials (`reelineage/credentials.py`), what has to be ticked on a platform (`disclosure.py`).
"""

from collections.abc import Iterator, Sequence
from typing import Final

from reelineage.documents import Disclosure
from reelineage.rights.bill_of_materials import WORKS, Line, is_known
from reelineage.text import clean_text

MOST_CHARACTERS: Final = 5_000  # of a description on YouTube; other platforms take less, and people cut it there
_LONGEST_LINE: Final = 500
_ROOM_FOR_THE_REST: Final = len("… and 999,999,999 more lines") + 1


def credits_text(lines: Sequence[Line], disclosure: Disclosure | None) -> str:
    """Attributions, then sources, then the note about AI, each line once.

    At most 5,000 characters without control characters. What does not fit is left out from the end and its number said;
    the note about AI always stays.
    """
    told = [*_section("Credits", _credited(lines)), *_section("Sources", _cited(lines))]
    note = "Parts of this video were made with AI." if disclosure and disclosure.ai_act_article_50 else ""
    room = MOST_CHARACTERS - len(note) - _ROOM_FOR_THE_REST
    kept: list[str] = []
    for line in told:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    left_out = len(told) - len(kept)
    rest = [f"… and {left_out:,} more lines"] if left_out else []
    return "\n".join([*kept, *rest, note]).strip()


def _section(title: str, texts: Iterator[str]) -> list[str]:
    cleaned = (clean_text(text, max_characters=_LONGEST_LINE) for text in texts)
    lines = [line for line in dict.fromkeys(cleaned) if line]
    return [f"{title}:", *lines, ""] if lines else []


def _credited(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        if line.kind in WORKS:
            by = f" by {line.author}" if is_known(line.author) else ""
            licence = f", {line.licence}" if line.licence_known else ""
            yield line.attribution or f"{line.title}{by}{licence}"


def _cited(lines: Sequence[Line]) -> Iterator[str]:
    return (line.attribution for line in lines if line.kind in ("trend_source", "citation"))

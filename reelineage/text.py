"""Text from outside, made safe to store and to show.

Belongs here: cleaning that every boundary needs. Not here: escaping for one format (ASS, XML), which its writer does.
"""

import re
import unicodedata

_SPACES = re.compile(r"\s+")


def clean_text(value: str, *, max_characters: int, keep_lines: bool = False) -> str:
    """Readable Unicode without control characters, at most `max_characters` long.

    NUL and lone surrogates cannot be stored by every database; other control characters break subtitles and logs.
    Joiners and direction marks stay: emoji and right-to-left titles need them.
    """
    bounded = value[: max_characters * 4]
    if bounded.isascii() and bounded.isprintable() and not keep_lines:
        return _SPACES.sub(" ", bounded).strip()[:max_characters].strip()  # most titles, at a tenth of the cost
    repaired = bounded.encode("utf-8", "replace").decode("utf-8")
    normal = unicodedata.normalize("NFC", repaired)
    if keep_lines:
        lines = (_collapse(line) for line in normal.splitlines())
        joined = "\n".join(line for line in lines if line)
    else:
        joined = _collapse(normal)
    return joined[:max_characters].strip()


def _collapse(line: str) -> str:
    printable = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in line)
    return _SPACES.sub(" ", printable).strip()

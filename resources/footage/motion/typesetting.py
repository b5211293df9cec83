"""Text made to fit: shrink first, then wrap, then shorten with an ellipsis. It never leaves its box.

Belongs here: sizes and line breaks. Not here: glyphs (`typeface`), drawing (`elements`).
"""

from dataclasses import dataclass
from itertools import pairwise

from resources.footage.motion.typeface import Face, showable, width

ELLIPSIS = "…"
_MOST_CHARACTERS = 1000  # more than any box holds; bounds the time that setting takes
_STEP = 0.94  # each try is 6 % smaller: finer steps are not seen


@dataclass(frozen=True)
class Setting:
    """Lines at the size that fits. `leading` is the distance between baselines, in pixels."""

    lines: tuple[str, ...]
    face: Face
    leading: float

    @property
    def height(self) -> float:
        """From the top of the first line's capitals to just under the last baseline's descenders, in pixels."""
        if not self.lines:
            return 0.0
        return self.leading * (len(self.lines) - 1) + self.face.size * (0.70 + 0.22)

    @property
    def width(self) -> float:
        """The widest line, in pixels."""
        return max((width(line, self.face) for line in self.lines), default=0.0)


def fit(
    text: str,
    face: Face,
    *,
    box_width: float,
    box_height: float,
    most_lines: int,
    smallest: float,
    leading: float = 1.06,
) -> Setting:
    """Set `text` as large as fits, from `face.size` down to `smallest`, in at most `most_lines` lines.

    Words are broken, and the rest cut off with an ellipsis, only at the smallest size.
    """
    words = _unbroken(showable(text[:_MOST_CHARACTERS]).split())
    if not words:
        return Setting(lines=(), face=face, leading=0.0)
    size = face.size
    best: Setting | None = None
    while True:
        sized = face.sized(size)
        setting = _set(words, sized, box_width, leading)
        fits = setting.width <= box_width and len(setting.lines) <= most_lines and setting.height <= box_height
        if fits and not _leaves_a_word_alone(setting):
            return setting
        best = best or (setting if fits else None)
        if best is not None and size < best.face.size * 0.82:
            return best  # a word alone on its line looks better than small type
        if size <= smallest:
            break
        size = max(smallest, size * _STEP)
    if best is not None:
        return best
    room = max(1, min(most_lines, 1 + int((box_height - 0.92 * size) / (size * leading))))
    pieces = [piece for word in words for piece in _broken(word, sized, box_width)]
    return Setting(
        lines=tuple(_cut(wrap(pieces, sized, box_width), room, sized, box_width)), face=sized, leading=size * leading
    )


def _unbroken(words: list[str]) -> list[str]:
    """Dashes, bars and other signs stay with the word before them: no line begins with one."""
    kept: list[str] = []
    for word in words:
        if kept and len(word) <= 2 and not any(character.isalnum() for character in word):
            kept[-1] = f"{kept[-1]} {word}"
        else:
            kept.append(word)
    return kept


def _set(words: list[str], face: Face, box_width: float, leading: float) -> Setting:
    count = len(wrap(words, face, box_width))
    return Setting(lines=tuple(_balanced(words, face, box_width, count)), face=face, leading=face.size * leading)


def _leaves_a_word_alone(setting: Setting) -> bool:
    last = setting.lines[-1]
    return len(setting.lines) > 1 and width(last, setting.face) < 0.42 * setting.width


def fit_line(text: str, face: Face, *, box_width: float, smallest: float) -> Setting:
    """One line, shrunk to `smallest`, then shortened."""
    return fit(text, face, box_width=box_width, box_height=face.size * 2, most_lines=1, smallest=smallest)


def wrap(words: list[str], face: Face, box_width: float) -> list[str]:
    """Greedy lines no wider than `box_width`, as far as single words allow."""
    # Spaces are not kerned, so a line is as wide as its words and the spaces between them.
    space = width("x x", face) - 2 * width("x", face)
    lines: list[list[str]] = []
    filled = 0.0
    for word in words:
        wide = width(word, face)
        if lines and filled + space + wide <= box_width:
            lines[-1].append(word)
            filled += space + wide
        else:
            lines.append([word])
            filled = wide
    return [" ".join(line) for line in lines]


def _balanced(words: list[str], face: Face, box_width: float, count: int) -> list[str]:
    """As few lines as the greedy ones, but about equally long: no single word is left alone at the end."""
    low, high = box_width * 0.45, box_width
    best = wrap(words, face, box_width)
    for _ in range(7):
        middle = (low + high) / 2
        tried = wrap(words, face, middle)
        if len(tried) <= count and max(width(line, face) for line in tried) <= box_width:
            best, high = tried, middle
        else:
            low = middle
    return best


def _broken(word: str, face: Face, box_width: float) -> list[str]:
    """A word in pieces that each fit."""
    pieces = [""]
    for character in word:
        if pieces[-1] and width(pieces[-1] + character, face) > box_width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _cut(lines: list[str], room: int, face: Face, box_width: float) -> list[str]:
    if len(lines) <= room:
        return lines
    kept = lines[:room]
    last = kept[-1]
    while last and width(last.rstrip(" ,.;:-") + ELLIPSIS, face) > box_width:
        last = last[:-1]
    kept[-1] = last.rstrip(" ,.;:-") + ELLIPSIS
    return kept


def words_of(line: str, face: Face) -> list[tuple[str, float, float]]:
    """The words of a line with where each starts and ends, in pixels from the line's left."""
    found: list[tuple[str, float, float]] = []
    position = 0
    for word in line.split(" "):
        start = width(line[:position], face) if position else 0.0
        if position:
            start = width(line[: position + 1], face) - width(line[position], face)
        found.append((word, start, start + width(word, face)))
        position += len(word) + 1
    assert all(a[1] <= b[1] for a, b in pairwise(found))  # noqa: S101 — a line reads from left to right
    return found

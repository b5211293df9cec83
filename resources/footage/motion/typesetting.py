"""Text made to fit: shrink first, then wrap, then shorten with an ellipsis. It never leaves its box.

Belongs here: sizes and line breaks. Not here: glyphs (`typeface`), drawing (`elements`). Writing without spaces is cut
into pieces that lines may break between; a piece that follows the one before it without a space begins with `_GLUE`.
"""

from dataclasses import dataclass
from itertools import pairwise

from reelineage.timeline.writing import clusters, pieces
from resources.footage.motion.fonts import is_plain, showable
from resources.footage.motion.typeface import Face, width
from resources.rendering.lettering.direction import runs_right_to_left, visual_order

ELLIPSIS = "…"
_GLUE = "\u200b"  # never in a showable text
_TALL_LEADING = 1.25  # other writing than Montserrat's reaches farther up and down
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
    def right_to_left(self) -> bool:
        """Whether the text's first letter runs to the left, and so all its lines."""
        return bool(self.lines) and runs_right_to_left(self.lines[0])

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
    shown = showable(text[:_MOST_CHARACTERS])
    words = _unbroken([piece for word in shown.split() for piece in _pieces(word)])
    if not words:
        return Setting(lines=(), face=face, leading=0.0)
    leading = leading if is_plain(shown) else max(leading, _TALL_LEADING)
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
    parts = [part for word in words for part in _broken(word, sized, box_width)]
    return Setting(
        lines=tuple(_cut(wrap(parts, sized, box_width), room, sized, box_width)), face=sized, leading=size * leading
    )


def _pieces(word: str) -> list[str]:
    first, *rest = pieces(word)
    return [first, *(_GLUE + piece for piece in rest)]


def _unbroken(words: list[str]) -> list[str]:
    """Dashes, bars and other signs stay with the word before them: no line begins with one."""
    kept: list[str] = []
    for word in words:
        if kept and len(word) <= 2 and word[0] != _GLUE and not any(character.isalnum() for character in word):
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
    lines: list[str] = []
    filled = 0.0
    for word in words:
        bare = word.removeprefix(_GLUE)
        gap = space if bare == word else 0.0
        wide = width(bare, face)
        if lines and filled + gap + wide <= box_width:
            lines[-1] += bare if gap == 0 else f" {bare}"
            filled += gap + wide
        else:
            lines.append(bare)
            filled = wide
    return lines


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
    glue, rest = (_GLUE, word[1:]) if word.startswith(_GLUE) else ("", word)
    parts: list[str] = []
    while rest:
        part = _most_of(rest, "", face, box_width) or next(clusters(rest))
        parts.append(glue + part)
        glue, rest = _GLUE, rest[len(part) :]
    return parts


def _cut(lines: list[str], room: int, face: Face, box_width: float) -> list[str]:
    if len(lines) <= room:
        return lines
    kept = lines[:room]
    kept[-1] = _most_of(kept[-1], ELLIPSIS, face, box_width).rstrip(" ,.;:-") + ELLIPSIS
    return kept


def _most_of(text: str, ending: str, face: Face, box_width: float) -> str:
    """The longest start of `text` that fits together with `ending`; found by halving, because shaping is dear."""
    parts = list(clusters(text))
    low, high = 0, len(parts)
    while low < high:
        middle = (low + high + 1) // 2
        if width("".join(parts[:middle]) + ending, face) <= box_width:
            low = middle
        else:
            high = middle - 1
    return "".join(parts[:low])


def words_of(line: str, face: Face, *, right_to_left: bool = False) -> list[tuple[str, float, float]]:
    """The words of a line in reading order, with where each starts and ends, in pixels from the line's left."""
    if right_to_left or not is_plain(line):
        return _shaped_words_of(line, face, right_to_left=right_to_left)
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


def _shaped_words_of(line: str, face: Face, *, right_to_left: bool) -> list[tuple[str, float, float]]:
    """As `words_of`, for lines that may run to the left or both ways."""
    words = line.split(" ")
    whole = width(line, face)
    widths = [width(word, face) for word in words]
    # What the words leave of the line is its spaces: so they end where the line does.
    space = (whole - sum(widths)) / max(1, len(words) - 1)
    starts: dict[int, float] = {}
    x = 0.0
    for index in visual_order(words, right_to_left=right_to_left):
        starts[index] = x
        x += widths[index] + space
    return [(word, starts[index], starts[index] + widths[index]) for index, word in enumerate(words)]

"""How a title opens: hook types by rules, and the shape of a title.

Belongs here: the rules, in the order they are tried. Not here: counting them over many items (`patterns.py`).
"""

import re

# Each with what a title of this type does, for statements: "7 of the 20 strongest titles ask a question".
HOOK_TYPES: dict[str, tuple[str, str]] = {
    "question": ("asks a question", "ask a question"),
    "how_to": ("promises a how-to", "promise a how-to"),
    "list": ("counts a list", "count a list"),
    "versus": ("sets two things against each other", "set two things against each other"),
    "reaction": ("shows a reaction", "show a reaction"),
    "story": ("tells a story in the first person", "tell a story in the first person"),
    "reveal": ("promises to reveal something", "promise to reveal something"),
    "claim": ("makes a bold claim", "make a bold claim"),
    "release": ("announces a release", "announce a release"),
    "number": ("leads with a number", "lead with a number"),
    "plain": ("simply names its subject", "simply name their subject"),
}
_UNITS = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|percent|cents?|dollars?|euros?|pounds?)"
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("question", re.compile(r"[?？؟]")),
    ("how_to", re.compile(r"\bhow (to|i|we|you can)\b|\b(tutorial|step by step|guide to|diy)\b")),
    ("list", re.compile(rf"^(the |my )?(top )?\d{{1,3}} (?!{_UNITS}\b)(?=[^\W\d_])|\btop \d{{1,3}}\b")),
    ("versus", re.compile(r"\b(vs|versus)\b")),
    ("reaction", re.compile(r"\breact(s|ing|ions?)?\b")),
    ("story", re.compile(r"\b(i|i'm|i've|my|me|we|our)\b")),
    ("reveal", re.compile(r"\b(secrets?|inside|truth|reveal(s|ed)?|behind the scenes|making of|hidden|exposed|explained"
                          r"|what|why)\b")),
    ("claim", re.compile(r"\b(never|always|everyone|everything|nobody|nothing|stop|must|best|worst|biggest|fastest"
                         r"|easiest|ultimate|most|only|completely|no one)\b|\w{3,}iest\b")),
    ("release", re.compile(r"\bofficial\b|\b(trailer|teaser|premiere|lyric video|album|audio|acoustic)\b")),
    ("number", re.compile(r"\d")),
)  # fmt: skip


def hook_type(title: str) -> str:
    """The first hook type whose rule matches, one of `HOOK_TYPES`; `plain` when none does."""
    text = title.casefold().replace("’", "'")
    return next((name for name, rule in _RULES if rule.search(text)), "plain")


def title_shape(title: str) -> str:
    """A title's case or length: `in capitals`, else `up to 30 characters`, `31 to 60 characters`, ..."""
    letters = [c for c in title if c.isalpha()]
    if len(letters) >= 8 and sum(c.isupper() for c in letters) > 0.8 * len(letters):
        return "in capitals"
    if len(title) <= 30:
        return "up to 30 characters"
    return "31 to 60 characters" if len(title) <= 60 else "over 60 characters"

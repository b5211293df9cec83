"""What records and commands say, in the words of the pages: no option of the command line, one word for one thing.

Belongs here: such sentences, known by how they end. What is stored stays as it is: a document's bytes are hashed. Not
here: the other filters of templates (`templating.py`).
"""

import re
from typing import Final

_STAND_INS: Final = {
    "stand_in_demo": "Demo data",
    "stand_in_fallback": "A provider stood in for another",
    "stand_in_ambiguous": "The answer to a paid call was lost",
}
_FINDING: Final = ("approving needs --allow-demo.", "whoever approves it has to allow that.")
_REFUSAL: Final = (
    "Approve it with --allow-demo if that is meant.",
    "Tick the box “Approve although …” above the button if that is meant.",
)
# an analysis counts engagement; what people read of it, in the table and in the video, are reactions
_RATES: Final = (
    (re.compile(r" draws the most engagement(: [\d,.]+ an hour\.)\Z"), r" draws the most reactions\1"),
    (re.compile(r" times as much engagement( an hour as the median item\.)\Z"), r" times as many reactions\1"),
    (re.compile(r"( items with \d+% of all) engagement( an hour\.)\Z"), r"\1 reactions\2"),
)


def finding_titled(code: str) -> str:
    """The heading of a finding, from its code."""
    return _STAND_INS.get(code) or code.replace("_", " ").capitalize()


def finding_said(message: str, code: str) -> str:
    """A finding of a review."""
    return message.replace(*_FINDING) if code.startswith("stand_in_") else message


def refusal_said(message: str) -> str:
    """Why something was refused."""
    told, page = _REFUSAL
    return message.removesuffix(told) + page if message.endswith(told) else message


def statement_said(text: str) -> str:
    """A statement of an analysis: titles that it quotes stay as they are."""
    for pattern, said in _RATES:
        text = pattern.sub(said, text)
    return text

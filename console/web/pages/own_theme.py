"""The theme that somebody writes in the form: what the box begins with, and when what stands in it is meant.

Belongs here: telling a person's words from the example that they were given. Not here: what a theme may say
(`reelineage/theme.py`), the rest of the form (`ordering.py`).
"""

from functools import cache
from typing import Final

from reelineage.errors import BadInput
from resources.job_orders import ready_themes

OWN: Final = "own"
START: Final = """\
# Change what stands after the colons. Lines with # are notes.
name: My countdown
about: What people watch today, and why it catches on.

# Who it is for, as it stands after "for".
audience: people who are curious

# lively, calm or plain
tone: lively

# A countdown of the strongest trends.
writer: trend_briefing

# Made-up data, and the video says so.
# A trend file given below replaces it.
sources:
  - kind: sample

# Seconds, 6 to 180.
duration_seconds: 30

# The last sentence, word for word.
call_to_action: Follow for the next one.
"""


def is_written(text: str) -> bool:
    """Whether somebody wrote this: it is neither empty nor the example as it was given."""
    return _lines(text) not in ([], _lines(START))


def choice(chosen: str, *, ticked: str, text: str) -> str:
    """The theme that is meant: what is written counts when the choice was left as it was `ticked` in the form.

    Raises:
        BadInput: something is written, and then a ready theme was chosen; either may be meant.
    """
    if chosen == OWN or not is_written(text):
        return chosen
    if chosen == ticked:
        return OWN
    raise BadInput(
        "Creating a job: a ready theme is chosen, and a theme of your own is written below it. Choose Your own to use "
        "what is written, or empty its box to use the ready theme."
    )


@cache
def examples() -> dict[str, str]:
    """The ready themes as they are written, by name: between them they say of each field what it is for."""
    return {name: path.read_text(encoding="utf-8") for name, path in reversed(ready_themes().items())}


def _lines(text: str) -> list[str]:
    """What a browser leaves as it is: it may send other ends of lines, or none at the end."""
    return [line.rstrip() for line in text.strip().splitlines()]

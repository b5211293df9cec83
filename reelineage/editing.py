"""What a person may ask to be changed in a script, and the script that follows from it.

Belongs here: changes as values, and applying them: pure, the same changes to the same script give the same script. Not
here: storing them (`resources/editing.py`), making what depends on them (a run does).
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from reelineage.documents import Document, Script, Short


class SentenceChange(Document):
    """Another wording for one spoken sentence; `sentence` counts from 1 within its scene."""

    kind: Literal["sentence"]
    scene: Annotated[int, Field(ge=1, le=99)]
    sentence: Annotated[int, Field(ge=1, le=99)]
    text: Short


class TitleChange(Document):
    """Another title for the video."""

    kind: Literal["title"]
    text: Short


class CallToActionChange(Document):
    """Another call to action: what is said and shown at the end."""

    kind: Literal["call_to_action"]
    text: Short


class SceneAgain(Document):
    """Another picture for one scene; its words stay."""

    kind: Literal["scene_again"]
    scene: Annotated[int, Field(ge=1, le=99)]


Change = Annotated[SentenceChange | TitleChange | CallToActionChange | SceneAgain, Field(discriminator="kind")]


def edited(script: Script, changes: Sequence[Change]) -> Script:
    """The script with these changes made, in their order.

    Raises:
        BadInput: a change names a scene or sentence that is not there, says nothing, or changes nothing.
    """
    raise NotImplementedError

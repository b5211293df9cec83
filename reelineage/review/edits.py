"""Findings about what people edited: each change that still stands, by whom, and whether its claims were checked.

Belongs here: which changes count, and their words. Not here: making a change (`reelineage/editing.py`), the rows.
"""

from collections.abc import Iterator, Mapping, Sequence

from reelineage.documents import Finding, Script
from reelineage.editing import CallToActionChange, Change, SceneAgain, SentenceChange, TitleChange

_UNCHECKED = "nobody checked it against its sources"


def edited_by(script: Script, edits: Sequence[tuple[str, Change]]) -> Iterator[Finding]:
    """One finding for each part of `script` that a person made what it is; who changed it last is named.

    A sentence that cites sources, and the title, may claim what the sources do not say: these are warnings.

    Args:
        script: as it is now.
        edits: every change that led to it with the person's name, the oldest first.
    """
    for title, actor in _last(edits, TitleChange).items():
        if title == script.title:
            yield _finding(f"The title was reworded by {actor}; {_UNCHECKED}.", warns=True)
    sentences, retakes = _last(edits, SentenceChange), _last(edits, SceneAgain)
    for scene in script.scenes:
        for number, sentence in enumerate(scene.sentences, 1):
            if by := sentences.get((scene.number, sentence.text)):
                said = f"Sentence {number} of scene {scene.number} was reworded by {by}"
                warns = bool(sentence.citations)
                yield _finding(f"{said}; {_UNCHECKED}." if warns else f"{said}.", warns=warns)
        if by := retakes.get(scene.number):
            yield _finding(f"Another picture for scene {scene.number} was asked for by {by}.", warns=False)
    for request, actor in _last(edits, CallToActionChange).items():
        if request == script.call_to_action:
            yield _finding(f"The call to action was reworded by {actor}.", warns=False)


def _last(edits: Sequence[tuple[str, Change]], kind: type[Change]) -> Mapping[object, str]:
    """Who asked last for each change of a kind."""
    return {_what(change): actor for actor, change in edits if isinstance(change, kind)}


def _what(change: Change) -> object:
    match change:
        case SentenceChange():
            return change.scene, change.text
        case SceneAgain():
            return change.scene
        case _:
            return change.text


def _finding(message: str, *, warns: bool) -> Finding:
    return Finding(code="edited", severity="warning" if warns else "info", message=message)

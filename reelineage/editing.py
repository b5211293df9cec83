"""What a person may ask to be changed in a script, and the script that follows from it.

Belongs here: changes as values, and applying them: pure, the same changes to the same script give the same script. Not
here: storing them (`resources/editing.py`), making what depends on them (a run does).
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from reelineage.documents import Document, Scene, SceneRole, Script, Sentence, Short
from reelineage.errors import BadInput
from reelineage.scripting.brief import sentences_of
from reelineage.scripting.visuals import clause, line
from reelineage.text import clean_text
from reelineage.timeline.spoken import estimate_seconds

# goes up when the same changes to the same script would give another script
EDITING_VERSION = "1"
MOST_CHANGES = 100
MOST_TAKES = 99
TITLE_LIMIT = 100  # as long as a title may be where the videos go, and as the writers keep it
_TEXT_LIMIT = 300

Cleaned = Annotated[Short, AfterValidator(lambda text: clean_text(text, max_characters=_TEXT_LIMIT))]


class SentenceChange(Document):
    """Another wording for one spoken sentence; `sentence` counts from 1 within its scene."""

    kind: Literal["sentence"]
    scene: Annotated[int, Field(ge=1, le=99)]
    sentence: Annotated[int, Field(ge=1, le=99)]
    text: Cleaned


class TitleChange(Document):
    """Another title for the video."""

    kind: Literal["title"]
    text: Cleaned


class CallToActionChange(Document):
    """Another call to action: what is said and shown at the end."""

    kind: Literal["call_to_action"]
    text: Cleaned


class SceneAgain(Document):
    """Another picture for one scene; its words stay."""

    kind: Literal["scene_again"]
    scene: Annotated[int, Field(ge=1, le=99)]


Change = Annotated[SentenceChange | TitleChange | CallToActionChange | SceneAgain, Field(discriminator="kind")]
_CHANGES: TypeAdapter[tuple[Change, ...]] = TypeAdapter(tuple[Change, ...])


def read_changes(value: object) -> tuple[Change, ...]:
    """The changes in what a row holds or a form sent.

    Raises:
        BadInput: it holds something else; names the first place that is wrong.
    """
    try:
        return _CHANGES.validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"Reading the changes: {where}: {first['msg']}. Correct it and send them again.") from error


def edited_version(code_version: str) -> str:
    """The code version of an edited script: that of the writer below all edits, and that of the rules of editing."""
    return f"{writer_version(code_version)}+edit.{EDITING_VERSION}"


def writer_version(code_version: str) -> str:
    """The code version of what wrote a script, below all edits."""
    return code_version.partition("+edit.")[0]


def in_words(change: Change) -> str:
    """A change as people read it."""
    return f"{_named(change)}: " + ("another picture" if isinstance(change, SceneAgain) else f"“{change.text}”")


def edited(script: Script, changes: Sequence[Change]) -> Script:
    """The script with these changes made, in their order.

    A sentence keeps what it cites. What repeats it changes along: the hook, the call to action, and its scene's
    headline where that shows it whole, or shortened as the writers shorten it. The same holds for the title and the
    call to action. Overlays name sources and demo data, and stay, and so does how the script was written.

    Raises:
        BadInput: a change names a scene or sentence that is not there, says nothing, or changes nothing.
    """
    if not 1 <= len(changes) <= MOST_CHANGES:
        raise BadInput(f"Editing a script: between 1 and {MOST_CHANGES} changes are made at once, not {len(changes)}.")
    changed = script
    for change in changes:
        before, changed = changed, _changed(changed, change)
        if changed == before:
            raise BadInput(f"Editing a script: {_named(change)} is already so. Give another text, or leave it out.")
    if changed == script:
        raise BadInput("Editing a script: together the changes change nothing. Give other texts.")
    return changed


def _changed(script: Script, change: Change) -> Script:
    match change:
        case SentenceChange():
            return _sentence(script, change)
        case TitleChange():
            return _title(script, change)
        case CallToActionChange():
            return _call_to_action(script, change)
        case SceneAgain():
            return _scene_again(script, change)


def _sentence(script: Script, change: SentenceChange) -> Script:
    scene = _scene(script, change.scene)
    if change.sentence > len(scene.sentences):
        raise BadInput(
            f"Editing a script: scene {scene.number} has {len(scene.sentences)} sentence(s), so there is no "
            f"{_named(change)}."
        )
    _check_sayable(change)
    old = scene.sentences[change.sentence - 1].text
    said = [sentence.text for sentence in scene.sentences]
    said[change.sentence - 1] = change.text
    sentences = tuple(
        Sentence(text=text, citations=one.citations) for text, one in zip(said, scene.sentences, strict=True)
    )
    again = _showing(scene.model_copy(update={"sentences": sentences}), old, change.text)
    asked = script.call_to_action
    if scene.role is SceneRole.CALL_TO_ACTION and old in (parts := [*sentences_of(asked)]):
        asked = " ".join(change.text if part == old else part for part in parts)
    return _with_scene(script, again).model_copy(update={"call_to_action": asked})


def _title(script: Script, change: TitleChange) -> Script:
    if not any(character.isalnum() for character in change.text):
        raise BadInput("Editing a script: the title says nothing. Give one with letters or digits.")
    if len(change.text) > TITLE_LIMIT:
        raise BadInput(
            f"Editing a script: a title has at most {TITLE_LIMIT} characters, this one {len(change.text)}. Shorten it."
        )
    scenes = tuple(_showing(scene, script.title, change.text) for scene in script.scenes)
    return script.model_copy(update={"title": change.text, "scenes": scenes})


def _call_to_action(script: Script, change: CallToActionChange) -> Script:
    _check_sayable(change)
    if change.text == script.call_to_action:
        return script
    old, new = sentences_of(script.call_to_action), sentences_of(change.text)
    closing = [scene for scene in script.scenes if scene.role is SceneRole.CALL_TO_ACTION]
    again = [_asking(scene, old, new) for scene in closing]
    if again == closing:
        raise BadInput(
            "Editing a script: no scene says the call to action word for word, so another one would not be heard. "
            "Change a sentence instead."
        )
    changed = script.model_copy(update={"call_to_action": change.text})
    for scene in again:
        changed = _with_scene(changed, scene)
    return changed


def _asking(scene: Scene, old: tuple[str, ...], new: tuple[str, ...]) -> Scene:
    """The scene with the old request replaced: said where its first sentence stood, shown where it was shown."""
    places = [place for place, sentence in enumerate(scene.sentences) if sentence.text in old]
    if not places:
        return scene
    asked = tuple(Sentence(text=text, citations=scene.sentences[places[0]].citations) for text in new)
    kept = [sentence for sentence in scene.sentences[places[0] :] if sentence.text not in old]
    sentences = (*scene.sentences[: places[0]], *asked, *kept)
    return _showing(scene.model_copy(update={"sentences": sentences}), old[0], new[0])


def _scene_again(script: Script, change: SceneAgain) -> Script:
    scene = _scene(script, change.scene)
    if scene.take >= MOST_TAKES:
        raise BadInput(f"Editing a script: scene {scene.number} was made {MOST_TAKES} times. Keep one of its pictures.")
    changed = _with_scene(script, scene.model_copy(update={"take": scene.take + 1}))
    return changed.model_copy(update={"retakes": (*script.retakes, scene.number)})


def _scene(script: Script, number: int) -> Scene:
    found = next((scene for scene in script.scenes if scene.number == number), None)
    if found is None:
        raise BadInput(f"Editing a script: it has {len(script.scenes)} scene(s), so there is no scene {number}.")
    return found


def _with_scene(script: Script, changed: Scene) -> Script:
    """The script with one scene replaced; the hook goes along where it is what the first scene says."""
    scenes = tuple(changed if scene.number == changed.number else scene for scene in script.scenes)
    hook = script.hook
    if hook == _narration(script.scenes[0]):
        hook = _narration(scenes[0])
    return script.model_copy(update={"scenes": scenes, "hook": hook})


def _narration(scene: Scene) -> str:
    return " ".join(sentence.text for sentence in scene.sentences)


def _showing(scene: Scene, old: str, new: str) -> Scene:
    """The scene with its headline replaced where that shows the old text; no other part of it repeats one."""
    visual = scene.visual
    headline = _shown_as(visual.headline, old, new)
    if headline is None:
        return scene
    was, now = (": ".join(filter(None, (visual.kicker, text))) for text in (visual.headline, headline))
    return scene.model_copy(
        update={
            "visual": visual.model_copy(update={"headline": headline}),
            "visual_prompt": scene.visual_prompt.replace(was, now),
        }
    )


def _shown_as(shown: str, old: str, new: str) -> str | None:
    """The new text as the old one is shown: whole, or cut to a line or clause; None when the old one is not shown."""
    if shown == old:
        return new
    return next((shorten(new) or new for shorten in (line, clause) if shown == shorten(old)), None)


def _check_sayable(change: SentenceChange | CallToActionChange) -> None:
    if not any(estimate_seconds(sentence, 1.0) > 0 for sentence in (change.text, *sentences_of(change.text))):
        raise BadInput(f"Editing a script: {_named(change)} has no words that the voice can say. Write it in English.")


def _named(change: Change) -> str:
    match change:
        case SentenceChange():
            return f"sentence {change.sentence} of scene {change.scene}"
        case TitleChange():
            return "the title"
        case CallToActionChange():
            return "the call to action"
        case SceneAgain():
            return f"scene {change.scene}"

"""The workload of the composition benchmark: eight clips, a spoken voice with timed words, and music, made once.

Belongs here: what the video is made of, the same for every tool. Not here: how a clip is painted (`clips.py`), what is
said (`narration.py`), what is measured on it (`compose.py`). Every scene of the full plan lasts five seconds, so that a
tool that cuts footage into pieces of five seconds shows the same frames as one that follows the voice.
"""

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.clips import ClipOrder, make_clip
from benchmarks.narration import SpokenScene, narrate, script_of, sentences_for, speak, write_music
from reelineage.documents import FPS, Document, Frame, Script, Sentence, Sha256, Voiceover
from reelineage.fingerprint import sha256_of_file
from reelineage.timeline.captions import caption_cues, to_srt
from resources.speech import SpeechSynthesizer

VERSION = 4  # raise it with every change that alters a byte
LONG = 4  # the long video has four times the scenes
CHANGED_SCENE = 4
_FLAT, _UPRIGHT = (1920, 1080), (1080, 1920)
_SHAPES = (
    *((*_FLAT, 30), (*_UPRIGHT, 30), (*_FLAT, 25), (*_UPRIGHT, 60)),
    *((*_UPRIGHT, 25), (*_FLAT, 30), (*_UPRIGHT, 30), (*_FLAT, 30)),
)


@dataclass(frozen=True)
class Plan:
    """How much to make: frames of each scene at 30 fps, and the most words that a scene says."""

    name: str
    frame: Frame
    scene_frames: tuple[int, ...]
    words_per_scene: int = 99

    @property
    def frames(self) -> int:
        """Frames of the whole video."""
        return sum(self.scene_frames)


FULL = Plan("full", Frame(width=1080, height=1920), (150,) * 8)
QUICK = Plan("quick", Frame(width=1080, height=1920), (37, 38) * 4, words_per_scene=3)


class ClipFile(Document):
    """A made clip: its name in the workload's folder and what it is."""

    name: str
    sha256: Sha256
    width: int
    height: int
    fps: int
    frames: int


class Story(Document):
    """One video to make: what is said, and the clip of each scene."""

    script: Script
    voiceover: Voiceover
    voice: str
    clips: tuple[ClipFile, ...]

    @property
    def frames(self) -> int:
        """Frames of the video."""
        return sum(span.frames for span in self.voiceover.spans)


class Workload(Document):
    """All of it. `other` takes the place of scene 4's clip when one scene changes; names are files in the folder."""

    plan: str
    frame: Frame
    story: Story
    long_story: Story
    other: ClipFile
    music: str
    music_sha256: Sha256
    captions: str

    @property
    def words(self) -> int:
        """Timed words in the captions."""
        return sum(len(sentence.words) for sentence in self.story.voiceover.sentences)


def prepare(root: Path, plan: Plan, speech: SpeechSynthesizer) -> tuple[Workload, Path]:
    """The workload and its folder below `root`; made when it is not there yet, in about two CPU minutes if full."""
    folder = root / f"{plan.name}-{VERSION}"
    manifest = folder / "workload.json"
    if not manifest.exists():
        partial = root / f".{folder.name}.part"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        workload = _make(partial, plan, speech)
        (partial / manifest.name).write_text(workload.model_dump_json(indent=1), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    return Workload.model_validate_json(manifest.read_bytes()), folder


def with_other_clip(workload: Workload) -> Story:
    """The story with another clip in one scene."""
    clips = list(workload.story.clips)
    clips[CHANGED_SCENE - 1] = workload.other
    return workload.story.model_copy(update={"clips": tuple(clips)})


def with_other_word(story: Story) -> Story:
    """The story with the first word of one scene's caption written differently; the voice stays as it is."""
    sentences = list(story.voiceover.sentences)
    place = CHANGED_SCENE - 1
    first, *rest = sentences[place].words
    words = (first.model_copy(update={"text": "Many"}), *rest)
    text = " ".join(word.text for word in words)
    sentences[place] = sentences[place].model_copy(update={"words": words, "text": text})
    scenes = list(story.script.scenes)
    scenes[place] = scenes[place].model_copy(update={"sentences": (Sentence(text=text),)})
    return story.model_copy(
        update={
            "voiceover": story.voiceover.model_copy(update={"sentences": tuple(sentences)}),
            "script": story.script.model_copy(update={"scenes": tuple(scenes)}),
        }
    )


def _make(folder: Path, plan: Plan, speech: SpeechSynthesizer) -> Workload:
    clips = [_clip(number, plan, folder) for number in range(1, len(plan.scene_frames) + 2)]
    texts = sentences_for(len(plan.scene_frames), plan.words_per_scene)
    takes = [speak(text, frames, speech) for text, frames in zip(texts, plan.scene_frames, strict=True)]
    scenes = len(takes)
    once = list(range(scenes))
    # Sentence and clip meet each other anew in every round, so that no scene of the long video is like another.
    again = [(scene, (scene + turn) % scenes) for turn in range(LONG) for scene in once]
    story = _story(folder, "voice.wav", [takes[scene] for scene in once], clips[:scenes], speech, plan.scene_frames)
    long_story = _story(
        folder,
        "voice-long.wav",
        [takes[sentence] for _, sentence in again],
        [clips[scene] for scene, _ in again],
        speech,
        [plan.scene_frames[scene] for scene, _ in again],
    )
    music = folder / "music.wav"
    write_music(music)
    (folder / "captions.srt").write_text(to_srt(caption_cues(story.voiceover)), encoding="utf-8")
    return Workload(
        plan=plan.name,
        frame=plan.frame,
        story=story,
        long_story=long_story,
        other=clips[-1],
        music=music.name,
        music_sha256=sha256_of_file(music),
        captions="captions.srt",
    )


def _clip(number: int, plan: Plan, folder: Path) -> ClipFile:
    """Clip `number` counts from 1; the one after the last scene is the other clip of the changed scene."""
    scene = number if number <= len(plan.scene_frames) else CHANGED_SCENE
    width, height, fps = _SHAPES[(scene - 1) % len(_SHAPES)]
    scale = min(plan.frame.width, plan.frame.height) / 1080
    width, height = (2 * round(side * scale / 2) for side in (width, height))
    frames = math.ceil(plan.scene_frames[scene - 1] * fps / FPS)
    path = folder / f"clip-{number}.mp4"
    make_clip(ClipOrder(number, width, height, fps, frames), path, folder=folder)
    return ClipFile(name=path.name, sha256=sha256_of_file(path), width=width, height=height, fps=fps, frames=frames)


def _story(
    folder: Path,
    name: str,
    takes: Sequence[SpokenScene],
    clips: Sequence[ClipFile],
    speech: SpeechSynthesizer,
    lengths: Sequence[int],
) -> Story:
    return Story(
        script=script_of([take.sentence.text for take in takes]),
        voiceover=narrate(takes, lengths, folder / name, speech),
        voice=name,
        clips=tuple(clips),
    )

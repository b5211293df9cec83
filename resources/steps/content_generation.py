"""Script, voice and pictures of one job: every provider call goes through the ledger, so nothing is made twice."""

from pathlib import Path

from pydantic import JsonValue, TypeAdapter

from reelineage.documents import (
    FPS,
    SAMPLE_RATE,
    Clip,
    MediaItem,
    Placement,
    ProviderIdentity,
    Scene,
    Script,
    TrendAnalysis,
    Voiceover,
    WordTiming,
)
from reelineage.errors import PermanentError
from reelineage.fingerprint import sha256_of
from reelineage.scripting import WRITER_VERSION, write_script
from reelineage.timeline.voice_track import VoicedSentence, assemble_voice_track
from resources.footage import FootageSource, Shot
from resources.ledger import Answer, Product, Request
from resources.providers import Providers
from resources.rendering.loudness import measure_loudness
from resources.speech import SpeechSynthesizer
from resources.speech.wav import read_wav, write_wav
from resources.steps.files import product_of
from resources.work import Work

_PLACEMENT: TypeAdapter[Placement | None] = TypeAdapter(Placement | None)
_MEDIA: TypeAdapter[tuple[MediaItem, ...]] = TypeAdapter(tuple[MediaItem, ...])


def write(work: Work, analysis: TrendAnalysis) -> Script:
    """Write the script with the theme's writer."""
    writer = work.theme.writer
    request = Request(
        ProviderIdentity(
            role="script_writer",
            provider="embedded",
            model=writer.value,
            prompt_version=WRITER_VERSION[writer.value],
        ),
        {"theme_sha256": work.job.theme_sha256, "analysis_sha256": sha256_of(analysis)},
        seed=work.seed,
    )

    def make(_: Path) -> Product:
        script = write_script(work.theme, analysis, seed=work.seed, request_sha256=request.sha256)
        return Product(script.model_dump(mode="json"))

    return Script.model_validate(work.call(request, make).response)


def voice(work: Work, providers: Providers, script: Script) -> Voiceover:
    """Speak every sentence and join them into one track."""
    synthesizer = providers.speech(work.theme.voice)
    spoken = [(scene, sentence.text) for scene in script.scenes for sentence in scene.sentences]
    sentences = []
    for number, (scene, text) in enumerate(spoken, 1):
        work.progress(number, len(spoken), f"scene {scene.number}: {text}")
        sentences.append(_speak(work, synthesizer, scene, text))
    track = assemble_voice_track(sentences)
    with work.store.scratch() as folder:
        path = folder / "voice.wav"
        write_wav(path, track.samples)
        loudness = measure_loudness(path).integrated_lufs
        audio = work.store.put_file(path, "audio/wav")
    return Voiceover(
        audio=audio,
        duration_seconds=len(track.samples) / SAMPLE_RATE,
        sample_rate=SAMPLE_RATE,
        peak_dbfs=track.peak_dbfs,
        loudness_lufs=loudness,
        sentences=track.sentences,
        spans=track.spans,
        voice=synthesizer.voice,
    )


def _speak(work: Work, synthesizer: SpeechSynthesizer, scene: Scene, text: str) -> VoicedSentence:
    pace = work.theme.voice.pace

    def make(folder: Path) -> Product:
        speech = synthesizer.speak(text, pace=pace)
        path = folder / "sentence.wav"
        write_wav(path, speech.samples)
        return Product({"words": [word.model_dump(mode="json") for word in speech.words]}, path, "audio/wav")

    answer = work.call(Request(synthesizer.identity, {"text": text, "pace": pace}), make)
    words = answer.response["words"]
    return VoicedSentence(
        scene=scene.number,
        text=text,
        samples=read_wav(_file_of(work, answer)),
        words=tuple(WordTiming.model_validate(word) for word in words) if isinstance(words, list) else (),
        request_sha256=answer.request_sha256,
    )


def film(work: Work, providers: Providers, script: Script, voiceover: Voiceover) -> list[Clip]:
    """Make one clip per scene, as long as the scene's narration."""
    frames = {span.scene: span.frames for span in voiceover.spans}
    lengths = [frames[scene.number] for scene in script.scenes]
    source = providers.footage(work.theme, lengths, work.store)
    made = []
    for scene in script.scenes:
        work.progress(scene.number, len(script.scenes), f"scene {scene.number}: {scene.visual.kind}")
        shot = Shot(
            scene=scene,
            scenes=len(script.scenes),
            frame=work.frame,
            frames=frames[scene.number],
            style=work.theme.style,
            video_seed=work.seed,
            draft=work.draft,
            leaves=work.theme.transition.kind == "cut",
            retakes=_retakes_before(script, scene),
        )
        made.append(_film(work, source, shot, lengths))
    return made


def _retakes_before(script: Script, scene: Scene) -> tuple[int, ...]:
    """The scenes asked for again until this one last was; later wishes for other scenes make it no other picture."""
    last = max((place for place, number in enumerate(script.retakes, 1) if number == scene.number), default=0)
    return script.retakes[:last]


def _film(work: Work, source: FootageSource, shot: Shot, lengths: list[int]) -> Clip:
    def make(folder: Path) -> Product:
        path = folder / "clip"
        take = source.film(shot, path, lambda _: work.check())
        told: dict[str, JsonValue] = {
            "frames": shot.frames,
            "placement": take.placement.model_dump(mode="json") if take.placement else None,
            "media": [item.model_dump(mode="json") for item in take.media],
        }
        return product_of(work.store, path, take.media_type, take.media, told)

    parameters: dict[str, JsonValue] = {
        "scene": shot.scene.model_dump(mode="json"),
        "scenes": shot.scenes,
        "frame": shot.frame.model_dump(mode="json"),
        "frames": shot.frames,
        "style": shot.style.model_dump(mode="json"),
        "draft": shot.draft,
        "leaves": shot.leaves,
    }
    if work.theme.footage.provider == "own_media":  # it shares its files out over all scenes
        parameters |= {"footage": work.theme.footage.model_dump(mode="json"), "lengths": [*lengths]}
        parameters |= {"retakes": [*shot.retakes]} if shot.retakes else {}
    answer = work.call(Request(source.identity, parameters, seed=shot.video_seed), make)
    if answer.artifact is None:
        raise PermanentError(
            f"Filming scene {shot.scene.number} of job {work.job.id}: {source.identity.provider} gave no file. Choose "
            "another footage provider in the theme."
        )
    return Clip(
        scene=shot.scene.number,
        artifact=answer.artifact,
        placement=_PLACEMENT.validate_python(answer.response["placement"]),
        width=shot.frame.width,
        height=shot.frame.height,
        fps=FPS,
        frames=shot.frames,
        media=_MEDIA.validate_python(answer.response["media"]),
        request_sha256=answer.request_sha256,
    )


def _file_of(work: Work, answer: Answer) -> Path:
    return work.store.path(answer.artifact.sha256 if answer.artifact else "")

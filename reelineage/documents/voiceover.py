"""The narration of a script as it is heard, and when each word and scene is (`content_generation`).

Belongs here: the voice track and its times. Not here: how speech is made (`resources/speech/`).
"""

from pydantic import Field

from reelineage.documents.parts import ArtifactRef, Count, Document, MediaItem, Seconds, Sha256


class WordTiming(Document):
    """A caption word and when it is heard."""

    text: str
    start_seconds: Seconds
    end_seconds: Seconds


class SpokenSentence(Document):
    """One sentence in the finished voice track."""

    scene: int
    text: str
    start_seconds: Seconds
    end_seconds: Seconds
    words: tuple[WordTiming, ...]
    request_sha256: Sha256


class SceneSpan(Document):
    """The whole frames of the video that belong to a scene: `first_frame` .. `first_frame + frames - 1` at 30 fps."""

    scene: int
    first_frame: Count
    frames: int = Field(ge=1)


class Voiceover(Document):
    """The narration: one mono track at 48 kHz whose length is a whole number of frames."""

    audio: ArtifactRef
    duration_seconds: Seconds
    sample_rate: int
    peak_dbfs: float
    loudness_lufs: float
    sentences: tuple[SpokenSentence, ...]
    spans: tuple[SceneSpan, ...]
    voice: MediaItem

"""What documents of several stages are put together from: the base, kinds of values, files, outside works, the picture.

Belongs here: what several of the modules beside it need, or no stage owns. Not here: what one stage alone says.
Times inside a video are seconds from its start, on frame boundaries where a picture changes. Texts are cleaned.
"""

from datetime import UTC
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Utc = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
Count = Annotated[int, Field(ge=0, le=2**62)]
Seconds = Annotated[float, Field(ge=0, le=1e9)]
Short = Annotated[str, Field(min_length=1, max_length=300)]
StandIn = Literal["demo", "fallback", "ambiguous"]

FPS = 30
SAMPLE_RATE = 48_000


class Document(BaseModel):
    """Base of all documents: immutable, strict about unknown fields, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ArtifactRef(Document):
    """A file in the artifact store, named by the sha256 of its bytes."""

    sha256: Sha256
    size_bytes: Count
    media_type: str


class MediaItem(Document):
    """An outside work that ends up in the video: font, voice, music, footage."""

    kind: Literal["font", "voice", "music", "footage"]
    provider: str
    external_id: str
    title: str
    author: str
    page_url: str
    licence: str
    attribution: str
    sha256: Sha256


class ProviderIdentity(Document):
    """Which provider did the work, and with what."""

    role: Literal["trend_source", "script_writer", "speech_synthesizer", "footage_source", "music_source"]
    provider: str
    model: str
    prompt_version: str | None = None
    stand_in: StandIn | None = None


class Frame(Document):
    """Size of the picture in pixels; both even, as yuv420p needs."""

    width: int = Field(ge=90, le=4096, multiple_of=2)
    height: int = Field(ge=90, le=4096, multiple_of=2)

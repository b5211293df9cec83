"""The frozen values that assets return and the IO manager stores.

Belongs here: what a trend report, script, voiceover, clip, video, review *is*. Documents hold content only and name
each other by content (observation keys, sha256), never by row id, so that the same inputs give the same document and
the same hash in every database. Not here: rows and keys (`models`), how a document is made.
Times inside a video are seconds from its start, on frame boundaries where a picture changes. Texts are cleaned.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Utc = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
Count = Annotated[int, Field(ge=0, le=2**62)]
Seconds = Annotated[float, Field(ge=0, le=1e9)]
Short = Annotated[str, Field(min_length=1, max_length=300)]
StandIn = Literal["demo", "fallback", "ambiguous"]
AspectRatio = Literal["9:16", "16:9", "1:1", "4:5"]
Fit = Literal["cover", "contain", "smart"]
Movement = Literal["none", "zoom_in", "zoom_out", "pan_left", "pan_right", "pan_up", "pan_down"]
OverlayAnimation = Literal["none", "fade", "rise", "pop", "slide", "type"]

FPS = 30
SAMPLE_RATE = 48_000


class Document(BaseModel):
    """Base of all documents: immutable, strict about unknown fields, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


# --- shared parts ---------------------------------------------------------------------------------------------------


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


# --- trend_collection -----------------------------------------------------------------------------------------------


class Observation(Document):
    """One trend item as it was seen at one moment. A missing count is None, never 0."""

    platform: Short
    external_id: Short
    observed_at: Utc
    observed_at_estimated: bool = False
    title: Short
    description: Annotated[str, Field(max_length=5000)] = ""
    hashtags: tuple[str, ...] = ()
    views: Count | None = None
    likes: Count | None = None
    comments: Count | None = None
    shares: Count | None = None
    duration_seconds: Seconds | None = None
    creator: str | None = None
    followers: Count | None = None
    sound: str | None = None
    thumbnail_url: str | None = None
    url: str | None = None
    category: str | None = None
    country: str | None = None
    published_at: Utc

    @property
    def item_key(self) -> str:
        """`platform/external_id`: the same for every observation of one item."""
        return f"{self.platform}/{self.external_id}"

    @property
    def key(self) -> str:
        """`platform/external_id@time`: names this observation inside a report, and in every citation."""
        return f"{self.item_key}@{iso(self.observed_at)}"


def iso(moment: datetime) -> str:
    """A UTC moment as it is written in keys and pages: `2026-11-22T07:00:00Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class SkippedRow(Document):
    """A row of an input that could not be used. `line` counts from 1 in the file (or items, in JSON and feeds)."""

    line: int
    reason: str


class TrendFetch(Document):
    """What one request to one trend source brought in. `skipped` lists the first 20 of `skipped_count` rows.

    `keep_days` is how long the source's terms let its text be kept, None when they set no end.
    """

    source_kind: Literal["file", "feed", "sample"]
    source_name: Short
    observations: tuple[Observation, ...]
    skipped: tuple[SkippedRow, ...] = Field(default=(), max_length=20)
    skipped_count: Count = 0
    stand_in: StandIn | None = None
    keep_days: Annotated[int, Field(ge=1)] | None = None


class ReportSource(Document):
    """One fetch behind a report: its name, the file that came in, and what was left out of it."""

    source_kind: Literal["file", "feed", "sample"]
    source_name: str
    artifact_sha256: Sha256
    observations: Count
    skipped_count: Count
    stand_in: StandIn | None


class TrendReport(Document):
    """The observations that one job works from. `window_start` is None when the whole input counts."""

    window_start: Utc | None
    window_end: Utc
    sources: tuple[ReportSource, ...] = Field(min_length=1)
    observations: tuple[Observation, ...] = Field(min_length=1)


# --- trend_analysis -------------------------------------------------------------------------------------------------


class Statement(Document):
    """A claim about the trends, with the observation keys that it rests on."""

    text: str
    evidence: tuple[str, ...] = Field(min_length=1)


class SeriesPoint(Document):
    """A count at a moment: one point of a line chart."""

    at: Utc
    value: float


class RankedItem(Document):
    """One item of the report, strongest first. `rank` counts from 1.

    `velocity` is engagements (likes + comments + shares that are known) per hour since publishing, None when no count
    is known. `growth` is views gained per hour between the first and last observation, None with fewer than two.
    `evidence` are the observation keys used, the newest last.
    """

    rank: int = Field(ge=1)
    title: str
    creator: str | None
    url: str | None
    views: Count | None
    engagement: Count | None
    velocity: float | None
    growth: float | None
    hours_since_published: float
    duration_seconds: float | None
    hook_type: str
    topic: str | None
    series: tuple[SeriesPoint, ...] = ()
    evidence: tuple[str, ...] = Field(min_length=1)


class Topic(Document):
    """A cluster of items about one thing. `velocity` is the sum over its items; `share` of the report's total, 0..1."""

    label: str
    key_phrases: tuple[str, ...]
    items: Count
    velocity: float
    share: float
    series: tuple[SeriesPoint, ...] = ()
    evidence: tuple[str, ...] = Field(min_length=1)


class Pattern(Document):
    """What the strongest items have in common, e.g. `hook_type` = `question` in 7 of 20."""

    name: Literal["hook_type", "duration", "title_shape", "hour", "category", "audio"]
    value: str
    count: Count
    out_of: Count
    statement: Statement


class TrendAnalysis(Document):
    """What is rising and why, each statement with its evidence."""

    window_start: Utc | None
    window_end: Utc
    items: Count
    ranked: tuple[RankedItem, ...]
    topics: tuple[Topic, ...]
    patterns: tuple[Pattern, ...]
    statements: tuple[Statement, ...]
    method: dict[str, str | int | float]


# --- content_generation ---------------------------------------------------------------------------------------------


class SceneRole(StrEnum):
    """What a scene does in the story."""

    HOOK = "hook"
    PROBLEM = "problem"
    POINT = "point"
    ITEM = "item"
    PROOF = "proof"
    CALL_TO_ACTION = "call_to_action"


class VisualKind(StrEnum):
    """The motion-graphics layouts."""

    TITLE = "title"
    STATEMENT = "statement"
    RANKED_ITEM = "ranked_item"
    RANKED_LIST = "ranked_list"
    BAR_CHART = "bar_chart"
    LINE_CHART = "line_chart"
    CALL_TO_ACTION = "call_to_action"


class Datum(Document):
    """One bar, line point or list row. `display` is how the value is written; `evidence` the observation behind it."""

    label: str
    value: float | None = None
    display: str = ""
    evidence: str | None = None


class Visual(Document):
    """What a scene's picture shows. `kicker` is the small line over the headline, `figure` one large number."""

    kind: VisualKind
    headline: str
    kicker: str = ""
    body: str = ""
    figure: str = ""
    figure_caption: str = ""
    rank: int | None = None
    data: tuple[Datum, ...] = ()


class Overlay(Document):
    """A text laid over the picture. Times are seconds from the start of its scene; `end` None means to its end.

    `animation` None leaves it to the theme.
    """

    text: Short
    position: Literal["top", "middle", "lower"]
    animation: OverlayAnimation | None = None
    start_seconds: Seconds = 0.0
    end_seconds: Seconds | None = None


class Sentence(Document):
    """One spoken sentence, as it is written in captions, and the observation keys it cites."""

    text: Short
    citations: tuple[str, ...] = ()


class Scene(Document):
    """A part of the narration with one picture. `number` counts from 1.

    `take` counts its pictures: each that a person asked for again is another one. The first is not written down, so
    that scripts which nobody edited have the hashes that they had before there were takes.
    """

    number: int = Field(ge=1, le=99)
    role: SceneRole
    sentences: tuple[Sentence, ...] = Field(min_length=1)
    visual: Visual
    visual_prompt: str
    overlays: tuple[Overlay, ...] = ()
    take: int = Field(default=1, ge=1, le=99, exclude_if=lambda take: take == 1)


class WritingStep(Document):
    """One of the five steps of writing (SCRIPT-02), and what it decided."""

    name: Literal["theme_interpretation", "trend_alignment", "scene_construction", "narration", "text_overlays"]
    decisions: dict[str, str | int | float]


class Script(Document):
    """What the video says and shows. `request_sha256` names the provider call that wrote it.

    `retakes` are the scenes for which a person asked for another picture, in the order in which that was asked.
    """

    title: Short
    description: str
    hashtags: tuple[str, ...]
    hook: str
    call_to_action: str
    scenes: tuple[Scene, ...] = Field(min_length=1)
    duration_target_seconds: Seconds
    aspect_ratio: AspectRatio
    language: str
    seed: int
    trend_pattern: str
    steps: tuple[WritingStep, ...]
    request_sha256: Sha256
    retakes: tuple[int, ...] = Field(default=(), exclude_if=lambda retakes: not retakes)


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


class Placement(Document):
    """How footage fills its scene: which part of it, from when, and how a still moves.

    `smart` is `cover` with the crop laid where the picture's interest is; `contain` shows all of it over a blurred
    copy.
    `crop_at` is the middle of that interest, 0..1 across and down; None is the middle of the picture.
    """

    fit: Fit = "cover"
    crop_at: tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]] | None = None
    first_seconds: Seconds = 0.0
    movement: Movement = "none"


class Clip(Document):
    """The picture of one scene, silent, as long as its narration. `request_sha256` names the call that made it.

    The artifact is a film or still as it came, or a drawing: the JSON that motion graphics are drawn from while the
    scene is encoded (`placement` is None then).
    """

    scene: int
    artifact: ArtifactRef
    placement: Placement | None = None
    width: int
    height: int
    fps: int
    frames: int = Field(ge=1)
    media: tuple[MediaItem, ...] = ()
    request_sha256: Sha256


# --- composition and review -----------------------------------------------------------------------------------------


class Video(Document):
    """The finished file and what was measured on it after the last write.

    `notes` say where footage itself is black or stands still for long: nothing is broken, but somebody should look.
    """

    title: str
    file: ArtifactRef
    thumbnail: ArtifactRef
    captions_srt: ArtifactRef
    captions_vtt: ArtifactRef
    captions_ass: ArtifactRef
    width: int
    height: int
    fps: int
    frames: int
    duration_seconds: Seconds
    video_codec: str
    video_profile: str
    pixel_format: str
    audio_codec: str
    audio_sample_rate: int
    loudness_lufs: float
    true_peak_dbtp: float
    encoder: dict[str, str | int | float]
    notes: tuple[str, ...] = ()
    media: tuple[MediaItem, ...] = ()
    music_request_sha256: Sha256 | None = None


class Finding(Document):
    """Something a reviewer should know. A `blocking` finding stands against automatic approval."""

    code: str
    severity: Literal["info", "warning", "blocking"]
    message: str


class Disclosure(Document):
    """What has to be said about how a video was made, derived from its ancestors (never declared by hand).

    `digital_source_type` is a term of the IPTC vocabulary; `reasons` name the rows that decide, one sentence each.
    """

    digital_source_type: str
    ai_act_article_50: bool
    youtube_contains_synthetic_media: bool
    tiktok_is_aigc: bool
    reasons: tuple[str, ...] = ()


class Review(Document):
    """The automatic findings about one video, the stand-ins among its ancestors, and what has to be disclosed.

    `disclosure` is None only in reviews from before it was derived.
    """

    video_sha256: Sha256
    findings: tuple[Finding, ...]
    stand_ins: tuple[StandIn, ...]
    disclosure: Disclosure | None = None
    recommendation: Literal["approve", "look"]

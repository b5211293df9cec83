"""The theme: what a person writes to get a video, and how its YAML is read safely.

Belongs here: the schema and its messages. Not here: reading files (the caller has the bytes), making jobs.
A job freezes its theme: the stored value never changes, whatever happens to the file.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal, NoReturn

import yaml
from pydantic import AfterValidator, Field, ValidationError, model_validator

from reelineage.documents import AspectRatio, Document, Frame, Sha256
from reelineage.errors import BadInput
from reelineage.look import Captions, Footage, Music, OverlayLook, PresetName, ProfileName, Style, Thumbnail, Transition
from reelineage.text import clean_text

MAX_THEME_BYTES = 64 * 1024
_MAX_YAML_NODES = 2_000


def _clean(value: str) -> str:
    return clean_text(value, max_characters=MAX_THEME_BYTES)


Line = Annotated[str, AfterValidator(_clean), Field(min_length=1, max_length=120)]
Phrase = Annotated[str, AfterValidator(_clean), Field(min_length=1, max_length=240)]


class Writer(StrEnum):
    """The embedded script writers."""

    TREND_BRIEFING = "trend_briefing"
    PRODUCT_STORY = "product_story"


class SampleSource(Document):
    """The labelled demo feed that comes with Reelineage. Everything made from it is marked as demo."""

    kind: Literal["sample"]


class FileSource(Document):
    """A CSV, JSON or JSONL file of trend items; told apart by content.

    `path` is relative to the theme file and stays in its folder. When the job is made, the file is stored and `path`
    gives way to `artifact_sha256`, so that a retry needs no outside file.
    """

    kind: Literal["file"]
    path: Line | None = None
    name: Line | None = None
    artifact_sha256: Sha256 | None = None


class FeedSource(Document):
    """An RSS or Atom file; as for `FileSource`."""

    kind: Literal["feed"]
    path: Line | None = None
    name: Line | None = None
    artifact_sha256: Sha256 | None = None


Source = Annotated[SampleSource | FileSource | FeedSource, Field(discriminator="kind")]


class Voice(Document):
    """Who speaks. `pace` 1.0 is the voice's own speed; 1.2 is 20 % faster."""

    provider: Literal["piper"] = "piper"
    pace: Annotated[float, Field(ge=0.7, le=1.5)] = 1.05


class Story(Document):
    """The theme's own facts for the `product_story` writer."""

    product: Line
    problem: Phrase
    points: tuple[Phrase, ...] = Field(min_length=1, max_length=6)
    proof: tuple[Phrase, ...] = Field(default=(), max_length=4)


class Credential(Document):
    """What the credential inside the finished file tells besides ids, versions and hashes."""

    include_prompts: bool = False


class Theme(Document):
    """What the videos are about, for whom, in which tone, from which sources, within which limits."""

    name: Line
    about: Phrase
    audience: Line
    tone: Literal["lively", "calm", "plain"] = "lively"
    language: Literal["en"] = "en"
    writer: Writer
    sources: tuple[Source, ...] = Field(min_length=1, max_length=8)
    window_hours: Annotated[float, Field(gt=0, le=24 * 366)] | None = 24.0
    duration_seconds: Annotated[int, Field(ge=6, le=180)] = 30
    items: Annotated[int, Field(ge=1, le=8)] = 3
    aspect_ratio: AspectRatio = "9:16"
    resolution: Literal["720p", "1080p", "4k"] = "1080p"
    profile: ProfileName = "standard"
    preset: PresetName = "balanced"
    style: Style = Style()
    footage: Footage = Footage()
    transition: Transition = Transition()
    voice: Voice = Voice()
    music: Music = Music()
    captions: Captions = Captions()
    overlays: OverlayLook = OverlayLook()
    thumbnail: Thumbnail = Thumbnail()
    call_to_action: Phrase
    hashtags: tuple[Line, ...] = Field(default=(), max_length=15)
    story: Story | None = None
    approval: Literal["manual", "auto"] = "manual"
    allow_unknown_licences: bool = False
    credential: Credential = Credential()
    budget_usd: Annotated[float, Field(ge=0, le=10_000)] = 0.0

    @model_validator(mode="after")
    def _product_story_needs_a_story(self) -> "Theme":
        if self.writer is Writer.PRODUCT_STORY and self.story is None:
            raise ValueError("the writer product_story needs the section 'story' (product, problem, points)")
        return self


_SHORT_SIDE = {"720p": 720, "1080p": 1080, "4k": 2160}
_ASPECT = {"9:16": (9, 16), "16:9": (16, 9), "1:1": (1, 1), "4:5": (4, 5)}


def frame_of(theme: Theme, profile: str) -> Frame:
    """Picture size for a theme; the `draft` profile makes the short side 540 (540x960) for quick looks."""
    short = 540 if profile == "draft" else _SHORT_SIDE[theme.resolution]
    across, down = _ASPECT[theme.aspect_ratio]
    unit = short / min(across, down)
    return Frame(width=round(across * unit / 2) * 2, height=round(down * unit / 2) * 2)


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader without anchors, duplicate keys or endless documents: a theme needs none of them."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML ships no types here
        self.nodes += 1
        if self.nodes > _MAX_YAML_NODES:
            raise yaml.MarkedYAMLError(problem="too many values", problem_mark=event.start_mark)
        if getattr(event, "tag", None):
            raise yaml.MarkedYAMLError(problem="tags (!) are not allowed", problem_mark=event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(
                problem="anchors and aliases (& and *) are not allowed", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 — PyYAML's own signature
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a field's name must be a word", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"'{key.value}' stands there twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def parse_theme(data: bytes, *, name: str) -> Theme:
    """Read a theme from YAML bytes; `name` is what messages call it (a file name).

    Raises:
        BadInput: with the file, the line or field, and what to write instead.
    """
    if len(data) > MAX_THEME_BYTES:
        _refuse(name, f"it has {len(data):,} bytes; a theme has at most {MAX_THEME_BYTES:,}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(name, f"byte {error.start} is not UTF-8; save the file as UTF-8")
    try:
        value = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 — a SafeLoader made stricter
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        _refuse(name, f"line {line}: {error.problem or error.context}")
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        _refuse(name, f"it is not YAML ({type(error).__name__}: {str(error)[:200]})")
    if not isinstance(value, dict):
        _refuse(
            name,
            "it must be a list of 'field: value' lines, as 'name: My countdown'; see the ready theme trend_briefing",
        )
    if any("artifact_sha256" in source for source in _sources_in(value)):
        _refuse(name, "'artifact_sha256' is written by Reelineage; name a file with 'path'")
    _refuse_what_is_ours(value, name)
    if any(source.get("kind") in ("file", "feed") and not source.get("path") for source in _sources_in(value)):
        _refuse(name, "a source of kind file or feed needs 'path', the file beside the theme")
    try:
        return Theme.model_validate(_cleaned(value))
    except ValidationError as error:
        _refuse(name, "; ".join(_explain(problem) for problem in error.errors()[:5]))


def _cleaned(value: Any) -> Any:  # noqa: ANN401 — whatever stood in the YAML
    """The value with every text in it cleaned: neither hashes nor databases can hold NUL and lone surrogates."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list) else value


def _refuse_what_is_ours(value: dict[str, Any], name: str) -> None:
    """Fields that only the making of a job may fill: by them a theme could name any stored file."""
    for section, field, instead in (("footage", "files", "folder"), ("music", "artifact_sha256", "path")):
        part = value.get(section)
        if isinstance(part, dict) and field in part:
            _refuse(name, f"'{section}.{field}' is written by Reelineage; name your own with '{section}.{instead}'")


def _sources_in(value: dict[str, Any]) -> list[dict[str, Any]]:
    sources = value.get("sources")
    return [source for source in sources if isinstance(source, dict)] if isinstance(sources, list) else []


def _explain(problem: Any) -> str:  # noqa: ANN401 — pydantic's ErrorDetails
    field = ".".join(str(part) for part in problem["loc"]) or "theme"
    if problem["type"] == "extra_forbidden":
        return f"'{field}' is not a field of a theme; remove it or check its spelling"
    if problem["type"] == "missing":
        return f"'{field}' is missing; add it"
    return f"'{field}': {problem['msg'].removeprefix('Value error, ')}"


def _refuse(name: str, what: str) -> NoReturn:
    said = clean_text(f"Reading the theme {name}: {what}", max_characters=1000)
    raise BadInput(f"{said}. Nothing was changed.")

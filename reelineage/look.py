"""How a video looks and sounds, as a theme says it: style, captions, overlays, footage, transitions, music, delivery.

Belongs here: the parts of a theme about picture and sound, with their bounds. Not here: what the video is about
(`theme.py`), how any of it is drawn or encoded (`resources`).
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from reelineage.documents import Document, Fit, OverlayAnimation, Sha256, Short

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$", description="like #FFD23F")]
ProfileName = Literal["standard", "youtube", "tiktok", "reels", "strict", "draft"]
PresetName = Literal["fast", "balanced", "small"]
TransitionKind = Literal["cut", "crossfade", "slide", "wipe", "zoom"]
CaptionStyle = Literal["word_highlight", "word_pop", "phrase", "plain", "none"]


class Style(Document):
    """How the motion graphics look. `auto` picks by seed."""

    scheme: Literal["auto", "midnight", "ember", "lagoon", "paper", "orchid", "forest", "slate", "mint"] = "auto"
    background: Literal["auto", "drift", "grid", "waves", "particles", "rays", "tiles", "rings"] = "auto"


class Lettering(Document):
    """What captions and overlays have in common. Sizes and widths are factors of the design's own."""

    font: Literal["montserrat", "noto"] = "montserrat"
    size: Annotated[float, Field(ge=0.5, le=1.6)] = 1.0
    colour: Colour = "#FFFFFF"
    outline: Annotated[float, Field(ge=0, le=3)] = 1.0
    outline_colour: Colour = "#0B0F1A"
    shadow: Annotated[float, Field(ge=0, le=3)] = 1.0


class Captions(Lettering):
    """Captions of what is said. `accent` colours the spoken word; None is the design's own amber."""

    style: CaptionStyle = "word_highlight"
    uppercase: bool = False
    accent: Colour | None = None
    position: Literal["lower", "middle", "top"] = "lower"
    animation: Literal["none", "fade", "rise", "pop"] = "none"


class OverlayLook(Lettering):
    """Texts laid over the picture. `animation` holds where a script's overlay names none."""

    accent: Colour | None = None
    plate: bool = True
    animation: OverlayAnimation = "rise"


class Transition(Document):
    """How one scene gives way to the next. `seconds` is its length; a cut has none."""

    kind: TransitionKind = "cut"
    seconds: Annotated[float, Field(ge=0.1, le=1.0)] = 0.4


class FootageFile(Document):
    """A picture or film of the user's own, kept as an artifact; the licence is for the bill of materials."""

    name: Short
    artifact_sha256: Sha256


class Footage(Document):
    """Where the pictures come from.

    `own_media` shows the films and stills in `folder`, which lies beside the theme file. When the job is made they are
    stored, and `folder` gives way to `files`, so that a retry needs no outside file.
    """

    provider: Literal["motion_graphics", "own_media"] = "motion_graphics"
    folder: Short | None = None
    files: tuple[FootageFile, ...] = Field(default=(), max_length=200)
    fit: Fit = "smart"
    stills_move: bool = True
    author: Short | None = None
    licence: Short | None = None
    page_url: Short | None = None

    @model_validator(mode="after")
    def _own_media_needs_files(self) -> "Footage":
        if self.provider == "own_media" and not (self.folder or self.files):
            raise ValueError("the provider own_media needs 'folder', the folder beside the theme with films and stills")
        return self


class Music(Document):
    """Music under the voice. `bed` is made by Reelineage; `file` is the user's own, beside the theme file.

    `volume_db` is the music's level against the voice where nobody speaks, `duck_db` how far it steps back under words.
    """

    provider: Literal["none", "bed", "file"] = "none"
    mood: Literal["auto", "calm", "bright", "driving"] = "auto"
    path: Short | None = None
    name: Short | None = None
    artifact_sha256: Sha256 | None = None
    volume_db: Annotated[float, Field(ge=-40, le=0)] = -14.0
    duck_db: Annotated[float, Field(ge=0, le=24)] = 10.0
    fade_seconds: Annotated[float, Field(ge=0, le=10)] = 1.5
    author: Short | None = None
    licence: Short | None = None
    page_url: Short | None = None

    @model_validator(mode="after")
    def _a_file_is_named(self) -> "Music":
        if self.provider == "file" and not (self.path or self.artifact_sha256):
            raise ValueError("the provider file needs 'path', the music file beside the theme")
        return self


class Thumbnail(Document):
    """The still that stands for the video. `at_seconds` None lets the sharpest frame of the hook be chosen."""

    at_seconds: Annotated[float, Field(ge=0, le=600)] | None = None
    title: bool = True
    format: Literal["jpeg", "png"] = "jpeg"

"""What a person should know before deciding about a video (`review`).

Belongs here: the findings and what has to be disclosed. Not here: the checks that find it (`reelineage/review/`), the
decision (`reelineage/models/records.py`).
"""

from typing import Literal

from reelineage.documents.parts import Document, Sha256, StandIn


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

"""The frozen values that assets return and the IO manager stores.

Belongs here: what a trend report, script, voiceover, clip, video, review *is*, a module for each; the rest of the tree
imports from this package. Documents hold content only and name each other by content (observation keys, sha256), never
by row id, so that the same inputs give the same document and the same hash in every database. Not here: rows and keys
(`models`), how a document is made.
"""

from reelineage.documents.analysis import Pattern, RankedItem, SeriesPoint, Statement, Topic, TrendAnalysis
from reelineage.documents.clip import Clip, Fit, Movement, Placement
from reelineage.documents.parts import (
    FPS,
    SAMPLE_RATE,
    ArtifactRef,
    Count,
    Document,
    Frame,
    MediaItem,
    ProviderIdentity,
    Seconds,
    Sha256,
    Short,
    StandIn,
    Utc,
)
from reelineage.documents.review import Disclosure, Finding, Review
from reelineage.documents.script import (
    AspectRatio,
    Datum,
    Overlay,
    OverlayAnimation,
    Scene,
    SceneRole,
    Script,
    Sentence,
    Visual,
    VisualKind,
    WritingStep,
)
from reelineage.documents.trends import Observation, ReportSource, SkippedRow, TrendFetch, TrendReport, iso
from reelineage.documents.video import Video
from reelineage.documents.voiceover import SceneSpan, SpokenSentence, Voiceover, WordTiming

__all__ = [
    "FPS",
    "SAMPLE_RATE",
    "ArtifactRef",
    "AspectRatio",
    "Clip",
    "Count",
    "Datum",
    "Disclosure",
    "Document",
    "Finding",
    "Fit",
    "Frame",
    "MediaItem",
    "Movement",
    "Observation",
    "Overlay",
    "OverlayAnimation",
    "Pattern",
    "Placement",
    "ProviderIdentity",
    "RankedItem",
    "ReportSource",
    "Review",
    "Scene",
    "SceneRole",
    "SceneSpan",
    "Script",
    "Seconds",
    "Sentence",
    "SeriesPoint",
    "Sha256",
    "Short",
    "SkippedRow",
    "SpokenSentence",
    "StandIn",
    "Statement",
    "Topic",
    "TrendAnalysis",
    "TrendFetch",
    "TrendReport",
    "Utc",
    "Video",
    "Visual",
    "VisualKind",
    "Voiceover",
    "WordTiming",
    "WritingStep",
    "iso",
]

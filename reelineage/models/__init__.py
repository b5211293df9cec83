"""The tables: jobs, what came in, what was made, by which call, and what was decided.

Belongs here: columns, keys and checks; lineage is the foreign keys (`docs/lineage.md`). Not here: the triggers that
make rows append-only (`guards.py` writes them from the marks below), queries, sessions.

Marks in a table's `info`, read by `guards.py` and `family.py`:
  node         the word that names a row of it: `video` in `video:7`
  derived      on an association table: the column of the row that was made *from* the others
  append_only  rows never change and never go; `content` columns may become NULL once, when a tombstone is set
  open_while   the status in which a row may still be changed
  record       what an asset makes: a run may insert it only while it holds the job
  frozen       columns that keep the value they were written with; such a row never goes
  passing      no lineage: rows may change and go
"""

from reelineage.models.access import ROLES, AccessKey, ApiRequest
from reelineage.models.afterwards import Credential, Fingerprint, Reproduction, Tombstone, TombstoneTarget
from reelineage.models.base import Base, UtcDateTime
from reelineage.models.edges import (
    ClipCall,
    ClipMedia,
    ScriptCall,
    ScriptCitation,
    TrendAnalysisObservation,
    TrendReportObservation,
    VideoCall,
    VideoClip,
    VideoMedia,
    VoiceoverCall,
    VoiceoverMedia,
)
from reelineage.models.edits import Edit, ScriptEdit
from reelineage.models.jobs import JOB_STATES, Artifact, Installation, Job, MediaItem, ProviderCall
from reelineage.models.records import Clip, Decision, Review, Script, TrendAnalysis, TrendReport, Video, Voiceover
from reelineage.models.trends import TrendFetch, TrendItem, TrendObservation

__all__ = [
    "JOB_STATES",
    "ROLES",
    "AccessKey",
    "ApiRequest",
    "Artifact",
    "Base",
    "Clip",
    "ClipCall",
    "ClipMedia",
    "Credential",
    "Decision",
    "Edit",
    "Fingerprint",
    "Installation",
    "Job",
    "MediaItem",
    "ProviderCall",
    "Reproduction",
    "Review",
    "Script",
    "ScriptCall",
    "ScriptCitation",
    "ScriptEdit",
    "Tombstone",
    "TombstoneTarget",
    "TrendAnalysis",
    "TrendAnalysisObservation",
    "TrendFetch",
    "TrendItem",
    "TrendObservation",
    "TrendReport",
    "TrendReportObservation",
    "UtcDateTime",
    "Video",
    "VideoCall",
    "VideoClip",
    "VideoMedia",
    "Voiceover",
    "VoiceoverCall",
    "VoiceoverMedia",
]

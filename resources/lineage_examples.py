"""Rows that are worth asking about, for somebody who does not know yet what can be asked: the newest of each kind.

Belongs here: choosing them, with a few reads along keys whatever the tables hold. Not here: words and addresses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from reelineage.graph import Ref
from reelineage.models import MediaItem, ProviderCall, ScriptCitation, TrendAnalysis, Video
from reelineage.walk import rows_of

Rows = Mapping[Ref, Mapping[str, Any]]
_MOST_VIDEOS: Final = 3
_MOST_CALLS: Final = 500  # looked through for one that was not asked for trends


@dataclass(frozen=True)
class Examples:
    """Rows with their columns: what was `made`, what was `used` in making, and the name of a model, if one was."""

    made: Rows
    used: Rows
    model: str | None

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.made or self.used or self.model)


def examples(session: Session) -> Examples:
    """The newest videos, the trend row that the newest script cites, the newest analysis and work, the last model."""
    made = [Ref("video", str(key)) for key in session.scalars(_newest(Video.id, _MOST_VIDEOS))]
    used = [
        *_refs(session, "trend_observation", _cited()),
        *_refs(session, "trend_analysis", _newest(TrendAnalysis.id)),
        *_refs(session, "media_item", _newest(MediaItem.id)),
    ]
    rows = rows_of(session, [*made, *used], columns="slim")
    told = {ref: row._mapping for ref, row in rows.items()}  # noqa: SLF001 — SQLAlchemy's documented accessor
    return Examples({ref: told[ref] for ref in made}, {ref: told[ref] for ref in used}, _model(session))  # type: ignore[misc]  # a mapping of names


def _newest(key: Any, count: int = 1) -> Select[int]:  # noqa: ANN401 — a mapped column, whose type says nothing more
    return select(key).order_by(key.desc()).limit(count)


def _cited() -> Select[int]:
    key = ScriptCitation.script_id, ScriptCitation.scene, ScriptCitation.observation_id
    return select(ScriptCitation.observation_id).order_by(*(part.desc() for part in key)).limit(1)


def _refs(session: Session, node: str, keys: Select[int]) -> Iterator[Ref]:
    return (Ref(node, str(key)) for key in session.scalars(keys))


def _model(session: Session) -> str | None:
    """The provider and model of the newest call that made something; a trend source has no model."""
    calls = select(ProviderCall.role, ProviderCall.provider, ProviderCall.model)
    newest = session.execute(calls.order_by(ProviderCall.id.desc()).limit(_MOST_CALLS))
    return next((f"{provider}/{model}" for role, provider, model in newest if role != "trend_source"), None)

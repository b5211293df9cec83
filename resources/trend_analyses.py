"""Analyses as people and programs ask for them: the newest one, and the rows behind the keys that it names.

Belongs here: reading them. Not here: making them (`reelineage/trends`), storing them (`record_rows.py`).
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.documents import iso
from reelineage.errors import NotFound
from reelineage.models import TrendAnalysis, TrendAnalysisObservation, TrendItem, TrendObservation


def newest_analysis(session: Session) -> TrendAnalysis:
    """The newest analysis whose content was not taken down.

    Raises:
        NotFound: there is none.
    """
    query = select(TrendAnalysis).where(TrendAnalysis.tombstone_id.is_(None)).order_by(TrendAnalysis.id.desc())
    found = session.scalars(query.limit(1)).first()
    if found is None:
        raise NotFound("Looking for the newest trends: no analysis was made yet. Create a job; it begins with one.")
    return found


def evidence_rows(session: Session, analysis_id: int) -> dict[str, int]:
    """The observation behind each key that an analysis names, by that key (`Observation.key`)."""
    rows = session.execute(
        select(
            TrendItem.platform,
            TrendItem.external_id,
            TrendObservation.observed_at,
            TrendAnalysisObservation.observation_id,
        )
        .select_from(TrendAnalysisObservation)
        .join(TrendObservation, TrendObservation.id == TrendAnalysisObservation.observation_id)
        .join(TrendItem, TrendItem.id == TrendObservation.item_id)
        .where(TrendAnalysisObservation.analysis_id == analysis_id)
        .order_by(TrendAnalysisObservation.observation_id)
    )
    return {f"{platform}/{external_id}@{iso(at)}": row_id for platform, external_id, at, row_id in rows}

"""What a video is made from, for those who decide and publish: the bill, its credits, what stands in, what to disclose.

Belongs here: putting the parts together, and keeping the answer while nothing can change it. Not here: the parts
themselves (`reelineage/rights`), printing.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reelineage.documents import Disclosure, StandIn
from reelineage.explain import explain
from reelineage.family import Ref, stand_ins_among
from reelineage.models import ProviderCall, Tombstone, Video
from reelineage.rights.bill_of_materials import Line, bill
from reelineage.rights.credits import credits_text
from reelineage.rights.disclosure import derive

_MOST_KEPT: Final = 256


@dataclass(frozen=True)
class Materials:
    """What a video is made from, as the tables say now."""

    lines: tuple[Line, ...]
    credits: str
    disclosure: Disclosure
    stand_ins: tuple[StandIn, ...]


@dataclass(frozen=True)
class _Moment:
    """What could have changed a video's materials: rows are only ever added, but for these two."""

    newest_tombstone: int
    lost_calls: int


class KeptMaterials:
    """The materials of the videos that were looked at last: walking for them is a third of a job's page.

    A take-down empties it: what is gone from the tables does not live on here.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[_Moment, Materials]] = OrderedDict()
        self._tombstone = 0
        self._lock = Lock()

    def of(self, session: Session, video: Video) -> Materials:
        """The materials of a video, walked for when they are not known or may have changed."""
        moment = _moment(session, video.job_id)
        with self._lock:
            if moment.newest_tombstone != self._tombstone:
                self._kept.clear()
                self._tombstone = moment.newest_tombstone
            known = self._kept.get(video.id)
        if known is not None and known[0] == moment:
            return known[1]
        made = materials_of(session, video)
        with self._lock:
            if moment.newest_tombstone == self._tombstone:
                self._kept[video.id] = moment, made
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return made


def materials_of(session: Session, video: Video) -> Materials:
    """The materials of a video, from everything that it was made from."""
    family = explain(session, [Ref("video", str(video.id))])
    lines, disclosure = bill(family), derive(family)
    return Materials(lines, credits_text(lines, disclosure), disclosure, stand_ins_among(session, family.graph))


def _moment(session: Session, job_id: int) -> _Moment:
    """One more answer of a job that was lost makes an earlier one to the same request ambiguous as well."""
    newest = select(func.max(Tombstone.id)).scalar_subquery()
    lost = select(func.count()).where(ProviderCall.job_id == job_id, ProviderCall.status == "ambiguous")
    tombstone, calls = session.execute(select(newest, lost.scalar_subquery())).one()
    return _Moment(tombstone or 0, calls)

"""Which failures may pass and which need a person: decided here and nowhere else.

Belongs here: the two kinds of the design (section 5), and what a full disk looks like. Not here: retrying
(`work.py`), noting (`job_queue/`), telling people (`console/web/refusals.py`).
"""

import errno

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from reelineage.errors import PermanentError, TransientError

PERMANENT = "permanent"
TRANSIENT = "transient"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_SQLITE_NO_ROOM = "SQLITE_FULL"
_PG_NO_ROOM = "53100"  # disk_full


def kind_of(error: BaseException) -> str:
    """`transient` when the same work may succeed later: the outside, the disk, the database, a stopped process.

    Everything else, a bug included, would fail the same way again: it is `permanent` and parks the job.
    """
    if isinstance(error, PermanentError):
        return PERMANENT
    if isinstance(error, TransientError | OperationalError | InterfaceError | OSError | MemoryError):
        return TRANSIENT
    if is_cut_off(error):
        return TRANSIENT
    return PERMANENT if isinstance(error, Exception) else TRANSIENT


def is_cut_off(error: BaseException) -> bool:
    """Whether the database went away under a statement; drivers do not always raise an OperationalError then."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def has_no_room(error: BaseException) -> bool:
    """Whether a disk is full: that of our files, or of the database."""
    if isinstance(error, DBAPIError):
        said = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "pgcode", None)
        return said in (_SQLITE_NO_ROOM, _PG_NO_ROOM)
    return isinstance(error, OSError) and error.errno in _NO_ROOM

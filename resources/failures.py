"""Which failures may pass and which need a person: decided here and nowhere else.

Belongs here: the two kinds of the design (section 5). Not here: retrying (`workbench.py`), noting (`job_queue.py`).
"""

from sqlalchemy.exc import InterfaceError, OperationalError

from reelineage.errors import PermanentError, TransientError

PERMANENT = "permanent"
TRANSIENT = "transient"


def kind_of(error: BaseException) -> str:
    """`transient` when the same work may succeed later: the outside, the disk, the database, a stopped process.

    Everything else, a bug included, would fail the same way again: it is `permanent` and parks the job.
    """
    if isinstance(error, PermanentError):
        return PERMANENT
    if isinstance(error, TransientError | OperationalError | InterfaceError | OSError | MemoryError):
        return TRANSIENT
    return PERMANENT if isinstance(error, Exception) else TRANSIENT

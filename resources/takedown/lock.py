"""Nothing new is made from what is being taken down: whoever stores bytes or decides waits for a take-down to end.

Belongs here: the lock that both sides take inside their own transaction. SQLite needs none: a write transaction is
alone there. Not here: the rows of the jobs, which are locked as well (`execution.py`).
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

_ADVISORY_LOCK = 7_203_442_212  # the migration's is one less


def hold_takedowns(session: Session) -> None:
    """Let no take-down begin before this transaction ends; wait for one that has begun. Many may hold it at once."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _ADVISORY_LOCK})


def begin_takedown(session: Session) -> None:
    """Be alone until this transaction ends: all who store bytes or decide have committed, or wait."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})

"""The database's own guards: the triggers that keep rows as they were written are there.

Belongs here: what the engine's catalogue says. Not here: what slipped through while a guard was away (all other rules).
"""

import re
from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from reelineage.guards import trigger_statements
from reelineage.models import Base
from resources.audit.findings import Finding

_NAME = re.compile(r"CREATE TRIGGER (\w+)")
_THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}


def missing_guards(session: Session) -> Iterator[Finding]:
    """Triggers that are gone or switched off."""
    dialect = session.get_bind().dialect.name
    wanted = {match[1] for one in trigger_statements(Base.metadata, dialect) if (match := _NAME.match(one))}
    there = set(session.scalars(text(_THERE[dialect])))
    for name in sorted(wanted - there):
        yield Finding(
            "missing_guard",
            f"trigger:{name}",
            f"The trigger {name} is gone or switched off, so rows can be changed unnoticed; restore the schema.",
        )

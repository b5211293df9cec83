"""What all tables share: column types, constraint names, small CHECK helpers.

Belongs here: nothing that names a table. The tables are in the files beside this one.
"""

from datetime import UTC, datetime

from pydantic import JsonValue
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Float,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

RowId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Hash = String(64)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite forgets time zones, so they are taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 — SQLAlchemy's signature
        """Refuse naive times: nobody knows which moment they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 — SQLAlchemy's signature
        """Give every time back as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables, with constraint names that are the same on every engine."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 — SQLAlchemy reads this plain dict
        datetime: UtcDateTime(),
        dict[str, JsonValue]: Json,
        list[str]: Json,
        list[JsonValue]: Json,
        str: Text(),
        float: Float(),
        int: BigInteger(),
    }


def one_of(column: str, *values: str) -> CheckConstraint:
    """A CHECK that a column holds one of these words (or NULL where it may)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def is_sha256(column: str) -> CheckConstraint:
    """A CHECK that a column is as long as a hex sha256."""
    return CheckConstraint(f"length({column}) = 64", name=f"{column}_is_sha256")

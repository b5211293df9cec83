"""Who may use the console, and what was answered to a request that may be sent twice.

Belongs here: rows that are no lineage: they may end and go. Secrets are kept as their sha256 only.
"""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from reelineage.models.base import Base, Hash, Json, RowId, is_sha256, one_of

ROLES = ("viewer", "reviewer", "operator")


class AccessKey(Base):
    """A way in: a sign-in link that works once, a browser's session, or an API token; each for a name and a role."""

    __tablename__ = "access_keys"
    __table_args__ = (
        Index("ix_access_keys_secret_sha256", "secret_sha256", unique=True),
        Index("ix_access_keys_kind_expires_at", "kind", "expires_at"),
        one_of("kind", "sign_in", "session", "token"),
        one_of("role", *ROLES),
        is_sha256("secret_sha256"),
        CheckConstraint("length(name) > 0", name="has_a_name"),
        {"sqlite_autoincrement": True, "info": {"passing": True}},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    secret_sha256: Mapped[str] = mapped_column(Hash)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ApiRequest(Base):
    """A changing request that came with an idempotency key, and its answer once there is one."""

    __tablename__ = "api_requests"
    __table_args__ = (
        Index("ix_api_requests_created_at", "created_at"),
        is_sha256("request_sha256"),
        CheckConstraint("(status IS NULL) = (answer IS NULL)", name="answered_whole"),
        {"info": {"passing": True}},
    )

    asker: Mapped[str] = mapped_column(String(200), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_sha256: Mapped[str] = mapped_column(Hash)
    status: Mapped[int | None] = mapped_column(Integer)
    answer: Mapped[dict[str, JsonValue] | None] = mapped_column(Json)
    created_at: Mapped[datetime]

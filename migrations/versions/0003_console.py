"""Edits that people asked for, ways into the console, answers to repeated requests, and the indexes of the jobs page."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add to a database of 0002; nothing that it holds changes."""
    _change_tables()
    connection = op.get_bind()
    statements = Path(__file__).with_name(f"0003_triggers.{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in statements.split("\n\n"):
        # the driver takes % as the start of a parameter
        connection.exec_driver_sql(
            statement.replace("%", "%%") if connection.dialect.name == "postgresql" else statement
        )


def _change_tables() -> None:
    op.create_table(
        "access_keys",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("expires_at", UTC, nullable=True),
        sa.Column("ended_at", UTC, nullable=True),
        sa.CheckConstraint("kind IN ('sign_in', 'session', 'token')", name=op.f("ck_access_keys_kind")),
        sa.CheckConstraint("role IN ('viewer', 'reviewer', 'operator')", name=op.f("ck_access_keys_role")),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_access_keys_has_a_name")),
        sa.CheckConstraint("length(secret_sha256) = 64", name=op.f("ck_access_keys_secret_sha256_is_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_keys")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_access_keys_kind_expires_at", "access_keys", ["kind", "expires_at"])
    op.create_index("ix_access_keys_secret_sha256", "access_keys", ["secret_sha256"], unique=True)
    op.create_table(
        "api_requests",
        sa.Column("asker", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", JSON, nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint("(status IS NULL) = (answer IS NULL)", name=op.f("ck_api_requests_answered_whole")),
        sa.CheckConstraint("length(request_sha256) = 64", name=op.f("ck_api_requests_request_sha256_is_sha256")),
        sa.PrimaryKeyConstraint("asker", "key", name=op.f("pk_api_requests")),
    )
    op.create_index("ix_api_requests_created_at", "api_requests", ["created_at"])
    op.create_table(
        "edits",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("script_id", ROW_ID, nullable=False),
        sa.Column("changes", JSON, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("tombstone_id", ROW_ID, nullable=True),
        sa.CheckConstraint("length(actor) > 0", name=op.f("ck_edits_by_somebody")),
        sa.CheckConstraint(
            "tombstone_id IS NOT NULL OR changes IS NOT NULL", name=op.f("ck_edits_content_or_tombstone")
        ),
        sa.CheckConstraint(
            "tombstone_id IS NULL OR (changes IS NULL AND reason IS NULL)",
            name=op.f("ck_edits_tombstone_has_no_content"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "script_id"], ["scripts.job_id", "scripts.id"], name=op.f("fk_edits_job_id_script_id_scripts")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_edits_job_id_jobs")),
        sa.ForeignKeyConstraint(["tombstone_id"], ["tombstones.id"], name=op.f("fk_edits_tombstone_id_tombstones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edits")),
        sa.UniqueConstraint("job_id", "id", name=op.f("uq_edits_job_id_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_edits_job_id_script_id", "edits", ["job_id", "script_id"])
    op.create_index("ix_edits_script_id", "edits", ["script_id"])
    op.create_table(
        "script_edits",
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("script_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("edit_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id", "edit_id"], ["edits.job_id", "edits.id"], name=op.f("fk_script_edits_job_id_edit_id_edits")
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "script_id"],
            ["scripts.job_id", "scripts.id"],
            name=op.f("fk_script_edits_job_id_script_id_scripts"),
        ),
        sa.PrimaryKeyConstraint("script_id", name=op.f("pk_script_edits")),
        sa.UniqueConstraint("edit_id", name=op.f("uq_script_edits_edit_id")),
    )
    op.create_index("ix_jobs_stage_id", "jobs", ["stage", "id"])
    op.create_index("ix_jobs_theme_name_id", "jobs", ["theme_name", "id"])
    op.create_index("ix_jobs_updated_at", "jobs", ["updated_at"])

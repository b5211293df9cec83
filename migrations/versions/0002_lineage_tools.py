"""Credentials, fingerprints, reproductions, take-downs, the duty to delete, and the indexes that walks need."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add to a database of 0001; nothing that it holds changes."""
    _change_tables()
    connection = op.get_bind()
    statements = Path(__file__).with_name(f"0002_triggers.{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in statements.split("\n\n"):
        # the driver takes % as the start of a parameter
        connection.exec_driver_sql(
            statement.replace("%", "%%") if connection.dialect.name == "postgresql" else statement
        )


def _change_tables() -> None:
    op.create_table(
        "tombstone_targets",
        sa.Column("tombstone_id", ROW_ID, nullable=False),
        sa.Column("node", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("effect", sa.String(length=16), nullable=False),
        sa.CheckConstraint("effect IN ('withdrawn', 'removed')", name=op.f("ck_tombstone_targets_effect")),
        sa.ForeignKeyConstraint(
            ["tombstone_id"], ["tombstones.id"], name=op.f("fk_tombstone_targets_tombstone_id_tombstones")
        ),
        sa.PrimaryKeyConstraint("tombstone_id", "node", "key", "effect", name=op.f("pk_tombstone_targets")),
    )
    op.create_index("ix_tombstone_targets_node_key", "tombstone_targets", ["node", "key"], unique=False)
    withdrawn = sa.text("effect = 'withdrawn'")
    op.create_index(
        "ix_tombstone_targets_withdrawn",
        "tombstone_targets",
        ["tombstone_id"],
        unique=False,
        sqlite_where=withdrawn,
        postgresql_where=withdrawn,
    )
    op.create_table(
        "credentials",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("video_id", ROW_ID, nullable=False),
        sa.Column("video_sha256", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("manifest", JSON, nullable=True),
        sa.Column("manifest_label", sa.Text(), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=False),
        sa.Column("certificate_sha256", sa.String(length=64), nullable=False),
        sa.Column("digital_source_type", sa.Text(), nullable=False),
        sa.Column("timestamped", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("tombstone_id", ROW_ID, nullable=True),
        sa.CheckConstraint("subject IN ('video', 'thumbnail')", name=op.f("ck_credentials_subject")),
        sa.CheckConstraint("length(certificate_sha256) = 64", name=op.f("ck_credentials_certificate_sha256_is_sha256")),
        sa.CheckConstraint("length(manifest_sha256) = 64", name=op.f("ck_credentials_manifest_sha256_is_sha256")),
        sa.CheckConstraint(
            "tombstone_id IS NOT NULL OR manifest IS NOT NULL", name=op.f("ck_credentials_content_or_tombstone")
        ),
        sa.CheckConstraint(
            "tombstone_id IS NULL OR manifest IS NULL", name=op.f("ck_credentials_tombstone_has_no_content")
        ),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["artifacts.sha256"], name=op.f("fk_credentials_file_sha256_artifacts")
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "video_id", "video_sha256"],
            ["videos.job_id", "videos.id", "videos.file_sha256"],
            name=op.f("fk_credentials_job_id_video_id_video_sha256_videos"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_credentials_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["tombstone_id"], ["tombstones.id"], name=op.f("fk_credentials_tombstone_id_tombstones")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sa.UniqueConstraint("job_id", "video_id", "subject", name=op.f("uq_credentials_job_id_video_id_subject")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_credentials_file_sha256", "credentials", ["file_sha256"], unique=False)
    op.create_index(
        "ix_credentials_job_id_video_id_video_sha256",
        "credentials",
        ["job_id", "video_id", "video_sha256"],
        unique=False,
    )
    op.create_index("ix_credentials_manifest_sha256", "credentials", ["manifest_sha256"], unique=False)
    op.create_index("ix_credentials_video_id", "credentials", ["video_id"], unique=False)
    op.create_table(
        "fingerprints",
        sa.Column("video_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("moments_ms", JSON, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint("length(hashes) % 32 = 0", name=op.f("ck_fingerprints_whole_hashes")),
        sa.ForeignKeyConstraint(
            ["job_id", "video_id"], ["videos.job_id", "videos.id"], name=op.f("fk_fingerprints_job_id_video_id_videos")
        ),
        sa.PrimaryKeyConstraint("video_id", name=op.f("pk_fingerprints")),
    )
    op.create_table(
        "reproductions",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("video_id", ROW_ID, nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("stages", JSON, nullable=True),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("tombstone_id", ROW_ID, nullable=True),
        sa.CheckConstraint(
            "verdict IN ('identical', 'equivalent', 'different')", name=op.f("ck_reproductions_verdict")
        ),
        sa.CheckConstraint(
            "tombstone_id IS NOT NULL OR stages IS NOT NULL", name=op.f("ck_reproductions_content_or_tombstone")
        ),
        sa.CheckConstraint(
            "tombstone_id IS NULL OR stages IS NULL", name=op.f("ck_reproductions_tombstone_has_no_content")
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "video_id"], ["videos.job_id", "videos.id"], name=op.f("fk_reproductions_job_id_video_id_videos")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_reproductions_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["tombstone_id"], ["tombstones.id"], name=op.f("fk_reproductions_tombstone_id_tombstones")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reproductions")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reproductions_job_id_video_id", "reproductions", ["job_id", "video_id"], unique=False)
    op.create_index("ix_reproductions_video_id", "reproductions", ["video_id"], unique=False)
    op.create_index(op.f("ix_clips_voiceover_id"), "clips", ["voiceover_id"], unique=False)
    op.create_index(op.f("ix_decisions_review_id"), "decisions", ["review_id"], unique=False)
    for records in ("trend_reports", "trend_analyses", "scripts", "voiceovers", "clips", "videos", "reviews"):
        op.create_index(op.f(f"ix_{records}_data_version"), records, ["data_version"], unique=False)
    op.create_index("ix_media_items_provider_external_id", "media_items", ["provider", "external_id"], unique=False)
    op.create_index("ix_media_items_sha256", "media_items", ["sha256"], unique=False)
    charged = sa.text("cost_nanousd IS NULL OR cost_nanousd > 0")
    op.create_index(
        "ix_provider_calls_charged",
        "provider_calls",
        ["started_at", "cost_nanousd"],
        unique=False,
        sqlite_where=charged,
        postgresql_where=charged,
    )
    op.create_index("ix_provider_calls_prompt_version", "provider_calls", ["prompt_version"], unique=False)
    op.create_index("ix_provider_calls_provider_model", "provider_calls", ["provider", "model"], unique=False)
    stands_in = sa.text("stand_in IS NOT NULL OR status = 'ambiguous'")
    op.create_index(
        "ix_provider_calls_stands_in",
        "provider_calls",
        ["job_id"],
        unique=False,
        sqlite_where=stands_in,
        postgresql_where=stands_in,
    )
    op.create_index(op.f("ix_reviews_video_id"), "reviews", ["video_id"], unique=False)
    op.create_index(op.f("ix_scripts_analysis_id"), "scripts", ["analysis_id"], unique=False)
    op.create_index(op.f("ix_trend_analyses_report_id"), "trend_analyses", ["report_id"], unique=False)
    op.add_column("trend_fetches", sa.Column("delete_by", UTC, nullable=True))
    op.create_index("ix_trend_fetches_delete_by", "trend_fetches", ["delete_by"], unique=False)
    op.create_index("ix_trend_fetches_source_kind", "trend_fetches", ["source_kind"], unique=False)
    op.create_index("ix_trend_fetches_source_name", "trend_fetches", ["source_name"], unique=False)
    op.create_index(op.f("ix_videos_voiceover_id"), "videos", ["voiceover_id"], unique=False)
    op.create_index(op.f("ix_voiceovers_script_id"), "voiceovers", ["script_id"], unique=False)

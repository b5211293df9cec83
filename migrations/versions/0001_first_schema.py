"""First schema: jobs, ledger, trends, records, edges, and the triggers that keep rows as they were written."""

import uuid
from datetime import UTC as UTC_ZONE
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create everything in an empty database."""
    _create_tables()
    connection = op.get_bind()
    statements = Path(__file__).with_name(f"0001_triggers.{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in statements.split("\n\n"):
        # the driver takes % as the start of a parameter
        connection.exec_driver_sql(
            statement.replace("%", "%%") if connection.dialect.name == "postgresql" else statement
        )
    installation = sa.table("installation", sa.column("id"), sa.column("uuid"), sa.column("created_at", UTC))
    connection.execute(sa.insert(installation).values(id=1, uuid=str(uuid.uuid4()), created_at=datetime.now(UTC_ZONE)))


def _create_tables() -> None:
    op.create_table(
        "artifacts",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_artifacts_sha256_is_sha256")),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_artifacts_size_counts")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_artifacts")),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("theme_name", sa.Text(), nullable=False),
        sa.Column("theme", JSON, nullable=False),
        sa.Column("theme_sha256", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("profile", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("request_key", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("attempt_limit", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_kind", sa.String(length=16), nullable=True),
        sa.Column("stage", sa.String(length=32), nullable=True),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.Column("active_run", sa.String(length=64), nullable=True),
        sa.Column("claim_mode", sa.String(length=16), nullable=True),
        sa.Column("claimed_from", sa.String(length=16), nullable=True),
        sa.Column("lease_host", sa.Text(), nullable=True),
        sa.Column("lease_pid", sa.BigInteger(), nullable=True),
        sa.Column("lease_process_started_at", sa.Float(), nullable=True),
        sa.Column("lease_expires_at", UTC, nullable=True),
        sa.Column("chain_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("updated_at", UTC, nullable=False),
        sa.CheckConstraint("claim_mode IN ('resume', 'remake', 'partial')", name=op.f("ck_jobs_claim_mode")),
        sa.CheckConstraint(
            "claimed_from IN ('queued', 'submitted', 'running', 'awaiting_review', 'approved', 'rejected', 'failed', 'cancelled')",
            name=op.f("ck_jobs_claimed_from"),
        ),
        sa.CheckConstraint("error_kind IN ('permanent', 'transient')", name=op.f("ck_jobs_error_kind")),
        sa.CheckConstraint(
            "profile IN ('standard', 'youtube', 'tiktok', 'reels', 'strict', 'draft')", name=op.f("ck_jobs_profile")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'submitted', 'running', 'awaiting_review', 'approved', 'rejected', 'failed', 'cancelled')",
            name=op.f("ck_jobs_state"),
        ),
        sa.CheckConstraint(
            "(active_run IS NULL) = (lease_expires_at IS NULL)", name=op.f("ck_jobs_a_claim_has_a_lease")
        ),
        sa.CheckConstraint("attempt >= 0", name=op.f("ck_jobs_attempt_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("request_key", name=op.f("uq_jobs_request_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_state_id", "jobs", ["state", "id"], unique=False)
    op.create_table(
        "media_items",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("external_id", sa.String(length=300), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("page_url", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint("kind IN ('font', 'voice', 'music', 'footage')", name=op.f("ck_media_items_kind")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_media_items_sha256_is_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_items")),
        sa.UniqueConstraint(
            "kind", "provider", "external_id", "sha256", name=op.f("uq_media_items_kind_provider_external_id_sha256")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tombstones",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstones")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "trend_items",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("platform", sa.String(length=300), nullable=False),
        sa.Column("external_id", sa.String(length=300), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_items")),
        sa.UniqueConstraint("platform", "external_id", name=op.f("uq_trend_items_platform_external_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "provider_calls",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("job_id", ROW_ID, nullable=True),
        sa.Column("run_id", sa.String(length=64), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("prompt_version", sa.String(length=100), nullable=True),
        sa.Column("parameters", JSON, nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("stand_in", sa.String(length=16), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("response", JSON, nullable=True),
        sa.Column("artifact_sha256", sa.String(length=64), nullable=True),
        sa.Column("cost_nanousd", sa.BigInteger(), nullable=True),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("finished_at", UTC, nullable=True),
        sa.Column("tombstone_id", ROW_ID, nullable=True),
        sa.CheckConstraint(
            "(status = 'intent') = (finished_at IS NULL)", name=op.f("ck_provider_calls_finished_when_closed")
        ),
        sa.CheckConstraint(
            "role IN ('trend_source', 'script_writer', 'speech_synthesizer', 'footage_source', 'music_source')",
            name=op.f("ck_provider_calls_role"),
        ),
        sa.CheckConstraint("stand_in IN ('demo', 'fallback')", name=op.f("ck_provider_calls_stand_in")),
        sa.CheckConstraint("status IN ('intent', 'ok', 'failed', 'ambiguous')", name=op.f("ck_provider_calls_status")),
        sa.CheckConstraint("cost_nanousd >= 0", name=op.f("ck_provider_calls_cost_counts")),
        sa.CheckConstraint("length(request_sha256) = 64", name=op.f("ck_provider_calls_request_sha256_is_sha256")),
        sa.CheckConstraint(
            "tombstone_id IS NOT NULL OR parameters IS NOT NULL", name=op.f("ck_provider_calls_content_or_tombstone")
        ),
        sa.CheckConstraint(
            "tombstone_id IS NULL OR (parameters IS NULL AND response IS NULL)",
            name=op.f("ck_provider_calls_tombstone_has_no_content"),
        ),
        sa.ForeignKeyConstraint(
            ["artifact_sha256"], ["artifacts.sha256"], name=op.f("fk_provider_calls_artifact_sha256_artifacts")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_provider_calls_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["tombstone_id"], ["tombstones.id"], name=op.f("fk_provider_calls_tombstone_id_tombstones")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_calls")),
        sa.UniqueConstraint("job_id", "id", name=op.f("uq_provider_calls_job_id_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_provider_calls_artifact_sha256", "provider_calls", ["artifact_sha256"], unique=False)
    op.create_index(
        "ix_provider_calls_job_id_request_sha256", "provider_calls", ["job_id", "request_sha256"], unique=False
    )
    op.create_table(
        "trend_reports",
        sa.Column("window_start", UTC, nullable=True),
        sa.Column("window_end", UTC, nullable=False),
        sa.Column("observation_count", sa.BigInteger(), nullable=False),
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("code_version", sa.String(length=100), nullable=False),
        sa.Column("data_version", sa.String(length=64), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("document", JSON, nullable=True),
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("tombstone_id", ROW_ID, nullable=True),
        sa.CheckConstraint("(origin = 'run') = (run_id IS NOT NULL)", name=op.f("ck_trend_reports_a_run_or_an_edit")),
        sa.CheckConstraint("origin IN ('run', 'edit')", name=op.f("ck_trend_reports_origin")),
        sa.CheckConstraint("length(data_version) = 64", name=op.f("ck_trend_reports_data_version_is_sha256")),
        sa.CheckConstraint("length(previous_sha256) = 64", name=op.f("ck_trend_reports_previous_sha256_is_sha256")),
        sa.CheckConstraint(
            "tombstone_id IS NOT NULL OR (document IS NOT NULL)", name=op.f("ck_trend_reports_content_or_tombstone")
        ),
        sa.CheckConstraint(
            "tombstone_id IS NULL OR (document IS NULL)", name=op.f("ck_trend_reports_tombstone_has_no_content")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_trend_reports_version_counts")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_trend_reports_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["tombstone_id"], ["tombstones.id"], name=op.f("fk_trend_reports_tombstone_id_tombstones")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_reports")),
        sa.UniqueConstraint("job_id", "id", name=op.f("uq_trend_reports_job_id_id")),
        sa.UniqueConstraint("job_id", "run_id", name=op.f("uq_trend_reports_job_id_run_id")),
        sa.UniqueConstraint("job_id", "version", name=op.f("uq_trend_reports_job_id_version")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "trend_analyses",
        sa.Column("report_id", ROW_ID, nullable=False),
        sa.Column("topic_count", sa.BigInteger(), nullable=False),
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("code_version", sa.String(length=100), nullable=False),
        sa.Column("data_version", sa.String(length=64), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("document", JSON, nullable=True),
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("tombstone_id", ROW_ID, nullable=True),
        sa.CheckConstraint("(origin = 'run') = (run_id IS NOT NULL)", name=op.f("ck_trend_analyses_a_run_or_an_edit")),
        sa.CheckConstraint("origin IN ('run', 'edit')", name=op.f("ck_trend_analyses_origin")),
        sa.CheckConstraint("length(data_version) = 64", name=op.f("ck_trend_analyses_data_version_is_sha256")),
        sa.CheckConstraint("length(previous_sha256) = 64", name=op.f("ck_trend_analyses_previous_sha256_is_sha256")),
        sa.CheckConstraint(
            "tombstone_id IS NOT NULL OR (document IS NOT NULL)", name=op.f("ck_trend_analyses_content_or_tombstone")
        ),
        sa.CheckConstraint(
            "tombstone_id IS NULL OR (document IS NULL)", name=op.f("ck_trend_analyses_tombstone_has_no_content")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_trend_analyses_version_counts")),
        sa.ForeignKeyConstraint(
            ["job_id", "report_id"],
            ["trend_reports.job_id", "trend_reports.id"],
            name=op.f("fk_trend_analyses_job_id_report_id_trend_reports"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_trend_analyses_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["tombstone_id"], ["tombstones.id"], name=op.f("fk_trend_analyses_tombstone_id_tombstones")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_analyses")),
        sa.UniqueConstraint("job_id", "id", name=op.f("uq_trend_analyses_job_id_id")),
        sa.UniqueConstraint("job_id", "report_id", "id", name=op.f("uq_trend_analyses_job_id_report_id_id")),
        sa.UniqueConstraint("job_id", "run_id", name=op.f("uq_trend_analyses_job_id_run_id")),
        sa.UniqueConstraint("job_id", "version", name=op.f("uq_trend_analyses_job_id_version")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_trend_analyses_job_id_report_id"), "trend_analyses", ["job_id", "report_id"], unique=False)
    op.create_table(
        "trend_fetches",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("call_id", ROW_ID, nullable=False),
        sa.Column("source_kind", sa.String(length=32), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("artifact_sha256", sa.String(length=64), nullable=False),
        sa.Column("observation_count", sa.BigInteger(), nullable=False),
        sa.Column("skipped_count", sa.BigInteger(), nullable=False),
        sa.Column("skipped", JSON, nullable=False),
        sa.Column("stand_in", sa.String(length=16), nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint("stand_in IN ('demo', 'fallback')", name=op.f("ck_trend_fetches_stand_in")),
        sa.ForeignKeyConstraint(
            ["artifact_sha256"], ["artifacts.sha256"], name=op.f("fk_trend_fetches_artifact_sha256_artifacts")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["provider_calls.id"], name=op.f("fk_trend_fetches_call_id_provider_calls")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_fetches")),
        sa.UniqueConstraint("call_id", name=op.f("uq_trend_fetches_call_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_trend_fetches_artifact_sha256", "trend_fetches", ["artifact_sha256"], unique=False)
    op.create_index("ix_trend_fetches_call_id", "trend_fetches", ["call_id"], unique=False)
    op.create_table(
        "scripts",
        sa.Column("analysis_id", ROW_ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("scene_count", sa.BigInteger(), nullable=False),
        sa.Column("duration_target_seconds", sa.Float(), nullable=False),
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("code_version", sa.String(length=100), nullable=False),
        sa.Column("data_version", sa.String(length=64), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("document", JSON, nullable=True),
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("tombstone_id", ROW_ID, nullable=True),
        sa.CheckConstraint("(origin = 'run') = (run_id IS NOT NULL)", name=op.f("ck_scripts_a_run_or_an_edit")),
        sa.CheckConstraint("origin IN ('run', 'edit')", name=op.f("ck_scripts_origin")),
        sa.CheckConstraint("length(data_version) = 64", name=op.f("ck_scripts_data_version_is_sha256")),
        sa.CheckConstraint("length(previous_sha256) = 64", name=op.f("ck_scripts_previous_sha256_is_sha256")),
        sa.CheckConstraint(
            "tombstone_id IS NOT NULL OR (document IS NOT NULL AND title IS NOT NULL)",
            name=op.f("ck_scripts_content_or_tombstone"),
        ),
        sa.CheckConstraint(
            "tombstone_id IS NULL OR (document IS NULL AND title IS NULL)",
            name=op.f("ck_scripts_tombstone_has_no_content"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_scripts_version_counts")),
        sa.ForeignKeyConstraint(
            ["job_id", "analysis_id"],
            ["trend_analyses.job_id", "trend_analyses.id"],
            name=op.f("fk_scripts_job_id_analysis_id_trend_analyses"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_scripts_job_id_jobs")),
        sa.ForeignKeyConstraint(["tombstone_id"], ["tombstones.id"], name=op.f("fk_scripts_tombstone_id_tombstones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scripts")),
        sa.UniqueConstraint("job_id", "analysis_id", "id", name=op.f("uq_scripts_job_id_analysis_id_id")),
        sa.UniqueConstraint("job_id", "id", name=op.f("uq_scripts_job_id_id")),
        sa.UniqueConstraint("job_id", "run_id", name=op.f("uq_scripts_job_id_run_id")),
        sa.UniqueConstraint("job_id", "version", name=op.f("uq_scripts_job_id_version")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_scripts_job_id_analysis_id"), "scripts", ["job_id", "analysis_id"], unique=False)
    op.create_table(
        "trend_observations",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("fetch_id", ROW_ID, nullable=False),
        sa.Column("item_id", ROW_ID, nullable=False),
        sa.Column("observed_at", UTC, nullable=False),
        sa.Column("observed_at_estimated", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("hashtags", JSON, nullable=True),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.Column("likes", sa.BigInteger(), nullable=True),
        sa.Column("comments", sa.BigInteger(), nullable=True),
        sa.Column("shares", sa.BigInteger(), nullable=True),
        sa.Column("duration_seconds", sa.Float(), nullable=True),
        sa.Column("creator", sa.Text(), nullable=True),
        sa.Column("followers", sa.BigInteger(), nullable=True),
        sa.Column("sound", sa.Text(), nullable=True),
        sa.Column("thumbnail_url", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("published_at", UTC, nullable=True),
        sa.Column("tombstone_id", ROW_ID, nullable=True),
        sa.CheckConstraint(
            "tombstone_id IS NOT NULL OR title IS NOT NULL", name=op.f("ck_trend_observations_content_or_tombstone")
        ),
        sa.CheckConstraint(
            "tombstone_id IS NULL OR (title IS NULL AND description IS NULL AND hashtags IS NULL AND views IS NULL AND likes IS NULL AND comments IS NULL AND shares IS NULL AND duration_seconds IS NULL AND creator IS NULL AND followers IS NULL AND sound IS NULL AND thumbnail_url IS NULL AND url IS NULL AND category IS NULL AND country IS NULL AND published_at IS NULL)",
            name=op.f("ck_trend_observations_tombstone_has_no_content"),
        ),
        sa.CheckConstraint(
            "views >= 0 AND likes >= 0 AND comments >= 0 AND shares >= 0", name=op.f("ck_trend_observations_counts")
        ),
        sa.ForeignKeyConstraint(
            ["fetch_id"], ["trend_fetches.id"], name=op.f("fk_trend_observations_fetch_id_trend_fetches")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["trend_items.id"], name=op.f("fk_trend_observations_item_id_trend_items")
        ),
        sa.ForeignKeyConstraint(
            ["tombstone_id"], ["tombstones.id"], name=op.f("fk_trend_observations_tombstone_id_tombstones")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_observations")),
        sa.UniqueConstraint(
            "fetch_id", "item_id", "observed_at", name=op.f("uq_trend_observations_fetch_id_item_id_observed_at")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_trend_observations_item_id", "trend_observations", ["item_id"], unique=False)
    op.create_table(
        "script_calls",
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("script_id", ROW_ID, nullable=False),
        sa.Column("call_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id", "call_id"],
            ["provider_calls.job_id", "provider_calls.id"],
            name=op.f("fk_script_calls_job_id_call_id_provider_calls"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "script_id"],
            ["scripts.job_id", "scripts.id"],
            name=op.f("fk_script_calls_job_id_script_id_scripts"),
        ),
        sa.PrimaryKeyConstraint("script_id", "call_id", name=op.f("pk_script_calls")),
    )
    op.create_index("ix_script_calls_call_id", "script_calls", ["call_id"], unique=False)
    op.create_table(
        "trend_report_observations",
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("report_id", ROW_ID, nullable=False),
        sa.Column("observation_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id", "report_id"],
            ["trend_reports.job_id", "trend_reports.id"],
            name=op.f("fk_trend_report_observations_job_id_report_id_trend_reports"),
        ),
        sa.ForeignKeyConstraint(
            ["observation_id"],
            ["trend_observations.id"],
            name=op.f("fk_trend_report_observations_observation_id_trend_observations"),
        ),
        sa.PrimaryKeyConstraint("report_id", "observation_id", name=op.f("pk_trend_report_observations")),
        sa.UniqueConstraint(
            "job_id",
            "report_id",
            "observation_id",
            name=op.f("uq_trend_report_observations_job_id_report_id_observation_id"),
        ),
    )
    op.create_index(
        "ix_trend_report_observations_observation_id", "trend_report_observations", ["observation_id"], unique=False
    )
    op.create_table(
        "voiceovers",
        sa.Column("script_id", ROW_ID, nullable=False),
        sa.Column("audio_sha256", sa.String(length=64), nullable=False),
        sa.Column("duration_seconds", sa.Float(), nullable=False),
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("code_version", sa.String(length=100), nullable=False),
        sa.Column("data_version", sa.String(length=64), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("document", JSON, nullable=True),
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("tombstone_id", ROW_ID, nullable=True),
        sa.CheckConstraint("(origin = 'run') = (run_id IS NOT NULL)", name=op.f("ck_voiceovers_a_run_or_an_edit")),
        sa.CheckConstraint("origin IN ('run', 'edit')", name=op.f("ck_voiceovers_origin")),
        sa.CheckConstraint("length(data_version) = 64", name=op.f("ck_voiceovers_data_version_is_sha256")),
        sa.CheckConstraint("length(previous_sha256) = 64", name=op.f("ck_voiceovers_previous_sha256_is_sha256")),
        sa.CheckConstraint(
            "tombstone_id IS NOT NULL OR (document IS NOT NULL)", name=op.f("ck_voiceovers_content_or_tombstone")
        ),
        sa.CheckConstraint(
            "tombstone_id IS NULL OR (document IS NULL)", name=op.f("ck_voiceovers_tombstone_has_no_content")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_voiceovers_version_counts")),
        sa.ForeignKeyConstraint(
            ["audio_sha256"], ["artifacts.sha256"], name=op.f("fk_voiceovers_audio_sha256_artifacts")
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "script_id"],
            ["scripts.job_id", "scripts.id"],
            name=op.f("fk_voiceovers_job_id_script_id_scripts"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_voiceovers_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["tombstone_id"], ["tombstones.id"], name=op.f("fk_voiceovers_tombstone_id_tombstones")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voiceovers")),
        sa.UniqueConstraint("job_id", "id", name=op.f("uq_voiceovers_job_id_id")),
        sa.UniqueConstraint("job_id", "run_id", name=op.f("uq_voiceovers_job_id_run_id")),
        sa.UniqueConstraint("job_id", "script_id", "id", name=op.f("uq_voiceovers_job_id_script_id_id")),
        sa.UniqueConstraint("job_id", "version", name=op.f("uq_voiceovers_job_id_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_voiceovers_audio_sha256", "voiceovers", ["audio_sha256"], unique=False)
    op.create_index(op.f("ix_voiceovers_job_id_script_id"), "voiceovers", ["job_id", "script_id"], unique=False)
    op.create_table(
        "clips",
        sa.Column("script_id", ROW_ID, nullable=False),
        sa.Column("voiceover_id", ROW_ID, nullable=False),
        sa.Column("scene", sa.Integer(), nullable=False),
        sa.Column("artifact_sha256", sa.String(length=64), nullable=False),
        sa.Column("frames", sa.BigInteger(), nullable=False),
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("code_version", sa.String(length=100), nullable=False),
        sa.Column("data_version", sa.String(length=64), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("document", JSON, nullable=True),
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("tombstone_id", ROW_ID, nullable=True),
        sa.CheckConstraint("(origin = 'run') = (run_id IS NOT NULL)", name=op.f("ck_clips_a_run_or_an_edit")),
        sa.CheckConstraint("origin IN ('run', 'edit')", name=op.f("ck_clips_origin")),
        sa.CheckConstraint("length(data_version) = 64", name=op.f("ck_clips_data_version_is_sha256")),
        sa.CheckConstraint("length(previous_sha256) = 64", name=op.f("ck_clips_previous_sha256_is_sha256")),
        sa.CheckConstraint("scene >= 1", name=op.f("ck_clips_scene_counts")),
        sa.CheckConstraint(
            "tombstone_id IS NOT NULL OR (document IS NOT NULL)", name=op.f("ck_clips_content_or_tombstone")
        ),
        sa.CheckConstraint(
            "tombstone_id IS NULL OR (document IS NULL)", name=op.f("ck_clips_tombstone_has_no_content")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_clips_version_counts")),
        sa.ForeignKeyConstraint(
            ["artifact_sha256"], ["artifacts.sha256"], name=op.f("fk_clips_artifact_sha256_artifacts")
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "script_id", "voiceover_id"],
            ["voiceovers.job_id", "voiceovers.script_id", "voiceovers.id"],
            name=op.f("fk_clips_job_id_script_id_voiceover_id_voiceovers"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_clips_job_id_jobs")),
        sa.ForeignKeyConstraint(["tombstone_id"], ["tombstones.id"], name=op.f("fk_clips_tombstone_id_tombstones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clips")),
        sa.UniqueConstraint("job_id", "id", name=op.f("uq_clips_job_id_id")),
        sa.UniqueConstraint("job_id", "run_id", "scene", name=op.f("uq_clips_job_id_run_id_scene")),
        sa.UniqueConstraint("job_id", "scene", "version", name=op.f("uq_clips_job_id_scene_version")),
        sa.UniqueConstraint(
            "job_id",
            "script_id",
            "voiceover_id",
            "scene",
            "id",
            name=op.f("uq_clips_job_id_script_id_voiceover_id_scene_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_clips_artifact_sha256", "clips", ["artifact_sha256"], unique=False)
    op.create_index(
        op.f("ix_clips_job_id_script_id_voiceover_id"), "clips", ["job_id", "script_id", "voiceover_id"], unique=False
    )
    op.create_table(
        "trend_analysis_observations",
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("report_id", ROW_ID, nullable=False),
        sa.Column("analysis_id", ROW_ID, nullable=False),
        sa.Column("observation_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id", "report_id", "analysis_id"],
            ["trend_analyses.job_id", "trend_analyses.report_id", "trend_analyses.id"],
            name=op.f("fk_trend_analysis_observations_job_id_report_id_analysis_id_trend_analyses"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "report_id", "observation_id"],
            [
                "trend_report_observations.job_id",
                "trend_report_observations.report_id",
                "trend_report_observations.observation_id",
            ],
            name=op.f("fk_trend_analysis_observations_job_id_report_id_observation_id_trend_report_observations"),
        ),
        sa.ForeignKeyConstraint(
            ["observation_id"],
            ["trend_observations.id"],
            name=op.f("fk_trend_analysis_observations_observation_id_trend_observations"),
        ),
        sa.PrimaryKeyConstraint("analysis_id", "observation_id", name=op.f("pk_trend_analysis_observations")),
        sa.UniqueConstraint(
            "job_id",
            "analysis_id",
            "observation_id",
            name=op.f("uq_trend_analysis_observations_job_id_analysis_id_observation_id"),
        ),
    )
    op.create_index(
        "ix_trend_analysis_observations_observation_id", "trend_analysis_observations", ["observation_id"], unique=False
    )
    op.create_table(
        "videos",
        sa.Column("script_id", ROW_ID, nullable=False),
        sa.Column("voiceover_id", ROW_ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("thumbnail_sha256", sa.String(length=64), nullable=False),
        sa.Column("captions_srt_sha256", sa.String(length=64), nullable=False),
        sa.Column("captions_vtt_sha256", sa.String(length=64), nullable=False),
        sa.Column("captions_ass_sha256", sa.String(length=64), nullable=False),
        sa.Column("duration_seconds", sa.Float(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("code_version", sa.String(length=100), nullable=False),
        sa.Column("data_version", sa.String(length=64), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("document", JSON, nullable=True),
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("tombstone_id", ROW_ID, nullable=True),
        sa.CheckConstraint("(origin = 'run') = (run_id IS NOT NULL)", name=op.f("ck_videos_a_run_or_an_edit")),
        sa.CheckConstraint("origin IN ('run', 'edit')", name=op.f("ck_videos_origin")),
        sa.CheckConstraint("length(data_version) = 64", name=op.f("ck_videos_data_version_is_sha256")),
        sa.CheckConstraint("length(previous_sha256) = 64", name=op.f("ck_videos_previous_sha256_is_sha256")),
        sa.CheckConstraint(
            "tombstone_id IS NOT NULL OR (document IS NOT NULL AND title IS NOT NULL)",
            name=op.f("ck_videos_content_or_tombstone"),
        ),
        sa.CheckConstraint(
            "tombstone_id IS NULL OR (document IS NULL AND title IS NULL)",
            name=op.f("ck_videos_tombstone_has_no_content"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_videos_version_counts")),
        sa.ForeignKeyConstraint(
            ["captions_srt_sha256"], ["artifacts.sha256"], name=op.f("fk_videos_captions_srt_sha256_artifacts")
        ),
        sa.ForeignKeyConstraint(
            ["captions_vtt_sha256"], ["artifacts.sha256"], name=op.f("fk_videos_captions_vtt_sha256_artifacts")
        ),
        sa.ForeignKeyConstraint(
            ["captions_ass_sha256"], ["artifacts.sha256"], name=op.f("fk_videos_captions_ass_sha256_artifacts")
        ),
        sa.ForeignKeyConstraint(["file_sha256"], ["artifacts.sha256"], name=op.f("fk_videos_file_sha256_artifacts")),
        sa.ForeignKeyConstraint(
            ["job_id", "script_id", "voiceover_id"],
            ["voiceovers.job_id", "voiceovers.script_id", "voiceovers.id"],
            name=op.f("fk_videos_job_id_script_id_voiceover_id_voiceovers"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_videos_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["thumbnail_sha256"], ["artifacts.sha256"], name=op.f("fk_videos_thumbnail_sha256_artifacts")
        ),
        sa.ForeignKeyConstraint(["tombstone_id"], ["tombstones.id"], name=op.f("fk_videos_tombstone_id_tombstones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_videos")),
        sa.UniqueConstraint("job_id", "id", "file_sha256", name=op.f("uq_videos_job_id_id_file_sha256")),
        sa.UniqueConstraint("job_id", "id", name=op.f("uq_videos_job_id_id")),
        sa.UniqueConstraint("job_id", "run_id", name=op.f("uq_videos_job_id_run_id")),
        sa.UniqueConstraint(
            "job_id", "script_id", "voiceover_id", "id", name=op.f("uq_videos_job_id_script_id_voiceover_id_id")
        ),
        sa.UniqueConstraint("job_id", "version", name=op.f("uq_videos_job_id_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_videos_file_sha256", "videos", ["file_sha256"], unique=False)
    op.create_index("ix_videos_thumbnail_sha256", "videos", ["thumbnail_sha256"], unique=False)
    op.create_index("ix_videos_captions_srt_sha256", "videos", ["captions_srt_sha256"], unique=False)
    op.create_index("ix_videos_captions_vtt_sha256", "videos", ["captions_vtt_sha256"], unique=False)
    op.create_index("ix_videos_captions_ass_sha256", "videos", ["captions_ass_sha256"], unique=False)
    op.create_index(
        op.f("ix_videos_job_id_script_id_voiceover_id"), "videos", ["job_id", "script_id", "voiceover_id"], unique=False
    )
    op.create_table(
        "voiceover_calls",
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("voiceover_id", ROW_ID, nullable=False),
        sa.Column("call_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id", "call_id"],
            ["provider_calls.job_id", "provider_calls.id"],
            name=op.f("fk_voiceover_calls_job_id_call_id_provider_calls"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "voiceover_id"],
            ["voiceovers.job_id", "voiceovers.id"],
            name=op.f("fk_voiceover_calls_job_id_voiceover_id_voiceovers"),
        ),
        sa.PrimaryKeyConstraint("voiceover_id", "call_id", name=op.f("pk_voiceover_calls")),
    )
    op.create_index("ix_voiceover_calls_call_id", "voiceover_calls", ["call_id"], unique=False)
    op.create_table(
        "voiceover_media_items",
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("voiceover_id", ROW_ID, nullable=False),
        sa.Column("media_item_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id", "voiceover_id"],
            ["voiceovers.job_id", "voiceovers.id"],
            name=op.f("fk_voiceover_media_items_job_id_voiceover_id_voiceovers"),
        ),
        sa.ForeignKeyConstraint(
            ["media_item_id"], ["media_items.id"], name=op.f("fk_voiceover_media_items_media_item_id_media_items")
        ),
        sa.PrimaryKeyConstraint("voiceover_id", "media_item_id", name=op.f("pk_voiceover_media_items")),
    )
    op.create_index("ix_voiceover_media_items_media_item_id", "voiceover_media_items", ["media_item_id"], unique=False)
    op.create_table(
        "clip_calls",
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("clip_id", ROW_ID, nullable=False),
        sa.Column("call_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id", "call_id"],
            ["provider_calls.job_id", "provider_calls.id"],
            name=op.f("fk_clip_calls_job_id_call_id_provider_calls"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "clip_id"], ["clips.job_id", "clips.id"], name=op.f("fk_clip_calls_job_id_clip_id_clips")
        ),
        sa.PrimaryKeyConstraint("clip_id", "call_id", name=op.f("pk_clip_calls")),
    )
    op.create_index("ix_clip_calls_call_id", "clip_calls", ["call_id"], unique=False)
    op.create_table(
        "video_calls",
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("video_id", ROW_ID, nullable=False),
        sa.Column("call_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id", "call_id"],
            ["provider_calls.job_id", "provider_calls.id"],
            name=op.f("fk_video_calls_job_id_call_id_provider_calls"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "video_id"], ["videos.job_id", "videos.id"], name=op.f("fk_video_calls_job_id_video_id_videos")
        ),
        sa.PrimaryKeyConstraint("video_id", "call_id", name=op.f("pk_video_calls")),
    )
    op.create_index("ix_video_calls_call_id", "video_calls", ["call_id"], unique=False)
    op.create_table(
        "clip_media_items",
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("clip_id", ROW_ID, nullable=False),
        sa.Column("media_item_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id", "clip_id"], ["clips.job_id", "clips.id"], name=op.f("fk_clip_media_items_job_id_clip_id_clips")
        ),
        sa.ForeignKeyConstraint(
            ["media_item_id"], ["media_items.id"], name=op.f("fk_clip_media_items_media_item_id_media_items")
        ),
        sa.PrimaryKeyConstraint("clip_id", "media_item_id", name=op.f("pk_clip_media_items")),
    )
    op.create_index("ix_clip_media_items_media_item_id", "clip_media_items", ["media_item_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("video_id", ROW_ID, nullable=False),
        sa.Column("video_sha256", sa.String(length=64), nullable=False),
        sa.Column("finding_count", sa.Integer(), nullable=False),
        sa.Column("blocking_count", sa.Integer(), nullable=False),
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("code_version", sa.String(length=100), nullable=False),
        sa.Column("data_version", sa.String(length=64), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("document", JSON, nullable=True),
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("tombstone_id", ROW_ID, nullable=True),
        sa.CheckConstraint("(origin = 'run') = (run_id IS NOT NULL)", name=op.f("ck_reviews_a_run_or_an_edit")),
        sa.CheckConstraint("origin IN ('run', 'edit')", name=op.f("ck_reviews_origin")),
        sa.CheckConstraint("length(data_version) = 64", name=op.f("ck_reviews_data_version_is_sha256")),
        sa.CheckConstraint("length(previous_sha256) = 64", name=op.f("ck_reviews_previous_sha256_is_sha256")),
        sa.CheckConstraint(
            "tombstone_id IS NOT NULL OR (document IS NOT NULL)", name=op.f("ck_reviews_content_or_tombstone")
        ),
        sa.CheckConstraint(
            "tombstone_id IS NULL OR (document IS NULL)", name=op.f("ck_reviews_tombstone_has_no_content")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_reviews_version_counts")),
        sa.ForeignKeyConstraint(
            ["job_id", "video_id", "video_sha256"],
            ["videos.job_id", "videos.id", "videos.file_sha256"],
            name=op.f("fk_reviews_job_id_video_id_video_sha256_videos"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_reviews_job_id_jobs")),
        sa.ForeignKeyConstraint(["tombstone_id"], ["tombstones.id"], name=op.f("fk_reviews_tombstone_id_tombstones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("job_id", "id", name=op.f("uq_reviews_job_id_id")),
        sa.UniqueConstraint("job_id", "run_id", name=op.f("uq_reviews_job_id_run_id")),
        sa.UniqueConstraint("job_id", "version", name=op.f("uq_reviews_job_id_version")),
        sa.UniqueConstraint(
            "job_id", "video_id", "video_sha256", "id", name=op.f("uq_reviews_job_id_video_id_video_sha256_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_reviews_job_id_video_id_video_sha256"), "reviews", ["job_id", "video_id", "video_sha256"], unique=False
    )
    op.create_table(
        "script_citations",
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("analysis_id", ROW_ID, nullable=False),
        sa.Column("script_id", ROW_ID, nullable=False),
        sa.Column("scene", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("observation_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id", "analysis_id", "observation_id"],
            [
                "trend_analysis_observations.job_id",
                "trend_analysis_observations.analysis_id",
                "trend_analysis_observations.observation_id",
            ],
            name=op.f("fk_script_citations_job_id_analysis_id_observation_id_trend_analysis_observations"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "analysis_id", "script_id"],
            ["scripts.job_id", "scripts.analysis_id", "scripts.id"],
            name=op.f("fk_script_citations_job_id_analysis_id_script_id_scripts"),
        ),
        sa.ForeignKeyConstraint(
            ["observation_id"],
            ["trend_observations.id"],
            name=op.f("fk_script_citations_observation_id_trend_observations"),
        ),
        sa.PrimaryKeyConstraint("script_id", "scene", "observation_id", name=op.f("pk_script_citations")),
    )
    op.create_index("ix_script_citations_observation_id", "script_citations", ["observation_id"], unique=False)
    op.create_table(
        "video_clips",
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("script_id", ROW_ID, nullable=False),
        sa.Column("voiceover_id", ROW_ID, nullable=False),
        sa.Column("video_id", ROW_ID, nullable=False),
        sa.Column("scene", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("clip_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id", "script_id", "voiceover_id", "scene", "clip_id"],
            ["clips.job_id", "clips.script_id", "clips.voiceover_id", "clips.scene", "clips.id"],
            name=op.f("fk_video_clips_job_id_script_id_voiceover_id_scene_clip_id_clips"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "script_id", "voiceover_id", "video_id"],
            ["videos.job_id", "videos.script_id", "videos.voiceover_id", "videos.id"],
            name=op.f("fk_video_clips_job_id_script_id_voiceover_id_video_id_videos"),
        ),
        sa.PrimaryKeyConstraint("video_id", "scene", name=op.f("pk_video_clips")),
    )
    op.create_index("ix_video_clips_clip_id", "video_clips", ["clip_id"], unique=False)
    op.create_table(
        "video_media_items",
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("video_id", ROW_ID, nullable=False),
        sa.Column("media_item_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id", "video_id"],
            ["videos.job_id", "videos.id"],
            name=op.f("fk_video_media_items_job_id_video_id_videos"),
        ),
        sa.ForeignKeyConstraint(
            ["media_item_id"], ["media_items.id"], name=op.f("fk_video_media_items_media_item_id_media_items")
        ),
        sa.PrimaryKeyConstraint("video_id", "media_item_id", name=op.f("pk_video_media_items")),
    )
    op.create_index("ix_video_media_items_media_item_id", "video_media_items", ["media_item_id"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("job_id", ROW_ID, nullable=False),
        sa.Column("review_id", ROW_ID, nullable=False),
        sa.Column("video_id", ROW_ID, nullable=False),
        sa.Column("video_sha256", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("demo_allowed", sa.Boolean(), nullable=False),
        sa.Column("decided_at", UTC, nullable=False),
        sa.CheckConstraint("verdict IN ('approve', 'reject')", name=op.f("ck_decisions_verdict")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_decisions_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["job_id", "video_id", "video_sha256", "review_id"],
            ["reviews.job_id", "reviews.video_id", "reviews.video_sha256", "reviews.id"],
            name=op.f("fk_decisions_job_id_video_id_video_sha256_review_id_reviews"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_decisions_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("video_id", name=op.f("uq_decisions_video_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_decisions_job_id_video_id_video_sha256_review_id"),
        "decisions",
        ["job_id", "video_id", "video_sha256", "review_id"],
        unique=False,
    )

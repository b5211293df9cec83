"""The triggers that keep rows as they were written, on SQLite and PostgreSQL.

Belongs here: trigger text, made from the marks in `models`. A migration carries its own frozen copy; a test compares
the two. Rules: an append-only row is never deleted and never updated, but for one transition, in which its content
columns become NULL and `tombstone_id` is set. A run stores records only while it holds their job. A provider call may
be closed once. A job's theme never changes, and a job is never deleted.
"""

from sqlalchemy import Connection, MetaData, Table, event

from reelineage.models import Base

_PG_FUNCTIONS = {
    "reelineage_refuse": """
CREATE OR REPLACE FUNCTION reelineage_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% rows are append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$""",
    "reelineage_keep": """
CREATE OR REPLACE FUNCTION reelineage_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE content text[] := TG_ARGV[0]::text[];
BEGIN
  IF (to_jsonb(OLD) - content) = (to_jsonb(NEW) - content)
     AND (to_jsonb(OLD) ->> 'tombstone_id') IS NULL AND (to_jsonb(NEW) ->> 'tombstone_id') IS NOT NULL THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% rows are append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$""",
    "reelineage_freeze": """
CREATE OR REPLACE FUNCTION reelineage_freeze() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what a row of % was asked for never changes', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$""",
    "reelineage_fence": """
CREATE OR REPLACE FUNCTION reelineage_fence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM jobs WHERE id = NEW.job_id AND active_run = NEW.run_id FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION '% rows are stored only by the run that holds their job', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$""",
}


def trigger_statements(metadata: MetaData, dialect: str) -> list[str]:
    """All trigger statements for `dialect` (`sqlite` or `postgresql`), in a stable order."""
    build = _sqlite if dialect == "sqlite" else _postgresql
    functions = [] if dialect == "sqlite" else [text.strip() for text in _PG_FUNCTIONS.values()]
    return functions + [statement for table in metadata.sorted_tables for statement in build(table)]


def _sqlite(table: Table) -> list[str]:
    name = table.name
    statements = []
    if frozen := table.info.get("frozen"):
        statements.append(
            f"CREATE TRIGGER {name}_frozen BEFORE UPDATE OF {', '.join(frozen)} ON {name} BEGIN "
            f"SELECT RAISE(ABORT, 'what a row of {name} was asked for never changes'); END"
        )
    refuse = f"SELECT RAISE(ABORT, '{name} rows are append-only: {{}} refused');"
    if frozen or table.info.get("append_only"):
        statements.append(
            f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} BEGIN {refuse.format('DELETE')} END"
        )
    if not table.info.get("append_only"):
        return statements
    conditions = []
    if content := table.info["content"]:
        kept = [column.name for column in table.columns if column.name not in (*content, "tombstone_id")]
        same = " AND ".join(f"OLD.{column} IS NEW.{column}" for column in kept)
        conditions.append(f"({same} AND OLD.tombstone_id IS NULL AND NEW.tombstone_id IS NOT NULL)")
    if state := table.info.get("open_while"):
        conditions.append(f"OLD.status = '{state}'")
    when = f" WHEN NOT ({' OR '.join(conditions)})" if conditions else ""
    statements.append(
        f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name}{when} BEGIN {refuse.format('UPDATE')} END"
    )
    if table.info.get("record"):
        held = "SELECT 1 FROM jobs WHERE id = NEW.job_id AND active_run = NEW.run_id"
        statements.append(
            f"CREATE TRIGGER {name}_fenced BEFORE INSERT ON {name} WHEN NEW.origin = 'run' AND NOT EXISTS ({held}) "
            f"BEGIN SELECT RAISE(ABORT, '{name} rows are stored only by the run that holds their job'); END"
        )
    return statements


def _postgresql(table: Table) -> list[str]:
    name = table.name
    statements = []
    if frozen := table.info.get("frozen"):
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in frozen)
        statements.append(
            f"CREATE TRIGGER {name}_frozen BEFORE UPDATE ON {name} FOR EACH ROW WHEN ({changed}) "
            f"EXECUTE FUNCTION reelineage_freeze()"
        )
    if frozen or table.info.get("append_only"):
        for verb, each in (("DELETE", " FOR EACH ROW"), ("TRUNCATE", "")):
            statements.append(
                f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name}{each} "
                "EXECUTE FUNCTION reelineage_refuse()"
            )
    if not table.info.get("append_only"):
        return statements
    if content := table.info["content"]:
        action = f"reelineage_keep('{{{','.join((*content, 'tombstone_id'))}}}')"
    else:
        action = "reelineage_refuse()"
    when = f" WHEN (OLD.status <> '{state}')" if (state := table.info.get("open_while")) else ""
    statements.append(
        f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} FOR EACH ROW{when} EXECUTE FUNCTION {action}"
    )
    if table.info.get("record"):
        statements.append(
            f"CREATE TRIGGER {name}_fenced BEFORE INSERT ON {name} FOR EACH ROW WHEN (NEW.origin = 'run') "
            "EXECUTE FUNCTION reelineage_fence()"
        )
    return statements


@event.listens_for(Base.metadata, "after_create")
def _create_triggers(target: MetaData, connection: Connection, **_: object) -> None:
    dialect = connection.dialect.name
    for statement in trigger_statements(target, dialect):
        connection.exec_driver_sql(statement.replace("%", "%%") if dialect == "postgresql" else statement)

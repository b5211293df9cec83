"""What the database itself can compare within one record: the columns taken from its document, and its CHECKs.

Belongs here: one SQL condition per record table and engine, true when a row contradicts itself. Not here: reading rows
(`records.py`), the comparison that needs the whole document (`documents.py`).
"""

from typing import Literal

from sqlalchemy import CheckConstraint, Table

Dialect = Literal["sqlite", "postgresql"]
Taken = tuple[str, str, Literal["value", "length", "moment", "blocking", "call"]]

# column, path in the document, and what of it the column holds ("call": a video has one exactly if it says so)
TAKEN: dict[str, tuple[Taken, ...]] = {
    "trend_reports": (
        ("window_start", "window_start", "moment"),
        ("window_end", "window_end", "moment"),
        ("observation_count", "observations", "length"),
    ),
    "trend_analyses": (("topic_count", "topics", "length"),),
    "scripts": (
        ("title", "title", "value"),
        ("scene_count", "scenes", "length"),
        ("duration_target_seconds", "duration_target_seconds", "value"),
    ),
    "voiceovers": (("audio_sha256", "audio.sha256", "value"), ("duration_seconds", "duration_seconds", "value")),
    "clips": (("scene", "scene", "value"), ("artifact_sha256", "artifact.sha256", "value"),
        ("frames", "frames", "value")),
    "videos": (
        ("title", "title", "value"),
        *((f"{name}_sha256", f"{name}.sha256", "value") for name in ("file", "thumbnail")),
        *((f"captions_{kind}_sha256", f"captions_{kind}.sha256", "value") for kind in ("srt", "vtt", "ass")),
        *((name, name, "value") for name in ("duration_seconds", "width", "height")),
        ("id", "music_request_sha256", "call"),
    ),
    "reviews": (
        ("video_sha256", "video_sha256", "value"),
        ("finding_count", "findings", "length"),
        ("blocking_count", "findings", "blocking"),
    ),
}  # fmt: skip
_CALLED = "EXISTS (SELECT 1 FROM video_calls e WHERE e.video_id = videos.id)"
# CHECKs that the chain and the hash of the document cover
_COVERED = ("_data_version_is_sha256", "_previous_sha256_is_sha256", "_version_counts")


def contradicts_itself(table: Table, dialect: Dialect) -> str:
    """SQL that is true when a row's columns do not say what its document says, or a CHECK does not hold.

    On SQLite it fails with "malformed JSON" when a document is no JSON at all.
    """
    compare = _sqlite if dialect == "sqlite" else _postgresql
    columns = " OR ".join(compare(taken) for taken in TAKEN[table.name])
    checks = " OR ".join(
        f"({constraint.sqltext}) IS FALSE"
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint) and not str(constraint.name).endswith(_COVERED)
    )
    return f"({checks} OR (document IS NOT NULL AND ({columns})))"


def _sqlite(taken: Taken) -> str:
    column, path, kind = taken
    there = f"json_extract(document, '$.{path}')"
    match kind:
        case "value":
            return f"{there} IS NOT {column}"
        case "length":
            return f"json_array_length(document, '$.{path}') IS NOT {column}"
        case "moment":
            same = (
                f"replace(substr({there}, 1, 19), 'T', ' ') = substr({column}, 1, 19) "
                f"AND substr(rtrim(substr({there}, 21), 'Z') || '000000', 1, 6) "
                f"= substr(substr({column}, 21) || '000000', 1, 6)"
            )
            return f"CASE WHEN {column} IS NULL THEN {there} IS NOT NULL ELSE ({same}) IS NOT TRUE END"
        case "blocking":
            listed = f"json_each(document, '$.{path}') WHERE json_extract(value, '$.severity') = 'blocking'"
            return (  # the list is opened only when there is one
                f"CASE WHEN json_array_length(document, '$.{path}') = 0 THEN {column} != 0 "  # noqa: S608 — names from the list above
                f"ELSE (SELECT count(*) FROM {listed}) IS NOT {column} END"
            )
        case "call":
            return f"({there} IS NOT NULL) <> {_CALLED}"


def _postgresql(taken: Taken) -> str:
    column, path, kind = taken
    there = f"document #> '{{{path.replace('.', ',')}}}'"
    match kind:
        case "value":
            return f"({there}) IS DISTINCT FROM to_jsonb({column})"
        case "length":
            return (
                f"CASE WHEN jsonb_typeof({there}) = 'array' THEN jsonb_array_length({there}) <> {column} ELSE TRUE END"
            )
        case "moment":
            text, at = f"(document ->> '{path}')", f"({column} AT TIME ZONE 'UTC')"
            same = (
                f"left({text}, 19) = to_char({at}, 'YYYY-MM-DD\"T\"HH24:MI:SS') "
                f"AND left(rtrim(substr({text}, 21), 'Z') || '000000', 6) = to_char({at}, 'US')"
            )
            return f"CASE WHEN {column} IS NULL THEN {text} IS NOT NULL ELSE ({same}) IS NOT TRUE END"
        case "blocking":
            found = f"jsonb_path_query_array(document, '$.{path}[*] ? (@.severity == \"blocking\")')"
            return f"jsonb_array_length({found}) <> {column}"
        case "call":
            return f"((document ->> '{path}') IS NOT NULL) <> {_CALLED}"

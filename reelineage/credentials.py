"""What the credential inside a delivered file says about its lineage, and how rows are named outside this database.

Belongs here: the claim, derived from a family alone, so that the file, an export and the tables can be compared. Not
here: manifests and signatures (`resources/provenance`), the tables' own exports.
"""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import JsonValue

from reelineage.errors import BadInput
from reelineage.explain import Family
from reelineage.family import Ref

LABEL: Final = "io.reelineage.lineage"
CLAIM_VERSION: Final = 1
# Above this a report's data version stands for its observations: each would add about 100 bytes to every file.
MOST_OBSERVATIONS: Final = 200
_OBSERVED: Final = ("trend_observation", "trend_item")
# the column that tells what a row's content is, by node; records carry `data_version`
_CONTENT: Final = {"provider_call": "request_sha256", "media_item": "sha256", "trend_fetch": "artifact_sha256"}
_REFERENCE: Final = re.compile(r"[a-z_]{1,32}:[0-9a-f]{1,64}", re.ASCII)


def lineage_claim(family: Family, installation_uuid: str) -> dict[str, JsonValue]:
    """The lineage of one video as plain JSON: every row it was made from, and every edge between them.

    Args:
        family: what `explain` gives for the video's reference alone.
        installation_uuid: the name of the database that the row numbers belong to.

    Returns:
        `records` are `{"ref", "version", "sha256"}` (a record's sha256 is its data version, a call's its request's,
        a file's its own; what a row lacks is left out), `edges` are `[made, made from]`. Both are sorted, so that the
        same rows give the same claim. With more than 200 observations these and their items are left out, `left_out`
        says so, and edges that led through them lead to what lies behind them: their fetches.

    Raises:
        BadInput: the family does not start at exactly one video.
    """
    if len(family.starts) != 1 or family.starts[0].node != "video":
        raise BadInput(f"Telling the lineage of {', '.join(map(str, family.starts))}: it starts at one video:N only.")
    video = family.starts[0]
    row = family.rows[video]
    many = sum(ref.node == "trend_observation" for ref in family.graph) > MOST_OBSERVATIONS
    left_out = _OBSERVED if many else ()
    edges = {(child, parent) for child in family.graph for parent in _parents(family.graph, child, left_out)}
    kept = [ref for ref in family.graph if ref.node not in left_out]
    return {
        "claim_version": CLAIM_VERSION,
        "installation": installation_uuid,
        "job_id": row.job_id,
        "video": str(video),
        "video_sha256": row.file_sha256,
        "records": [_record(ref, family.rows.get(ref)) for ref in sorted(kept, key=_natural)],
        "edges": [
            [str(child), str(parent)]
            for child, parent in sorted(edges, key=lambda edge: (_natural(edge[0]), _natural(edge[1])))
            if child.node not in left_out
        ],
        "left_out": sorted(left_out),
    }


def row_uuid(installation_uuid: str, ref: Ref) -> str:
    """The name of a row in the whole world: the same in every export and credential, however often it is written."""
    return str(uuid.uuid5(uuid.UUID(installation_uuid), str(ref)))


@dataclass(frozen=True)
class Claimed:
    """Which video a credential names, read from a claim that anybody may have written."""

    installation: str
    job_id: int
    video: Ref
    video_sha256: str


def read_claim(claim: Mapping[str, Any]) -> Claimed | None:
    """Which video a claim names, or None when it is not of this form."""
    installation, job_id, video = claim.get("installation"), claim.get("job_id"), claim.get("video")
    sha256 = claim.get("video_sha256")
    if not (isinstance(installation, str) and isinstance(video, str) and isinstance(sha256, str)):
        return None
    if not re.fullmatch(r"video:[1-9][0-9]{0,17}", video, re.ASCII) or not re.fullmatch(r"[0-9a-f]{64}", sha256):
        return None
    if not isinstance(job_id, int) or isinstance(job_id, bool) or not 0 < job_id < 10**18:
        return None
    if not re.fullmatch(r"[0-9a-f-]{36}", installation):
        return None
    return Claimed(installation, job_id, Ref("video", video.partition(":")[2]), sha256)


def differences(claimed: Mapping[str, Any], stored: Mapping[str, Any]) -> tuple[str, ...]:
    """Where the claim of a file and the claim that the tables give today part: one sentence per row or edge."""
    return tuple(_differences(claimed, stored))


def _differences(claimed: Mapping[str, Any], stored: Mapping[str, Any]) -> Iterator[str]:
    for field in ("claim_version", "installation", "job_id", "video", "video_sha256", "left_out"):
        if claimed.get(field) != stored.get(field):
            yield f"{field} is {claimed.get(field)!r} in the file and {stored.get(field)!r} in the tables"
    theirs, ours = _by_ref(claimed), _by_ref(stored)
    for ref in sorted(theirs.keys() | ours.keys()):
        if ref not in ours:
            yield f"{ref} stands in the file only"
        elif ref not in theirs:
            yield f"{ref} stands in the tables only"
        elif theirs[ref] != ours[ref]:
            yield f"{ref} has another version or hash in the file than in the tables"
    for child, parent in sorted(_pairs(claimed) ^ _pairs(stored)):
        yield f"that {child} was made from {parent} is said by one of the two only"


def _by_ref(claim: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    records = claim.get("records")
    rows = [row for row in records if isinstance(row, dict)] if isinstance(records, list) else []
    return {ref: row for row in rows if isinstance(ref := row.get("ref"), str) and _REFERENCE.fullmatch(ref)}


def _pairs(claim: Mapping[str, Any]) -> set[tuple[str, str]]:
    edges = claim.get("edges")
    found = [edge for edge in edges if isinstance(edge, list) and len(edge) == 2] if isinstance(edges, list) else []
    return {(str(child)[:100], str(parent)[:100]) for child, parent in found}


def _parents(graph: Mapping[Ref, tuple[Ref, ...]], ref: Ref, left_out: tuple[str, ...]) -> Iterator[Ref]:
    for parent in graph[ref]:
        if parent.node in left_out:
            yield from _parents(graph, parent, left_out)
        else:
            yield parent


def _record(ref: Ref, row: Any) -> dict[str, JsonValue]:  # noqa: ANN401 — a row of any of the tables
    """A row as a claim names it; a row without a hash of its own is named by its reference alone."""
    told: dict[str, JsonValue] = {"ref": str(ref)}
    if ref.node == "artifact":
        return told | {"sha256": ref.key}
    if row is None:
        return told
    if hasattr(row, "data_version"):
        return told | {"version": row.version, "sha256": row.data_version}
    return told | ({"sha256": getattr(row, _CONTENT[ref.node])} if ref.node in _CONTENT else {})


def _natural(ref: Ref) -> tuple[str, int, str]:
    return ref.node, int(ref.key) if ref.node != "artifact" else 0, ref.key

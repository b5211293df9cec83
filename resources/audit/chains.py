"""One job's chain of records, followed from its theme: versions without gaps, each record made from what counted then.

Belongs here: rules about the order of a job's records, on values that somebody else read. Not here: SQL.
"""

import hashlib
from collections.abc import Mapping
from typing import TypeAlias

from reelineage.lineage import ASSETS, NODES
from resources.audit.findings import Finding
from resources.record_rows import RECORDS

TABLES = tuple(RECORDS[asset].model.__tablename__ for asset in ASSETS)
_NODE_OF = tuple(NODES[asset] for asset in ASSETS)
REPORT, ANALYSIS, SCRIPT, VOICEOVER, CLIP, VIDEO, REVIEW = range(len(TABLES))
# what a record was made from, in its own columns
MADE_FROM: tuple[tuple[str, ...], ...] = (
    (), ("report_id",), ("analysis_id",), ("script_id",), ("script_id", "voiceover_id"), ("script_id", "voiceover_id"),
    ("video_id",),
)  # fmt: skip
# place in TABLES, data version, job, row, version, origin, number (a clip's scene, a script's scenes), what it was
# made from (two columns, None where there are fewer)
Link: TypeAlias = tuple[int, str, int, int, int, str, int, int | None, int | None]


def chain_text(previous: str, table: str, row_id: int, data_version: str) -> str:
    """What `lineage.chain_link` hashes, without its detour over a dictionary."""
    return f'{{"data_version":"{data_version}","id":{row_id},"previous":"{previous}","table":"{table}"}}'


def walk(  # noqa: C901 — one branch per kind of record; a call for each would cost a tenth of an audit
    job_id: int,
    theme_sha256: str,
    links: Mapping[str, Link],
    shown: Mapping[int, set[int]] | None,
    findings: list[Finding],
) -> tuple[str, int]:
    """Follow the chain of a job as far as it goes; what is out of order on the way is added to `findings`.

    Args:
        job_id: the job.
        theme_sha256: the hash its chain starts from.
        links: records by the hash of their predecessor, of this job and of others.
        shown: the clips of each video; None when they are not to be looked at.
        findings: where broken rules go.

    Returns:
        The hash of the last link, and the number of records on the way.
    """
    head = hashlib.sha256(f'{{"job_id":{job_id},"theme_sha256":"{theme_sha256}"}}'.encode()).hexdigest()
    versions: dict[tuple[int, int], int] = {}
    # by place: what the next record must be made from; None while that does not exist
    current: list[tuple[int | None, int | None] | None] = [(None, None), None, None, None, None, None, None]
    clips: dict[int, int] = {}
    scenes = steps = 0
    while (link := links.get(head)) is not None:
        place, data_version, own_job, row_id, version, origin, number, first, second = link
        if own_job != job_id:
            break
        steps += 1
        head = hashlib.sha256(chain_text(head, TABLES[place], row_id, data_version).encode()).hexdigest()
        series = (place, number if place == CLIP else 0)
        expected = versions[series] = versions.get(series, 0) + 1
        if version != expected:
            findings.append(_version_gap(place, row_id, version, expected))
        if current[place] != (first, second) and origin == "run":  # people may edit what is not the newest
            findings.append(_not_current(place, row_id))
        if place == CLIP:
            clips[number] = row_id
            current[REVIEW] = None
        elif place == VIDEO:
            if len(clips) != scenes or (shown is not None and shown.get(row_id) != set(clips.values())):
                findings.append(_other_clips(row_id))
            current[REVIEW] = (row_id, None)
        elif place == VOICEOVER:
            current[CLIP] = current[VIDEO] = (first, row_id)
            current[REVIEW] = None
            clips = {}
        elif place == SCRIPT:
            scenes = number
            current[VOICEOVER] = (row_id, None)
            current[CLIP] = current[VIDEO] = current[REVIEW] = None
        elif place == ANALYSIS:
            current[SCRIPT] = (row_id, None)
        elif place == REPORT:
            current[ANALYSIS] = (row_id, None)
            current[SCRIPT] = None
    return head, steps


def _version_gap(place: int, row_id: int, version: int, expected: int) -> Finding:
    ref = f"{_NODE_OF[place]}:{row_id}"
    return Finding(
        "version_gap", ref, f"{ref} is version {version} where {expected} comes; restore the database from a backup."
    )


def _not_current(place: int, row_id: int) -> Finding:
    ref = f"{_NODE_OF[place]}:{row_id}"
    columns = " and ".join(MADE_FROM[place])
    return Finding(
        "upstream_is_not_current",
        ref,
        f"{ref} points ({columns}) at what was not the newest when it was stored; restore the database from a backup.",
    )


def _other_clips(row_id: int) -> Finding:
    ref = f"video:{row_id}"
    return Finding(
        "upstream_is_missing",
        ref,
        f"{ref} does not name the newest clip of each scene, one per scene; restore the database from a backup.",
    )

"""How a job that was made again compares with what is stored, stage by stage, and the row that says so.

Belongs here: verdicts with their reasons, files compared, the `reproductions` row. Not here: which differences matter
(`reelineage/comparing/verdicts.py`), making again (`reproduction.py`).
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path

from pydantic import JsonValue
from sqlalchemy import select

from reelineage import lineage
from reelineage.comparing.branches import MADE_FROM, Branch, Part
from reelineage.comparing.comparison import ABSENT, Difference, differences
from reelineage.comparing.verdicts import Verdict, files_in, is_material, worst
from reelineage.fingerprint import sha256_of_file
from reelineage.models import ProviderCall, Reproduction
from resources.artifact_store import ArtifactStore
from resources.home import Home
from resources.record_rows import RECORDS
from resources.rendering.likeness import likeness
from resources.reproduction import Original, refuse_taken_down
from resources.takedown.lock import hold_takedowns


@dataclass(frozen=True)
class StageVerdict:
    """One asset: the verdict with its reason, both hashes, the first difference that counts, and both code versions."""

    asset: str
    stage: str
    verdict: Verdict
    reason: str
    stored: str
    made: str
    difference: str | None
    code_version: str
    code_version_now: str


@dataclass(frozen=True)
class Reproduced:
    """The verdict on a job: that of its worst stage."""

    verdict: Verdict
    stages: tuple[StageVerdict, ...]


class Judge:
    """Compares one job with what was made again; `check` raises when the work is to end."""

    def __init__(self, home: Home, original: Original, scratch: Home, check: Callable[[], None]) -> None:
        self._home, self._scratch = home, scratch
        self._original = original
        self._check = check

    def compare(self, made: Branch) -> Reproduced:
        """The verdict on every asset, in order; a later one is told to follow from an earlier."""
        stages: dict[str, StageVerdict] = {}
        for asset in lineage.ASSETS:
            self._check()
            stages[asset] = self._judge(asset, self._original.branch.parts[asset], made.parts[asset], stages)
        return Reproduced(worst(stage.verdict for stage in stages.values()), tuple(stages.values()))

    def _judge(self, asset: str, stored: Part, made: Part, before: dict[str, StageVerdict]) -> StageVerdict:
        difference: str | None = None
        if stored.data_version == made.data_version:
            verdict, reason = self._intact(asset, stored)
        else:
            found = differences(stored.value, made.value)
            first = next(filter(is_material, found), None)
            unlike, notes = (None, "") if first else self._files(stored.value, made.value)
            if first or unlike:
                difference = str(first or unlike)
                verdict, reason = "different", self._why(asset, stored, made, before)
            else:
                verdict, reason = "equivalent", notes or "the same content; only hashes of its inputs are others"
        return StageVerdict(
            asset, lineage.STAGES[asset], verdict, reason, stored.data_version, made.data_version, difference,
            stored.code_version, made.code_version,
        )  # fmt: skip

    def _intact(self, asset: str, stored: Part) -> tuple[Verdict, str]:
        """The documents are the same and name files by hash: they are the same files unless one was altered since."""
        if asset != "videos":
            return "identical", "the same document"
        for place, sha256, _ in files_in(stored.value):
            if _file(self._home.store, sha256) is None:
                return "different", f"the same document, but the stored {place} is gone or was altered since"
        return "identical", "the same document and the same files, so every frame and every sample"

    def _why(self, asset: str, stored: Part, made: Part, before: dict[str, StageVerdict]) -> str:
        """The first of these that holds: other code, an earlier stage, a provider that varies."""
        if stored.code_version != made.code_version:
            return f"made by code version {stored.code_version} then, by {made.code_version} now"
        causes = [name for name in MADE_FROM[asset] if name in before and before[name].verdict == "different"]
        if causes:
            return f"follows from {' and '.join(causes)}"
        if providers := self._providers(asset):
            return f"asked the same, {' and '.join(providers)} gave something else"
        return "the same inputs and the same code gave something else"

    def _providers(self, asset: str) -> list[str]:
        with self._home.database.read() as session:
            rows = session.execute(
                select(ProviderCall.provider, ProviderCall.model)
                .where(ProviderCall.job_id == self._original.job.id, ProviderCall.role == RECORDS[asset].role)
                .distinct()
                .order_by(ProviderCall.provider, ProviderCall.model)
            ).all()
        return [f"{provider} ({model})" for provider, model in rows]

    def _files(self, stored: JsonValue, made: JsonValue) -> tuple[str | None, str]:
        """The first file that shows or says something else, or what is to be noted about files with other bytes."""
        notes = []
        for (place, sha256, media_type), (_, other, _) in zip(files_in(stored), files_in(made), strict=False):
            if sha256 == other:
                continue
            alike, said = self._compare_files(sha256, other, media_type, silent=place.endswith("artifact"))
            if not alike:
                return f"{place}: {said}", ""
            notes.append(f"{place}: {said}")
        return None, "; ".join(notes)

    def _compare_files(self, sha256: str, other: str, media_type: str, *, silent: bool) -> tuple[bool, str]:
        """Whether two files with other bytes show and say the same, and how far; of a clip only the picture counts."""
        kind = media_type.partition("/")[0]
        stored, made = _file(self._home.store, sha256), _file(self._scratch.store, other)
        if stored is None or made is None:
            return False, "the stored file is gone or was altered since; only its hash could be compared"
        if kind not in ("video", "audio", "image"):
            place = _first_place(stored, made, media_type)
            return place is None, place or "the same content, written otherwise"
        with self._scratch.store.scratch() as folder:
            pictures, sound = kind != "audio", kind == "audio" or (kind == "video" and not silent)
            found = likeness(stored, made, folder, self._check, pictures=pictures, sound=sound)
        return found.alike, f"other bytes, {found}"


def store_reproduction(home: Home, original: Original, found: Reproduced, *, actor: str) -> int:
    """Keep the verdict beside the job it is about; returns the row's id.

    Raises:
        BadInput: something behind the video was taken down while it was made again: the verdict would quote it.
    """
    assets: list[JsonValue] = [asdict(stage) for stage in found.stages]
    with home.database.write() as session:
        hold_takedowns(session)
        refuse_taken_down(session, f"Reproducing job {original.job.id}", original.job.id, original.video_id)
        row = Reproduction(
            job_id=original.job.id,
            video_id=original.video_id,
            verdict=found.verdict,
            stages={"assets": assets},
            code_version=version("reelineage"),
            actor=actor,
            created_at=datetime.now(UTC),
        )
        session.add(row)
        session.flush()
        return row.id


def _file(store: ArtifactStore, sha256: str) -> Path | None:
    """The file with this hash, None when it is gone or holds other bytes."""
    path = store.root / sha256[:2] / sha256
    return path if path.is_file() and sha256_of_file(path) == sha256 else None


def _first_place(stored: Path, made: Path, media_type: str) -> str | None:
    """Where two files of text or JSON part; None when only the writing does."""
    one, other = (path.read_text("utf-8") for path in (stored, made))
    if media_type.endswith("json"):
        found = next(differences(json.loads(one), json.loads(other)), None)
        return str(found) if found else None
    for number, lines in enumerate(zip_longest(one.splitlines(), other.splitlines(), fillvalue=ABSENT), 1):
        if lines[0] != lines[1]:
            return str(Difference((f"line {number}",), *lines))
    return None

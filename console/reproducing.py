"""Making a job again in a scratch home, in this process, and holding what came out against what is stored.

Belongs here: the order of the work, stopping, and the table of verdicts. Not here: what is at hand for it
(`resources/reproduction.py`), how verdicts come about (`resources/reproduction_verdict.py`).
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from console.making import make_now, new_run_id, write_script
from reelineage import lineage
from reelineage.comparing.branches import current_branch
from reelineage.errors import BadInput, Cancelled, PermanentError
from resources.home import Home
from resources.reproduction import (
    Original,
    edit_again,
    read_original,
    scratch_folder,
    scratch_home,
    snapshot_providers,
)
from resources.reproduction_verdict import Judge, Reproduced, store_reproduction


@dataclass(frozen=True)
class Outcome:
    """A job made again: the stored verdict, and the scratch home when it was kept."""

    id: int
    job_id: int
    video_id: int
    found: Reproduced
    kept: Path | None

    def as_json(self) -> dict[str, Any]:
        """The object that `reelineage reproduce --json` prints."""
        return {
            "id": self.id,
            "job_id": self.job_id,
            "video_id": self.video_id,
            "verdict": self.found.verdict,
            "stages": [asdict(stage) for stage in self.found.stages],
            "kept": str(self.kept) if self.kept else None,
        }


def reproduce_job(home: Home, job_id: int, *, actor: str, keep: bool = False) -> Outcome:
    """Make a job again and store the verdict; nothing else in its home is touched.

    Raises:
        BadInput: the job cannot be made again; says why. Nothing was stored.
        PermanentError: making it again failed. Nothing was stored.
        Cancelled: a person stopped it. Nothing was stored.
    """
    original = read_original(home, job_id)
    with _stoppable(job_id), scratch_folder(keep=keep) as folder:
        scratch, again = scratch_home(home, original, folder)
        try:
            found = _made_again(home, original, scratch, again)
        finally:
            scratch.database.close()
        row = store_reproduction(home, original, found, actor=actor)
        return Outcome(row, job_id, original.video_id, found, folder if keep else None)


def _made_again(home: Home, original: Original, scratch: Home, again: int) -> Reproduced:
    try:
        providers = snapshot_providers(original, scratch.store)
        if original.edits:
            write_script(scratch, again, new_run_id(), providers=providers)
            edit_again(original, scratch, again)
        make_now(scratch, again, new_run_id(), providers=providers, threads=original.threads)
    except BadInput as error:  # of an edit; a run that fails raises its parent
        raise PermanentError(
            f"Reproducing job {original.job.id}: what people edited cannot be made again, because the script that was "
            f"written now is another one; nothing was stored. {error}"
        ) from error
    except PermanentError as error:
        raise PermanentError(
            f"Reproducing job {original.job.id}: making it again (as job {again} of a scratch home) failed; there is "
            f"nothing to compare and nothing was stored. {scratch.queue.get(again).error or error}"
        ) from error
    with scratch.database.read() as session:
        made = current_branch(session, again, lineage.current(session, again))
    return Judge(home, original, scratch, lambda: None).compare(made)


@contextmanager
def _stoppable(job_id: int) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the block by an error, so that the scratch home goes; a run catches both by itself."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except (KeyboardInterrupt, Cancelled) as error:
        raise Cancelled(
            f"Reproducing job {job_id}: stopped. Nothing was kept or stored; the same command starts it anew."
        ) from error
    finally:
        signal.signal(signal.SIGTERM, before)


def table(outcome: Outcome) -> str:
    """The verdicts as people read them: one line per asset with its reason, below it where it first differs."""
    lines = [f"{'stage':<18}  {'asset':<10}  {'verdict':<10}  {'code':<6}  reason"]
    for stage in outcome.found.stages:
        code = stage.code_version
        if stage.code_version_now != code:
            code += f"→{stage.code_version_now}"
        lines.append(f"{stage.stage:<18}  {stage.asset:<10}  {stage.verdict:<10}  {code:<6}  {stage.reason}")
        if stage.difference:
            lines.append(f"{'':<18}  {'':<10}  {stage.difference}")
    lines += [
        "",
        f"job {outcome.job_id}, video:{outcome.video_id}: {outcome.found.verdict} (reproduction:{outcome.id})",
    ]
    if outcome.kept:
        lines.append(f"The scratch home is kept in {outcome.kept}; look at it with REELINEAGE_HOME={outcome.kept}.")
    return "\n".join(lines)

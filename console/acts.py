"""What people do to jobs and videos, the same from the command line, the API and the pages.

Belongs here: an act with all that follows from it (files, Dagster). Not here: the rules (`resources/decisions.py`,
`resources/job_queue/`), how it was asked for.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from sqlalchemy.exc import SQLAlchemyError

from console.dagster_home import OpenInstance, open_instance
from pipeline_assets.partitions import register_partition
from reelineage import lineage
from reelineage.editing import Change
from reelineage.errors import TransientError
from reelineage.models import Decision, Edit, Job, Script
from resources.decisions import VERDICTS, decide
from resources.editing import edit_script
from resources.home import Home

_log = logging.getLogger(__name__)


class Acts:
    """What people do in one home. `dagster` opens the instance in which it is shown."""

    def __init__(self, home: Home, dagster: OpenInstance = open_instance) -> None:
        self._home, self._dagster = home, dagster

    def decide(
        self,
        job_id: int,
        *,
        verdict: str,
        reason: str,
        actor: str,
        allow_demo: bool = False,
        video_id: int | None = None,
        video_sha256: str | None = None,
    ) -> tuple[Decision, Path | None]:
        """Decide on a job's current video, move its files, and show the decision in Dagster.

        `video_id` and `video_sha256` are what the person was shown. Returns the decision and where the MP4 lies now,
        None when it was withdrawn.

        Raises:
            BadInput, NotFound, Conflict: as `resources.decisions.decide`.
            TransientError: it is decided, but its files could not be moved; they follow (`OutputView.catch_up`).
        """
        decision = decide(
            self._home.database,
            job_id,
            verdict=verdict,
            reason=reason,
            actor=actor,
            allow_demo=allow_demo,
            video_id=video_id,
            video_sha256=video_sha256,
        )
        path, failure = self._placed(job_id)
        with _telling(f"the decision on job {job_id}"), self._dagster(self._home) as instance:
            instance.report_runless_asset_event(_of_decision(self._home, decision, path))
        if failure:
            raise failure
        return decision, path

    def edit(
        self, job_id: int, *, script_id: int, changes: Sequence[Change], actor: str, reason: str | None = None
    ) -> tuple[Edit, Script]:
        """Edit the job's current script and queue the job; show the new version in Dagster, take the old video away.

        `script_id` is the version that the person was shown. Returns the edit and the script version that it caused.

        Raises:
            BadInput, NotFound, Conflict: as `resources.editing.edit_script`.
            TransientError: as `decide`.
        """
        edit, script = edit_script(self._home, job_id, script_id=script_id, changes=changes, actor=actor, reason=reason)
        _, failure = self._placed(job_id)
        with _telling(f"edit:{edit.id} of job {job_id}"), self._dagster(self._home) as instance:
            register_partition(instance, job_id)
            instance.report_runless_asset_event(_of_edit(edit, script))
        if failure:
            raise failure
        return edit, script

    def cancel(self, job_id: int) -> Job:
        """Stop a job, and the Dagster run that works on it; a run that Dagster did not launch notices within seconds.

        Raises:
            NotFound, Conflict: as `JobQueue.cancel`.
        """
        run_id = self._home.queue.get(job_id).active_run
        job = self._home.queue.cancel(job_id)
        if run_id:
            with _telling(f"that job {job_id} is cancelled"), self._dagster(self._home) as instance:
                run = instance.get_run_by_id(run_id)
                if run is not None and run.remote_job_origin is not None:
                    instance.run_launcher.terminate(run_id)
        return job

    def _placed(self, job_id: int) -> tuple[Path | None, TransientError | None]:
        """Where the MP4 lies now, and what kept its files from their place: whoever acted is told so at the end."""
        try:
            return self._home.output.sync(job_id), None
        except TransientError as error:
            return None, error


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """What was stored stands, whether Dagster can be told of it or not."""
    try:
        yield
    except (dg.DagsterError, SQLAlchemyError, OSError) as error:
        _log.warning("Showing %s in Dagster: %s. It is stored all the same; only Dagster's pages lack it.", what, error)


def _of_decision(home: Home, decision: Decision, path: Path | None) -> dg.AssetMaterialization:
    """A decision as a materialization of the review's partition."""
    with home.database.read() as session:
        current = lineage.current(session, decision.job_id)
    return dg.AssetMaterialization(
        asset_key="reviews",
        partition=str(decision.job_id),
        description=f"{VERDICTS[decision.verdict]} by {decision.actor}: {decision.reason}",
        metadata={
            "decision_id": decision.id,
            "verdict": decision.verdict,
            "actor": decision.actor,
            "reason": decision.reason,
            "video_id": decision.video_id,
            "video_sha256": decision.video_sha256,
            "file": str(path),
        },
        tags={"dagster/data_version": current.review.data_version} if current.review else {},
    )


def _of_edit(edit: Edit, script: Script) -> dg.AssetMaterialization:
    """The new script, so that what was made from the earlier one is marked as out of date.

    What was changed and why stays in our tables: a take-down need not look for it in events of no run.
    """
    return dg.AssetMaterialization(
        asset_key="scripts",
        partition=str(edit.job_id),
        description=f"edited by {edit.actor} (edit:{edit.id} of script:{edit.script_id})",
        metadata={
            "edit_id": edit.id,
            "actor": edit.actor,
            "lineage/row_id": str(script.id),
            "lineage/job_id": script.job_id,
            "lineage/version": script.version,
            "lineage/data_version": script.data_version,
        },
        tags={
            "dagster/data_version": script.data_version,
            "dagster/code_version": script.code_version,
        },
    )

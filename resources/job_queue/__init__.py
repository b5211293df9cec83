"""The queue in the `jobs` table: create, claim, renew, settle, retry, cancel.

Belongs here: every change of a job's state, each one transaction; a module for each who changes it. Not here: Dagster's
runs and partitions (`pipeline_assets/sensors.py`), records, what one row says (`resources/job_states.py`). States:
queued -> submitted -> running -> awaiting_review -> approved or rejected; failed and cancelled leave by `retry`.
*Parked* is failed with `error_kind` permanent.
"""

from resources.job_queue.claims import Claims
from resources.job_queue.dispatch import Dispatch, RunStatus, Submission
from resources.job_queue.orders import Order, Orders, add_job

__all__ = ["JobQueue", "Order", "RunStatus", "Submission", "add_job"]


class JobQueue(Orders, Claims, Dispatch):
    """All changes of `jobs` rows: ordering, working, dispatching, intervening."""

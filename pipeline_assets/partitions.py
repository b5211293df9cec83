"""The `job_id` partitions: the only place that names them. The truth is the `jobs` table; keys only mirror it."""

import dagster as dg

job_partitions = dg.DynamicPartitionsDefinition(name="job_id")


def register_partition(instance: dg.DagsterInstance, job_id: int) -> None:
    """Let Dagster know a job, so that every way in works at once. Adding a known key changes nothing."""
    instance.add_dynamic_partitions(job_partitions.name or "", [str(job_id)])

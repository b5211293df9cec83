"""A job's number as an argument of commands. Belongs here: the type that all of them share."""

import click

from reelineage import lineage


class JobId(click.ParamType[int]):
    """A job id on the command line; anything else is refused with the same words as everywhere."""

    name = "job_id"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ARG002 — click's signature
        """Parse, or raise `BadInput`."""
        return lineage.parse_job_id(str(value))


JOB_ID = JobId()
# so that -1 is read as a job id and refused as one, with the same words as everywhere
TAKES_JOB_ID = {"ignore_unknown_options": True}

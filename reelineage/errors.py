"""Every error Reelineage raises on purpose.

A message has three parts: what was being done, for which job or file, and what to do next.

    ReelineageError
    ├── PermanentError          trying again cannot help: the job is parked until a person acts
    │   ├── BadInput            the user's mistake (theme, trend file, job id, command): exit code 2
    │   │   ├── NotFound        what was named is not there
    │   │   │   └── Gone        it was there, and its content is gone for good or may not be shown
    │   │   ├── TooMuch         the answer is larger than was asked for at most
    │   │   └── Conflict        what was asked for does not fit what is there now: somebody was faster, or it is decided
    │   ├── MissingUpstream     a record needs a row that is not there
    │   ├── NotPublishable      a result broke a rule that must hold (silent voice, black video, ...)
    │   └── LineageViolation    a write would break the lineage, or the database refused it
    ├── TransientError          the outside failed; the same call may work in a minute
    ├── ClaimRefused            another live run holds the job
    ├── FenceLost               this run no longer holds the job; nothing it makes may be stored
    └── Cancelled               a person stopped the run
"""


class ReelineageError(Exception):
    """Base of all errors that Reelineage raises on purpose."""


class PermanentError(ReelineageError):
    """Trying the same thing again gives the same result."""


class BadInput(PermanentError):
    """Something a person gave cannot be used; the message names the file, line or field."""


class NotFound(BadInput):
    """What was named does not exist."""


class Gone(NotFound):
    """What was named was taken down, or descends from something that was; the message says when and why."""


class TooMuch(BadInput):
    """The answer has more rows than whoever asked can take; a narrower question has a smaller one."""


class Conflict(BadInput):
    """What was asked for does not fit the present state: look again, then decide again."""


class MissingUpstream(PermanentError):
    """A record that this one must be made from does not exist or is no longer current."""


class NotPublishable(PermanentError):
    """A finished file broke a rule that every result must keep."""


class LineageViolation(PermanentError):
    """A record does not fit its upstream rows, or a stored row was about to be changed."""


class TransientError(ReelineageError):
    """The outside (service, disk, network) failed in a way that may pass."""


class ClaimRefused(ReelineageError):
    """Another run holds the job and is alive."""


class FenceLost(ReelineageError):
    """The job was taken over by another run while this one was working."""


class Cancelled(ReelineageError):
    """The run was stopped by a person."""

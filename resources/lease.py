"""Which process this is, and whether another one is still alive: what a claim on a job is signed with.

Belongs here: host, pid and start time. A pid alone is never enough, because the system uses it again. The start time
is counted from the start of the system where that is known (Linux): counted from 1970 it moves with each correction of
the clock, and all living processes would look like others that came after them.
"""

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

_SINCE_1970: Final = 1e9  # seconds: more than that is no system's age; earlier versions signed so
_FIELDS_BEFORE_THE_START: Final = 19  # after the name, in proc(5)'s stat
_MOST_SECONDS_BETWEEN_SIGNS: Final = 2.0


@dataclass(frozen=True)
class Worker:
    """A process on a host. `started_at` is in seconds since the system's start, or since 1970 where that is unknown."""

    host: str
    pid: int
    started_at: float


def this_worker() -> Worker:
    """The process that runs this code."""
    pid = os.getpid()
    return Worker(host=socket.gethostname(), pid=pid, started_at=_started_at(psutil.Process(pid)))


def is_gone(host: str | None, pid: int | None, started_at: float | None) -> bool:
    """Whether a worker is known to be dead. A worker of another host is never known to be: its lease must expire."""
    if host is None or pid is None or started_at is None or host != socket.gethostname():
        return False
    try:
        process = psutil.Process(pid)
        now_there = process.create_time() if started_at > _SINCE_1970 else _started_at(process)
        return abs(now_there - started_at) > 1.0 or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except (PermissionError, psutil.AccessDenied):
        return False  # it is there, and hidden from us: its lease tells the rest


def seconds_between_signs(lease_seconds: float) -> float:
    """How often a living worker renews its lease: several times, so that one slow write does not lose it."""
    return min(lease_seconds / 4, _MOST_SECONDS_BETWEEN_SIGNS)


def _started_at(process: psutil.Process) -> float:
    """When a process began, as `Worker` keeps it.

    Raises:
        psutil.NoSuchProcess: it is gone.
    """
    if not psutil.LINUX:
        return process.create_time()
    try:
        text = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError) as error:
        raise psutil.NoSuchProcess(process.pid) from error
    after_the_name = text.rpartition(")")[2].split()  # a name may hold anything, brackets and spaces too
    return int(after_the_name[_FIELDS_BEFORE_THE_START]) / os.sysconf("SC_CLK_TCK")

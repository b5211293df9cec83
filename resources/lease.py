"""Which process this is, and whether another one is still alive: what a claim on a job is signed with.

Belongs here: host, pid and start time. A pid alone is never enough, because the system uses it again.
"""

import os
import socket
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Worker:
    """A process on a host."""

    host: str
    pid: int
    started_at: float


def this_worker() -> Worker:
    """The process that runs this code."""
    pid = os.getpid()
    return Worker(host=socket.gethostname(), pid=pid, started_at=psutil.Process(pid).create_time())


def is_gone(host: str | None, pid: int | None, started_at: float | None) -> bool:
    """Whether a worker is known to be dead. A worker of another host is never known to be: its lease must expire."""
    if host is None or pid is None or started_at is None or host != socket.gethostname():
        return False
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - started_at) > 1.0 or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True

"""Dagster's webserver and daemon as child processes, on loopback, started and stopped together.

Belongs here: the processes. Dagster's webserver has no login, so it listens on 127.0.0.1 only.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import click

from reelineage.errors import TransientError
from resources.home import Home
from resources.settings import PROJECT

_STOP_SECONDS = 20


def serve(home: Home, port: int) -> None:
    """Run both until a signal comes or one of them ends.

    Raises:
        TransientError: one of them ended by itself.
    """
    bin_folder = Path(sys.executable).parent
    workspace = ("-w", str(PROJECT / "workspace.yaml"))
    commands = {
        "webserver": [str(bin_folder / "dagster-webserver"), *workspace, "-h", "127.0.0.1", "-p", str(port)],
        "daemon": [str(bin_folder / "dagster-daemon"), "run", *workspace],
    }
    environment = os.environ | {
        "REELINEAGE_HOME": str(home.root),
        "DAGSTER_HOME": str(home.settings.dagster_root),
        "PATH": f"{bin_folder}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    stopped = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    children = {
        name: subprocess.Popen(command, cwd=PROJECT, env=environment, start_new_session=True)  # noqa: S603 — our own
        for name, command in commands.items()
    }
    click.echo(f"Dagster: http://127.0.0.1:{port}  (home {home.root}; Ctrl-C stops)")
    try:
        while not stopped:
            for name, child in children.items():
                if child.poll() is not None:
                    raise TransientError(
                        f"Running Dagster: its {name} ended with code {child.returncode}. Its last lines are above; "
                        "is another one running on this port or home? Start again when that is settled."
                    )
            time.sleep(0.3)
    finally:
        for child in children.values():
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)
        for child in children.values():
            try:
                child.wait(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

"""The command line in processes of their own, with tiny providers, killed where a test wants it.

Belongs here: starting, killing and ending child processes. They are forked from a server that has imported everything,
so one costs a tenth of a second. Not here: commands in a fresh interpreter (`tests/console/test_processes.py`).
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import dagster as dg

from console import making
from console.cli import main
from pipeline_assets.definitions import build_definitions
from resources.record_io_manager import RecordIOManager
from resources.work import Progress
from resources.workbench import Workbench
from tests.tiny import Behaviour, behaving

_PRELOADED = ["tests.runner", "sklearn.cluster", "sklearn.feature_extraction.text", "yake", "av", "fontTools.ttLib"]
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(_PRELOADED)


@dataclass(frozen=True)
class Child:
    """A `reelineage` command in a process of its own; what it prints goes to two files."""

    process: BaseProcess
    out: Path
    err: Path

    def wait(self, seconds: float = 60) -> int:
        """Its exit code; negative when a signal killed it."""
        self.process.join(seconds)
        assert self.process.exitcode is not None, f"still running after {seconds} s: {self.said}"
        return self.process.exitcode

    @property
    def printed(self) -> str:
        """Its stdout so far."""
        return self.out.read_text(encoding="utf-8")

    @property
    def said(self) -> str:
        """Its stderr so far."""
        return self.err.read_text(encoding="utf-8")


@dataclass
class Runner:
    """Starts `reelineage` commands on one home and ends what is left of them."""

    home: Path
    folder: Path
    children: list[Child] = field(default_factory=list)

    def start(
        self, *arguments: object, behaviour: Behaviour | None = None, kill_at: str = "", **environment: str
    ) -> Child:
        """Start a command that kills itself at `kill_at`: `begin:clips`, `amid:clips`, `made:clips`, `stored:clips`."""
        number = len(self.children)
        out, err = self.folder / f"{number}.out", self.folder / f"{number}.err"
        variables = {"REELINEAGE_HOME": str(self.home), "REELINEAGE_RETRY_SECONDS": "0"} | environment
        for path in (out, err):
            path.touch()
        process = _SERVER.Process(
            target=_child, args=([*map(str, arguments)], variables, (out, err), behaviour or Behaviour(), kill_at)
        )
        process.start()
        self.children.append(Child(process, out, err))
        return self.children[-1]

    def run(self, *arguments: object, expect: int = 0, **options: Any) -> Child:
        """Start a command and wait for its end."""
        child = self.start(*arguments, **options)
        code = child.wait()
        assert code == expect, f"exit code {code}: {child.printed}\n{child.said}"
        return child

    def end(self) -> None:
        """Kill every child that still runs, with all of its own children."""
        for child in self.children:
            if child.process.is_alive() and child.process.pid:
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.join(10)


@contextmanager
def runner(home: Path, folder: Path) -> Iterator[Runner]:
    """A runner whose processes are gone at the end."""
    folder.mkdir(exist_ok=True)
    commands = Runner(home, folder)
    try:
        yield commands
    finally:
        commands.end()


def signal_at(wanted: str, number: int) -> partial[None]:
    """For `Behaviour.on_call`: this process gets the signal when the provider is asked for `wanted`."""
    return partial(_signal_when, wanted, number)


def _signal_when(wanted: str, number: int, call: str) -> None:
    if call.startswith(wanted):
        os.kill(os.getpid(), number)


def _child(
    arguments: list[str], environment: dict[str, str], files: tuple[Path, Path], behaviour: Behaviour, kill_at: str
) -> None:
    os.setsid()
    for name in list(os.environ):
        if name.startswith("REELINEAGE_") or name == "DAGSTER_HOME":
            del os.environ[name]
    os.environ.update(environment)
    for path, stream in zip(files, (sys.stdout, sys.stderr), strict=True):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, stream.fileno())
    with_tiny_providers(behaviour)
    if kill_at:
        _arm(kill_at)
    main(arguments)


def with_tiny_providers(behaviour: Behaviour) -> None:
    """From now on, `reelineage` in this process makes videos with tiny providers."""

    def tiny(overrides: Mapping[str, Any]) -> dg.Definitions:
        return build_definitions({**overrides, "providers": behaving(behaviour)})

    making.build_definitions = tiny  # type: ignore[attr-defined,assignment]  # the test's own wiring


def _arm(kill_at: str) -> None:
    """Kill this process at the given moment, as a power cut would."""
    moment, asset = kill_at.split(":")
    note, handle = Workbench.on_progress, RecordIOManager.handle_output

    def on_progress(self: Workbench, context: dg.AssetExecutionContext, progress: Progress) -> None:
        note(self, context, progress)
        here = moment == "begin" or (moment == "amid" and 0 < progress.done < progress.total)
        if here and progress.asset == asset:
            os.kill(os.getpid(), signal.SIGKILL)

    def handle_output(self: RecordIOManager, context: dg.OutputContext, obj: Any) -> None:
        mine = context.asset_key.path[-1] == asset
        if mine and moment == "made":
            os.kill(os.getpid(), signal.SIGKILL)
        handle(self, context, obj)
        if mine and moment == "stored":
            os.kill(os.getpid(), signal.SIGKILL)

    Workbench.on_progress = on_progress  # type: ignore[method-assign]  # this process ends here anyway
    RecordIOManager.handle_output = handle_output  # type: ignore[method-assign]  # as above

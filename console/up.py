"""Everything of one home behind one address: the console, Dagster's pages and daemon, the code server that both use.

Belongs here: which parts there are, the listening socket, the folder of the private sockets, what people are told. Not
here: keeping processes alive (`console/supervision/`), who serves a home (`console/whereabouts.py`).
"""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread
from types import FrameType
from typing import Final

import click

from console.sockets import listen, private_folder
from console.supervision.parts import Part
from console.supervision.supervisor import Supervisor
from console.web.options import Options
from console.whereabouts import only_one
from resources.access import SIGN_IN_LIFETIME, Role, make_key, owner_name
from resources.home import Home

_WORKSPACE: Final = "load_from:\n  - grpc_server: {{socket: {socket}, host: localhost, location_name: reelineage}}\n"


def serve(home: Home, options: Options) -> None:
    """Serve this home until a signal comes.

    Raises:
        BadInput: the address cannot be used, or somebody serves this home already.
        TransientError: a part cannot be kept running.
    """
    with ExitStack() as stack:
        if not options.read_only:
            stack.enter_context(only_one(home, options.port))
        listening = stack.enter_context(closing(listen(options.host, options.port)))
        folder = stack.enter_context(private_folder())
        parts = parts_of(folder, listening, options)
        supervisor = Supervisor(
            parts, folder, _environment(home), lambda line: click.echo(f"reelineage: {line}", err=True)
        )
        asked = _signals()
        supervisor.run(asked.is_set, meanwhile=_tell_once(home, options, asked))
    click.echo("Stopped.")


def parts_of(folder: Path, listening: socket.socket, options: Options) -> list[Part]:
    """The parts, in the order in which they start. One code server for pages and daemon saves a process and its start.

    A read-only console has no daemon: it may look at a home that somebody else serves.
    """
    code, pages, workspace = folder / "code.sock", folder / "dagster.sock", folder / "workspace.yaml"
    workspace.write_text(_WORKSPACE.format(socket=json.dumps(str(code))), encoding="utf-8")
    fixed = ("--read-only",) if options.read_only else ()
    address = ("--host", options.host, "--port", str(options.port))
    served = ("--fd", str(listening.fileno()), *address, "--dagster-socket", str(pages))
    definitions = ("-m", "pipeline_assets.definitions")
    code_server = ("dagster", "api", "grpc", "--socket", str(code), *definitions, "--log-level", "warning")
    daemon = ("dagster-daemon", "run", "-w", str(workspace), "--log-level", "warning")
    dagster_pages = ("console.dagster_pages", "--socket", str(pages), "--workspace", str(workspace))
    parts = [
        Part("the console", ("console.serving", *served, *fixed), sockets=(listening.fileno(),)),
        Part("the code server", code_server, socket=code),
        Part("Dagster's web server", (*dagster_pages, *fixed), socket=pages, after=code),
    ]
    if not options.read_only:
        parts.append(Part("Dagster's daemon", daemon, after=code))
    return parts


def _environment(home: Home) -> dict[str, str]:
    bin_folder = Path(sys.executable).parent
    return os.environ | {
        "REELINEAGE_HOME": str(home.root),
        "DAGSTER_HOME": str(home.settings.dagster_root),
        "PATH": f"{bin_folder}{os.pathsep}{os.environ.get('PATH', '')}",
    }


def _signals() -> Event:
    """Set by Ctrl-C, by `kill`, and when the terminal is closed."""
    asked = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        asked.set()

    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, stop)
    return asked


def _tell_once(home: Home, options: Options, asked: Event) -> Callable[[], None]:
    """Tells address and link as soon as the console answers, not before."""
    there, told = Event(), Event()
    Thread(target=_wait_for_answer, args=(options, there, asked), name="is it there", daemon=True).start()

    def tell() -> None:
        if told.is_set() or not there.is_set():
            return
        told.set()
        click.echo(f"Reelineage: {options.address}  (home {home.root}{_only_looking(options)}; Ctrl-C stops)")
        if options.proxy:
            return  # it signs people in, and a link would be worth nothing
        key = make_key(home.database, "sign_in", owner_name(), Role.OPERATOR, lifetime=SIGN_IN_LIFETIME)
        minutes = int(SIGN_IN_LIFETIME.total_seconds() // 60)
        click.echo(f"Sign in:    {options.address}/sign-in?key={key}  (once, within {minutes} minutes)")

    return tell


def _only_looking(options: Options) -> str:
    return ", read-only" if options.read_only else ""


def _wait_for_answer(options: Options, there: Event, asked: Event) -> None:
    """The socket is open from the beginning: the question waits in its queue until the console reads it."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(options.host, options.host)  # noqa: S104 — compared only
    while not asked.is_set():
        connection = HTTPConnection(near, options.port, timeout=120)
        try:
            connection.request("GET", "/sign-in", headers={"Host": f"127.0.0.1:{options.port}"})
            if connection.getresponse().status < 500:
                there.set()
                return
        except (OSError, HTTPException):
            pass  # the console ended before it answered; the supervisor says so and starts it again
        finally:
            connection.close()
        asked.wait(0.3)

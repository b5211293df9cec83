"""Real commands in fresh interpreters, as a user types them; whatever they start is gone when a test ends.

Belongs here: starting, asking and ending. Not here: forked children with tiny providers (`tests/runner.py`).
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psutil

from resources.settings import PROJECT

BIN = Path(sys.executable).parent


def environment(home: Path, **more: str) -> dict[str, str]:
    """What `eval "$(reelineage env)"` leaves in a shell, and nothing of the test's own."""
    return {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home.parent),
        "LANG": "C.UTF-8",
        "REELINEAGE_HOME": str(home),
        "DAGSTER_HOME": str(home / "dagster"),
        "PYTHONDONTWRITEBYTECODE": "1",
    } | more


def run(home: Path, *command: object, seconds: float = 120, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return what it said, whatever its exit code."""
    with started(home, *command, **more) as process:
        process.wait(seconds)
        said = [path.read_text(encoding="utf-8") for path in outputs(home)]
        return subprocess.CompletedProcess(process.args, process.returncode, *said)


def outputs(home: Path) -> tuple[Path, Path]:
    """Where stdout and stderr of the command that was started last are kept."""
    return home.parent / "stdout.txt", home.parent / "stderr.txt"


@contextmanager
def started(home: Path, *command: object, **more: str) -> Iterator["subprocess.Popen[str]"]:
    """A command that runs while the block does; then it and all of its children are killed.

    It writes to files: Dagster's daemon says so much that a pipe nobody reads would stop its runs.
    """
    out, err = outputs(home)
    with out.open("w") as stdout, err.open("w") as stderr:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=PROJECT,
            env=environment(home, **more),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )
    try:
        yield process
    except BaseException as error:
        error.add_note(err.read_text(encoding="utf-8")[-3000:])
        raise
    finally:
        for one in of_home(home):
            one.kill()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def of_home(home: Path) -> list[psutil.Process]:
    """Every process that works on this home: it stands in its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("REELINEAGE_HOME") == str(home) and process.pid != os.getpid():
                found.append(process)
        except psutil.Error:
            continue
    return found


def free_port() -> int:
    """A port on loopback that nobody listens on now, below those that the system gives to whoever asks for any.

    One of those could be given away again before the console of a test has taken it.
    """
    while True:
        port = 15_000 + secrets.randbelow(17_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def wait_for(condition: Callable[[], object], what: str, seconds: float = 120) -> None:
    """Ask until the condition holds, often at first."""
    end, pause = time.monotonic() + seconds, 0.02
    while not condition():
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(pause)
        pause = min(pause * 1.3, 0.5)


def asked(
    port: int, path: str, token: str | None = None, content: object = None, seconds: float = 60
) -> tuple[int, bytes]:
    """Ask the console on this port, by POST when there is content: the status and the body."""
    body = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, {"Content-Type": "application/json"})
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310 — as above
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def graphql(port: int, token: str, query: str, **variables: object) -> Any:
    """Ask Dagster through the console, as its pages do."""
    status, body = asked(port, "/dagster/graphql", token, {"query": query, "variables": variables})
    content = json.loads(body)
    assert status == 200, content
    assert "errors" not in content, content
    return content["data"]


def answers(port: int, token: str) -> bool:
    """Whether Dagster's pages are there and have loaded the code location."""
    question = "{ repositoriesOrError { __typename ... on RepositoryConnection { nodes { name } } } }"
    try:
        status, body = asked(port, "/dagster/graphql", token, {"query": question}, seconds=30)
    except (OSError, HTTPException):
        return False
    found = (json.loads(body).get("data") or {}) if status == 200 else {}  # none while it is loading its code again
    return bool((found.get("repositoriesOrError") or {}).get("nodes"))

"""Dagster's real web server on a Unix socket, once per worker, with an instance that shows what was changed.

Belongs here: the server and what counts as a change. No code location: its mutations of concurrency limits need none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import dagster as dg
import pytest
from starlette.testclient import TestClient

from console.dagster_pages import pages
from console.sockets import private_folder, private_socket
from console.web.app import build_app
from console.web.options import Options
from resources.access import Role, make_key
from resources.home import Home
from tests.console.processes import wait_for
from tests.console.web_client import ORIGIN

URL = "/dagster/graphql"
SOCKET_URL = f"ws://127.0.0.1:3000{URL}"
PLACES: dict[str, dict[str, str]] = {
    "no page": {},
    "our page": {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"},
    "another site": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "another port": {"Origin": "http://127.0.0.1:3001", "Sec-Fetch-Site": "same-site"},
    "a sandbox": {"Origin": "null"},
    "another name": {"Host": "evil.example:3000", "Origin": "http://evil.example:3000"},
}
WHO: dict[str, Role | None] = {"stranger": None} | {str(role): role for role in Role}


@dataclass(frozen=True)
class DagsterServer:
    """Where it listens, and what it works on."""

    socket: Path
    instance: dg.DagsterInstance

    @property
    def changed(self) -> set[str]:
        """The names of all changes that were ever made."""
        return set(self.instance.event_log_storage.get_concurrency_keys())


def change(name: str) -> str:
    """A mutation that leaves this name in the instance."""
    return f'mutation Change {{ setConcurrencyLimit(concurrencyKey: "{name}", limit: 1) }}'


@pytest.fixture(scope="session")
def dagster_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagsterServer]:
    folder = tmp_path_factory.mktemp("dagster")
    (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    (folder / "workspace.yaml").write_text("load_from: []\n", encoding="utf-8")
    with (
        private_folder() as private,
        dg.DagsterInstance.from_config(str(folder)) as instance,
        pages(instance, folder / "workspace.yaml", read_only=False) as server,
    ):
        path = private / "dagster.sock"
        thread = Thread(target=server.run, kwargs={"sockets": [private_socket(path)]}, daemon=True)
        thread.start()
        wait_for(lambda: server.started, "Dagster's web server", seconds=30)
        yield DagsterServer(path, instance)
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def clients(home: Home, dagster_server: DagsterServer) -> dict[str, TestClient]:
    """One console, asked by a stranger and by somebody of each role."""
    app = build_app(home, Options(dagster_socket=dagster_server.socket))
    found = {}
    for name, role in WHO.items():
        found[name] = TestClient(app, base_url=ORIGIN, follow_redirects=False)
        if role is not None:
            key = make_key(home.database, "token", name, role, lifetime=None)
            found[name].headers["Authorization"] = f"Bearer {key}"
    return found

"""A console on a real port, for what only a real connection shows."""

import threading
from collections.abc import Iterator

import pytest

from console.serving import Server, config
from console.sockets import listen
from console.web.app import build_app
from console.web.options import Options
from resources.home import Home
from tests.console.processes import free_port, wait_for


@pytest.fixture
def port(home: Home) -> Iterator[int]:
    """A console on a real port, served as `reelineage up` serves it."""
    number = free_port()
    server = Server(config(build_app(home, Options(port=number))))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listen("127.0.0.1", number)]})
    thread.start()
    wait_for(lambda: server.started, "the console", seconds=60)
    yield number
    server.should_exit = True
    thread.join(60)

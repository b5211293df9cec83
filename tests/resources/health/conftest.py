"""Ports on loopback for the probes that look at one."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.console.processes import free_port


@pytest.fixture
def unused_port() -> int:
    """Nobody listens there."""
    return free_port()


@pytest.fixture
def listening() -> Iterator[Callable[[bytes], int]]:
    """Starts a server that gives everybody the same answer; returns its port."""
    servers: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def serve(answer: bytes) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        server.settimeout(0.1)
        servers.append(server)
        threads.append(threading.Thread(target=_answer_all, args=(server, answer)))
        threads[-1].start()
        return int(server.getsockname()[1])

    yield serve
    for server in servers:
        server.close()
    for thread in threads:
        thread.join()


def _answer_all(server: socket.socket, answer: bytes) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except TimeoutError:
            continue
        except OSError:
            return
        with connection:
            connection.settimeout(20)
            try:
                if connection.recv(4096):
                    connection.sendall(answer)
            except OSError:
                continue

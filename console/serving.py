"""The console's own process: `python -m console.serving --fd N`, started by `reelineage up` or by a container.

Belongs here: how the application is served. Not here: the application (`console/web/app.py`).
"""

import socket
import sys
from dataclasses import replace
from pathlib import Path

import click
import uvicorn
from anyio import to_thread

from console.connections import PromptProtocol
from console.sockets import listen
from console.web.app import build_app
from console.web.live import close_feeds
from console.web.options import checked_options
from resources.home import open_home
from resources.job_orders import read_theme, ready_themes

# Measured with 200 readers: more threads only make each answer slower (docs/benchmarks.md). SQLite gives
# the interpreter away at every row, and waits for it up to this interval while other threads are at work.
_THREADS = 3
_SWITCH_SECONDS = 0.0005


@click.command()
@click.option("--fd", type=int, help="A listening socket that is inherited; else one is opened.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
@click.option("--dagster-socket", type=click.Path(path_type=Path), help="Where Dagster's web server listens.")
@click.option("--read-only", is_flag=True)
def main(fd: int | None, host: str, port: int, dagster_socket: Path | None, *, read_only: bool) -> None:
    """Serve the console of the home that the environment names."""
    home = open_home()
    for name in ready_themes():
        read_theme(name)  # kept from now on, so that not even the first order waits for it
    options = replace(checked_options(home.settings, host, port, read_only=read_only), dagster_socket=dagster_socket)
    listening = listen(host, port) if fd is None else socket.socket(fileno=fd)
    server = Server(config(build_app(home, options)))
    server.run(sockets=[listening])


class Server(uvicorn.Server):
    """A server with as many threads as Python can use, that ends its event streams before it waits for answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's own. Answers are work for the processor: more threads at once only make each of them slower."""
        to_thread.current_default_thread_limiter().total_tokens = _THREADS
        sys.setswitchinterval(_SWITCH_SECONDS)
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's own."""
        close_feeds()
        await super().shutdown(sockets)


def config(app: object) -> uvicorn.Config:
    """Bounds for whatever comes from outside.

    h11 is the parser whose headers have a bound, in size and (`connections.py`) in time. No access log: sign-in links
    carry a secret. Forwarded headers are the guard's to judge. An answer that is not sent five seconds after the signal
    is cut.
    """
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI application; uvicorn's union of signatures is narrower than Starlette's
        http=PromptProtocol,
        h11_max_incomplete_event_size=64 * 1024,
        ws_max_size=1024 * 1024,
        ws_per_message_deflate=False,
        limit_concurrency=1000,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()

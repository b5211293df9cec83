"""Dagster's web server in a process of its own, on a Unix socket that only this user can open.

Belongs here: the one use of Dagster's private modules for its pages. Its public command listens on a port only, and
whoever reaches that port may change everything: it has no login.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import click
import dagster as dg
import uvicorn

# Private, as of Dagster 1.13: what `dagster-webserver` itself is made of. Tests ask a real one, so an update shows.
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context

from console.sockets import private_socket

PREFIX = "/dagster"
_STATEMENT_TIMEOUT_MILLISECONDS, _POOL_RECYCLE_SECONDS, _POOL_OVERFLOW = 15_000, 3600, 20


@click.command()
@click.option("--socket", "path", type=click.Path(path_type=Path), required=True, help="Where to listen.")
@click.option("--workspace", type=click.Path(path_type=Path), required=True, help="Which code is shown.")
@click.option("--read-only", is_flag=True)
def main(path: Path, workspace: Path, *, read_only: bool) -> None:
    """Serve Dagster's pages of the instance that DAGSTER_HOME names."""
    with dg.DagsterInstance.get() as instance, pages(instance, workspace, read_only=read_only) as server:
        server.run(sockets=[private_socket(path)])


@contextmanager
def pages(instance: dg.DagsterInstance, workspace: Path, *, read_only: bool) -> Iterator[uvicorn.Server]:
    """A server for the pages of this instance, ready to run."""
    instance.optimize_for_webserver(_STATEMENT_TIMEOUT_MILLISECONDS, _POOL_RECYCLE_SECONDS, _POOL_OVERFLOW)
    target = WorkspaceFileTarget(paths=[str(workspace)])
    with WorkspaceProcessContext(
        instance, workspace_load_target=target, version=version("dagster-webserver"), read_only=read_only
    ) as context:
        settings = uvicorn.Config(
            create_app_from_workspace_process_context(context, PREFIX),
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=3,
            ws_max_size=1024 * 1024,
        )
        yield uvicorn.Server(settings)


if __name__ == "__main__":
    main()

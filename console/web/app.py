"""The console as one ASGI application: read this first.

Belongs here: what it is put together from. Not here: how it is served (`console/serving.py`), what the parts do.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from console.acts import Acts
from console.dagster_home import KeptInstance
from console.health import probes_of
from console.web import refusals, static_files
from console.web.api import ROUTERS
from console.web.api import health as health_api
from console.web.dagster.routes import router as dagster
from console.web.guard import Guard
from console.web.live import Feed
from console.web.metrics import Measured, Metrics
from console.web.options import Options
from console.web.pages import (
    costs,
    deciding,
    editing,
    events,
    health,
    job,
    jobs,
    lineage,
    media,
    ordering,
    records,
    sign_in,
    trends,
)
from resources.health.watching import Watcher
from resources.home import Home

PAGES: tuple[APIRouter, ...] = (
    static_files.router,
    sign_in.router,
    jobs.router,
    ordering.router,
    job.router,
    deciding.router,
    editing.router,
    events.router,
    costs.router,
    health.router,
    media.router,
    lineage.router,
    records.router,
    trends.router,
    dagster,
)
API: tuple[APIRouter, ...] = ROUTERS


def build_app(home: Home, options: Options | None = None) -> ASGIApp:
    """Everything behind one door."""
    chosen, dagster_instance = options or Options(), KeptInstance()

    @asynccontextmanager
    async def until_stopped(_: FastAPI) -> AsyncIterator[None]:
        yield
        dagster_instance.close()

    app = FastAPI(
        title="Reelineage",
        version=version("reelineage"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=until_stopped,
        redirect_slashes=False,  # an address is right or it is not: a program is never sent elsewhere
    )
    app.state.home, app.state.options = home, chosen
    app.state.acts = Acts(home, dagster_instance)
    watcher = Watcher(probes_of(home, serving=not chosen.read_only, read_only=chosen.read_only))
    app.state.watcher, app.state.metrics = watcher, Metrics(watcher)
    app.state.feed = Feed(home.database)
    refusals.install(app)
    for router in API:
        app.include_router(router, prefix="/api")
    app.include_router(health_api.router)
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    return Measured(Guard(app, home=home, options=chosen), app.state.metrics)

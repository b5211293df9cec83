"""The console as one ASGI application: read this first.

Belongs here: what it is put together from. Not here: how it is served (`console/serving.py`), what the parts do.
"""

from importlib.metadata import version
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from console.web import refusals
from console.web.guard import Guard
from console.web.options import Options
from console.web.pages import sign_in
from resources.home import Home

PAGES: tuple[APIRouter, ...] = (sign_in.router,)
API: tuple[APIRouter, ...] = ()


def build_app(home: Home, options: Options | None = None) -> ASGIApp:
    """Everything behind one door."""
    chosen = options or Options()
    app = FastAPI(title="Reelineage", version=version("reelineage"), docs_url=None, redoc_url=None, openapi_url=None)
    app.state.home, app.state.options = home, chosen
    refusals.install(app)
    for router in API:
        app.include_router(router, prefix="/api")
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    return Guard(app, home=home, options=chosen)

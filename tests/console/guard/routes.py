"""Every route of the console, read from the application itself, so that a new one is tested on the day it is added.

Belongs here: which routes there are, and which role each needs by the rules of docs/security.md.
"""

import re
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp

from console.web.app import build_app
from console.web.guard import Guard
from resources.access import Role
from resources.home import Home

OPEN = {("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/health"), ("GET", "/static/{name}")}
# changes that any role may make, a read-only console too: only the session's own, and GraphQL, which judges documents
_OF_EVERYBODY = {"/sign-out", "/dagster/graphql"}
_FORMS = {"/jobs/new": Role.OPERATOR}  # pages that are there for a change alone
_ROLES = (
    (re.compile(r".*/(approve|reject|edits)"), Role.REVIEWER),
    (re.compile(r"(/api/generate|/jobs|.*/(retry|cancel)|/dagster/\{report\}/.*)"), Role.OPERATOR),
)
_VALUES = {"node": "job", "name": "style.css", "report": "report_asset_check", "path": "assets", "asset_key": "videos"}


@dataclass(frozen=True)
class Known:
    """One method of one route."""

    method: str
    template: str

    @property
    def path(self) -> str:
        """The path with made-up values; ids are 1."""
        return re.sub(r"\{([a-z_0-9]+)(:[a-z]+)?\}", lambda found: _VALUES.get(found[1], "1"), self.template)

    @property
    def changes(self) -> bool:
        """Whether the route is there to change something."""
        return self.method not in ("GET", "HEAD")

    @property
    def role(self) -> Role | None:
        """The least role that it must ask for; None when strangers may."""
        if (self.method, self.template) in OPEN or (self.method, self.template) == ("HEAD", "/static/{name}"):
            return None
        if not self.changes or self.template in _OF_EVERYBODY:
            return _FORMS.get(self.template, Role.VIEWER)
        found = next((role for pattern, role in _ROLES if pattern.fullmatch(self.template)), None)
        assert found, f"{self.method} {self.template} is new: say in this file which role it needs"
        return found

    @property
    def stops_when_read_only(self) -> bool:
        """Whether a read-only console refuses it to everybody."""
        return self.changes and self.role is not None and self.template not in _OF_EVERYBODY


def inside(app: ASGIApp, kind: type) -> ASGIApp:
    """The layer of this kind in an application that is wrapped by others."""
    while not isinstance(app, kind):
        app = app._app  # type: ignore[attr-defined]  # every layer of ours keeps the next one there
    return app


def all_routes(home: Home) -> list[Known]:
    """Every method of every HTTP route."""
    app = inside(inside(build_app(home), Guard), FastAPI)
    assert isinstance(app, FastAPI)
    found = {
        Known(method, route.path)
        for route in iter_route_contexts(app.routes)
        if route.path is not None
        for method in route.methods or ()
    }
    return sorted(found, key=lambda one: (one.template, one.method))

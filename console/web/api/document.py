"""`/api/openapi.json`: the API described for programs (OpenAPI 3.1).

Belongs here: what the routes do not say themselves: how to sign in, and what a problem looks like.
"""

from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Request, Response

from console.web.api.answers import tagged
from console.web.api.problems import Problem
from console.web.api.strictness import strict_router
from console.web.guard import needs
from console.web.guard.cookies import cookie_name
from resources.access import Principal, Role

router = strict_router("document")
_KNOWN: Final[list[dict[str, list[str]]]] = [{"token": []}, {"session": []}]
_OPEN: Final = "/health"  # strangers get a short answer


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request, _: Annotated[Principal, Depends(needs(Role.VIEWER))]) -> Response:
    """The document itself."""
    cookie = cookie_name(request.app.state.options, request.headers["host"])
    return tagged(request, document(request.app, cookie))


def document(app: FastAPI, cookie: str) -> dict[str, Any]:
    """The OpenAPI document of everything that is in the schema; `cookie` is what a session's is called."""
    made = app.openapi()
    parts = made.get("components", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = parts.get("schemas", {}) | problem.pop("$defs") | {"Problem": problem}
    paths = dict(made["paths"])
    if _OPEN in paths:
        paths[_OPEN] = {"get": paths[_OPEN]["get"] | {"security": [{}, *_KNOWN]}}
    schemes = {
        "token": {"type": "http", "scheme": "bearer", "description": "An API token: `reelineage access token`."},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "A browser that is signed in."},
    }
    return made | {
        "paths": paths,
        "components": parts | {"schemas": schemas, "securitySchemes": schemes},
        "security": _KNOWN,
    }

"""Style sheets, scripts and drawings that every page needs, served from memory by name and never by path.

Belongs here: what is served under `/static`, and for how long a browser may keep it. An address carries the content's
hash (`static_url`), so a browser keeps each version for good and never shows an old one. Not here: media of videos.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.resources import files as package_files
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

_FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "public, no-cache"

router = APIRouter()


@dataclass(frozen=True)
class StaticFile:
    """One file, as it is sent."""

    body: bytes
    media_type: str
    version: str


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Every file under `/static` by its name: our own, and htmx from its package."""
    own = {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}
    htmx = package_files("js_lib_htmx").joinpath("static/htmx/htmx.min.js").read_bytes()
    return {
        name: StaticFile(body, _TYPES[Path(name).suffix], hashlib.sha256(body).hexdigest()[:16])
        for name, body in (own | {"htmx.min.js": htmx}).items()
    }


def static_url(name: str) -> str:
    """The address of a file in the version that this process serves.

    Raises:
        KeyError: there is no such file; a template names one that is not there.
    """
    return f"/static/{name}?v={static_files()[name].version}"


@router.api_route("/static/{name}", methods=["GET", "HEAD"])
def static_file(request: Request, name: str, v: str = "") -> Response:
    """One file; a browser that has this version already is told so."""
    found = static_files().get(name)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"Looking for the file {name[:80]}: there is none of that name.")
    tag = f'"{found.version}"'
    headers = {"ETag": tag, "Cache-Control": _FOR_GOOD if v == found.version else _ASK_AGAIN}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(found.body, media_type=found.media_type, headers=headers)

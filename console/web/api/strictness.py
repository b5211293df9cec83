"""What every API route refuses before it works: parameters nobody reads, and bodies of another kind.

Belongs here: checks that a route's own types cannot make. A typo in a filter must not answer with everything.
"""

from collections.abc import Iterator
from email.message import Message
from http import HTTPStatus

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute


def strict_router(tag: str) -> APIRouter:
    """A router whose routes refuse what they do not ask for; programs know each by its function's name."""
    return APIRouter(tags=[tag], dependencies=[Depends(_strict)], generate_unique_id_function=lambda route: route.name)


async def _strict(request: Request) -> None:
    """Refuse query parameters that the route does not have or that come twice, and a body it cannot take.

    Raises:
        RequestValidationError: a parameter or a body that is not asked for.
        HTTPException: 415 for a body that is not application/json.
    """
    route: APIRoute = request.scope["route"]
    known = set(_parameters(route.dependant))
    given = [name for name, _ in request.query_params.multi_items()]
    misfits = [_misfit(("query", name), "there is no such parameter") for name in given if name not in known]
    misfits += [_misfit(("query", name), "give it once") for name in known if given.count(name) > 1]
    if request.method == "POST":
        misfits += await _body_misfits(request, takes_one=route.body_field is not None)
    if misfits:
        raise RequestValidationError(misfits)


async def _body_misfits(request: Request, *, takes_one: bool) -> list[dict[str, object]]:
    if not await request.body():
        return []
    if not takes_one:
        return [_misfit(("body",), "this takes no body")]
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    if header.get_content_type() != "application/json":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Reading the request: send it as application/json.")
    return []


def _parameters(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _parameters(inner)


def _misfit(place: tuple[str, ...], what: str) -> dict[str, object]:
    return {"type": "value_error", "loc": place, "msg": what}

"""Signing in with a link that works once, and signing out.

Belongs here: from a secret to the session cookie. Not here: where signing in leads (`../landing.py`). Following the
link changes nothing yet (mail programs follow links too): a button does.
"""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query, Request
from starlette.responses import RedirectResponse, Response

from console.web import landing
from console.web.guard import Asker
from console.web.guard.cookies import drop_session, set_session
from console.web.guard.identity import Identifier, peer_of
from console.web.options import Options
from console.web.parts import TheHome
from console.web.templating import render
from reelineage.errors import BadInput
from resources.access import end_key, may_be_called_otherwise, sign_in_name, use_sign_in
from resources.home import Home

router = APIRouter()

_NO_LINK = "`reelineage access link`, on the machine that runs this console, prints a link that works once."
_USED_UP = "This link was used already or is older than 15 minutes: `reelineage access link` prints a new one."
_BY_PROXY = "The proxy in front of this console signs people in: open the console through it."


@router.get("/sign-in")
def ask(request: Request, home: TheHome, key: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The page that a sign-in link opens."""
    if _options(request).proxy:
        return _page(request, detail=_BY_PROXY)
    if not key:
        return _page(request, detail=_NO_LINK)
    _pause_after_many(request)
    return _form(request, home, key)


@router.post("/sign-in")
def sign_in(
    request: Request,
    home: TheHome,
    key: Annotated[str, Form(max_length=200)],
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Trade the link's secret for a session; one that the browser had before ends."""
    options = _options(request)
    if options.proxy:
        return _page(request, status_code=403, detail=_BY_PROXY)
    _pause_after_many(request)
    try:
        made = use_sign_in(home.database, key, name=name)
    except BadInput as error:
        return _form(request, home, key, status_code=422, error=str(error))
    if made is None:
        return _wrong_link(request)
    _end_session(request, home)
    secret, principal = made
    _identifier(request).remember(secret, principal)
    wanted = landing.remembered(options, request.headers)
    answer = RedirectResponse(wanted or "/", 303)
    set_session(answer, options, request.headers["host"], secret)
    if wanted:
        landing.forget(answer, options, request.headers["host"])
    return answer


@router.post("/sign-out")
def sign_out(request: Request, home: TheHome, _who: Asker) -> Response:
    """End this session at once, here and in the database."""
    _end_session(request, home)
    answer = RedirectResponse("/sign-in", 303)
    drop_session(answer, _options(request), request.headers["host"])
    return answer


def _form(request: Request, home: Home, key: str, *, status_code: int = 200, error: str | None = None) -> Response:
    """The button that signs in; who the link was made for is told to whoever holds it, and nothing is used up."""
    if (name := sign_in_name(home.database, key)) is None:
        return _wrong_link(request)
    return _page(
        request, status_code=status_code, key=key, called=name, may_choose=may_be_called_otherwise(name), error=error
    )


def _wrong_link(request: Request) -> Response:
    _identifier(request).wrong.count(_place(request))
    return _page(request, status_code=403, detail=_USED_UP)


def _pause_after_many(request: Request) -> None:
    if seconds := _identifier(request).wrong.wait(_place(request)):
        raise HTTPException(429, f"Too many wrong links: wait {seconds} seconds.", {"Retry-After": str(seconds)})


def _place(request: Request) -> str:
    """Wrong links are counted apart from other secrets: an old cookie must not keep anybody from signing in."""
    return f"link {peer_of(request.scope)}"


def _page(request: Request, *, status_code: int = 200, **shown: str | bool | None) -> Response:
    return render(request, "sign_in.html", status_code=status_code, headers=None, title="Sign in", **shown)


def _end_session(request: Request, home: Home) -> None:
    who = request.state.principal
    if who is not None and who.way == "session":
        end_key(home.database, who.key_id)
        _identifier(request).forget(who.key_id)


def _options(request: Request) -> Options:
    options: Options = request.app.state.options
    return options


def _identifier(request: Request) -> Identifier:
    identifier: Identifier = request.state.identifier
    return identifier

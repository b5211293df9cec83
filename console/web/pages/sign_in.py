"""Signing in with a link that works once, and signing out.

Belongs here: from a secret to the session cookie. Following the link changes nothing yet (mail programs follow links
too): a button does.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from console.web.guard import Asker
from console.web.guard.identity import COOKIE
from console.web.parts import TheHome
from console.web.templating import render
from resources.access import SESSION_LIFETIME, end_key, owner_name, use_sign_in

router = APIRouter()


@router.get("/sign-in")
def ask(request: Request, key: str = "") -> Response:
    """The page that a sign-in link opens."""
    detail = "" if key else "`reelineage access link` prints a link."
    return render(request, "sign_in.html", title="Sign in", detail=detail, key=key, owner=owner_name())


@router.post("/sign-in")
def sign_in(
    request: Request,
    home: TheHome,
    key: Annotated[str, Form(max_length=200)],
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Trade the link's secret for a session."""
    made = use_sign_in(home.database, key, name=name or None)
    if made is None:
        detail = "This link was used already or is too old: `reelineage access link` prints a new one."
        return render(request, "sign_in.html", status_code=403, title="Sign in", detail=detail)
    secret, _ = made
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.app.state.options.secure,
    )
    return answer


@router.post("/sign-out")
def sign_out(home: TheHome, who: Asker) -> Response:
    """End this session at once."""
    if who.way == "session" and who.key_id is not None:
        end_key(home.database, who.key_id)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer

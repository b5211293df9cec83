"""A real browser before a real console: one Chromium per worker, a console on a port of its own for each test.

Belongs here: starting both, signing in, and watching that no page asks anything of another place or opens a dialog.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Error, Page, expect, sync_playwright

from console.sockets import listen
from console.web.app import build_app
from console.web.guard.cookies import cookie_name
from console.web.options import Options
from resources.access import SESSION_LIFETIME, Role, make_key
from resources.home import Home
from tests.console.processes import free_port, wait_for

PATIENCE_SECONDS = 60
"""How long a page may take for anything on a machine that is busy; who gets an answer sooner goes on at once."""
_NAMES = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str:
    """Where the browser lies; `make test` has seen to it that there is one."""
    found = [path for name in _NAMES if name and (path := shutil.which(name))]
    assert found, "no Chromium: `make browser` installs it or says how"
    return found[0]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium. Of this package only: while it runs, its event loop is in the way of other tests' own."""
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # root has none
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium(), args=[*sandbox, "--autoplay-policy=no-user-gesture-required"]
        )
        yield opened
        opened.close()


@dataclass
class Visitor:
    """Somebody with a browser window of their own, and what their pages did."""

    context: BrowserContext
    page: Page
    url: str
    dialogs: list[str] = field(default_factory=list)
    strayed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a page of the console."""
        self.page.goto(self.url + path)
        return self.page


Visit = Callable[..., Visitor]


def cookie_of(url: str) -> str:
    """The session cookie's name on this console."""
    here = urlsplit(url)
    return cookie_name(Options(port=here.port or 0), here.netloc)


@contextmanager
def serving(home: Home, **options: object) -> Iterator[str]:
    """A console of this home on a free port, in a thread."""
    port = free_port()
    app = build_app(home, Options(port=port, **options))  # type: ignore[arg-type]  # passed on as they are
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listen("127.0.0.1", port)]}, daemon=True)
    thread.start()
    try:
        wait_for(lambda: server.started, "the console", seconds=PATIENCE_SECONDS)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive(), "the console did not stop"


@contextmanager
def visiting(
    browser: Browser, home: Home, url: str, role: Role | None = Role.OPERATOR, **look: object
) -> Iterator[Visitor]:
    """A signed-in visitor; `look` are Playwright's options of a context (colour scheme, width, JavaScript)."""
    context = browser.new_context(**look)  # type: ignore[arg-type]  # passed on as they are
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    if role is not None:
        secret = make_key(home.database, "session", "tester", role, lifetime=SESSION_LIFETIME)
        name = cookie_name(Options(port=urlsplit(url).port or 80), urlsplit(url).netloc)
        context.add_cookies([{"name": name, "value": secret, "url": url, "httpOnly": True, "sameSite": "Strict"}])
    visitor = Visitor(context, context.new_page(), url)
    here = urlsplit(url).netloc

    def asked(address: str) -> None:
        if urlsplit(address).netloc != here and not address.startswith(("data:", "blob:")):
            visitor.strayed.append(address)

    def met(dialog: Dialog) -> None:
        visitor.dialogs.append(dialog.message)
        dialog.dismiss()

    def said(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            visitor.errors.append(message.text)

    context.on("request", lambda request: asked(request.url))
    context.on("dialog", met)
    context.on("weberror", lambda error: visitor.errors.append(str(error.error)))
    context.on("console", said)
    try:
        yield visitor
    finally:
        context.close()
    assert visitor.strayed == [], "a page asked another place"
    assert visitor.errors == [], "a page's script failed, or broke the page's policy"


def until(page: Page, condition: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Ask the page until a condition of JavaScript holds; the page's policy forbids that it waits by itself."""

    def holds() -> bool:
        try:
            return bool(page.evaluate(f"Boolean({condition})"))
        except Error as error:
            if "navigation" not in error.message:
                raise
            return False  # the page is just being replaced by its next state

    wait_for(holds, condition, seconds=seconds)


def shown(page: Page) -> str:
    """What a page says, in its words and in the values of its fields."""
    return str(
        page.evaluate(
            "document.body.textContent + [...document.querySelectorAll('input, textarea')].map(e => e.value).join(' ')"
        )
    )


@pytest.fixture
def visit(browser: Browser, finished: Home) -> Iterator[Visit]:
    """Opens windows on a console whose home has one finished draft: job 1, video 1."""
    opened: list[object] = []
    with serving(finished) as url:

        def enter(role: Role | None = Role.OPERATOR, **look: object) -> Visitor:
            manager = visiting(browser, finished, url, role, **look)
            opened.append(manager)
            return manager.__enter__()

        yield enter
        for manager in opened:
            manager.__exit__(None, None, None)  # type: ignore[attr-defined]  # each is one of the above

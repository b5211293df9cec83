"""A console without a port: the whole application, guard included, asked by somebody with a role."""

from starlette.testclient import TestClient

from console.web.app import build_app
from console.web.options import Options
from resources.access import Role, make_key
from resources.home import Home

ORIGIN = "http://127.0.0.1:3000"


def client(home: Home, role: Role | None = Role.OPERATOR, *, name: str = "tester", **options: object) -> TestClient:
    """A client of this home's console that carries a token of this role, or no token at all."""
    app = build_app(home, Options(**options))  # type: ignore[arg-type]  # passed on as they are
    headers = {}
    if role is not None:
        headers["Authorization"] = f"Bearer {make_key(home.database, 'token', name, role, lifetime=None)}"
    return TestClient(app, base_url=ORIGIN, headers=headers, follow_redirects=False, raise_server_exceptions=True)

"""The OpenAPI document is kept: no request that it allows or forbids meets a server error or an undocumented answer.

Belongs here: requests made up from the document (schemathesis). Not here: what single routes do (the files beside it).
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.python import asgi

from console.web.api import health
from console.web.api.document import document
from console.web.app import API, build_app
from resources.access import Role, make_key
from resources.home import Home
from tests.console.web_client import ORIGIN, client
from tests.factories import fill_job, new_job


def _described() -> dict[str, Any]:
    """The document without a home: tests are collected before there is one."""
    app = FastAPI()
    for router in API:
        app.include_router(router, prefix="/api")
    app.include_router(health.router)
    return document(app, "session")


# what a document cannot say is refused with 422 as well: no such theme, a key that came before, since after until
_ACCEPTABLE = ["2xx", "3xx", "401", "403", "404", "409", "422"]
_EXISTING = {"dictionary": "existing", "probability": 0.6}
schema = schemathesis.openapi.from_dict(
    _described(),
    config=SchemathesisConfig.from_dict(
        {
            "base-url": ORIGIN,
            "dictionaries": {"existing": {"values": [1, 2]}},
            "parameters": {"path.job_id": _EXISTING, "path.video_id": _EXISTING},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": _ACCEPTABLE},
                "ignored_auth": {"enabled": False},  # it asks over the network; the guard's tests ask every route
            },
            "generation": {"max-examples": 25, "deterministic": True, "no-shrink": True},
        }
    ),
)


@pytest.fixture
def session(home: Home) -> Iterator[requests.Session]:
    """Somebody who asks a console with a finished and a queued job."""
    fill_job(home, new_job(home))
    new_job(home)
    token = make_key(home.database, "token", "tester", Role.OPERATOR, lifetime=None)
    app: Any = build_app(home)  # schemathesis has a type of its own for applications
    with asgi.get_client(app) as session:
        session.headers.update({"Host": ORIGIN.partition("//")[2], "Authorization": f"Bearer {token}"})
        yield session


@schema.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_document_allows(case: schemathesis.Case[Any], session: requests.Session) -> None:
    case.call_and_validate(session=session)


def test_the_document_that_is_served_is_the_one_that_is_tested(home: Home) -> None:
    served = client(home, Role.VIEWER).get("/api/openapi.json").json()
    assert served["paths"] == _described()["paths"]
    assert {"/health", "/metrics", "/api/generate"} <= set(served["paths"])
    schemes = served["components"]["securitySchemes"]
    assert schemes["token"]["scheme"] == "bearer"
    assert schemes["session"]["in"] == "cookie"


def test_every_route_has_a_short_name_of_its_own_for_generated_clients() -> None:
    paths = _described()["paths"]
    names = [
        operation["operationId"] for path in paths if path.startswith("/api") for operation in paths[path].values()
    ]
    assert {"generate", "job", "approve", "latest_trends"} <= set(names)
    assert len(names) == len(set(names))


def test_every_change_takes_an_idempotency_key_and_every_route_tells_its_refusals() -> None:
    for path, operations in _described()["paths"].items():
        for method, operation in operations.items():
            if not path.startswith("/api"):
                continue
            named = {parameter["name"] for parameter in operation.get("parameters", [])}
            assert ("Idempotency-Key" in named) == (method == "post"), path
            assert {"401", "403", "422", "503"} <= set(operation["responses"]), path
            assert all("application/json" not in operation["responses"][status]["content"] for status in ("401", "422"))

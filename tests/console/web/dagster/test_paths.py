"""Which paths reach Dagster's web server, and that they are written anew.

Belongs here: paths as text and through the whole console. Not here: GraphQL.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from console.web.dagster.paths import path_to_ask
from reelineage.errors import NotFound


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/dagster", "/dagster/"),
        ("/dagster/", "/dagster/"),
        ("/dagster/runs/1b2c-3d", "/dagster/runs/1b2c-3d"),
        ("/dagster/asset-groups/", "/dagster/asset-groups"),
        ("/dagster/locations/reelineage/", "/dagster/locations/reelineage"),
        ("/dagster/locations/__repository__@reelineage/jobs/a", "/dagster/locations/__repository__@reelineage/jobs/a"),
        ("/dagster/assets/two words/ünïcode", "/dagster/assets/two%20words/%C3%BCn%C3%AFcode"),
    ],
)
def test_a_path_of_its_pages_is_written_anew(path: str, asked: str) -> None:
    assert path_to_ask(path, path.encode()) == asked


TRICKS = [
    "/dagster/../jobs",
    "/dagster/./runs",
    "/dagster//evil.example/x",
    "/dagster/logs//etc/passwd",
    "/dagster/logs/..",
    "/dagster/logs/a\\..\\b/out",
    "/dagster/logs/%2e%2e/out",
    "/dagster/logs/%252e%252e/out",
    "/dagster/runs/\x00",
    "/dagster/runs/a\nHost: x",
    "/dagster/runs/\u202e",
    "/dagster/notebook",
    "/dagster/Notebook",
    "/dagster/dagit/notebook",
    "/dagster/dagit_info",
    "/dagster/graphql",
    "/dagster/graphql/",
    "/dagster/" + "a" * 3000,
]


@pytest.mark.parametrize("path", TRICKS)
def test_a_path_that_two_programs_could_read_differently_is_not_asked_for(path: str) -> None:
    with pytest.raises(NotFound, match="no such page"):
        path_to_ask(path, path.encode())


@given(st.text(max_size=60).map(lambda text: f"/dagster/{text}"))
def test_whatever_is_asked_for_stays_below_the_prefix(path: str) -> None:
    try:
        asked = path_to_ask(path, path.encode("utf-8", "surrogatepass"))
    except NotFound:
        return
    assert asked.startswith("/dagster/")
    assert asked.isascii()
    assert not {"..", ".", "notebook"} & set(asked.split("/"))
    assert "//" not in asked


@pytest.mark.parametrize(
    "raw",
    [
        "/dagster/logs/..%2f..%2fetc/passwd",
        "/dagster/logs/%2e%2e/%2e%2e/dagster.yaml",
        "/dagster/logs/a%5c..%5cb/out",
        "/dagster/logs/..;/out",
        "/dagster/%2e%2e/jobs",
        "/dagster/notebook?path=x.ipynb&repoLocName=reelineage",
        "/dagster/%6eotebook?path=x.ipynb",
        "/dagster/static/../../../etc/passwd",
    ],
)
def test_no_trick_brings_a_file_or_a_notebook(clients: dict[str, TestClient], raw: str) -> None:
    answer = clients["operator"].get(f"http://127.0.0.1:3000{raw}")
    assert answer.status_code == 404, answer.text[:200]

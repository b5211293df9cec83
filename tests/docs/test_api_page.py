"""Every curl command on the API's page works as it stands, in the page's order, on a console with one finished job.

Belongs here: reading curl's few options that the page uses. Not here: what the API answers (`tests/console/api`).
"""

import re
import shlex
from string import Template

import httpx2

from reelineage.models import Video
from resources.home import Home
from tests.console.web_client import ORIGIN, client
from tests.docs.pages import page
from tests.factories import fill_job, new_job

COMMANDS = [
    command
    for block in re.findall(r"^```sh\n(.*?)^```", page("docs/api.md").text, re.MULTILINE | re.DOTALL)
    for command in block.replace("\\\n", " ").splitlines()
]


def _sent(command: str, values: dict[str, str]) -> httpx2.Request:
    """The request that a command stands for, with the shell's variables filled in."""
    words = iter(shlex.split(Template(command).substitute(values)))
    assert next(words) == "curl"
    method, url, headers, body = "", "", {}, None
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        else:
            assert word.startswith("http"), f"the test does not know curl's {word}"
            url = word
    return httpx2.Request(method or ("POST" if body else "GET"), url, headers=headers, content=body)


def test_the_page_shows_every_route() -> None:
    shown = {re.sub(r"\d+", "1", re.split(r'[?"]', command.partition("$CONSOLE")[2])[0]) for command in COMMANDS}
    assert shown == {
        "/api/generate", "/api/jobs", "/api/jobs/1", "/api/jobs/1/lineage", "/api/videos/1", "/api/trends/latest",
        "/api/costs", "/api/videos/1/approve", "/api/jobs/1/edits", "/api/jobs/1/cancel", "/api/jobs/1/retry",
    }  # fmt: skip


def test_every_command_on_the_page_works(home: Home) -> None:
    fill_job(home, new_job(home))
    asked = client(home)
    with home.database.read() as session:
        sha256 = session.get_one(Video, 1).file_sha256
    token = asked.headers["authorization"].removeprefix("Bearer ")
    for command in COMMANDS:
        answer = asked.send(_sent(command, {"CONSOLE": ORIGIN, "TOKEN": token, "SHA256": sha256}))
        assert answer.is_success, (command, answer.text)

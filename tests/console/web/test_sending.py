"""Sending a file to somebody who goes away in the middle: nothing of it stays open."""

import asyncio
import gc
import hashlib
from pathlib import Path

import psutil
import pytest
from starlette.requests import Request
from starlette.types import Message, Scope

from console.web.sending import send_file
from resources.media_files import MediaFile


@pytest.mark.parametrize("asked", [b"bytes=0-", b""])
def test_a_file_is_closed_as_soon_as_nobody_reads_on(tmp_path: Path, asked: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"x" * 2_000_000)
    file = MediaFile(path, hashlib.sha256(path.read_bytes()).hexdigest(), 2_000_000, "video/mp4", "film.mp4")
    scope: Scope = {
        "type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [(b"range", asked)],
        "asgi": {"spec_version": "2.3"},
    }  # fmt: skip
    answer, sent = send_file(Request(scope), file), 0

    async def watch() -> None:
        gone = asyncio.Event()

        async def receive() -> Message:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal sent
            sent += len(message.get("body", b""))
            if sent:
                gone.set()
                await asyncio.sleep(60)  # the connection takes no more

        await answer(scope, receive, send)

    gc.disable()  # it would hide that the file is left to it
    try:
        asyncio.run(watch())
        assert 0 < sent < 2_000_000
        assert str(path) not in [one.path for one in psutil.Process().open_files()]
    finally:
        gc.enable()

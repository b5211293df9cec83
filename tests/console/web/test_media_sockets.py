"""The same path tricks over a real socket, byte for byte: a test client would tidy the address up before it is sent.

Belongs here: what needs raw bytes on the wire. Not here: what the media routes answer otherwise (`test_media.py`).
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn

from console.web.app import build_app
from resources.access import Role, make_key
from resources.home import Home
from tests.console.web.test_media import SECRET, TRICKS, media_of, signed

RAW = [
    b"/media/../../secret.txt",
    b"/media/videos/../../../secret.txt",
    b"/media\\..\\..\\secret.txt",
    b"/media/videos/1/../../../../../../etc/passwd",
    b"/media/clips/\xff\xfe",
    b"/media/clips/\xc0\xae\xc0\xae/secret.txt",
    b"/media/clips/\xef\xbc\x8e\xef\xbc\x8e/secret.txt",
    b"/media/clips/1%00.mp4",
    b"/media/clips/%00",
    b"//media/clips/../secret.txt",
    b"/media/./../secret.txt",
    b"/media/videos/C:%5cWindows%5cwin.ini",
    b"/media/videos/1/video.mp4/../../../secret.txt",
    b"/media/videos/1/video.mp4%2f..%2f..%2fsecret.txt",
    b"/media/videos/1;/video.mp4",
    b"/media/videos/1%2fvideo.mp4",
    b"/media/videos//video.mp4",
    b"/media/videos/1//video.mp4",
    b"/media/videos/1/VIDEO.MP4",
    b"/MEDIA/videos/1/video.mp4",
    b"/media/clips/1?../../secret.txt",
    b"/media/clips/1#/../x",
    b"/media/clips/%25%32%65%25%32%65",
    b"/media/clips/" + b"9" * 30_000,
    b"/media/clips/" + b"../" * 9_000,
    b"/static/../media/clips/1",
    b"/static/%2e%2e/%2e%2e/secret.txt",
    b"http://127.0.0.1:3000/media/clips/1/../../x",
    b"/media/videos/1/captions.vtt/",
    b"/media/videos/1/captions.ass",
    b"/media/videos/1/",
    b"/media/videos/",
    b"/media",
]


@contextmanager
def served(home: Home) -> Iterator[int]:
    """The console on a port of its own while the block runs."""
    config = uvicorn.Config(build_app(home), host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)


def asked(port: int, path: bytes, token: str, *lines: str) -> tuple[int, bytes, bytes]:
    """Status, head and body of one request whose target is sent as it is; status 0 when nothing came back."""
    head = ["Host: 127.0.0.1:3000", f"Authorization: Bearer {token}", "Connection: close", *lines, "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"GET " + path + b" HTTP/1.1\r\n" + "\r\n".join(head).encode())
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    told, _, body = answer.partition(b"\r\n\r\n")
    return int(told.split()[1]) if told else 0, told, body


@pytest.fixture
def token(finished: Home) -> str:
    return make_key(finished.database, "token", "tester", Role.VIEWER, lifetime=None)


def test_no_raw_path_leads_to_another_file_or_breaks_the_console(finished: Home, token: str) -> None:
    (finished.root / "secret.txt").write_bytes(SECRET)
    known = media_of(finished)
    tricks = [*RAW, *(trick.encode("utf-8", "surrogateescape") for trick in TRICKS)]
    with served(finished) as port:
        for path in (trick.replace(b" ", b"%20").replace(b"\n", b"%0a") for trick in tricks):
            status, head, body = asked(port, path, token)
            assert 0 < status < 500, path[:200]
            assert SECRET not in body, path[:200]
            if status == 200 and b"text/html" not in head:
                assert body in known, path[:200]
        assert asked(port, b"/media/clips/1", token)[0] == 200  # and it still answers


def test_a_part_of_a_video_comes_over_the_wire_as_it_was_asked_for(finished: Home, token: str) -> None:
    _, data = signed(finished)
    with served(finished) as port:
        status, head, body = asked(port, b"/media/videos/1/video.mp4", token, "Range: bytes=100-1099")
        assert (status, body) == (206, data[100:1100])
        assert f"content-range: bytes 100-1099/{len(data)}".encode() in head.lower()
        assert asked(port, b"/media/videos/1/video.mp4", token)[2] == data


def test_a_player_that_goes_away_leaves_the_console_answering(finished: Home, token: str) -> None:
    with served(finished) as port:
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
                connection.sendall(
                    b"GET /media/videos/1/video.mp4 HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n"
                    b"Authorization: Bearer " + token.encode() + b"\r\n\r\n"
                )
                connection.recv(1_000)
        assert asked(port, b"/media/clips/1", token)[0] == 200

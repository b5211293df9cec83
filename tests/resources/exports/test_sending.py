"""Sending ends in time, whatever the other end does, and says what may pass and what may not.

Belongs here: one sending. Not here: what is sent again, and when (`test_emitter.py`).
"""

import time
from collections.abc import Iterator

import pytest

from reelineage.errors import BadInput, TransientError
from resources.exports.sending import OPENLINEAGE_PATH, Refused, Sender
from tests.resources.exports.receiver import Receiver, receiver


@pytest.fixture
def other_end() -> Iterator[Receiver]:
    """A server that answers as told."""
    with receiver() as state:
        yield state


def test_one_connection_takes_many_values_at_the_usual_path(other_end: Receiver) -> None:
    with Sender(other_end.url, path=OPENLINEAGE_PATH) as sender:
        for number in range(5):
            sender.send(f'{{"n":{number}}}')
    assert other_end.received == [{"n": number} for number in range(5)]
    assert set(other_end.paths) == {"/api/v1/lineage"}
    assert other_end.connections == 1


def test_a_path_in_the_address_is_kept(other_end: Receiver) -> None:
    with Sender(f"{other_end.url}/own/path?key=1", path=OPENLINEAGE_PATH) as sender:
        sender.send("{}")
    assert other_end.paths == ["/own/path?key=1"]


@pytest.mark.parametrize("answer", [500, 503, 429, 408, "close", "hang", "drip"])
def test_what_may_pass_is_a_transient_error_within_the_time_given(other_end: Receiver, answer: int | str) -> None:
    other_end.answers = [answer]
    began = time.monotonic()
    with Sender(other_end.url, seconds=0.4) as sender, pytest.raises(TransientError, match=r"127\.0\.0\.1"):
        sender.send("{}")
    assert time.monotonic() - began < 8  # the other end would hold it for ten seconds
    with Sender(other_end.url, seconds=60) as sender:
        sender.send('{"again":1}')
    assert other_end.received == [{"again": 1}]


def test_the_same_sender_works_again_after_a_failure(other_end: Receiver) -> None:
    other_end.answers = ["close", 500]
    with Sender(other_end.url, seconds=60) as sender:
        for _ in range(2):
            with pytest.raises(TransientError):
                sender.send("{}")
        sender.send('{"n":1}')
    assert other_end.received == [{"n": 1}]


@pytest.mark.parametrize("answer", [400, 413, 422])
def test_a_refusal_of_one_value_is_told_apart_from_one_of_all(other_end: Receiver, answer: int) -> None:
    other_end.answers = [answer]
    with Sender(other_end.url) as sender, pytest.raises(Refused, match=f"{answer}.*It refuses what was sent"):
        sender.send("{}")


@pytest.mark.parametrize("answer", [401, 403, 404, 302])
def test_an_address_that_refuses_everything_is_not_tried_again(other_end: Receiver, answer: int) -> None:
    other_end.answers = [answer]
    with Sender(other_end.url) as sender, pytest.raises(BadInput, match=f"{answer}.*right address") as refused:
        sender.send("{}")
    assert not isinstance(refused.value, Refused)


def test_nobody_at_the_address_is_a_transient_error() -> None:
    with Sender("http://127.0.0.1:9", seconds=1) as sender, pytest.raises(TransientError):
        sender.send("{}")


@pytest.mark.parametrize(
    "url", ["ftp://host", "http://", "http://user:secret@host", "host:1", "http://host:port", "http://[::1", ""]
)
def test_an_address_that_is_none_is_refused_without_telling_a_password(url: str) -> None:
    with pytest.raises(BadInput) as refusal:
        Sender(url)
    assert "secret" not in str(refusal.value)

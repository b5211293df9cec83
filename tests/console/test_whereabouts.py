"""Who serves a home, and on which port: told while it is so, and never by what somebody left behind."""

import fcntl
from threading import Timer

import pytest

from console.whereabouts import only_one, port_of
from reelineage.errors import BadInput
from resources.home import Home


def test_the_port_is_told_while_the_home_is_served(home: Home) -> None:
    assert port_of(home) == 3000
    with only_one(home, 3077):
        assert port_of(home) == 3077
    assert port_of(home) == 3000
    with only_one(home, 80):
        assert port_of(home) == 80


def test_a_port_that_was_left_behind_means_nothing(home: Home) -> None:
    """A process that is killed cannot tidy up."""
    (home.root / "up.lock").write_text("3077\n", encoding="utf-8")
    assert port_of(home) == 3000


@pytest.mark.parametrize("left", [b"", b"\n", b"0", b"65536", b"-1", b"3077x", b"\xff\xfe", "٣٠".encode(), b"9" * 5000])
def test_what_is_no_port_is_not_told(home: Home, left: bytes) -> None:
    """A console of an earlier version holds the lock on an empty file."""
    path = home.root / "up.lock"
    path.write_bytes(left)
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert port_of(home) == 3000


def test_asking_makes_nothing(home: Home) -> None:
    assert port_of(home) == 3000
    assert not (home.root / "up.lock").exists()


def test_a_second_one_is_refused_and_the_first_stays_where_it_is(home: Home) -> None:
    with only_one(home, 3077):
        with pytest.raises(BadInput, match="another `reelineage up` does so already"), only_one(home, 4000):
            pass
        assert port_of(home) == 3077


def test_who_only_asks_keeps_nobody_from_serving(home: Home) -> None:
    """Asking touches the lock for an instant; a start in that instant waits for it to pass."""
    path = home.root / "up.lock"
    path.write_text("3077\n", encoding="utf-8")
    with path.open() as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)
        end = Timer(0.02, fcntl.flock, (asking, fcntl.LOCK_UN))
        end.start()
        with only_one(home, 4000):
            assert port_of(home) == 4000
        end.join()

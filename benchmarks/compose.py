"""What composing costs against the encoder alone and against other tools, all with the same material, in one run.

Belongs here: the command line and the order of the whole. Not here: the material (`workload.py`), one round
(`rounds.py`), what runs in each process (`tasks.py`, `peers.py`), arithmetic (`report.py`). Run it with
`python -m benchmarks.compose --json FILE [--quick]`.
"""

import argparse
import json
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks import peers
from benchmarks.report import Findings, as_json, table
from benchmarks.rounds import Bench
from benchmarks.workload import FULL, QUICK, Plan, prepare
from resources.rendering.ffmpeg import ffmpeg_version
from resources.speech.piper import PiperSpeech


def run(plan: Plan, *, rounds: int, peers_folder: Path | None, root: Path) -> Findings:
    """Run all of it; `peers_folder` None leaves the peers out."""
    _say(f"making the workload ({plan.name}); it is kept in {root}")
    workload, material = prepare(root, plan, PiperSpeech())
    with tempfile.TemporaryDirectory(dir=root, prefix="run-") as name:
        bench = Bench(plan, workload, material, Path(name))
        for peer in peers.PEERS:
            bench.rows[peer.name].not_run = "left out" if peers_folder is None else None
        _say("rendering the frames for the pure encode")
        bench.render_frames()
        for number in range(1, rounds + 1):
            _say(f"round {number} of {rounds}")
            bench.round(number)
            if peers_folder is not None:
                for title in bench.peers(peers_folder):
                    _say(f"round {number} of {rounds}: {title}")
        _say("memory, motion graphics")
        memory, motion = bench.memory(), bench.motion()
        for title in bench.judge():
            _say(f"comparing with the footage: {title}")
        return Findings(
            plan=plan.name,
            rounds=rounds,
            frames=plan.frames,
            words=workload.words,
            machine=_machine(),
            rows=bench.rows,
            memory_mb=memory,
            motion_over_encode_cpu=motion,
        )


def _machine() -> dict[str, str | int | float]:
    """The kind of machine; nothing that names it."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "processor": platform.machine(),
        "cores": psutil.cpu_count() or 1,
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "ffmpeg": ffmpeg_version(),
    }


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write everything that was measured to this file")
    parser.add_argument("--quick", action="store_true", help="10 s instead of 40, two rounds, no peers")
    parser.add_argument("--rounds", type=int, help="how often everything is measured (3, quick 2)")
    parser.add_argument("--peers", type=Path, default=peers.default_folder(), help="where peers are installed")
    parser.add_argument("--no-peers", action="store_true", help="leave moviepy and MoneyPrinterTurbo out")
    parser.add_argument(
        "--work",
        type=Path,
        default=Path(tempfile.gettempdir()) / "reelineage-benchmark",
        help="folder for the workload, which is kept, and for up to 15 GB while it runs",
    )
    asked = parser.parse_args()
    findings = run(
        QUICK if asked.quick else FULL,
        rounds=max(1, asked.rounds or (2 if asked.quick else 3)),
        peers_folder=None if asked.quick or asked.no_peers else asked.peers.absolute(),
        root=asked.work.absolute(),
    )
    print(table(findings))
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(as_json(findings), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""What the composition benchmark says about its runs: medians, ratios, the keys that others read, and the table.

Belongs here: arithmetic on made-up runs, comparing pictures, measuring a command. Not here: the workload.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.measure import CommandFailed, Cost, measure
from benchmarks.peers import Peer, PeerMissing, install
from benchmarks.quality import Quality, Reference, compare
from benchmarks.report import RATIOS, TITLES, Findings, Row, Run, as_json, ratios, table
from reelineage.documents import Frame
from tests.films import encode_frames

GOOD = Quality(psnr_db=45.0, ssim=0.98, vmaf=90.0, upright_psnr_db=45.0, upright_ssim=0.98, moved=0.0, frames=300)


def row(*cpu_seconds: float, work: float | None = None) -> Row:
    return Row([Run(Cost(cpu, cpu / 2, 100.0 + cpu), work and work / 2, work) for cpu in cpu_seconds])


def findings(**rows: Row) -> Findings:
    return Findings(
        plan="tiny",
        rounds=3,
        frames=300,
        words=24,
        machine={"date": "2026-11-22", "cores": 2},
        rows={name: rows.get(name, Row()) for name in TITLES},
        memory_mb={"8": 400.0, "32": None},
        motion_over_encode_cpu=0.25,
    )


def test_the_json_has_the_keys_that_others_read_even_when_nothing_ran() -> None:
    written = json.loads(json.dumps(as_json(findings()), allow_nan=False))
    assert written["ratios"] == dict.fromkeys(RATIOS)
    assert set(written["memory_mb"]) == {"8", "32"}
    assert written["lufs"] is None
    assert written["peak_dbtp"] is None


def test_ratios_are_of_medians_and_the_full_decode_counts_apart() -> None:
    found = ratios(
        findings(
            encode_balanced=row(10, 12, 50),
            cold_balanced=row(20, work=16),
            decode=row(2),
            one_scene=row(4, work=2.4),
            unchanged=row(1, work=0.8),
            cold_fast=row(10, work=9),
            mpt=row(180, 200, 220),
            moviepy=row(100),
        ).rows
    )
    assert found == {
        "compose_cold_over_encode_cpu": pytest.approx((16 - 2) / 12, abs=1e-4),
        "one_scene_over_cold_cpu": pytest.approx(2.4 / 16),
        "unchanged_seconds": 0.4,
        "mpt_over_balanced_cpu": 10.0,
        "mpt_over_fast_cpu": 20.0,
        "moviepy_over_balanced_cpu": 5.0,
    }


def test_a_peer_that_did_not_run_is_named_with_its_reason_and_has_no_numbers() -> None:
    missing = Row(not_run="installing mpt failed: no network")
    told = findings(mpt=missing, cold_balanced=row(20, work=16))
    assert "- not run: MoneyPrinterTurbo: installing mpt failed: no network" in table(told).splitlines()
    written = as_json(told)
    assert written["not_run"] == {"mpt": "installing mpt failed: no network"}
    assert ratios(told.rows)["mpt_over_balanced_cpu"] is None


def test_the_table_has_a_line_for_everything_with_cells_under_their_heads() -> None:
    cold = row(30, work=29)
    cold.quality, cold.lufs, cold.peak_dbtp, cold.size_bytes = GOOD, -14.0, -1.2, 6_000_000
    lines = table(findings(cold_balanced=cold)).splitlines()
    cells = {
        line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]] for line in lines if "|" in line
    }
    assert set(TITLES.values()) <= set(cells)
    assert cells["compose, cold, balanced"] == [
        *("30.0", "100.0", "15.0", "130", "6.0", "45.00", "0.9800", "90.0", "-14.0", "-1.2"),
    ]
    assert set(cells["MoneyPrinterTurbo"]) == {"-"}


def test_cpu_seconds_count_what_children_of_children_used(tmp_path: Path) -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}], check=True)"
    cost = measure([sys.executable, "-c", nested], tmp_path / "log")
    assert 0.3 <= cost.cpu_seconds < 3
    assert cost.peak_memory_mb > 3


def test_a_failing_command_is_an_error_with_the_end_of_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="ended with 3: no such clip"):
        measure([sys.executable, "-c", "print('no such clip'); raise SystemExit(3)"], tmp_path / "log")


def test_a_command_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="ended with -9"):
        measure([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "log", deadline_seconds=0.2)


def test_a_peer_that_cannot_be_installed_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.peers.sys.executable", str(tmp_path / "no-python"))
    with pytest.raises(PeerMissing, match="making an environment for Nothing failed"):
        install(Peer("nothing", "Nothing", "nothing==1", "nothing.py"), tmp_path)


def test_a_video_is_compared_with_the_frames_that_it_shows(tmp_path: Path) -> None:
    """A shifted video of good quality scores high and is counted as moved; a blurred one scores lower."""
    frame, height = Frame(width=96, height=160), 88
    rng = np.random.default_rng(3)
    ground = np.kron(rng.integers(40, 200, (60, 60)), np.ones((4, 4))).astype(np.uint8)
    pictures = np.full((20, frame.height * 3 // 2, frame.width), 128, np.uint8)
    for number, picture in enumerate(pictures):
        picture[: frame.height] = ground[: frame.height, 4 * number : 4 * number + frame.width]
    reference = tmp_path / "reference.yuv"
    rows = np.concatenate([pictures[:, :height], np.full((20, height // 2, frame.width), 128, np.uint8)], axis=1)
    reference.write_bytes(rows.tobytes())
    footage = Reference(reference, frame.width, height, 20, np.ones(20, np.bool_))
    shifted, coarse = tmp_path / "shifted.mp4", tmp_path / "coarse.mp4"
    encode_frames(iter(pictures[[1, *range(1, 20)]]), shifted, frame=frame, crf=10, preset="veryfast")
    encode_frames(iter(pictures[[*range(1, 20), 19]]), coarse, frame=frame, crf=45, preset="veryfast")
    one, other = (compare(video, footage, vmaf=False) for video in (shifted, coarse))
    assert one.moved == pytest.approx(0.05)
    assert other.moved == pytest.approx(0.95)
    assert one.psnr_db > 40 > other.psnr_db
    assert one.ssim > 0.98 > other.ssim
    assert one.frames == 20

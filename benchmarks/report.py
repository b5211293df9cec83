"""What the composition benchmark says: medians, ratios, the table and the JSON.

Belongs here: arithmetic over measured runs, pure and tested. Not here: measuring (`compose.py`).
A number that was not measured is None, never 0.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median

from benchmarks.measure import Cost
from benchmarks.quality import Quality

RATIOS = (
    "compose_cold_over_encode_cpu",
    "one_scene_over_cold_cpu",
    "unchanged_seconds",
    "mpt_over_balanced_cpu",
    "mpt_over_fast_cpu",
    "moviepy_over_balanced_cpu",
)
# Rows in the order of the table; those of peers are there even when they could not run.
TITLES: Mapping[str, str] = {
    "encode_balanced": "pure x264, balanced",
    "encode_fast": "pure x264, fast",
    "cold_balanced": "compose, cold, balanced",
    "cold_fast": "compose, cold, fast",
    "one_scene": "compose, one of 8 scenes changed",
    "one_word": "compose, one word changed",
    "unchanged": "compose, nothing changed",
    "draft": "compose, draft, one core",
    "decode": "full decode of the result",
    "moviepy": "plain moviepy 2 script",
    "mpt": "MoneyPrinterTurbo",
}


@dataclass(frozen=True)
class Run:
    """One measured run. `work_*` are the composing itself, without starting Python and importing the project."""

    cost: Cost
    work_seconds: float | None = None
    work_cpu_seconds: float | None = None


@dataclass
class Row:
    """All runs of one thing, and what its last file is like."""

    runs: list[Run] = field(default_factory=list)
    size_bytes: int | None = None
    quality: Quality | None = None
    lufs: float | None = None
    peak_dbtp: float | None = None
    not_run: str | None = None

    @property
    def cpu_seconds(self) -> float | None:
        """Median over the runs, whole process tree."""
        return _median([run.cost.cpu_seconds for run in self.runs])

    @property
    def wall_seconds(self) -> float | None:
        """Median over the runs, whole process."""
        return _median([run.cost.wall_seconds for run in self.runs])

    @property
    def peak_memory_mb(self) -> float | None:
        """Highest over the runs."""
        return max((run.cost.peak_memory_mb for run in self.runs), default=None)

    @property
    def work_seconds(self) -> float | None:
        """Median wall seconds of composing itself."""
        return _median([run.work_seconds for run in self.runs])

    @property
    def work_cpu_seconds(self) -> float | None:
        """Median CPU seconds of composing itself."""
        return _median([run.work_cpu_seconds for run in self.runs])


@dataclass(frozen=True)
class Findings:
    """Everything one run of the benchmark found."""

    plan: str
    rounds: int
    frames: int
    words: int
    machine: Mapping[str, str | int | float]
    rows: Mapping[str, Row]
    memory_mb: Mapping[str, float | None]
    motion_over_encode_cpu: float | None


def ratios(rows: Mapping[str, Row]) -> dict[str, float | None]:
    """The six numbers that others rely on; None where a part did not run.

    The cold compose is held against the pure encode without the full decode, which is reported apart, and both changes
    against the cold compose as they are. Against peers each side counts whole processes, our check included.
    """
    cold, encode, decode = rows["cold_balanced"], rows["encode_balanced"], rows["decode"]
    return {
        "compose_cold_over_encode_cpu": _over(_less(cold.work_cpu_seconds, decode.cpu_seconds), encode.cpu_seconds),
        "one_scene_over_cold_cpu": _over(rows["one_scene"].work_cpu_seconds, cold.work_cpu_seconds),
        "unchanged_seconds": rows["unchanged"].work_seconds,
        "mpt_over_balanced_cpu": _over(rows["mpt"].cpu_seconds, cold.cpu_seconds),
        "mpt_over_fast_cpu": _over(rows["mpt"].cpu_seconds, rows["cold_fast"].cpu_seconds),
        "moviepy_over_balanced_cpu": _over(rows["moviepy"].cpu_seconds, cold.cpu_seconds),
    }


def more_ratios(findings: Findings) -> dict[str, float | None]:
    """What else is worth a look."""
    rows = findings.rows
    cold, fast, decode = rows["cold_balanced"], rows["cold_fast"], rows["decode"].cpu_seconds
    return {
        "compose_cold_with_decode_over_encode_cpu": _over(cold.work_cpu_seconds, rows["encode_balanced"].cpu_seconds),
        "fast_cold_over_encode_cpu": _over(_less(fast.work_cpu_seconds, decode), rows["encode_fast"].cpu_seconds),
        "decode_over_cold_cpu": _over(decode, cold.work_cpu_seconds),
        "one_word_over_cold_cpu": _over(rows["one_word"].work_cpu_seconds, cold.work_cpu_seconds),
        "draft_times_real_time": _over(findings.frames / 30, rows["draft"].work_seconds),
        "motion_over_encode_cpu": findings.motion_over_encode_cpu,
        "mpt_over_balanced_without_decode_cpu": _over(rows["mpt"].cpu_seconds, _less(cold.cpu_seconds, decode)),
        "mpt_over_fast_without_decode_cpu": _over(rows["mpt"].cpu_seconds, _less(fast.cpu_seconds, decode)),
        "mpt_ssim_behind_balanced": _less(_ssim(cold), _ssim(rows["mpt"])),
        "mpt_ssim_behind_fast": _less(_ssim(fast), _ssim(rows["mpt"])),
    }


def as_json(findings: Findings) -> dict[str, object]:
    """The whole as JSON values."""
    cold = findings.rows["cold_balanced"]
    return {
        "plan": findings.plan,
        "rounds": findings.rounds,
        "frames": findings.frames,
        "words": findings.words,
        "machine": dict(findings.machine),
        "ratios": ratios(findings.rows),
        "more_ratios": more_ratios(findings),
        "memory_mb": dict(findings.memory_mb),
        "lufs": cold.lufs,
        "peak_dbtp": cold.peak_dbtp,
        "rows": {name: _row_json(name, row, findings.frames) for name, row in findings.rows.items()},
        "not_run": {name: row.not_run for name, row in findings.rows.items() if row.not_run},
    }


def table(findings: Findings) -> str:
    """The rows as a Markdown table, then the ratios; what was not run says why."""
    heads = ["", "CPU-s", "ms/frame", "wall s", "MB peak", "MB file", "PSNR", "SSIM", "VMAF", "LUFS", "dBTP"]
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    lines += [_cells(name, row, findings.frames) for name, row in findings.rows.items()]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    text += [""] + [f"- not run: {TITLES[name]}: {row.not_run}" for name, row in findings.rows.items() if row.not_run]
    text += [
        f"- memory of the process tree with {scenes} scenes: {_shown(found, 0)} MB"
        for scenes, found in findings.memory_mb.items()
    ]
    text += [
        f"- `{name}`: {_shown(value, 3)}" for name, value in (ratios(findings.rows) | more_ratios(findings)).items()
    ]
    return "\n".join(text)


def _row_json(name: str, row: Row, frames: int) -> dict[str, object]:
    cpu = row.cpu_seconds
    return {
        "title": TITLES[name],
        "cpu_seconds": cpu,
        "cpu_ms_per_frame": None if cpu is None else round(1000 * cpu / frames, 2),
        "wall_seconds": row.wall_seconds,
        "work_cpu_seconds": row.work_cpu_seconds,
        "work_seconds": row.work_seconds,
        "peak_memory_mb": row.peak_memory_mb,
        "bytes": row.size_bytes,
        "quality": asdict(row.quality) if row.quality else None,
        "lufs": row.lufs,
        "peak_dbtp": row.peak_dbtp,
        "runs": [asdict(run) for run in row.runs],
    }


def _cells(name: str, row: Row, frames: int) -> list[str]:
    cpu, quality = row.cpu_seconds, row.quality
    return [
        TITLES[name],
        _shown(cpu, 1),
        _shown(None if cpu is None else 1000 * cpu / frames, 1),
        _shown(row.wall_seconds, 1),
        _shown(row.peak_memory_mb, 0),
        _shown(None if row.size_bytes is None else row.size_bytes / 1e6, 1),
        _shown(quality.psnr_db if quality else None, 2),
        _shown(quality.ssim if quality else None, 4),
        _shown(quality.vmaf if quality else None, 1),
        _shown(row.lufs, 1),
        _shown(row.peak_dbtp, 1),
    ]


def _shown(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 3) if known else None


def _ssim(row: Row) -> float | None:
    return row.quality.ssim if row.quality else None


def _less(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other


def _over(value: float | None, other: float | None) -> float | None:
    return None if value is None or not other or not math.isfinite(value) else round(value / other, 4)

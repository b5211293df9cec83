"""What an audit says: findings with their rule, the row it broke for and what to do, and how much was looked at.

Belongs here: the values, bounded so that a ruined database of a million jobs still fits into memory. Not here: rules.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

MOST_PER_RULE = 1_000


@dataclass(frozen=True)
class Finding:
    """A broken rule: which, for which row or file, and what to do."""

    rule: str
    ref: str
    message: str

    def as_json(self) -> dict[str, str]:
        """For `--json`."""
        return asdict(self)


@dataclass
class Findings:
    """Findings as they come in: each once, the first thousand of each rule kept, all of them counted."""

    kept: dict[Finding, None] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, found: Iterable[Finding]) -> None:
        """Take in what one rule found."""
        for finding in found:
            if finding in self.kept:
                continue
            self.counts[finding.rule] += 1
            if self.counts[finding.rule] <= MOST_PER_RULE:
                self.kept[finding] = None

    def __iter__(self) -> Iterator[Finding]:
        """The kept ones, in the order in which they were found."""
        return iter(self.kept)


@dataclass(frozen=True)
class Report:
    """The outcome of an audit; `counts` tell of findings beyond the thousand kept of a rule.

    `files` were looked for, `hashed` of them read to their end; `dagster` is None when Dagster was not asked.
    """

    findings: tuple[Finding, ...]
    counts: dict[str, int]
    jobs: int
    rows: int
    files: int
    hashed: int
    seconds: float
    deep: bool
    sample_seed: int | None = None
    dagster: str | None = None

    @property
    def ok(self) -> bool:
        """Whether no rule is broken."""
        return not self.findings

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        values = asdict(self)
        values["findings"] = [finding.as_json() for finding in self.findings]
        return {"ok": self.ok} | values

"""Calling the command line inside the test's own process."""

from dataclasses import dataclass

from click.testing import CliRunner

from console.cli import main


@dataclass(frozen=True)
class Answer:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


def call(*arguments: object, expect: int = 0) -> Answer:
    """Run `reelineage` with these arguments on the home that the environment names."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
    answer = Answer(result.exit_code, result.stdout, result.stderr)
    assert answer.code == expect, f"exit code {answer.code}\n{answer.out}\n{answer.err}"
    return answer


def complaint(*arguments: object) -> str:
    """The one line that a person's mistake is answered with."""
    answer = call(*arguments, expect=2)
    assert answer.out == ""
    lines = answer.err.splitlines()
    assert len(lines) == 1, answer.err
    assert lines[0].startswith("reelineage: ")
    return lines[0]

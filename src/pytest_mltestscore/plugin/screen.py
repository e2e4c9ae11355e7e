"""Put lines of the terminal report on pytest's screen, or on stderr where there is none."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import pytest

from ..collect.ledger import Ledger
from ..domain.record import Record
from ..domain.rubric import Rubric
from ..domain.text import clean_line
from ..reporters import to_terminal
from ..reporters.to_terminal import Line, Style
from .outputs import Detail

TITLE = "ML Test Score"

_MARKUP: dict[Style, dict[str, bool]] = {
    "plain": {},
    "strong": {"bold": True},
    "good": {"green": True},
    "warning": {"yellow": True},
    "bad": {"red": True, "bold": True},
    "faint": {"light": True},
}


def summary(record: Record, detail: Detail, reports: Sequence[str], width: int) -> list[Line]:
    """Return the lines between pytest's own summaries and its last line."""
    if detail == "off":
        return []
    return to_terminal.summary(
        record, detail=detail, width=width, encoding=_encoding(), reports=reports
    )


def collected(ledger: Ledger, rubric: Rubric) -> list[Line]:
    """Return how many items of each section have tests, for `--collect-only`."""
    tagged = ledger.tagged_items()
    lines: list[Line] = []
    for section in rubric.sections:
        items = [item.id for item in rubric.items if item.section == section.id]
        count = sum(item in tagged for item in items)
        lines.append([(f"{section.title:<16}{count} of {len(items)} items have tests", "plain")])
    return lines


def verdict_line(record: Record, status: int) -> Line:
    """Return the last line of the run."""
    return to_terminal.verdict_line(record, exit_code=status)


def problem_line(problem: str) -> Line:
    """Return a line about something of ours that went wrong."""
    return [(f"mlscore: {clean_line(problem, limit=500)}", "bad")]


def show(reporter: pytest.TerminalReporter, lines: Iterable[Line]) -> None:
    """Print a block of its own."""
    lines = list(lines)
    if lines:
        reporter.write_sep("=", TITLE)
    for line in lines:
        _print(reporter, line)


def write(config: pytest.Config, line: Line) -> None:
    """Print one line, wherever this run has a place for it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        sys.stderr.write("".join(text for text, _ in line) + "\n")
    else:
        reporter.ensure_newline()
        _print(reporter, line)


def _print(reporter: pytest.TerminalReporter, line: Line) -> None:
    for text, style in line:
        reporter.write(text, **_MARKUP[style])
    reporter.write("\n")


def _encoding() -> str:
    return getattr(sys.stdout, "encoding", None) or "ascii"

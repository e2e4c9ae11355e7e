"""Put lines of the terminal report on pytest's screen, or on stderr where there is none."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

import pytest

from ..collect.ledger import Ledger
from ..config import Systems
from ..domain.record import Record
from ..domain.rubric import Rubric
from ..domain.tags import item_of, system_of
from ..domain.text import clean_line
from ..reporters import to_terminal
from ..reporters.to_terminal import Line, Span, Style
from .outputs import Detail

TITLE = "ML Test Score"

_MARKUP: dict[Style, dict[str, bool]] = {
    "plain": {},
    "strong": {"bold": True},
    "good": {"green": True},
    "warn": {"yellow": True},
    "bad": {"red": True, "bold": True},
    "dim": {"light": True},
}


def summary(
    records: Sequence[Record],
    detail: Detail,
    reports: Sequence[str],
    reporter: pytest.TerminalReporter,
) -> list[Line]:
    """Return the lines between pytest's own summaries and its last line."""
    if detail == "off":
        return []
    width, encoding = _width(reporter), _encoding(reporter)
    return to_terminal.summaries(
        records, detail=detail, width=width, encoding=encoding, reports=reports
    )


def collected(ledger: Ledger, rubric: Rubric, systems: Systems) -> list[Line]:
    """Return how many items of each section have tests, for `--collect-only`."""
    tagged = ledger.tags()
    if not systems.several:
        return list(_with_tests(rubric, frozenset(tagged)))
    lines: list[Line] = []
    for name in systems.scored:
        key = systems.key(name)
        items = frozenset(item_of(tag) for tag in tagged if system_of(tag) == key)
        if items or name in systems.certain:
            lines += [(Span(name, "strong"),), *_with_tests(rubric, items, "  ")]
    return lines


def _with_tests(rubric: Rubric, tagged: frozenset[str], indent: str = "") -> Iterator[Line]:
    for section in rubric.sections:
        items = [item.id for item in rubric.items if item.section == section.id]
        count = sum(item in tagged for item in items)
        yield (Span(f"{indent}{section.title:<16}{count} of {len(items)} items have tests"),)


def close(
    config: pytest.Config,
    records: Sequence[Record],
    status: int,
    problems: Sequence[str],
    *,
    undone: str = "",
) -> None:
    """Print what went wrong on our side, and the verdict as the last line of the run.

    With several systems each has such a line. `undone` says in short what was not written.
    """
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    lines: list[Line] = [(Span(f"mlscore: {clean_line(p, limit=500)}", "bad"),) for p in problems]
    if records:
        width, encoding = _width(reporter), _encoding(reporter)
        lines += to_terminal.verdict_lines(
            records, exit_code=status, width=width, encoding=encoding, undone=undone
        )
    if reporter is None:
        sys.stderr.writelines("".join(span.text for span in line) + "\n" for line in lines)
        return
    reporter.ensure_newline()
    for line in lines:
        _print(reporter, line)


def fresh_line(config: pytest.Config) -> None:
    """End the line of dots, so that what is written next stands apart from it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter._tw.width_of_current_line:
        reporter._tw.line()


def say(config: pytest.Config, text: str) -> None:
    """Print a line of its own meanwhile, unless the run is to be quiet."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and config.get_verbosity() >= 0:
        fresh_line(config)
        reporter.write_line(text)
        reporter.flush()


def show(reporter: pytest.TerminalReporter, lines: Iterable[Line]) -> None:
    """Print a block of its own."""
    lines = list(lines)
    if lines:
        reporter.write_sep("=", TITLE)
    for line in lines:
        _print(reporter, line)


def _print(reporter: pytest.TerminalReporter, line: Line) -> None:
    for span in line:
        reporter.write(span.text, **_MARKUP[span.style])
    reporter.write("\n")


def _width(reporter: pytest.TerminalReporter | None) -> int:
    return reporter._tw.fullwidth if reporter else 80


def _encoding(reporter: pytest.TerminalReporter | None) -> str:
    stream = reporter._tw._file if reporter else sys.stderr
    return getattr(stream, "encoding", None) or "ascii"

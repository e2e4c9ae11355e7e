"""The score in a terminal: about a dozen lines, and the verdict as the last one.

Nothing here writes. Lines are made of pieces of text with a style, which the caller turns into
colours; words carry all meaning, colour only repeats it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Literal

from ..domain.counting import count
from ..domain.record import NextStep, Record
from . import _wording as words
from ._cells import cells
from ._terminal_gate import changes, gate, loosened, nudges
from ._terminal_proof import proof
from ._terminal_screen import LABEL_WIDTH, Line, Screen, Span, Style
from ._terminal_sections import section_row, sections
from ._terminal_trials import is_of_one_fault, trials
from ._terminal_trouble import trouble
from ._terminal_verdict import NAME_WIDTH, verdict_line, verdict_lines
from ._trend import trend
from .evidence_words import from_others
from .sparkline import sparkline

__all__ = [
    "Detail",
    "Line",
    "Span",
    "Style",
    "summaries",
    "summary",
    "verdict_line",
    "verdict_lines",
]

Detail = Literal["summary", "items", "line"]

LONGEST_TREND = 30
NOTES = 4


def summary(
    record: Record,
    *,
    detail: Detail = "summary",
    width: int = 80,
    encoding: str = "ascii",
    reports: Sequence[str] = (),
    command: str = "pytest",
) -> list[Line]:
    """Return what a person should see after a run.

    Parameters
    ----------
    record
        The run.
    detail
        `summary`: about a dozen lines. `items`: every item too. `line`: one line.
    width
        Columns of the terminal. Only a command to copy may be wider.
    encoding
        Of the stream. Where it holds only ASCII, so do the lines.
    reports
        Destinations that were written.
    command
        What stands before the node id in the command that runs a test again.
    """
    screen = Screen(width, encoding)
    if detail == "line":
        return [_one_line(record, screen)]
    if words.unfinished(record) == "in progress":  # nothing else in the record is known yet
        return [*_headline(record, screen), *_written(reports, screen)]
    everything = detail == "items"
    lines = [
        *_headline(record, screen),
        *sections(record, screen, items=everything),
        *_level(record, screen),
        *_trend(record, screen),
        *_next(record, screen, everything),
        *trouble(record, screen, command=command, everything=everything),
        *_proof(record, screen, command, everything),
        *changes(record, screen, everything),
        *loosened(record, screen, everything),
        *gate(record, screen, everything),
        *nudges(record, screen, everything),
        *_store(record, screen),
        *_hints(record, screen),
        *_written(reports, screen),
    ]
    return [_trimmed(line) for line in lines]


def summaries(
    records: Sequence[Record],
    *,
    detail: Detail = "summary",
    width: int = 80,
    encoding: str = "ascii",
    reports: Sequence[str] = (),
    command: str = "pytest",
) -> list[Line]:
    """Return what a person should see after a run of several systems: a block for each.

    A block has the sections in one line, and the gate where it failed. With `items` it is all that
    `summary` shows.
    """
    screen = Screen(width, encoding)
    if len(records) == 1:
        return summary(
            records[0],
            detail=detail,
            width=width,
            encoding=encoding,
            reports=reports,
            command=command,
        )
    names = [screen.cut_middle(record.system, NAME_WIDTH) for record in records]
    if detail == "line":
        return [_one_line(r, screen, f"{name}:") for r, name in zip(records, names, strict=True)]
    lines: list[Line] = []
    for record, name in zip(records, names, strict=True):
        block = (
            _short(record, screen, command)
            if detail == "summary"
            else summary(record, detail=detail, width=width, encoding=encoding, command=command)
        )
        lines += [*([(Span(""),)] if lines else []), (Span(name, "strong"),), *block]
    written = list(_written(reports, screen))
    return [_trimmed(line) for line in [*lines, *([(Span(""),)] if written else []), *written]]


def _short(record: Record, screen: Screen, command: str) -> Iterator[Line]:
    yield from _headline(record, screen)
    if words.unfinished(record) != "in progress":
        yield section_row(record, screen)
        yield from _next(record, screen, everything=False, how=False)
        yield from trouble(record, screen, command=command, everything=False)
        yield from _proof(record, screen, command, everything=False)
        yield from changes(record, screen, everything=False)
        yield from loosened(record, screen, everything=False)
        if record.gate.status == "failed":
            yield from gate(record, screen, everything=False)
        yield from _hints(record, screen)


def _proof(record: Record, screen: Screen, command: str, everything: bool) -> Iterator[Line]:
    if is_of_one_fault(record):
        yield from trials(record, screen)
    else:
        yield from proof(record, screen, command=command, everything=everything)


def _trimmed(line: Line) -> Line:
    spans = list(line)
    while len(spans) > 1 and not spans[-1].text.strip():
        spans.pop()
    return (*spans[:-1], Span(spans[-1].text.rstrip(), spans[-1].style))


def _one_line(record: Record, screen: Screen, opening: str = "ML Test Score") -> Line:
    parts = [f"{opening} {words.headline(record)}"]
    if words.unfinished(record) != "in progress":
        parts[0] += f" ({words.lowest(record)})"
        failing = len(words.in_state(record, "failing"))
        parts += [f"{failing} failing"] if failing else []
        parts.append(record.score.band.text)
    text = parts[0]
    for part in parts[1:]:
        if cells(screen.text(f"{text}; {part}")) <= screen.width:
            text = f"{text}; {part}"
    return (Span(screen.cut(text, screen.width), "strong"),)


def _headline(record: Record, screen: Screen) -> Iterator[Line]:
    unfinished = words.unfinished(record)
    score = screen.text(f"Score {words.headline(record)}")
    lowest = ""
    if unfinished != "in progress":
        lowest = f"  ({screen.cut(words.lowest(record), screen.width - cells(score) - 4)})"
    before = _before(record, screen)
    gap = screen.width - cells(score + lowest + before)
    spans = [Span(score, "strong"), Span(lowest)]
    if before and gap >= 2:
        spans.append(Span(" " * gap + before))
    yield tuple(s for s in spans if s.text)
    if before and gap < 2:
        yield from screen.paragraph(before, indent=2)
    if unfinished:
        text = f"{unfinished.capitalize()}: {words.reasons(record)}"
        yield from screen.paragraph(text, indent=2, style="warn")


def _level(record: Record, screen: Screen) -> Iterator[Line]:
    if not words.unfinished(record):  # part of a score has no meaning in words
        yield from screen.labelled("Level:", record.score.band.text)


def _trend(record: Record, screen: Screen) -> Iterator[Line]:
    found = trend(record)
    if found is not None:
        text = found.in_words()
        room = min(screen.width - LABEL_WIDTH - cells(text) - 1, LONGEST_TREND)
        drawn = sparkline(found.finals, room, screen.encoding) if room > 3 else ""
        yield from screen.labelled("Trend:", f"{drawn} {text}")


def _before(record: Record, screen: Screen) -> str:
    baseline = record.baseline
    if baseline is None or baseline.status != "compared" or baseline.final is None:
        return ""
    source = screen.cut_middle(baseline.source, 30)
    difference = words.change(baseline.final, record.score.final)
    return f"was {words.points(baseline.final)} in {source}, {difference}"


def _next(record: Record, screen: Screen, everything: bool, how: bool = True) -> Iterator[Line]:
    if words.unfinished(record):  # what to do next is to let the run come to its end
        return
    label = "Next:"
    for step in record.next_steps if everything else record.next_steps[:1]:
        effect = words.effect(step, record)
        text = f"{step.action} ({step.effort} effort, {effect})"
        yield from screen.labelled(label, text)
        if how and label:
            yield from _explained(step, record, screen)
        label = ""


def _explained(step: NextStep, record: Record, screen: Screen) -> Iterator[Line]:
    """Yield where to read on, unless a red test or one that did not run says that itself."""
    for item in record.items:
        # Names of a rubric are plain words; those of a record that somebody made may be anything.
        plain = shlex.quote(item.name) == item.name
        if item.id == step.item and plain and item.state not in ("failing", "not-run"):
            yield from screen.labelled("", f"how: mlscore explain {item.name}")


def _store(record: Record, screen: Screen) -> Iterator[Line]:
    label = "Store:"
    for text in from_others(record):
        yield from screen.labelled(label, text)
        label = ""


def _hints(record: Record, screen: Screen) -> Iterator[Line]:
    known = words.notes(record)
    notes = known[:NOTES]
    if len(known) > NOTES:
        notes.append(f"and {len(known) - NOTES} more notes, in the other reports")
    if record.run.complete and not any(i.tests or i.attestation for i in record.items):
        hint = "tag a test with @pytest.mark.mlscore(ITEM); `mlscore list` shows the items"
        notes.insert(0, hint)
    elif record.untagged:
        tests = count(len(record.untagged), "test serves", "tests serve")
        notes.insert(0, f"{tests} no item")
    for note in notes:
        yield from screen.labelled("Note:", note)


def _written(reports: Sequence[str], screen: Screen) -> Iterator[Line]:
    yield from screen.listed("Reports:", reports, len(reports), separator="  ")

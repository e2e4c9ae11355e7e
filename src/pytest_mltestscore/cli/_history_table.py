"""A history in a terminal: a line of scores, and a table of the newest runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..domain.counting import count
from ..domain.text import clean_line
from ..reporters._cells import cells, cut, padded
from ..reporters.sparkline import sparkline
from ..store import AHEAD, Entry, History, Step
from ._history_rows import Explained, Names, section_columns, sections_of
from ._text import signed, wrapped

CHANGES = 8
"""Items that are listed of one run."""
BREAK = "not comparable before this: another rubric or scoring version"


class View(NamedTuple):
    """What is to be shown."""

    system: str
    branch: str | None
    """The pattern that was asked for."""
    history: History
    shown: Sequence[Step]
    """The newest steps."""
    names: Names
    explained: Mapping[str, Explained] | None
    ahead: int
    """Runs that have not begun yet, by what they say."""
    skipped: int


class _Form(NamedTuple):
    """How wide a table is."""

    gap: int
    branch: int
    """Columns that a branch may take."""
    year: bool = True
    """Whether to show it though it is the same in all rows; the heading says it too."""
    sections: bool = True


FORMS = (
    _Form(2, 24),
    _Form(1, 16),
    _Form(1, 16, year=False),
    _Form(1, 10, year=False),
    _Form(1, 10, year=False, sections=False),
)


class _Column(NamedTuple):
    title: str
    cells: Sequence[str]
    right: bool = False


def lines(view: View, *, width: int, encoding: str) -> Iterator[str]:
    """Yield the lines, the newest run first."""
    steps = view.history.steps
    yield from _heading(view)
    if steps:
        yield from _spark(steps, width, encoding)
        yield ""
        yield from _table(view, width)
    yield from _rest(view)


def _heading(view: View) -> Iterator[str]:
    steps = view.history.steps
    parts = [view.system]
    branches = {step.entry.branch for step in steps}
    if view.branch is not None:
        parts.append(f"branch {view.branch}")
    elif len(branches) == 1:
        parts += [f"branch {branch}" for branch in branches if branch]
    elif steps:
        parts.append(count(len(branches), "branch", "branches"))
    if steps:
        first, last = (step.entry.started_at.date() for step in (steps[0], steps[-1]))
        parts.append(f"{first} to {last}" if first != last else f"{first}")
    parts.append(count(len(steps), "complete run"))
    yield from wrapped(", ".join(parts), "", "  ")


def _spark(steps: Sequence[Step], width: int, encoding: str) -> Iterator[str]:
    """Draw the runs by which the newest can be judged, and what lies before a break apart."""
    terms = steps[-1].entry.yardstick
    series = [step.final for step in steps if step.entry.yardstick == terms]
    text = f"{series[0]:g} -> {series[-1]:g}" if len(series) > 1 else f"{series[-1]:g}"
    low, high = min(series), max(series)
    if low < min(series[0], series[-1]) or high > max(series[0], series[-1]):
        text += f"  (lowest {low:g}, highest {high:g})"
    room = max(width - cells(text) - len("score    ") - 1, 8)
    older = [step.final for step in steps if step.entry.yardstick != terms]
    apart = f"{sparkline(older, room // 4, encoding)}|" if older else ""
    line = sparkline(series, room - len(apart), encoding)
    yield f"score  {apart}{line}  {text}"


def _table(view: View, width: int) -> Iterator[str]:
    steps = list(reversed(view.shown))
    rows = _fitting(view, steps, width)
    yield next(rows)
    for number, (step, row) in enumerate(zip(steps, rows, strict=True)):
        yield row
        yield from _changed(step, view)
        if step.breaks and number + 1 < len(steps):
            yield f"-- {BREAK}"


def _fitting(view: View, steps: Sequence[Step], width: int) -> Iterator[str]:
    """Lay the table out in the widest form that fits; the narrowest has no sections."""
    for form in FORMS:
        laid_out = _laid_out(list(_columns(view, steps, form)), form.gap)
        if max(map(cells, laid_out)) <= width:
            break
    return iter(laid_out)


def _laid_out(columns: Sequence[_Column], gap: int) -> list[str]:
    widths = [max(map(cells, (c.title, *c.cells))) for c in columns]
    rows = [[c.title for c in columns], *zip(*(c.cells for c in columns), strict=True)]
    found = []
    for row in rows:
        parts = (
            " " * (width - cells(cell)) + cell if column.right else padded(cell, width)
            for cell, column, width in zip(row, columns, widths, strict=True)
        )
        found.append((" " * gap).join(parts).rstrip())
    return found


def _columns(view: View, steps: Sequence[Step], form: _Form) -> Iterator[_Column]:
    entries = [step.entry for step in steps]
    year = "%Y-" if form.year or len({e.started_at.year for e in entries}) > 1 else ""
    yield _Column("time (UTC)", [f"{e.started_at:{year}%m-%d %H:%M}" for e in entries])
    yield _Column("commit", [clean_line(e.commit or "")[:7] for e in entries])
    if len({e.branch for e in entries}) > 1:
        yield _Column(
            "branch", [cut(clean_line(e.branch or ""), form.branch, "..") for e in entries]
        )
    yield _Column("score", [f"{step.final:g}" for step in steps], right=True)
    if any(step.gain for step in steps):
        yield _Column("+/-", [signed(step.gain or 0.0) for step in steps], right=True)
    if form.sections:
        scores = [sections_of(step, view.names) for step in steps]
        for section in section_columns(list(reversed(steps)), view.names):
            shown = [f"{each[section]:g}" if section in each else "" for each in scores]
            yield _Column(cut(clean_line(section), 10, ".."), shown, right=True)
    if any(map(_flags, entries)):
        yield _Column("", [_flags(entry) for entry in entries])


def _flags(entry: Entry) -> str:
    return " ".join(["dirty"] * bool(entry.dirty) + ["no-CI"] * (not entry.ci))


def _changed(step: Step, view: View) -> Iterator[str]:
    found = (view.explained or {}).get(step.entry.key, Explained())
    if found.problem:
        yield f"    {found.problem}"
    for change in found.changes[:CHANGES]:
        states = f"{change.before or 'none'} -> {change.after or 'none'}"
        if change.before == change.after:
            states = ""
        said = ", ".join(filter(None, (states, change.proof_in_words)))
        yield from wrapped(f"{change.item} {said}: {change.reason}", "    ", "      ")
    if len(found.changes) > CHANGES:
        yield f"    and {count(len(found.changes) - CHANGES, 'more item')}"


def _rest(view: View) -> Iterator[str]:
    steps, shown = view.history.steps, view.shown
    if len(steps) > len(shown):
        yield f"and {count(len(steps) - len(shown), 'earlier run')}; --last N shows more"
    passed = [count(n, f"{kind} run") for kind, n in sorted(view.history.passed_over.items())]
    if view.ahead:
        passed.append(f"{count(view.ahead, 'run')} {AHEAD}")
    if view.skipped:
        passed.append(f"{count(view.skipped, 'object')} that cannot be used")
    if passed:
        yield from wrapped(f"Passed over: {', '.join(passed)}", "", "  ")

"""The verdict in a terminal: the last line of a run, or with several systems the last lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..domain.record import GateStatus, Record
from . import _wording as words
from ._cells import cells
from ._terminal_screen import Line, Screen, Span, Style

NAME_WIDTH = 24
"""Columns that the name of a system may take."""

UNDECIDED = 11

_OUR_EXITS: dict[GateStatus, int] = {"failed": 10, "undecided": UNDECIDED}
_PYTEST_EXITS = {
    1: "tests failed",
    2: "interrupted",
    3: "internal error",
    4: "usage error",
    5: "no tests ran",
    6: "too many warnings",
}
_VERDICT_STYLES: dict[GateStatus, Style] = {
    "passed": "good",
    "failed": "bad",
    "not-asked": "plain",
    "not-evaluated": "plain",
    "undecided": "warn",
}
_WORST_LAST: tuple[GateStatus, ...] = (
    "not-asked",
    "passed",
    "not-evaluated",
    "undecided",
    "failed",
)


def verdict_line(
    record: Record,
    *,
    exit_code: int,
    width: int = 80,
    encoding: str = "ascii",
    name: str = "",
    undone: str = "",
) -> Line:
    """Return the last line of a run: the verdict of the gate, and why the exit code is another.

    With several systems, `name` is what the one is called. `undone` is what the run did not do
    besides, such as write a report.
    """
    screen = Screen(width, encoding)
    gate = record.gate
    if gate.status == "not-asked":
        label, texts = f"score {words.headline(record)}", ["(no gate was asked for)", ""]
    else:
        label = words.GATES[gate.status]
        texts = [screen.text(text) for text in (words.verdict(gate), *_shorter(record))]
    notes = _exit_notes(gate.status, exit_code, undone)
    opening = f"mlscore: {screen.cut_middle(name, NAME_WIDTH)}: " if name else "mlscore: "
    room = screen.width - cells(f"{opening}{label}  ")
    # Where a text gives way altogether, the blanks before it do too.
    fitting = ((t, n) for n in notes for t in texts if cells(t + n) <= room + 2 * (not t))
    text, note = next(fitting, (texts[-1], notes[-1]))
    return (
        Span(opening),
        Span(label, _VERDICT_STYLES[gate.status]),
        Span(f"  {screen.cut(text, max(room - len(note), 8))}{note}" if text else note),
    )


def verdict_lines(
    records: Sequence[Record],
    *,
    exit_code: int,
    width: int = 80,
    encoding: str = "ascii",
    undone: str = "",
) -> list[Line]:
    """Return the last lines of a run: a verdict a system, the worst one at the end.

    Only the last line says why the exit code is another than the verdict asks for.
    """
    ordered = sorted(records, key=lambda record: _WORST_LAST.index(record.gate.status))
    several = len(records) > 1
    return [
        verdict_line(
            record,
            exit_code=exit_code if record is ordered[-1] else _OUR_EXITS.get(record.gate.status, 0),
            width=width,
            encoding=encoding,
            name=record.system if several else "",
            undone=undone,
        )
        for record in ordered
    ]


def _exit_notes(status: GateStatus, exit_code: int, undone: str) -> list[str]:
    """Say why the exit code is not the one that the verdict asks for, at length and in short."""
    ours = _OUR_EXITS.get(status, 0)
    if exit_code == ours or (status == "not-asked" and exit_code != UNDECIDED):
        return [""]
    why = undone if exit_code == UNDECIDED else _PYTEST_EXITS.get(exit_code, "")
    said = f"{why}: exit {exit_code}" if why else f"exit {exit_code}"
    return [f"  ({said}, not {ours})" if ours else f"  ({said})", f"  (exit {exit_code})"]


def _shorter(record: Record) -> Iterator[str]:
    """Yield the first of several reasons for the verdict, and how many more there are."""
    gate, reasons = record.gate, [r.detail for r in record.run.incomplete_reasons]
    if gate.status not in ("undecided", "not-evaluated") or not reasons:
        wanted = {"failed": False, "undecided": None}.get(gate.status, True)
        reasons = [c.message for c in gate.checks if c.ok is wanted]
    if len(reasons) > 1:
        yield f"{reasons[0]} (and {len(reasons) - 1} more)"
        yield f"{reasons[0]} (+{len(reasons) - 1})"

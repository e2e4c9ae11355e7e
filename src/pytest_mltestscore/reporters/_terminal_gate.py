"""What a run was measured by, in a terminal: the baseline, moved bounds and the gate."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.record import Record
from . import _wording as words
from ._terminal_screen import LABEL_WIDTH, Line, Screen, Span, Style

LISTED = 4
LOOSENED = 3
GATE_CHECKS = 8
_CHECK_WORDS: dict[bool | None, tuple[str, Style]] = {
    False: ("FAILED", "bad"),
    None: ("unknown", "warn"),
    True: ("ok", "good"),
}


def changes(record: Record, screen: Screen, everything: bool) -> Iterator[Line]:
    """Yield what is lower than in the baseline, or else why nobody knows."""
    baseline = record.baseline
    if baseline is None:
        return
    if baseline.status != "compared":
        text = f"{baseline.source} could not be compared: {baseline.reason}"
        yield from screen.labelled("Against:", text)
        return
    lower = [c for c in baseline.changes if c.gain < 0 or (not c.gain and c.proof == "lost")]
    higher = [c for c in baseline.changes if c.gain > 0 or (not c.gain and c.proof == "won")]
    at_most = len(baseline.changes) if everything else LISTED
    yield from screen.listed("DOWN", [words.moved(c) for c in lower], at_most, "bad")
    if everything:
        yield from screen.listed("UP", [words.moved(c) for c in higher], at_most, "good")


def loosened(record: Record, screen: Screen, everything: bool) -> Iterator[Line]:
    """Yield the bounds that were moved to the gain of this run."""
    bounds = record.baseline.loosened if record.baseline else ()
    shown = bounds if everything else bounds[:LOOSENED]
    room = screen.width - LABEL_WIDTH
    label = "LOOSENED"
    for bound in shown:
        text = screen.cut_middle(bound.in_words, room)
        yield (Span(f"{label:<{LABEL_WIDTH}}", "warn"), Span(text))
        label = ""
    if len(bounds) > len(shown):
        yield (Span(" " * LABEL_WIDTH), Span(f"and {len(bounds) - len(shown)} more"))


def gate(record: Record, screen: Screen, everything: bool) -> Iterator[Line]:
    """Yield the conditions of the gate, where there are several."""
    checks = record.gate.checks
    if len(checks) < 2 and not everything:  # the verdict line says it all
        return
    label = "Gate:"
    for check in checks[:GATE_CHECKS]:
        said, style = _CHECK_WORDS[check.ok]
        text = screen.cut(check.message, screen.width - LABEL_WIDTH - 9)
        yield (Span(f"{label:<{LABEL_WIDTH}}"), Span(f"{said:<9}", style), Span(text))
        label = ""
    if len(checks) > GATE_CHECKS:
        yield (Span(" " * LABEL_WIDTH), Span(f"and {len(checks) - GATE_CHECKS} more"))


def nudges(record: Record, screen: Screen, everything: bool) -> Iterator[Line]:
    """Yield the floors that could be raised."""
    found = record.gate.nudges
    if found and not everything:
        found = (f"{found[0]} (and {len(found) - 1} more)" if found[1:] else found[0],)
    label = "Floor:"
    for nudge in found:
        text = screen.cut(nudge, screen.width - LABEL_WIDTH)
        yield (Span(f"{label:<{LABEL_WIDTH}}", "dim"), Span(text, "dim"))
        label = ""

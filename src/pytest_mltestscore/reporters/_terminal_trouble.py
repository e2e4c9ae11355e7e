"""What needs somebody's attention, in the terminal: a few lines of each kind, worst first."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ..domain.counting import count
from ..domain.record import ItemScore, Record
from . import _wording as words
from ._cells import cells
from ._commands import targets
from ._terminal_screen import LABEL_WIDTH, Line, Screen, Span, Style

FAILING_ITEMS = 3
FLAKY_TESTS = 3
LISTED = 6

_RERUN = "re-run: "


def trouble(record: Record, screen: Screen, *, command: str, everything: bool) -> Iterator[Line]:
    """Yield failing items, tests without credit, statements that run out, and flaky tests.

    With `everything` nothing is left out, except what the rows of the items say already.
    """
    yield from _failing(record, screen, command, everything)
    if not everything:
        yield from _without_credit(record, screen)
    yield from _ending(record, screen, everything)
    yield from _flaky(record, screen, everything)


def _failing(record: Record, screen: Screen, command: str, everything: bool) -> Iterator[Line]:
    items = words.in_state(record, "failing")
    shown = items if everything else items[:FAILING_ITEMS]
    for item in shown:
        yield from _failing_item(item, screen, command, everything)
    if len(items) > len(shown):
        rest = ", ".join(i.id for i in items[len(shown) :])
        text = f"and {len(items) - len(shown)} more: {rest}"
        yield _row("", screen.cut(text, screen.width - LABEL_WIDTH), "plain")


def _failing_item(
    item: ItemScore, screen: Screen, command: str, everything: bool
) -> Iterator[Line]:
    bad = words.blocking(item)
    share = f" ({len(bad)} of {count(len(item.tests), 'test')})" if bad else ""
    room = screen.width - LABEL_WIDTH
    yield _row("FAILING", screen.cut(f"{item.id} {item.name}{share}", room), "bad")
    if not bad:
        return
    first = bad[0]
    rerun, whole = _rerun(command, first.nodeid, screen)
    if not whole:
        yield _row("", screen.cut_middle(first.nodeid, room), "plain")
    if everything and first.message:
        message = f"{words.outcome(first)}: {first.message.splitlines()[0]}"
        yield _row("", screen.cut(message, room), "dim")
    if rerun:
        yield (Span(" " * LABEL_WIDTH), Span(_RERUN, "dim"), Span(rerun))


def _rerun(command: str, nodeid: str, screen: Screen) -> tuple[str, bool]:
    """Return a command that runs a test again, and whether it names the whole node id.

    A command is there to be copied, so it is never shortened with dots: where the node id is too
    long for two lines or cannot be shown as it is, all variants of the test are run, or its file.
    """
    commands = [f"{command} {shlex.quote(form)}" for form in targets(nodeid, screen.text)]
    room = 2 * screen.width - LABEL_WIDTH - len(_RERUN)
    fitting = [c for c in commands if cells(c) <= room]
    chosen = (fitting or commands[-1:] or [""])[0]
    return chosen, chosen.endswith(shlex.quote(nodeid))


def _without_credit(record: Record, screen: Screen) -> Iterator[Line]:
    items = words.in_state(record, "withheld", "skipped", "not-run")
    entries = [f"{i.id} {words.STATES[i.state]}" for i in items if i.tests]
    yield from screen.listed("UNEARNED", entries, LISTED, "warn")


def _ending(record: Record, screen: Screen, everything: bool) -> Iterator[Line]:
    lapsed: list[str] = []
    soon: list[str] = []
    for item, what, status in words.ending(record):
        kind = "" if what == "attestation" and not everything else f" {what}"
        # The label says already that it expires.
        entry = f"{item.id}{kind} {words.standing(status).removeprefix('expires ')}"
        if everything:
            entry += f", {words.owner(status)}"
        (soon if status.freshness == "expiring" else lapsed).append(entry)
    at_most = len(lapsed) + len(soon) if everything else LISTED
    yield from screen.listed("LAPSED", lapsed, at_most, "warn")
    yield from screen.listed("ENDING", soon, at_most, "warn")


def _flaky(record: Record, screen: Screen, everything: bool) -> Iterator[Line]:
    found = words.flaky(record)
    shown = found if everything else found[:FLAKY_TESTS]
    for item, test in shown:
        head = screen.text(item.id) + " "
        room = max(screen.width - LABEL_WIDTH - cells(head), 10)
        yield _row("FLAKY", head + screen.cut_middle(test.nodeid, room), "warn")
    yield from _more(len(found) - len(shown))


def _more(number: int) -> Iterator[Line]:
    if number > 0:
        yield _row("", f"and {number} more", "plain")


def _row(label: str, text: str, style: Style) -> Line:
    return (Span(f"{label:<{LABEL_WIDTH}}", style), Span(text))

"""What faults did to the tests, in the terminal: how many items are proven, and who is not."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.record import ItemScore, Record
from . import _wording as words
from ._cells import cells
from ._commands import reproduce
from ._terminal_screen import LABEL_WIDTH, Line, Screen, Span

LISTED = 4
LEAST = 18
"""Columns that are kept for the node id, and the mark between it and the item."""


def proof(record: Record, screen: Screen, *, command: str, everything: bool) -> Iterator[Line]:
    """Yield how many automated items are proven, and the tests that noticed nothing.

    With `everything` also what tests may miss, and why.
    """
    tried = words.tried(record)
    if not tried:
        return
    yield from screen.labelled("Proof:", f"{words.seen_to_fail(record)}; {words.judged(record)}")
    open_items = [item for item, proof in tried if not proof.proven]
    for item in open_items if everything else open_items[:LISTED]:
        yield from _unproven(item, screen, command)
    if len(open_items) > LISTED and not everything:
        rest = ", ".join(i.id for i in open_items[LISTED:])
        text = f"and {len(open_items) - LISTED} more: {rest}"
        yield (Span(" " * LABEL_WIDTH), Span(screen.cut(text, screen.width - LABEL_WIDTH)))
    if everything:
        yield from _accepted(record, screen)


def _unproven(item: ItemScore, screen: Screen, command: str) -> Iterator[Line]:
    missed = words.missed_first(item)
    test = missed[0] if missed else next(t for t in item.tests if t.proof is not None)
    room = screen.width - LABEL_WIDTH
    head = f"{screen.cut(f'{item.id} {item.name}', room - LEAST)}: "
    room -= cells(head)
    yield (
        Span(f"{'UNPROVEN':<{LABEL_WIDTH}}", "warn"),
        Span(head + screen.cut_middle(test.nodeid, room)),
    )
    yield from screen.paragraph(words.unproven(item), indent=LABEL_WIDTH, style="dim")
    if missed:
        again = reproduce(test.nodeid, missed[1].fault, command=command, shown=screen.text)
        if again:  # as wide as it is: nobody could copy a command that is broken into lines
            yield (Span(" " * LABEL_WIDTH), Span(again))


def _accepted(record: Record, screen: Screen) -> Iterator[Line]:
    for status in record.accepted_faults:
        if status.tests:
            text = f"{words.accepted(status.statement)}: {status.statement.reason}"
            yield from screen.labelled("ACCEPTED", text)

"""What faults did to the tests, in the terminal: how many items are proven, and who is not."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.record import ItemScore, Record
from . import _wording as words
from ._cells import cells
from ._terminal_screen import LABEL_WIDTH, Line, Screen, Span

LISTED = 4


def proof(record: Record, screen: Screen, *, everything: bool) -> Iterator[Line]:
    """Yield how many automated items are proven, and the tests that noticed nothing."""
    tried = words.tried(record)
    if not tried:
        return
    caught = sum(proof.caught for _, proof in tried)
    judged = caught + sum(proof.missed for _, proof in tried)
    faults = f"{caught} of {words.count(judged, 'fault')} caught"
    yield from screen.labelled("Proof:", f"{words.seen_to_fail(record)}; {faults}")
    open_items = [item for item, proof in tried if not proof.proven]
    for item in open_items if everything else open_items[:LISTED]:
        yield from _unproven(item, screen)
    if len(open_items) > LISTED and not everything:
        rest = ", ".join(i.id for i in open_items[LISTED:])
        text = f"and {len(open_items) - LISTED} more: {rest}"
        yield (Span(" " * LABEL_WIDTH), Span(screen.cut(text, screen.width - LABEL_WIDTH)))


def _unproven(item: ItemScore, screen: Screen) -> Iterator[Line]:
    test = next(t for t in item.tests if t.proof is not None)
    head = f"{screen.text(f'{item.id} {item.name}')}: "
    room = max(screen.width - LABEL_WIDTH - cells(head), 20)
    yield (
        Span(f"{'UNPROVEN':<{LABEL_WIDTH}}", "warn"),
        Span(head + screen.cut_middle(test.nodeid, room)),
    )
    yield from screen.paragraph(words.unproven(item), indent=LABEL_WIDTH, style="dim")

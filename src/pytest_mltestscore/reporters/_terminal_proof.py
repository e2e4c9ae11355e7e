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
    tried = [i for i in record.items if i.proof is not None and i.state == "automated"]
    if not tried:
        return
    proven = [i for i in tried if i.proof is not None and i.proof.proven]
    caught = sum(i.proof.caught for i in tried if i.proof)
    missed = sum(i.proof.missed for i in tried if i.proof)
    automated = len(words.in_state(record, "automated"))
    items = words.count(automated, "automated item")
    faults = f"{caught} of {words.count(caught + missed, 'fault')} caught"
    yield from screen.labelled("Proof:", f"{len(proven)} of {items} seen to fail; {faults}")
    open_items = [i for i in tried if i not in proven]
    for item in open_items if everything else open_items[:LISTED]:
        yield from _unproven(item, screen)
    if len(open_items) > LISTED and not everything:
        rest = ", ".join(i.id for i in open_items[LISTED:])
        text = f"and {len(open_items) - LISTED} more: {rest}"
        yield (Span(" " * LABEL_WIDTH), Span(screen.cut(text, screen.width - LABEL_WIDTH)))


def _unproven(item: ItemScore, screen: Screen) -> Iterator[Line]:
    test = next(t for t in item.tests if t.proof is not None)
    head = f"{item.id} {item.name}: "
    room = max(screen.width - LABEL_WIDTH - cells(head), 20)
    yield (
        Span(f"{'UNPROVEN':<{LABEL_WIDTH}}", "warn"),
        Span(screen.text(head) + screen.cut_middle(test.nodeid, room)),
    )
    yield from screen.paragraph(words.unproven(item), indent=LABEL_WIDTH, style="dim")

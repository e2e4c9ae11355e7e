"""What to do next: the cheapest moves in the sections that hold the score down."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..domain.record import ItemScore, NextStep, SectionScore
from ..domain.rubric import Credit
from ._cover import cheapest_set
from ._moves import Move, moves

WANTED = 3


def next_steps(
    items: Sequence[ItemScore], sections: Sequence[SectionScore], credit: Credit
) -> tuple[NextStep, ...]:
    """Walk up from the current score, each time by the cheapest move in the lowest sections.

    The score is a minimum, so only moves in the lowest section can raise it. Where several
    sections are equally low each of them has to gain, and the first move is one of the set that
    brings that about at the least cost: a single one, if all that a test lacks in one section is
    all that tests in the others lack. At least three steps are returned if there are that many,
    and as many as it takes for the score to rise. There are none once the smallest section is
    full, since then nothing can raise the score. An item under a waiver in force is named only
    where its section has no other. A test that serves two items may bring more than is said.
    """
    totals = {s.id: s.score for s in sections}
    start, top = min(totals.values()), min(s.max for s in sections)
    open_items = {i.id: i for i in items if i.points < credit.automated}
    provided: set[str] = set()
    steps: list[NextStep] = []
    while min(totals.values()) < top and (len(steps) < WANTED or min(totals.values()) == start):
        lowest = [s for s in totals if totals[s] == min(totals.values())]
        needed = cheapest_set(moves(open_items.values(), credit, provided), lowest)
        if not needed:
            break
        move = needed[0]
        for item in move.items:
            del open_items[item.id]
        for section, gain in move.gains().items():
            totals[section] += gain
        provided |= move.provides
        steps.append(_step(move, lowest, min(totals.values())))
    return tuple(steps)


def _step(move: Move, lowest: Collection[str], score_after: float) -> NextStep:
    # What earns along with an item may be all that counts now.
    item = next(item for item in move.items if item.section in lowest)
    gains = move.gains()
    return NextStep(
        item=item.id,
        action=move.action,
        gain=gains.pop(item.section),
        elsewhere=gains,
        also=tuple(each.id for each in move.items if each is not item),
        provides=tuple(sorted(move.provides)),
        effort=move.effort,
        score_after=score_after,
    )

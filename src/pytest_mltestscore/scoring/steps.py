"""What to do next: the cheapest moves in the sections that hold the score down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ..domain.record import ItemScore, NextStep, SectionScore
from ..domain.rubric import Credit, Effort

WANTED = 3
_COST: dict[Effort, int] = {"low": 1, "medium": 2, "high": 3}


class _Move(NamedTuple):
    item: ItemScore
    action: str
    gain: float
    effort: Effort

    @property
    def waived(self) -> bool:
        """Whether somebody decided to live without the item, until a date that has not come."""
        return self.item.waiver is not None and self.item.waiver.in_force

    @property
    def rank(self) -> tuple[bool, int, float]:
        """Waived last; cheapest first; of two at the same cost, the one that wins more."""
        return self.waived, _COST[self.effort], -self.gain


def next_steps(
    items: Sequence[ItemScore], sections: Sequence[SectionScore], credit: Credit
) -> tuple[NextStep, ...]:
    """Walk up from the current score, each time by the cheapest move in the lowest sections.

    The score is a minimum, so only moves in the lowest section can raise it; where several
    sections are equally low, one step in each is needed, and the cheapest of these comes first.
    At least three steps are returned if there are that many, and as many as it takes for the
    score to rise. There are none once the smallest section is full, since then nothing can raise
    the score. An item under a waiver in force is named only where the lowest sections have no
    other. Each item is counted by itself: a test that serves two may bring more than is said.
    """
    totals = {s.id: s.score for s in sections}
    start, top = min(totals.values()), min(s.max for s in sections)
    open_items = {i.id: i for i in items if i.points < credit.automated}
    steps: list[NextStep] = []
    while min(totals.values()) < top and (len(steps) < WANTED or min(totals.values()) == start):
        height = min(totals.values())
        move = _next_move([s for s in totals if totals[s] == height], open_items.values(), credit)
        if move is None:
            break
        del open_items[move.item.id]
        totals[move.item.section] += move.gain
        steps.append(
            NextStep(
                item=move.item.id,
                action=move.action,
                gain=move.gain,
                effort=move.effort,
                score_after=min(totals.values()),
            )
        )
    return tuple(steps)


def _next_move(
    lowest: Sequence[str], open_items: Iterable[ItemScore], credit: Credit
) -> _Move | None:
    """Return the cheapest of the moves that the lowest sections need, one each.

    None where every item of one of them has had its step: the others would rise for nothing.
    """
    items = list(open_items)
    moves: list[_Move] = []
    for section in lowest:
        move = _cheapest((i for i in items if i.section == section), credit)
        if move is None:
            return None
        moves.append(move)
    return min(moves, key=lambda move: move.rank)


def _cheapest(items: Iterable[ItemScore], credit: Credit) -> _Move | None:
    moves = [move for item in items for move in _moves(item, credit)]
    return min(moves, key=lambda move: move.rank, default=None)


def _moves(item: ItemScore, credit: Credit) -> Iterator[_Move]:
    action, effort = _for_the_full_credit(item)
    yield _Move(item, action, credit.automated - item.points, effort)
    # A failing test beats an attestation.
    if item.state != "failing" and item.points < credit.manual:
        again = " again" if item.attestation else ""
        attest = f"do {item.name}{again} by hand and attest it"
        yield _Move(item, attest, credit.manual - item.points, "low")


def _for_the_full_credit(item: ItemScore) -> tuple[str, Effort]:
    """Return what its tests still need; those of an item that is attested may need little."""
    outcomes = {test.outcome for test in item.tests}
    effort = item.texts.effort
    if item.state == "failing":
        # Making a red test green is work of unknown size; nothing else counts meanwhile.
        return f"fix the failing test of {item.name}", "medium"
    if "not-run" in outcomes or item.state == "not-run":
        return f"run the tests of {item.name}", "low"
    if "passed" in outcomes:
        return f"let {item.name} meet the policy", "low"
    if outcomes:
        # No more than another test costs, which would do as well.
        wake: Effort = "low" if effort == "low" else "medium"
        return f"make a test of {item.name} run and pass", wake
    if item.state == "manual":
        return f"automate {item.name}, which is attested today", effort
    return f"write a test for {item.name}", effort

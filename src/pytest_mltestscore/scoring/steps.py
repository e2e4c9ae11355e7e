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
    """Walk up from the current score, each time by the cheapest move in the lowest section.

    The score is a minimum, so only moves in the lowest section can raise it; where several
    sections are equally low, one step in each is needed. At least three steps are returned if
    there are that many, and as many as it takes for the score to rise. There are none once the
    smallest section is full, since then nothing can raise the score. An item under a waiver in
    force is named only where the lowest sections have no other.
    """
    totals = {s.id: s.score for s in sections}
    start, top = min(totals.values()), min(s.max for s in sections)
    open_items = {i.id: i for i in items if i.points < credit.automated}
    steps: list[NextStep] = []
    while min(totals.values()) < top and (len(steps) < WANTED or min(totals.values()) == start):
        height = min(totals.values())
        move = _next_move([s for s in totals if totals[s] == height], open_items.values(), credit)
        if move is None:  # every item of the lowest section has had its step
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
    """Return the move in the first of the lowest sections; if it is waived, in one that is not."""
    items = list(open_items)
    moves = [_cheapest((i for i in items if i.section == section), credit) for section in lowest]
    first = moves[0]
    if first is None or not first.waived:
        return first
    return next((move for move in moves if move is not None and not move.waived), first)


def _cheapest(items: Iterable[ItemScore], credit: Credit) -> _Move | None:
    moves = [move for item in items for move in _moves(item, credit)]
    return min(moves, key=lambda move: move.rank, default=None)


def _moves(item: ItemScore, credit: Credit) -> Iterator[_Move]:
    to_full = credit.automated - item.points
    effort = item.texts.effort
    match item.state:
        case "failing":
            # Making a red test green is work of unknown size; nothing else counts meanwhile.
            yield _Move(item, f"fix the failing test of {item.name}", to_full, "medium")
        case "not-run":
            yield _Move(item, f"run the tests of {item.name}", to_full, "low")
        case "withheld":
            yield _Move(item, f"let {item.name} meet the policy", to_full, "low")
        case "skipped":
            yield _Move(item, f"make a test of {item.name} run and pass", to_full, "medium")
        case "manual":
            yield _Move(item, f"automate {item.name}, which is attested today", to_full, effort)
        case "expired":
            yield _Move(item, f"do {item.name} again by hand and attest it", credit.manual, "low")
            yield _Move(item, f"write a test for {item.name}", to_full, effort)
        case _:
            yield _Move(item, f"do {item.name} by hand and attest it", credit.manual, "low")
            yield _Move(item, f"write a test for {item.name}", to_full, effort)

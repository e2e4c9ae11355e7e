"""What to do next: the cheapest moves in the sections that hold the score down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    def rank(self) -> tuple[int, float]:
        """Cheapest first; of two at the same cost, the one that wins more."""
        return _COST[self.effort], -self.gain


def next_steps(
    items: Sequence[ItemScore], sections: Sequence[SectionScore], credit: Credit
) -> tuple[NextStep, ...]:
    """Walk up from the current score, each time by the cheapest move in the lowest section.

    The score is a minimum, so only moves in the lowest section can raise it; where several
    sections are equally low, one step in each is needed. At least three steps are returned if
    there are that many, and as many as it takes for the score to rise. There are none once the
    smallest section is full, since then nothing can raise the score.
    """
    totals = {s.id: s.score for s in sections}
    start, top = min(totals.values()), min(s.max for s in sections)
    open_items = {i.id: i for i in items if i.points < credit.automated}
    steps: list[NextStep] = []
    while min(totals.values()) < top and (len(steps) < WANTED or min(totals.values()) == start):
        lowest = min(totals, key=lambda s: totals[s])
        move = _cheapest([i for i in open_items.values() if i.section == lowest], credit)
        if move is None:  # every item of the lowest section has had its step
            break
        del open_items[move.item.id]
        totals[lowest] += move.gain
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


def _cheapest(items: Sequence[ItemScore], credit: Credit) -> _Move | None:
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

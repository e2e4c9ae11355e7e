"""What to do next, checked against everything that one can do about a system.

Nothing is taken from the code that names the steps: each deed is done to the evidence, and what
it is worth is what the scorecard then says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any, NamedTuple

from hypothesis import given

from pytest_mltestscore.domain.record import ItemScore, NextStep, Policy, Record
from strategies import BLOCKING, Case, attestation, cases, row, steady

LOW, MEDIUM, HIGH = 1, 2, 3
COST = {"low": LOW, "medium": MEDIUM, "high": HIGH}


class Deed(NamedTuple):
    """Something that one can do about an item."""

    item: str
    waived: bool
    cost: int
    gain: float

    @property
    def rank(self) -> tuple[bool, int, float]:
        return self.waived, self.cost, -self.gain


def deeds(case: Case, record: Record) -> list[Deed]:
    """Do everything that can be done about each item, and keep what earns something."""
    found = []
    for item in record.items:
        for cost, changed in _changes(case, item):
            after = case.score(**changed, config={})
            gain = after.item(item.id).points - item.points
            if gain > 0:
                found.append(Deed(item.id, _waived(item), cost, gain))
    return found


def _changes(case: Case, item: ItemScore) -> Iterator[tuple[int, dict[str, Any]]]:
    tests, effort = case.tests.get(item.id, []), COST[item.texts.effort]
    outcomes = {test.outcome for test in tests}
    passing = {**case.tests, item.id: [row(t.nodeid) for t in tests] or [row("new.py::t")]}
    others = [a for a in case.attestations if a.item != item.id]
    yield LOW, {"attestations": [*others, attestation(item.id)]}
    # What is done to tests is done as the policy asks, whatever that is.
    as_asked = {"tests": passing, "policy": Policy()}
    if outcomes & set(BLOCKING):
        yield MEDIUM, as_asked
    elif "not-run" in outcomes or item.state == "not-run":
        yield LOW, as_asked
    elif "passed" in outcomes:
        yield LOW, {"policy": Policy()}
    elif outcomes:
        yield min(MEDIUM, effort), as_asked
    if not outcomes & {*BLOCKING, "not-run"}:
        yield effort, {**as_asked, "tests": {**case.tests, item.id: [*tests, row("new.py::t")]}}


def _waived(item: ItemScore) -> bool:
    return item.waiver is not None and item.waiver.in_force


def as_deed(step: NextStep, record: Record) -> Deed:
    return Deed(step.item, _waived(record.item(step.item)), COST[step.effort], step.gain)


def totals_of(record: Record) -> dict[str, float]:
    return {section.id: section.score for section in record.sections}


def final_after(record: Record, done: Sequence[Deed]) -> float:
    totals = totals_of(record)
    for deed in done:
        totals[record.item(deed.item).section] += deed.gain
    return min(totals.values())


def price(done: Sequence[Deed]) -> tuple[int, int]:
    """Return what is least first: waived items that are touched, then the cost of all."""
    return sum(deed.waived for deed in done), sum(deed.cost for deed in done)


@steady
@given(cases())
def test_the_first_step_is_the_cheapest_single_one_that_raises_the_score(case: Case):
    record = case.score()
    raising = [d for d in deeds(case, record) if final_after(record, [d]) > record.score.final]
    if raising:
        first = record.next_steps[0]
        assert as_deed(first, record).rank == min(deed.rank for deed in raising)
        assert first.score_after > record.score.final


@steady
@given(cases())
def test_where_no_single_step_raises_it_the_first_ones_are_the_cheapest_set(case: Case):
    record = case.score()
    ties = len(record.score.limiting_sections)
    prices = [
        price(done)
        for size in range(1, ties + 1)
        for done in sets_of(deeds(case, record), size)
        if final_after(record, done) > record.score.final
    ]
    needed = [as_deed(step, record) for step in record.next_steps[:ties]]
    if not prices:
        assert record.next_steps == ()
        assert record.score.final == record.score.max
        return
    assert price(needed) == min(prices)
    assert final_after(record, needed) > record.score.final
    assert [deed.rank for deed in needed] == sorted(deed.rank for deed in needed)


def sets_of(found: Sequence[Deed], size: int) -> Iterator[tuple[Deed, ...]]:
    """Yield every set of so many deeds, one an item."""
    by_item: dict[str, list[Deed]] = {}
    for deed in found:
        by_item.setdefault(deed.item, []).append(deed)
    for items in combinations(by_item.values(), size):
        yield from product(*items)


@steady
@given(cases())
def test_steps_can_be_taken_in_their_order(case: Case):
    record = case.score()
    possible = {(*deed.rank, deed.item) for deed in deeds(case, record)}
    totals, taken = totals_of(record), set()
    for step in record.next_steps:
        deed, section = as_deed(step, record), record.item(step.item).section
        assert step.item not in taken
        assert totals[section] == min(totals.values()) < record.score.max
        assert (*deed.rank, deed.item) in possible
        totals[section] += step.gain
        taken.add(step.item)
        assert step.score_after == min(totals.values())


@steady
@given(cases())
def test_a_waived_item_is_named_where_the_lowest_sections_have_no_other(case: Case):
    record = case.score()
    totals, taken = totals_of(record), set()
    possible = deeds(case, record)
    for step in record.next_steps:
        if as_deed(step, record).waived:
            lowest = {s for s in totals if totals[s] == min(totals.values())}
            assert all(
                deed.waived
                for deed in possible
                if deed.item not in taken and record.item(deed.item).section in lowest
            )
        totals[record.item(step.item).section] += step.gain
        taken.add(step.item)

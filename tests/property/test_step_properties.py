"""What to do next, checked against everything that one can do about a system.

Nothing is taken from the code that names the steps: each deed is done to the evidence, and what
it is worth is what the scorecard then says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from hypothesis import given

from pytest_mltestscore.domain.evidence import TestEvidence
from pytest_mltestscore.domain.record import ItemScore, NextStep, Policy, Record
from strategies import BLOCKING, Case, attestation, cases, row, steady

LOW, MEDIUM, HIGH = 1, 2, 3
COST = {"low": LOW, "medium": MEDIUM, "high": HIGH}


class Deed(NamedTuple):
    """Something that one can do about an item, and what each item gains by it."""

    item: str
    waived: bool
    cost: int
    gains: dict[str, float]
    parts: int = 1
    """Things that have to be at hand."""

    def rank(self, record: Record) -> tuple[bool, int, float, float]:
        """Cheapest first; of two at the same cost, the one that wins more where it matters."""
        limiting = record.score.limiting_sections
        gain = sum(g for i, g in self.gains.items() if record.item(i).section in limiting)
        return self.waived, self.cost, -gain / self.parts, -gain


def deeds(case: Case, record: Record) -> list[Deed]:
    """Do everything that can be done about each item, and keep what earns something."""
    found = []
    for item in record.items:
        for cost, parts, touched, changed in _changes(case, item, record):
            after = case.score(**changed, config={})
            gains = {i: after.item(i).points - record.item(i).points for i in touched}
            if gains[item.id] > 0:
                found.append(Deed(item.id, _waived(item), cost, gains, parts))
    return found


def _changes(
    case: Case, item: ItemScore, record: Record
) -> Iterator[tuple[int, int, list[str], dict[str, Any]]]:
    """Yield what each deed costs and wants, which items it is about, and the evidence after it."""
    tests, effort = case.tests.get(item.id, []), COST[item.texts.effort]
    outcomes = {test.outcome for test in tests}
    others = [a for a in case.attestations if a.item != item.id]
    yield max(LOW, effort - 1), 1, [item.id], {"attestations": [*others, attestation(item.id)]}
    # What is done to tests is done as the policy asks, whatever that is.
    passing = {"tests": _passing(case, [item.id]), "policy": Policy()}
    if outcomes & set(BLOCKING):
        yield MEDIUM, 1, [item.id], passing
    elif "not-run" in outcomes or item.state == "not-run":
        yield LOW, 1, [item.id], passing
    elif "passed" in outcomes:
        yield LOW, 1, [item.id], {"policy": Policy()}
    elif alternatives := _needs(case, item):
        for needs in alternatives:
            cost = min(_to_wake(i) for i in record.items if _asks(case, i, needs))
            also = [i.id for i in record.items if i is not item and _also_runs(case, i, needs)]
            touched = [item.id, *also]
            yield cost, len(needs), touched, {"tests": _passing(case, touched), "policy": Policy()}
    elif outcomes:
        yield _to_wake(item), 1, [item.id], passing
    if not outcomes & {*BLOCKING, "not-run"}:
        added = {**case.tests, item.id: [*tests, row("new.py::t")]}
        yield effort, 1, [item.id], {"tests": added, "policy": Policy()}


def _passing(case: Case, ids: Sequence[str]) -> dict[str, list[TestEvidence]]:
    new = [row("new.py::t")]
    return {**case.tests, **{i: [row(t.nodeid) for t in case.tests.get(i, [])] or new for i in ids}}


def _needs(case: Case, item: ItemScore) -> list[set[str]]:
    """Return what tests lack, each by itself, of an item that skips and can earn more."""
    tests = case.tests.get(item.id, [])
    if {t.outcome for t in tests} & {*BLOCKING, "not-run", "passed"} or item.state == "not-run":
        return []
    return [set(t.needs) for t in tests if t.needs and item.points < case.by.credit.automated]


def _asks(case: Case, item: ItemScore, provided: set[str]) -> bool:
    return any(provided <= needs for needs in _needs(case, item))


def _also_runs(case: Case, item: ItemScore, provided: set[str]) -> bool:
    return not _waived(item) and any(needs <= provided for needs in _needs(case, item))


def _to_wake(item: ItemScore) -> int:
    return min(MEDIUM, COST[item.texts.effort])


def _waived(item: ItemScore) -> bool:
    return item.waiver is not None and item.waiver.in_force


def sections_after(record: Record, done: Sequence[Deed]) -> dict[str, float]:
    """Return the sums of sections once these deeds are done; no item gains twice."""
    totals = {section.id: section.score for section in record.sections}
    gains: dict[str, float] = {}
    for deed in done:
        for item, gain in deed.gains.items():
            gains[item] = max(gain, gains.get(item, 0.0))
    for item, gain in gains.items():
        totals[record.item(item).section] += gain
    return totals


def final_after(record: Record, done: Sequence[Deed]) -> float:
    return min(sections_after(record, done).values())


def price(done: Sequence[Deed]) -> tuple[int, int]:
    """Return what is least first: waived items that are touched, then the cost of all."""
    return sum(deed.waived for deed in done), sum(deed.cost for deed in done)


def taken(step: NextStep, case: Case, record: Record) -> Deed:
    """Return the deed that a step names: the one of all possible ones that has its items."""
    possible = [d for d in deeds(case, record) if step_fits(step, d, record)]
    assert possible, step
    return min(possible, key=lambda d: d.rank(record))


def step_fits(step: NextStep, deed: Deed, record: Record) -> bool:
    return (
        {*deed.gains} == {step.item, *step.also}
        and deed.cost == COST[step.effort]
        and sections_after(record, [deed])
        == {
            s.id: s.score
            + (step.gain if s.id == record.item(step.item).section else 0)
            + step.elsewhere.get(s.id, 0)
            for s in record.sections
        }
    )


@steady
@given(cases())
def test_the_first_step_is_the_cheapest_single_one_that_raises_the_score(case: Case):
    record = case.score()
    raising = [d for d in deeds(case, record) if final_after(record, [d]) > record.score.final]
    alone = len(record.score.limiting_sections) == 1
    raising = [d for d in raising if alone or not d.waived]
    if raising:
        first = record.next_steps[0]
        best = min(deed.rank(record) for deed in raising)
        assert taken(first, case, record).rank(record) == best
        assert first.score_after > record.score.final


@steady
@given(cases())
def test_the_first_ones_are_the_cheapest_set_that_raises_the_score(case: Case):
    record = case.score()
    ties = len(record.score.limiting_sections)
    possible = cheapest_alike(deeds(case, record), record)
    prices = [
        price(done)
        for size in range(1, ties + 1)
        for done in combinations(possible, size)
        if final_after(record, done) > record.score.final
    ]
    if not prices:
        assert record.next_steps == ()
        assert record.score.final == record.score.max
        return
    needed = list(until_it_rises(record))
    cost = sum(COST[step.effort] for step in needed)
    waived = sum(_waived(record.item(step.item)) for step in needed)
    # Less, where what one step provides lets more tests run after another.
    assert (waived, cost) <= min(prices)
    assert needed[-1].score_after > record.score.final


def until_it_rises(record: Record) -> Iterator[NextStep]:
    for step in record.next_steps:
        yield step
        if step.score_after > record.score.final:
            return


def cheapest_alike(found: Sequence[Deed], record: Record) -> list[Deed]:
    """Return the best deed for each set of limiting sections: others serve no set any better."""
    best: dict[frozenset[str], Deed] = {}
    for deed in found:
        after = sections_after(record, [deed])
        served = frozenset(
            s.id
            for s in record.sections
            if s.id in record.score.limiting_sections and after[s.id] > s.score
        )
        if served not in best or deed.rank(record) < best[served].rank(record):
            best[served] = deed
    return list(best.values())


@steady
@given(cases())
def test_steps_can_be_taken_in_their_order(case: Case):
    """Each lifts a section that is lowest then, and the evidence after it scores as it says."""
    case = case._replace(policy=Policy())
    before = record = case.score(config={})
    done: set[str] = set()
    for step in record.next_steps:
        touched = [step.item, *step.also]
        assert not done & {*touched}
        done |= {*touched}
        totals = sections_after(before, [])
        section = before.item(step.item).section
        assert totals[section] == min(totals.values()) < record.score.max
        if "by hand" in step.action:
            others = [a for a in case.attestations if a.item != step.item]
            case = case._replace(attestations=[*others, attestation(step.item)])
        else:
            case = case._replace(tests=_passing(case, touched))
        after = case.score(config={})
        gains = {s.id: s.score - totals[s.id] for s in after.sections if s.score != totals[s.id]}
        assert gains == {section: step.gain, **step.elsewhere}
        assert after.score.final == step.score_after
        before = after


@steady
@given(cases())
def test_a_waived_item_is_named_where_its_section_has_no_other(case: Case):
    record = case.score()
    done: set[str] = set()
    possible = deeds(case, record)
    for step in record.next_steps:
        item = record.item(step.item)
        if _waived(item):
            others = [d for d in possible if d.item not in done]
            of_section = [d for d in others if record.item(d.item).section == item.section]
            assert all(deed.waived for deed in of_section)
        done |= {step.item, *step.also}

"""What to do next, checked against every way there is."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given

from pytest_mltestscore.domain.record import Policy
from pytest_mltestscore.domain.rubric import Credit
from strategies import (
    CREDIT_2017,
    EDITION_2016,
    PAPER,
    Case,
    attestation,
    by_sums,
    cases,
    reason,
    row,
    rubric,
    run,
    score,
    steady,
    waiver,
)

COST = {"low": 1, "medium": 2, "high": 3}


def moves(item, credit):
    """List cost and gain of everything that one can do about an item."""
    rest = credit.automated - item.points
    effort = COST[item.texts.effort]
    attest, write = (1, credit.manual), (effort, rest)
    return {
        "failing": [(2, rest)],
        "automated": [],
        "manual": [(effort, rest)] if rest else [],
        "withheld": [(1, rest)],
        "expired": [attest, write],
        "skipped": [(2, rest)],
        "not-run": [(1, rest)],
        "missing": [attest, write],
    }[item.state]


def waived(item):
    """Whether somebody decided to live without the item for now."""
    return item.waiver is not None and item.waiver.in_force


def cheapest_rise(record, credit):
    """Try every set of moves; return the least at which the score rises, None if it cannot.

    Least is with the fewest waived items, and then at the least cost.
    """
    open_items = [(item, moves(item, credit)) for item in record.items]
    open_items = [(item, found) for item, found in open_items if found]
    ties = len(record.score.limiting_sections)
    best = None
    for chosen in combinations(open_items, ties):
        for taken in product(*(found for _, found in chosen)):
            totals = {s.id: s.score for s in record.sections}
            for (item, _), (_, gain) in zip(chosen, taken, strict=True):
                totals[item.section] += gain
            if min(totals.values()) > record.score.final:
                cost = sum(waived(item) for item, _ in chosen), sum(c for c, _ in taken)
                best = cost if best is None else min(best, cost)
    return best


def cost_of(step):
    """Return what a step costs by its wording, apart from the effort that it states."""
    return COST[step.effort]


@steady
@given(cases())
def test_the_first_steps_are_the_cheapest_way_to_a_higher_score(case: Case):
    record, credit = case.score(), case.by.credit
    best = cheapest_rise(record, credit)
    needed = record.next_steps[: len(record.score.limiting_sections)]
    if best is None:
        assert record.next_steps == ()
        assert record.score.final == record.score.max
    else:
        unwanted = sum(waived(record.item(step.item)) for step in needed)
        assert (unwanted, sum(map(cost_of, needed))) == best
        assert needed[-1].score_after > record.score.final


@steady
@given(cases())
def test_steps_can_be_taken_in_their_order(case: Case):
    record, credit = case.score(), case.by.credit
    items = {item.id: item for item in record.items}
    totals = {s.id: s.score for s in record.sections}
    for step in record.next_steps:
        item = items.pop(step.item)  # no item twice
        assert totals[item.section] == min(totals.values()) < record.score.max
        assert (cost_of(step), step.gain) in moves(item, credit)
        totals[item.section] += step.gain
        assert step.score_after == min(totals.values())


@steady
@given(cases())
def test_of_moves_that_cost_the_same_the_one_that_wins_more_is_named(case: Case):
    record, credit = case.score(), case.by.credit
    for step in record.next_steps[:1]:
        section = record.item(step.item).section
        wanted = waived(record.item(step.item))
        of_section = [i for i in record.items if i.section == section and waived(i) == wanted]
        rivals = [m for i in of_section for m in moves(i, credit)]
        cheapest = min(cost for cost, _ in rivals)
        assert step.gain == max(gain for cost, gain in rivals if cost == cheapest)


@steady
@given(cases())
def test_a_waived_item_is_named_where_the_lowest_sections_have_no_other(case: Case):
    record, credit = case.score(), case.by.credit
    items = {item.id: item for item in record.items}
    totals = {s.id: s.score for s in record.sections}
    for step in record.next_steps:
        if waived(items[step.item]):
            lowest = {s for s in totals if totals[s] == min(totals.values())}
            others = [i for i in items.values() if i.section in lowest and not waived(i)]
            assert not any(moves(item, credit) for item in others)
        totals[items.pop(step.item).section] += step.gain


ATTEST = "do data-item-1 by hand and attest it"
ATTEST_AGAIN = "do data-item-1 again by hand and attest it"
WRITE = "write a test for data-item-1"


@pytest.mark.parametrize(
    "given_,effort,action,gain,stated_effort",
    [
        ({}, "medium", ATTEST, 0.5, "low"),
        ({}, "high", ATTEST, 0.5, "low"),
        ({}, "low", WRITE, 1.0, "low"),
        ({"attestations": [attestation(expires=-1)]}, "medium", ATTEST_AGAIN, 0.5, "low"),
        ({"attestations": [attestation(expires=-1)]}, "low", WRITE, 1.0, "low"),
        (
            {"attestations": [attestation()]},
            "high",
            "automate data-item-1, which is attested today",
            0.5,
            "high",
        ),
        (
            {"tests": {"data-1": [row(outcome="failed")]}},
            "high",
            "fix the failing test of data-item-1",
            1.0,
            "medium",
        ),
        (
            {"tests": {"data-1": [row(outcome="skipped")]}},
            "low",
            "make a test of data-item-1 run and pass",
            1.0,
            "medium",
        ),
        (
            {"tests": {"data-1": [row(outcome="not-run")]}},
            "high",
            "run the tests of data-item-1",
            1.0,
            "low",
        ),
        ({"of": run(reason("arguments"))}, "high", "run the tests of data-item-1", 1.0, "low"),
        (
            {"tests": {"data-1": [row()]}, "policy": Policy(require_ci=True)},
            "high",
            "let data-item-1 meet the policy",
            1.0,
            "low",
        ),
    ],
)
def test_each_state_has_its_move(given_, effort, action, gain, stated_effort):
    record = score(**given_, by=rubric((1,), efforts={"data-1": effort}))
    (step,) = record.next_steps
    assert (step.item, step.action, step.gain) == ("data-1", action, gain)
    assert (step.effort, step.score_after) == (stated_effort, record.score.final + gain)


def test_a_full_score_has_no_next_step():
    assert by_sums(7, 7, 7, 7).next_steps == ()


def test_the_edition_of_2016_counts_in_its_own_points():
    steps = by_sums(3, 7, 7, 7, rubric=EDITION_2016).next_steps
    assert [(s.gain, s.score_after) for s in steps] == [(1, 7), (1, 8), (1, 9)]


def test_only_the_lowest_section_has_steps_until_it_catches_up():
    steps = by_sums(4, 3, 5, 1.5).next_steps
    assert [s.item.split("-")[0] for s in steps] == ["monitor"] * 3
    assert [s.score_after for s in steps] == [2.0, 2.5, 3.0]
    steps = by_sums(4, 2.5, 5, 2).next_steps
    assert [s.item for s in steps] == ["monitor-3", "model-4", "monitor-4"]
    assert [s.score_after for s in steps] == [2.5, 2.5, 3.0]


def test_every_one_of_equally_low_sections_gets_a_step():
    steps = score().next_steps
    assert [s.item for s in steps] == ["data-1", "model-1", "infra-1", "monitor-1"]
    assert [s.score_after for s in steps] == [0, 0, 0, 0.5]


def test_more_than_three_equally_low_sections_get_a_step_each():
    record = score({"people-1": [row()]}, by=rubric((1, 1, 1, 1, 1)))
    assert [s.item for s in record.next_steps] == ["data-1", "model-1", "infra-1", "monitor-1"]
    assert record.next_steps[-1].score_after == 0.5


def test_at_least_three_steps_are_named_if_there_are_three():
    assert len(by_sums(1, 2, 7, 7).next_steps) == 3
    assert len(by_sums(5, 7, 7, 7).next_steps) == 2


def test_no_step_is_named_beyond_the_smallest_section():
    small = rubric((1, 3))
    full = {"data-1": [row("a")], "model-1": [row("b")]}
    assert score(full, by=small).next_steps == ()
    assert score(full, by=rubric((3, 1))).next_steps == ()
    almost = score({"model-1": [row("b")]}, by=small, attestations=[attestation()]).next_steps
    assert [s.item for s in almost] == ["data-1"]


def test_an_item_that_was_attested_in_a_step_is_not_named_again():
    alone = rubric((1, 1), credit=CREDIT_2017)
    assert [s.action for s in score(by=alone).next_steps] == [
        "do data-item-1 by hand and attest it",
        "do model-item-1 by hand and attest it",
    ]


def test_work_by_hand_that_earns_everything_leaves_nothing_to_do():
    generous = rubric((1,), credit=Credit(manual=1, automated=1))
    assert score(by=generous, attestations=[attestation()]).next_steps == ()


def test_waived_items_come_last():
    by = rubric((3,), efforts={"data-1": "low"})
    steps = score(by=by, waivers=[waiver("data-1"), waiver("data-2")]).next_steps
    assert [s.item for s in steps] == ["data-3", "data-1", "data-2"]
    gone = score(by=by, waivers=[waiver("data-1", expires=-1)]).next_steps
    assert [s.item for s in gone] == ["data-1", "data-2", "data-3"]


def test_waived_items_are_named_if_the_score_cannot_rise_without_them():
    by = rubric((2, 1))
    waivers = [waiver("data-1"), waiver("data-2")]
    steps = score({"model-1": [row()]}, by=by, waivers=waivers).next_steps
    assert [(s.item, s.score_after) for s in steps] == [("data-1", 0.5), ("data-2", 1.0)]


def test_of_equally_low_sections_the_waived_one_comes_last():
    steps = score(by=rubric((1, 1)), waivers=[waiver("data-1")]).next_steps
    assert [(s.item, s.score_after) for s in steps] == [("model-1", 0), ("data-1", 0.5)]


def test_ties_are_named_in_the_order_of_the_rubric():
    assert [s.item for s in by_sums(0, 7, 7, 7).next_steps] == ["data-1", "data-2", "data-3"]
    assert [i.id for i in PAPER.items][:3] == ["data-1", "data-2", "data-3"]

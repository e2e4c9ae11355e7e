"""What to do next; `tests/property/test_step_properties.py` tries every way there is."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_mltestscore.domain.record import Policy
from pytest_mltestscore.domain.rubric import Credit
from strategies import (
    CREDIT_2017,
    EDITION_2016,
    PAPER,
    attestation,
    by_sums,
    reason,
    row,
    rubric,
    run,
    score,
    waiver,
)

ATTEST = "do data-item-1 by hand and attest it"
ATTEST_AGAIN = "do data-item-1 again by hand and attest it"
WRITE = "write a test for data-item-1"
WAKE = "make a test of data-item-1 run and pass"


@pytest.mark.parametrize(
    "given_,effort,action,gain,stated_effort",
    [
        ({}, "medium", ATTEST, 0.5, "low"),
        ({}, "high", ATTEST, 0.5, "medium"),
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
            WAKE,
            1.0,
            "low",
        ),
        ({"tests": {"data-1": [row(outcome="skipped")]}}, "high", WAKE, 1.0, "medium"),
        (
            {
                "tests": {"data-1": [row(outcome="skipped")]},
                "attestations": [attestation(expires=-1)],
            },
            "medium",
            ATTEST_AGAIN,
            0.5,
            "low",
        ),
        (
            {"tests": {"data-1": [row(outcome="skipped")]}, "attestations": [attestation()]},
            "high",
            WAKE,
            0.5,
            "medium",
        ),
        (
            {"tests": {"data-1": [row(outcome="not-run")]}, "attestations": [attestation()]},
            "high",
            "run the tests of data-item-1",
            0.5,
            "low",
        ),
        (
            {
                "tests": {"data-1": [row()]},
                "attestations": [attestation()],
                "policy": Policy(require_ci=True),
            },
            "high",
            "let data-item-1 meet the policy",
            0.5,
            "low",
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


def test_of_equally_low_sections_the_cheapest_one_comes_first():
    efforts = {"data-1": "high", "model-1": "low", "infra-1": "medium"}
    by = rubric((1, 1, 1), efforts=efforts)
    attested = [attestation(id_) for id_ in efforts]
    steps = score(by=by, attestations=attested).next_steps
    assert [(s.item, s.effort) for s in steps] == [
        ("model-1", "low"),
        ("infra-1", "medium"),
        ("data-1", "high"),
    ]
    assert [s.score_after for s in steps] == [0.5, 0.5, 1.0]


def test_of_equally_low_sections_at_the_same_cost_the_one_that_wins_more_comes_first():
    both = score(by=rubric((1, 1), efforts={"model-1": "low"})).next_steps
    assert [(s.item, s.gain) for s in both] == [("model-1", 1.0), ("data-1", 0.5)]


def test_a_section_whose_items_all_had_their_step_ends_the_list():
    steps = score({"model-1": [row()]}, by=rubric((1, 3))).next_steps
    assert [s.item for s in steps] == ["data-1"]


def test_of_equally_low_sections_the_waived_one_comes_last():
    steps = score(by=rubric((1, 1)), waivers=[waiver("data-1")]).next_steps
    assert [(s.item, s.score_after) for s in steps] == [("model-1", 0), ("data-1", 0.5)]


def test_ties_are_named_in_the_order_of_the_rubric():
    assert [s.item for s in by_sums(0, 7, 7, 7).next_steps] == ["data-1", "data-2", "data-3"]
    assert [i.id for i in PAPER.items][:3] == ["data-1", "data-2", "data-3"]


def lacking(number, *needs):
    return row(f"tests/test_suite.py::test_{number}", "skipped", needs=needs)


def test_what_several_tests_lack_is_one_step():
    """Here in both sections, so that it lifts the score by itself."""
    tests = {
        "data-1": [lacking(1, "model=")],
        "model-1": [lacking(2, "model=", "slices=")],
        "model-2": [lacking(3, "model=")],
    }
    (first,) = score(tests, by=rubric((1, 2))).next_steps
    assert first.action == "add model= to MLSystem for data-item-1 and model-item-2"
    assert (first.item, first.also) == ("data-1", ("model-2",))
    assert (first.gain, first.elsewhere, first.score_after) == (1.0, {"model": 1.0}, 1.0)


def test_what_was_provided_in_a_step_is_not_asked_for_in_the_next():
    tests = {
        "data-1": [lacking(1, "model=")],
        "data-2": [lacking(2, "model=", "slices=")],
        "data-3": [lacking(3, "model=", "options={'data-item-3': {...}}")],
    }
    by = rubric((3,), efforts={"data-1": "low"})
    attested = [attestation("data-2"), attestation("data-3")]
    assert [s.action for s in score(tests, by=by, attestations=attested).next_steps] == [
        "add model= to MLSystem for data-item-1",
        "add slices= to MLSystem for data-item-2",
        "add options={'data-item-3': {...}} to MLSystem for data-item-3",
    ]


def test_a_part_of_what_an_easy_test_lacks_is_no_more_effort():
    """The same is gained, so less is asked for."""
    tests = {
        "data-1": [lacking(1, "model=", "manifest=")],
        "model-1": [lacking(2, "model=")],
        "data-2": [row()],
    }
    first, *_ = score(tests, by=rubric((2, 1), efforts={"data-1": "low"})).next_steps
    assert (first.item, first.effort) == ("model-1", "low")
    assert first.action == "add model= to MLSystem for model-item-1"


def test_one_of_several_parts_is_enough():
    tests = {
        "data-1": [lacking(1, "estimator=")],
        "data-2": [lacking(2, "time=", "train= or estimator=")],
    }
    by = rubric((2,), efforts={"data-1": "low"})
    first, second = score(tests, by=by, attestations=[attestation("data-2")]).next_steps
    assert first.action == "add estimator= to MLSystem for data-item-1"
    assert second.action == "add time= to MLSystem for data-item-2"


def test_many_items_of_one_step_are_counted():
    tests = {f"data-{n}": [lacking(n, "model=")] for n in range(1, 5)}
    by = rubric((5,), efforts=dict.fromkeys(tests, "low"))
    step, *_ = score(tests, by=by).next_steps
    assert step.action == "add model= to MLSystem for data-item-1 and 3 more"
    assert step.gain == 4


def test_waived_items_are_not_counted_as_gained():
    tests = {"data-1": [lacking(1, "model=")], "data-2": [lacking(2, "model=")]}
    by = rubric((2,), efforts=dict.fromkeys(tests, "low"))
    step, *_ = score(tests, by=by, waivers=[waiver("data-2")]).next_steps
    assert (step.item, step.also, step.gain) == ("data-1", (), 1.0)


def test_equally_low_sections_are_many_without_end():
    """Beyond a few of them, what serves several is not weighed; it must not take for ever."""
    lot = [replace(PAPER.sections[0], id=f"s{n}") for n in range(400)]
    items = [replace(PAPER.items[0], id=f"i{n}", section=f"s{n}") for n in range(400)]
    by = replace(PAPER, sections=tuple(lot), items=tuple(items))
    assert len(score(by=by).next_steps) == 400


@pytest.mark.parametrize("sections", [8, 9])
def test_what_is_gained_counts_not_what_there_is_afterwards(sections):
    lot = [replace(PAPER.sections[0], id=f"s{n}") for n in range(sections)]
    items = [
        replace(PAPER.items[0], id=f"{kind}{n}", name=f"{kind}{n}", section=f"s{n}", effort="low")
        for n in range(sections)
        for kind in "ab"
    ]
    by = replace(PAPER, sections=tuple(lot), items=tuple(items))
    attested = [attestation(f"a{n}") for n in range(sections)]
    first, *_ = score(by=by, attestations=attested).next_steps
    assert first.action == "write a test for b0"

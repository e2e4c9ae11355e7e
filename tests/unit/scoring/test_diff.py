"""What changed between two records, and whether they may be compared."""

from __future__ import annotations

import msgspec
import pytest

from pytest_mltestscore.domain.proof import Proof, Trial
from pytest_mltestscore.domain.record import SCORING_VERSION, BaselineItem
from pytest_mltestscore.scoring.diff import (
    baseline_from,
    baseline_items,
    changes,
    incomparable,
    missing_baseline,
    recompare,
    yardstick,
    yardstick_of,
)
from strategies import EDITION_2016, PAPER, attestation, reason, row, run, score

NOW = yardstick("churn", PAPER)


def test_records_of_one_yardstick_are_comparable():
    assert incomparable(yardstick_of(score()), NOW) == ""
    assert NOW == ("churn", "paper 1", SCORING_VERSION)


@pytest.mark.parametrize(
    "changed,why",
    [
        ({"system": "fraud"}, "different systems: fraud and churn"),
        ({"rubric": "paper 2"}, "different rubrics: paper 2 and paper 1"),
        ({"scoring_version": "0"}, f"different scoring versions: 0 and {SCORING_VERSION}"),
        ({"system": "fraud", "rubric": "x"}, "different systems: fraud and churn"),
    ],
)
def test_what_differs_is_said(changed, why):
    assert incomparable(NOW._replace(**changed), NOW) == why


def test_an_old_scoring_version_is_read_from_the_record():
    old = msgspec.structs.replace(score(), scoring_version="0")
    assert yardstick_of(old).scoring_version == "0"


def test_a_baseline_holds_what_a_comparison_needs():
    old = score({"data-1": [row()]}, attestations=[attestation("model-2")])
    baseline = baseline_from(old, "main.json", NOW)
    assert (baseline.source, baseline.status, baseline.reason) == ("main.json", "compared", "")
    assert (baseline.commit, baseline.final) == ("c" * 40, 0.0)
    assert baseline.sections == {"data": 1.0, "model": 0.5, "infra": 0.0, "monitor": 0.0}
    assert baseline.items == baseline_items(old)
    assert baseline.items["data-1"] == BaselineItem(state="automated", points=1.0)
    assert len(baseline.items) == 28
    assert baseline.changes == ()


@pytest.mark.parametrize(
    "old,why",
    [
        (score(of=run(reason("deselected"))), "the baseline run was not complete"),
        (score(of=run(reason("stopped"))), "the baseline run was not complete"),
        (score(by=EDITION_2016), "different rubrics: paper-2016 1 and paper 1"),
        (
            score(by=EDITION_2016, of=run(reason("stopped"))),
            "different rubrics: paper-2016 1 and paper 1",
        ),
    ],
)
def test_a_run_that_cannot_be_compared_is_no_baseline(old, why):
    baseline = baseline_from(old, "main.json", NOW)
    assert (baseline.status, baseline.reason) == ("not-comparable", why)
    assert (baseline.source, baseline.commit) == ("main.json", "c" * 40)
    assert baseline.final is None
    assert not baseline.items


def test_a_missing_baseline_names_the_file():
    baseline = missing_baseline("main.json")
    assert (baseline.source, baseline.status) == ("main.json", "missing")
    assert baseline.reason == "main.json does not exist yet"


def test_changes_name_losses_first_with_their_reasons():
    old = score({"data-1": [row("a")], "data-2": [row("b")]}, attestations=[attestation("data-3")])
    new = score(
        {"data-2": [row("b", "failed")], "data-3": [row("c")], "data-4": [row("d", "skipped")]},
        attestations=[attestation("data-1")],
    )
    found = changes(baseline_items(old), new.items)
    assert [(c.item, c.before, c.after, c.gain) for c in found] == [
        ("data-2", "automated", "failing", -1.0),
        ("data-1", "automated", "manual", -0.5),
        ("data-4", "missing", "skipped", 0.0),
        ("data-3", "manual", "automated", 0.5),
    ]
    assert [c.reason for c in found] == [new.item(c.item).reason for c in found]
    assert [(c.points_before, c.points_after) for c in found] == [
        (1, 0),
        (1, 0.5),
        (0, 0),
        (0.5, 1),
    ]


def test_a_change_of_points_alone_is_a_change():
    before = {"data-1": BaselineItem(state="automated", points=2.0)}
    items = [i for i in score({"data-1": [row()]}).items if i.id == "data-1"]
    assert [c.gain for c in changes(before, items)] == [-1.0]


def test_equal_records_have_no_changes():
    record = score({"data-1": [row()]})
    assert changes(baseline_items(record), record.items) == ()


def test_an_item_that_the_baseline_does_not_have_has_no_state_before():
    items = score({"data-1": [row()]}).items[:1]
    (change,) = changes({}, items)
    assert (change.before, change.points_before, change.gain) == (None, 0.0, 1.0)


def test_changes_are_worked_out_anew():
    baseline = baseline_from(score({"data-1": [row()]}), "main.json", NOW)
    once = recompare(baseline, score().items)
    assert [c.item for c in once.changes] == ["data-1"]
    assert recompare(once, score({"data-1": [row()]}).items) == baseline


PROVED = msgspec.structs.replace(
    PAPER, items=tuple(msgspec.structs.replace(i, faults=("nulls",)) for i in PAPER.items)
)


def tried(verdict, outcome="passed"):
    """Score a run in which one test of an item was tried with a fault; None: it was not."""
    trials = (Trial(fault="nulls", site="rows", verdict=verdict),) if verdict else ()
    proof = Proof(trials=trials) if verdict else None
    return score({"data-1": [row("a", outcome, proof=proof)]}, by=PROVED)


@pytest.mark.parametrize(
    "before, after, proof",
    [
        ("caught", "missed", "lost"),
        ("caught", "no-verdict", "lost"),
        ("missed", "caught", "won"),
        ("no-verdict", "caught", "won"),
        ("caught", "caught", None),
        ("missed", "no-verdict", None),
        # What was not tried has lost nothing, and won nothing.
        ("caught", None, None),
        (None, "caught", None),
        (None, "missed", None),
    ],
)
def test_proof_that_was_lost_or_won_is_a_change(before, after, proof):
    found = changes(baseline_items(tried(before)), tried(after).items)
    assert [c.proof for c in found] == ([proof] if proof else [])
    assert all((c.before, c.after, c.gain) == ("automated", "automated", 0) for c in found)


def test_for_want_of_time_no_proof_is_lost():
    spent = Proof(why="the budget was spent before it", left_out=3)
    after = score({"data-1": [row("a", proof=spent)]}, by=PROVED)
    assert changes(baseline_items(tried("caught")), after.items) == ()


def test_lost_proof_stands_before_other_changes_without_loss():
    before = {
        "data-1": BaselineItem(state="automated", points=1.0, proven=True),
        "data-2": BaselineItem(state="missing", points=0.0),
        "data-3": BaselineItem(state="automated", points=1.0),
    }
    missed = Proof(trials=(Trial(fault="nulls", site="rows", verdict="missed"),))
    tests = {"data-1": [row("a", proof=missed)], "data-2": [row("b", "skipped")]}
    items = score(tests, by=PROVED).items[:3]
    found = changes(before, items)
    assert [(c.item, c.gain, c.proof) for c in found] == [
        ("data-3", -1.0, None),
        ("data-1", 0.0, "lost"),
        ("data-2", 0.0, None),
    ]
    assert found[1].reason == "no test of it was seen to fail, with the faults that were tried"


def test_the_reason_of_another_state_beats_that_of_proof():
    before = {"data-1": BaselineItem(state="manual", points=0.5, proven=False)}
    (change,) = changes(before, tried("caught").items[:1])
    assert (change.proof, change.proof_in_words, change.gain) == ("won", "now proven", 0.5)
    assert change.reason == "1 test passed"

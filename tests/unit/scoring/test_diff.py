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
    newly_ending,
    recompare,
    yardstick,
    yardstick_of,
)
from strategies import EDITION_2016, PAPER, attestation, days, reason, row, run, score

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
    reasons = {c.item: c.reason for c in found}
    gone = "no test of it was seen; "
    assert reasons.pop("data-1") == gone + new.item("data-1").reason
    assert reasons == {item: new.item(item).reason for item in reasons}
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


EXPIRED = "attestation by ada expired on 2026-02-28"


@pytest.mark.parametrize(
    "tests,changed",
    [
        ([], [("manual", "expired", -0.5, EXPIRED)]),
        # Tests that earn nothing stand behind an attestation, in force or not.
        ([row("a", "skipped")], [("manual", "expired", -0.5, EXPIRED)]),
        ([row("a")], []),  # which earns as before
    ],
)
def test_an_attestation_that_only_expired_is_a_change_with_its_reason(tests, changed):
    lasting = [attestation("data-1", expires=-1)]
    old = score({"data-1": tests}, attestations=lasting, today=days(-1))
    new = score({"data-1": tests}, attestations=lasting)
    found = changes(baseline_items(old), new.items)
    assert [(c.before, c.after, c.gain, c.reason) for c in found] == changed


@pytest.mark.parametrize(
    "before,was", [({}, "missing"), ({"data-1": [row("a", "skipped")]}, "skipped")]
)
def test_another_state_of_the_same_points_is_a_change_with_its_reason(before, was):
    old = score(before)
    new = score(before, attestations=[attestation("data-1", expires=-1)])
    (change,) = changes(baseline_items(old), new.items)
    assert (change.before, change.after, change.gain) == (was, "expired", 0)
    assert change.reason.endswith(EXPIRED)


@pytest.mark.parametrize(
    "before,after,reason",
    [
        # The attestation was over long before; what is new is that the test is gone.
        ([row("a")], [], f"no test of it was seen; {EXPIRED}"),
        ([row("a", "failed")], [], f"no test of it was seen; {EXPIRED}"),
        ([row("a")], [row("a", "skipped")], EXPIRED),
    ],
)
def test_tests_that_are_gone_are_a_reason(before, after, reason):
    lapsed = [attestation("data-1", expires=-1)]
    old = score({"data-1": before}, attestations=lapsed)
    new = score({"data-1": after}, attestations=lapsed)
    (change,) = changes(baseline_items(old), new.items)
    assert (change.after, change.reason) == ("expired", reason)


def test_attestations_that_have_come_near_their_end_are_named():
    lasting = [
        attestation("data-1", expires=5),  # near its end before, too
        attestation("data-2", expires=13),
        attestation("data-3", expires=40),
    ]
    new = score(attestations=[*lasting, attestation("data-4", expires=5)])  # a short one is no news
    old = score(attestations=lasting, today=days(-9))
    assert [item.id for item in newly_ending(old, new)] == ["data-2"]
    assert newly_ending(new, new) == ()

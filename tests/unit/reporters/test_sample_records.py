"""The samples must be right, or every test that uses them proves little."""

from __future__ import annotations

from collections import Counter

import pytest
from tests import sample_records
from tests.sample_records import large, with_text

from pytest_mltestscore.domain.record import Record

SAMPLES = ["mixed", "perfect", "empty", "in_progress", "partial", "cut_short", "edition_2016"]


@pytest.fixture(params=[*SAMPLES, "hostile", "large"])
def record(request) -> Record:
    if request.param == "large":
        return large(100)
    return getattr(sample_records, request.param)()


def test_points_follow_from_states(record):
    credit = record.rubric.credit
    earned = {"automated": credit.automated, "manual": credit.manual}
    assert [i.points for i in record.items] == [earned.get(i.state, 0.0) for i in record.items]


def test_sums(record):
    for section in record.sections:
        items = [i for i in record.items if i.section == section.id]
        assert len(items) == 7
        assert section.score == sum(i.points for i in items)
        assert section.implemented <= section.max
        assert section.max == 7 * record.rubric.credit.automated
    score = record.score
    assert score.final == min(s.score for s in record.sections)
    assert score.implemented == min(s.implemented for s in record.sections)
    assert score.max == min(s.max for s in record.sections)
    assert score.limiting_sections == tuple(s.id for s in record.sections if s.score == score.final)
    bands = [b for b in record.rubric.bands if score.final <= b.up_to]
    assert score.band == bands[0]


def test_gate_agrees_with_its_checks(record):
    oks = {c.ok for c in record.gate.checks}
    expected = {
        "passed": {True},
        "failed": {True, False},
        "not-asked": set(),
        "not-evaluated": {None},
        "undecided": {None},
    }
    assert oks <= expected[record.gate.status]
    assert bool(record.gate.checks) == (record.gate.status != "not-asked")
    assert record.run.complete == (not record.run.incomplete_reasons)


def test_selected_tests_are_those_that_ran(record):
    ran = sum(t.outcome != "not-run" for i in record.items for t in i.tests)
    assert record.run.selected == ran + len(record.untagged)


@pytest.mark.parametrize("sample", ["mixed", "hostile"])
def test_baseline_adds_up(sample):
    record = getattr(sample_records, sample)()
    baseline = record.baseline
    for section in record.sections:
        of_section = [i.id for i in record.items if i.section == section.id]
        assert baseline.sections[section.id] == sum(baseline.items[i].points for i in of_section)
    assert baseline.final == min(baseline.sections.values())
    before = {i: (b.state, b.points) for i, b in baseline.items.items()}
    now = {i.id: (i.state, i.points) for i in record.items}
    moved = [c for c in baseline.changes if c.proof is None]
    assert {c.item: (c.before, c.points_before) for c in moved} == {
        i: before[i] for i in before if before[i] != now[i]
    }
    for change in (c for c in baseline.changes if c.proof):
        proof = record.item(change.item).proof
        assert baseline.items[change.item].proven == (change.proof == "lost") != proof.proven
    assert all((c.after, c.points_after) == now[c.item] for c in baseline.changes)


def test_next_steps_lead_where_they_say(record):
    totals = {s.id: s.score for s in record.sections}
    for step in record.next_steps:
        totals[record.item(step.item).section] += step.gain
        assert step.score_after == min(totals.values())


def test_statements_are_as_fresh_as_they_say(record):
    for item in record.items:
        for status in (item.attestation, item.waiver):
            if status is None:
                continue
            expires = getattr(status, "statement", None) or status.decision
            assert status.days_left == (expires.expires - record.date).days
            assert (status.freshness == "expired") == (status.days_left < 0)


def test_mixed_shows_every_state_and_outcome_that_reports_tell_apart():
    record = sample_records.mixed()
    assert {i.state for i in record.items} == {
        *("failing", "automated", "manual", "withheld"),
        *("expired", "skipped", "not-run", "missing"),
    }
    tests = [t for i in record.items for t in i.tests]
    assert {t.outcome for t in tests} == {
        *("passed", "failed", "error", "skipped", "xfailed", "xpassed", "not-run")
    }
    assert any(t.flaky for t in tests)
    assert any(t.subtests for t in tests)
    assert any(c.expect == "fails" for t in tests for c in t.checks)
    assert any(m.nonfinite for t in tests for m in t.measurements)
    assert any(m.volatile for t in tests for m in t.measurements)
    freshness = {i.attestation.freshness for i in record.items if i.attestation}
    assert freshness == {"fresh", "expiring", "expired"}


def test_large_has_as_many_tests_as_asked():
    record = large(2500)
    tests = [t for i in record.items for t in i.tests]
    assert len({t.nodeid for t in tests}) == 2500
    assert sum(t.outcome == "failed" for t in tests) == 2


def test_with_text_leaves_what_has_a_meaning():
    plain = sample_records.mixed()
    changed = with_text(plain, lambda text: f"<{text}>")
    assert changed.system == "<churn>"
    assert changed.item("model-6").tests[0].nodeid.startswith("<tests/")
    assert [i.state for i in changed.items] == [i.state for i in plain.items]
    assert changed.score.final == plain.score.final


BEST_FIRST = ("caught", "missed", "accepted", "no-verdict")


def test_proofs_add_up(record):
    for item in record.items:
        best = {}
        for proof in (t.proof for t in item.tests if t.proof and not t.proof.why):
            for trial in proof.trials:
                best.setdefault(trial.fault, []).append(BEST_FIRST.index(trial.verdict))
        counts = Counter(BEST_FIRST[min(found)] for found in best.values())
        assert {*best} <= {*item.texts.faults}
        assert (item.proof is None) == (not any(t.proof for t in item.tests))
        if item.proof:
            proof = item.proof
            found = (proof.caught, proof.missed, proof.accepted, proof.no_verdict)
            assert found == tuple(counts[verdict] for verdict in BEST_FIRST)

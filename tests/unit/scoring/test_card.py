"""The record as a whole: what goes where, and that it can be scored again from itself."""

from __future__ import annotations

import random

import msgspec
import pytest

from pytest_mltestscore.domain.record import (
    SCHEMA_VERSION,
    SCORING_VERSION,
    Generator,
    Policy,
    Record,
)
from pytest_mltestscore.scoring.card import Evidence, rubric_of, scorecard
from pytest_mltestscore.scoring.diff import baseline_from, missing_baseline, yardstick
from strategies import (
    EDITION_2016,
    PAPER,
    TODAY,
    attestation,
    days,
    reason,
    row,
    run,
    score,
    settings_of,
    waiver,
)

SERVES_TWO = row("t.py::two")
TESTS = {
    "data-1": [row("t.py::b"), row("t.py::a", "skipped"), SERVES_TWO],
    "monitor-7": [SERVES_TWO],
    "model-2": [row("t.py::c", "failed", phase="call")],
}


def test_every_item_has_its_evidence():
    record = score(
        TESTS,
        attestations=[attestation("model-2"), attestation("infra-1", expires=-1)],
        waivers=[waiver("infra-2", expires=3)],
    )
    assert [i.id for i in record.items] == [i.id for i in PAPER.items]
    first = record.item("data-1")
    assert (first.state, first.points) == ("automated", 1.0)
    assert (first.name, first.section, first.title) == (
        "data-item-1",
        "data",
        "title of data-1",
    )
    assert [t.nodeid for t in first.tests] == ["t.py::a", "t.py::b", "t.py::two"]
    assert first.reason == "2 tests passed (1 skipped)"
    assert record.item("monitor-7").tests == (SERVES_TWO,)
    beaten = record.item("model-2")
    assert (beaten.state, beaten.points) == ("failing", 0.0)
    assert beaten.attestation.freshness == "fresh"
    assert record.item("infra-1").attestation.days_left == -1
    assert record.item("infra-2").waiver.freshness == "expiring"
    assert record.item("infra-2").points == 0.0
    assert record.item("data-2").tests == ()
    assert record.item("data-2").attestation is record.item("data-2").waiver is None


@pytest.mark.parametrize("by", [PAPER, EDITION_2016])
def test_an_example_stands_where_there_is_credit_to_be_won(by):
    record = score(TESTS, by=by, attestations=[attestation("infra-1")])
    without = {item.id for item in record.items if not item.texts.example}
    assert without == {"data-1", "monitor-7"}
    kept = {item.texts.example for item in record.items if item.id in ("model-2", "infra-1")}
    assert kept == {by.find("model-2").example, by.find("infra-1").example}


def test_an_unknown_item_is_a_key_error():
    with pytest.raises(KeyError, match="data-8"):
        score().item("data-8")


def test_the_record_says_by_what_it_was_scored():
    policy, config = Policy(require_ci=True), settings_of(fail_under=1)
    record = score(policy=policy, config=config, of=run(selected=9), notes=["b", "a", "b"])
    assert (record.schema_version, record.scoring_version) == (SCHEMA_VERSION, SCORING_VERSION)
    assert (record.system, record.date, record.run.selected) == ("churn", TODAY, 9)
    assert (record.policy, record.config) == (policy, config)
    assert record.rubric.id == "paper"
    assert record.rubric.credit == PAPER.credit
    assert record.rubric.bands == PAPER.bands
    assert record.notes == ("a", "b")
    assert record.gate.status == "failed"
    assert record.generator.version == "0.1.0"


def test_what_is_not_given_is_empty():
    record = scorecard(
        rubric=PAPER,
        evidence=Evidence(tests={}),
        policy=Policy(),
        config={},
        run=run(),
        system="churn",
        today=TODAY,
        generator=Generator(name="me", version="1"),
    )
    assert (record.untagged, record.baseline, record.notes) == ((), None, ())
    assert all(i.attestation is i.waiver is None for i in record.items)


def test_the_date_decides_what_has_expired():
    statements = [attestation("data-1", expires=3)]
    assert score(attestations=statements, today=days(3)).item("data-1").state == "manual"
    assert score(attestations=statements, today=days(4)).item("data-1").state == "expired"


def test_an_item_without_tests_is_missing_only_if_the_run_looked_everywhere():
    states = {
        kind: score(of=run(reason(kind))).item("data-1").state
        for kind in ("deselected", "stopped", "arguments", "in-progress", "collection-errors")
    }
    assert states == {
        "deselected": "missing",
        "stopped": "missing",
        "arguments": "not-run",
        "in-progress": "not-run",
        "collection-errors": "not-run",
    }


def test_a_baseline_is_compared_with_what_was_scored_now():
    old = baseline_from(score(TESTS), "main.json", yardstick("churn", PAPER))
    new = score({"data-1": TESTS["data-1"]}, baseline=old)
    assert [(c.item, c.gain) for c in new.baseline.changes] == [("monitor-7", -1), ("model-2", 0)]


def test_a_baseline_that_is_not_there_stays_as_it_is():
    missing = missing_baseline("main.json")
    assert score(TESTS, baseline=missing).baseline == missing
    assert score(TESTS).baseline is None


def test_the_order_of_evidence_does_not_matter():
    statements = [attestation(i) for i in ("data-3", "infra-2", "model-1")]
    decisions = [waiver(i) for i in ("data-3", "infra-2", "model-1")]
    many = [row(f"t{n}", flaky=n % 2 == 0) for n in range(9)]
    untagged = [f"u{n}" for n in range(9)]

    def shuffled(seed):
        def mixed(values):
            return random.Random(seed).sample(values, len(values))

        return score(
            {"data-1": mixed(many), "data-2": mixed(many)},
            attestations=mixed(statements),
            waivers=mixed(decisions),
            untagged=mixed(untagged),
            notes=mixed(["a", "b", "c"]),
            config=settings_of(strict=True),
        )

    assert shuffled(1) == shuffled(2) == shuffled(3)


@pytest.mark.parametrize("rubric", [PAPER, EDITION_2016], ids=lambda r: r.id)
def test_a_record_holds_its_rubric(rubric):
    assert rubric_of(score(by=rubric)) == rubric


def test_a_record_comes_back_from_json_and_scores_to_the_same():
    record = score(TESTS, attestations=[attestation("model-1")], waivers=[waiver("data-5")])
    read = msgspec.json.decode(msgspec.json.encode(record), type=Record)
    assert read == record
    assert score(TESTS, by=rubric_of(read), attestations=[attestation("model-1")]).score == (
        record.score
    )

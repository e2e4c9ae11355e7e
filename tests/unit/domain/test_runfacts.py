from __future__ import annotations

import msgspec
from tests.sample_records import mixed

from pytest_mltestscore.domain.evidence import CheckEvidence, Measurement, TestEvidence
from pytest_mltestscore.domain.proof import Proof, Trial
from pytest_mltestscore.domain.record import Generator, Reason, Record
from pytest_mltestscore.domain.runfacts import strip_run_facts

replace = msgspec.structs.replace


def with_test(record: Record, **changes: object) -> Record:
    first, *others = record.items
    test, *tests = first.tests
    return replace(
        record, items=(replace(first, tests=(replace(test, **changes), *tests)), *others)
    )


def test_what_differs_between_two_equal_runs_is_gone():
    first = mixed()
    second = replace(
        with_test(first, duration_s=9.0),
        generator=Generator(name="other", version="2"),
        notes=("shuffled with seed 4321",),
        run=replace(
            first.run,
            id="other",
            started_at="2030-01-01T00:00:00Z",
            branch=None,
            complete=False,
            incomplete_reasons=(Reason(kind="stopped", detail="-x"),),
        ),
    )
    assert first != second
    assert strip_run_facts(first) == strip_run_facts(second)


def test_how_much_is_remembered_tells_of_the_run_and_what_was_caught_of_the_system():
    caught = Trial(fault="nulls", site="rows", verdict="caught")
    first, again, other = (
        with_test(mixed(), proof=proof)
        for proof in (
            Proof(trials=(caught,)),
            Proof(trials=(caught,), remembered=1),
            Proof(trials=(replace(caught, verdict="missed"),)),
        )
    )
    assert strip_run_facts(first) == strip_run_facts(again)
    assert strip_run_facts(first) != strip_run_facts(other)


def test_volatile_measurements_are_gone_wherever_they_are():
    fast = Measurement(name="time", value=1.0, volatile=True)
    slow = Measurement(name="time", value=2.0, volatile=True)
    rows = Measurement(name="rows", value=3)

    def run(timing: Measurement) -> Record:
        check = CheckEvidence(name="c", holds=True, summary="s", measurements=(timing, rows))
        return with_test(mixed(), measurements=(rows, timing), checks=(check,))

    assert run(fast) != run(slow)
    stripped = strip_run_facts(run(fast))
    assert stripped == strip_run_facts(run(slow))
    test: TestEvidence = stripped.items[0].tests[0]
    assert test.measurements == test.checks[0].measurements == (rows,)


def test_what_is_evidence_stays():
    record = mixed()
    for change in (
        with_test(record, outcome="failed"),
        with_test(record, nodeid="other"),
        with_test(record, flaky=True),
        with_test(record, measurements=(Measurement(name="x", value=1),)),
        replace(record, system="other"),
        replace(record, score=replace(record.score, final=3.0)),
    ):
        assert strip_run_facts(change) != strip_run_facts(record)


def test_stripping_twice_changes_nothing():
    once = strip_run_facts(mixed())
    assert strip_run_facts(once) == once

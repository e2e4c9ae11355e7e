from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft7Validator
from tests import sample_records
from tests.sample_records import hostile, in_progress, large, mixed, perfect

from pytest_mltestscore.domain.record import Gate, Record
from pytest_mltestscore.reporters.to_ctrf import TESTS_AN_ITEM, render

replace = msgspec.structs.replace
SAMPLES = [
    *("mixed", "perfect", "empty", "in_progress", "partial", "cut_short", "edition_2016"),
    "hostile",
]
SCHEMA = json.loads(Path(__file__).with_name("ctrf.schema.json").read_text("utf-8"))


def results(record: Record) -> dict:
    return json.loads(render(record))["results"]


def case(record: Record, name: str) -> dict:
    (found,) = (test for test in results(record)["tests"] if test["name"] == name)
    return found


@pytest.mark.parametrize("sample", SAMPLES)
def test_schema_and_counts(sample):
    record = getattr(sample_records, sample)()
    text = render(record)
    Draft7Validator(SCHEMA).validate(json.loads(text))
    found, summary = results(record)["tests"], results(record)["summary"]
    assert [test["name"].partition(" ")[0] for test in found] == [
        *(item.id for item in record.items),
        "gate",
    ]
    counts = Counter(test["status"] for test in found)
    assert summary["tests"] == len(found) == 29
    for status in ("passed", "failed", "skipped", "pending", "other"):
        assert summary[status] == counts[status]
    assert summary["suites"] == 5
    assert summary["stop"] - summary["start"] == round(record.run.duration_s * 1000)


@pytest.mark.parametrize(
    "name, status, raw",
    [
        ("data-1 feature-schema", "passed", "automated"),
        ("data-3 feature-cost", "passed", "manual"),
        ("model-6 slice-quality", "failed", "failing"),
        ("infra-4 quality-gate", "other", "withheld"),
        ("data-6 feature-velocity", "other", "expired"),
        ("model-4 staleness-impact", "skipped", "skipped"),
        ("infra-6 canary", "pending", "not-run"),
        ("infra-7 rollback", "skipped", "missing"),
    ],
)
def test_states(name, status, raw):
    found = case(mixed(), name)
    assert (found["status"], found["rawStatus"]) == (status, raw)


def test_a_failing_item_says_why():
    found = case(mixed(), "model-6 slice-quality")
    assert found["message"].endswith("test_recall_by_region failed (2 of 3 tests)")
    assert found["trace"].splitlines() == [
        "tests/model/test_slices.py::test_recall_by_region failed",
        "    | AssertionError: slice_quality: DOES NOT HOLD - recall 0.64 in north",
        "tests/model/test_slices.py::test_recall_by_age error in teardown",
        "    | RuntimeError: connection lost",
    ]
    assert found["suite"] == ["churn", "Model"]


def test_flaky_only_where_it_passed_in_the_end():
    flaky = [t["name"] for t in results(mixed())["tests"] if t.get("flaky")]
    expected = [
        f"{item.id} {item.name}"
        for item in mixed().items
        if item.state == "automated" and any(test.flaky for test in item.tests)
    ]
    assert flaky == expected
    assert results(mixed())["summary"]["flaky"] == len(expected) == 1


@pytest.mark.parametrize(
    "status, expected",
    [
        ("passed", "passed"),
        ("failed", "failed"),
        ("undecided", "failed"),
        ("not-asked", "skipped"),
        ("not-evaluated", "skipped"),
    ],
)
def test_gate(status, expected):
    record = replace(mixed(), gate=replace(mixed().gate, status=status))
    found = case(record, "gate")
    assert (found["status"], found["rawStatus"]) == (expected, status)
    assert found["trace"].splitlines()[:2] == [
        "FAILED: score 2.5, required 3",
        "ok: section data 4.5, required 4",
    ]


def test_a_run_in_progress_fails_and_has_no_score():
    record = replace(in_progress(), gate=Gate(status="not-asked", verdict="no gate"))
    found = case(record, "gate")
    assert (found["status"], found["rawStatus"]) == ("failed", "in-progress")
    assert found["message"] == "the run has not come to its end"
    assert results(record)["summary"]["passed"] == 0
    assert results(record)["extra"]["mlscore.score"] == {
        "system": "churn",
        "complete": False,
        "gate": "not-asked",
    }


def test_score_and_run():
    found = results(mixed())
    assert found["extra"]["mlscore.score"] == {
        "system": "churn",
        "complete": True,
        "gate": "failed",
        "final": 2.5,
        "max": 7,
        "sections": {"data": 4.5, "model": 2.5, "infra": 3, "monitor": 3.5},
    }
    assert found["environment"]["branchName"] == "feature/slices"
    assert found["summary"]["start"] == 1772439330000  # 2026-03-02T08:15:30Z


def test_outside_git_and_ci_and_without_a_time():
    run = replace(mixed().run, commit=None, branch=None, ci=None, started_at="yesterday")
    found = results(replace(mixed(), run=run))
    assert found["environment"] == {"appName": "churn"}
    assert (found["summary"]["start"], found["summary"]["stop"]) == (0, 12410)


def test_long_lists_of_tests_are_counted():
    failing = next(i for i in large(60_000).items if i.state == "failing")
    many = replace(failing.tests[0], outcome="failed")
    item = replace(failing, tests=(many,) * (TESTS_AN_ITEM + 3))
    record = perfect()
    others = tuple(item if i.id == item.id else i for i in record.items)
    trace = case(replace(record, items=others), f"{item.id} {item.name}")["trace"]
    assert trace.count("::test_variant[") == TESTS_AN_ITEM
    assert trace.endswith("\nand 3 more tests")


def test_characters_that_utf_8_cannot_hold_are_shown():
    text = render(hostile())
    assert text.encode("utf-8").decode("utf-8") == text
    assert "\\\\x00\\\\x08\\\\x7f\\\\x9b \\\\ud800\\\\udfff" in text
    assert "\u202e" not in text

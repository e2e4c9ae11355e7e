import copy
from enum import Enum
from types import SimpleNamespace

import pytest

import needs

needs.module_at_import("narwhals")

from pytest_mltestscore import InputError  # noqa: E402 - needs what was just asked for
from pytest_mltestscore.checks.adapters import evidently_snapshot  # noqa: E402
from unit.checks.adapters import saved_results  # noqa: E402

HOLDS = saved_results.read("evidently-holds")


def with_statuses(*statuses):
    saved = copy.deepcopy(HOLDS)
    for test, status in zip(saved["tests"], statuses, strict=True):
        test["status"] = status
    return saved


def test_tests_that_passed():
    result = evidently_snapshot(saved_results.path("evidently-holds"))
    assert result
    assert result.item == "data-invariants"
    assert result.summary == "3 tests judged, all passed"


def test_tests_that_failed_are_named_with_what_was_found():
    result = evidently_snapshot(saved_results.read("evidently-fails"))
    assert not result
    assert [row["status"] for row in result.table] == ["failed", "failed", "passed"]
    assert result.table[1]["found"] == "Actual value 41.000 , but expected 0.000"
    assert result.summary.startswith("2 of 3 tests not passed: Value drift for delay")


def test_warnings_can_be_allowed():
    saved = saved_results.read("evidently-warns")
    assert not evidently_snapshot(saved)
    assert evidently_snapshot(saved, allow_warnings=True)


@pytest.mark.parametrize("status", ["ERROR", "FAIL", "WARNING"])
def test_no_such_status_is_a_success(status):
    assert not evidently_snapshot(with_statuses("SUCCESS", status, "SUCCESS"))


def test_a_skipped_test_counts_for_nothing():
    result = evidently_snapshot(with_statuses("SUCCESS", "SKIPPED", "SKIPPED"))
    assert result
    assert "2 tests not run, which counts for nothing" in result.notes
    with pytest.raises(InputError, match="has 3 tests, but ran none"):
        evidently_snapshot(with_statuses("SKIPPED", "SKIPPED", "SKIPPED"))


def test_a_snapshot_as_evidently_gives_it():
    status = Enum("TestStatus", {"FAIL": "FAIL"}).FAIL
    snapshot = SimpleNamespace(dict=lambda: with_statuses(status, "SUCCESS", "SUCCESS"))
    assert not evidently_snapshot(snapshot)


@pytest.mark.parametrize(
    "snapshot, words",
    [
        (saved_results.read("evidently-no-tests"), "has no test;"),
        (with_statuses("SUCCESS", "MAYBE", "SUCCESS"), "status 'MAYBE'"),
        ({"tests": [3]}, "status None"),
        ({"metrics": []}, "has no list of tests"),
        (3, "is of type int"),
        ("missing.json", "cannot be read"),
    ],
)
def test_what_shows_nothing_is_an_error(snapshot, words):
    with pytest.raises(InputError, match=words) as caught:
        evidently_snapshot(snapshot)
    assert caught.value.argument == "snapshot"

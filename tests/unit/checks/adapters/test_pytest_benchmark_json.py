import copy

import pytest

import needs

needs.module_at_import("narwhals")

from pytest_mltestscore import InputError  # noqa: E402 - needs what was just asked for
from pytest_mltestscore.checks.adapters import pytest_benchmark_json  # noqa: E402
from unit.checks.adapters import saved_results  # noqa: E402

FILE = saved_results.path("pytest-benchmark")
HOUR, SORT = "test_b.py::test_hour", "test_b.py::test_sort"


def slower(factor, *names):
    """Return the file with the medians of some benchmarks, or of all, multiplied."""
    saved = saved_results.read("pytest-benchmark")
    for benchmark in saved["benchmarks"]:
        if not names or benchmark["fullname"] in names:
            benchmark["stats"]["median"] *= factor
    return saved


def statuses(result):
    return {row["benchmark"]: row["status"] for row in result.table}


def test_budgets_that_are_kept():
    result = pytest_benchmark_json(FILE, max_seconds={"test_b.py::*": 0.01})
    assert result
    assert result.volatile
    assert result.item == "computing-performance"


def test_a_budget_that_is_not_kept():
    result = pytest_benchmark_json(slower(1e6, HOUR), max_seconds={"*hour": 0.01, "*sort": 1})
    assert not result
    assert statuses(result) == {HOUR: "failed", SORT: "passed"}
    assert "is above 0.01 s" in result.summary


def test_the_tightest_budget_counts_and_the_rest_is_not_judged():
    result = pytest_benchmark_json(FILE, max_seconds={"*hour": 10, "*": 1e-6, HOUR: 1})
    assert statuses(result) == {SORT: "failed", HOUR: "passed"}
    result = pytest_benchmark_json(FILE, max_seconds={"*hour": 10})
    assert statuses(result)[SORT] == "not run"


@pytest.mark.parametrize("factor, holds", [(1.0, True), (1.4, True), (1.6, False)])
def test_the_ratio_to_a_baseline(factor, holds):
    assert bool(pytest_benchmark_json(slower(factor), baseline=FILE)) is holds


def test_a_benchmark_that_is_gone_fails():
    saved = saved_results.read("pytest-benchmark")
    del saved["benchmarks"][0]
    result = pytest_benchmark_json(saved, baseline=FILE)
    assert not result
    assert "in the baseline, and not in this file" in result.summary


def test_a_baseline_of_another_machine_is_noted():
    other = saved_results.read("pytest-benchmark")
    other["machine_info"]["cpu"]["brand_raw"] = "Another"
    assert "another machine" in pytest_benchmark_json(FILE, baseline=other).notes[0]
    assert not pytest_benchmark_json(FILE, baseline=FILE).notes


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), 0.0])
def test_what_is_no_duration_fails(value):
    saved = saved_results.read("pytest-benchmark")
    saved["benchmarks"][0]["stats"]["median"] = value
    assert not pytest_benchmark_json(saved, max_seconds={"*": 10})
    assert not pytest_benchmark_json(FILE, baseline=saved)
    saved["benchmarks"][0]["stats"] = None
    assert not pytest_benchmark_json(saved, max_seconds={"*": 10})


EMPTY = {**saved_results.read("pytest-benchmark"), "benchmarks": []}


@pytest.mark.parametrize(
    "file, options, argument, words",
    [
        (FILE, {}, "max_seconds", "is empty, and there is no baseline"),
        (FILE, {"max_seconds": {"nope": 1}}, "max_seconds", "'nope' fits no benchmark of test_b"),
        (FILE, {"max_seconds": {"*": float("nan")}}, "max_seconds", "is nan"),
        (FILE, {"baseline": FILE, "max_ratio": 0}, "max_ratio", "is 0"),
        (EMPTY, {"max_seconds": {"*": 1}}, "file", "has no benchmark"),
        (FILE, {"baseline": EMPTY}, "baseline", "has no benchmark"),
        (copy.copy({}), {"max_seconds": {"*": 1}}, "file", "has no list of benchmarks"),
        ({"benchmarks": [1]}, {"max_seconds": {"*": 1}}, "file", "has no list of benchmarks"),
        (3, {"max_seconds": {"*": 1}}, "file", "is of type int"),
    ],
)
def test_what_shows_nothing_is_an_error(file, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        pytest_benchmark_json(file, **options)
    assert caught.value.argument == argument

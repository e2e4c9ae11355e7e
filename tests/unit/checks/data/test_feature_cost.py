import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import time  # noqa: E402 - after the line that may skip all of it
import tracemalloc  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from pytest_mltestscore import CheckResult, InputError  # noqa: E402
from pytest_mltestscore.checks.data import feature_cost  # noqa: E402

ROWS = pd.DataFrame({"size": np.arange(100.0), "word": ["a", None, "c", "d"] * 25})


def double(rows):
    return rows["size"] * 2


def word(rows):
    return rows["word"]


def slow(rows):
    time.sleep(0.02)
    return rows["size"]


def large(rows):
    return np.ones((2**18, 8))[: len(rows), 0]  # 16 MiB


def costed(functions, data=ROWS, **options):
    settings = {"max_ms": 5_000, "repeats": 2, **options}
    return feature_cost(functions, data, **settings)


def verdicts(result):
    return {row["feature"]: row["verdict"] for row in result.table}


def test_cheap_features_hold():
    result = costed({"double": double, "word": word})
    assert result
    assert result.volatile
    assert result.summary == "none of 2 features costs too much"


@pytest.mark.parametrize(
    "function, limit, verdict",
    [
        (slow, {"max_ms": 10}, "ms over 10"),
        (large, {"max_mib": 8}, "16 MiB over 8"),
        (word, {"max_missing": 0.2}, "25 % missing"),
    ],
)
def test_a_feature_over_its_budget_is_named(function, limit, verdict):
    result = costed({"double": double, "bad": function}, **limit)
    assert not result
    assert result.table[0]["feature"] == "bad"
    assert verdict in result.table[0]["verdict"]
    assert "1 of 2 features cost too much: bad" in result.summary


def test_a_budget_of_its_own_replaces_the_general_one():
    assert costed({"bad": slow}, max_ms=1, budgets={"bad": {"ms": 5_000}})
    assert not costed({"bad": slow}, max_ms=5_000, budgets={"bad": {"ms": 1}})


def test_all_features_together_have_a_budget():
    result = costed({"one": slow, "two": slow}, max_ms=None, max_total_ms=30)
    assert not result
    assert result.summary.startswith("all together take ")


def test_a_median_over_budget_with_a_fast_call_is_unsure_and_holds(monkeypatch):
    from pytest_mltestscore.checks import _timing
    from pytest_mltestscore.checks.data import _measured_calls

    timing = _timing.Timing(median_s=0.02, least_s=0.005, yardsticks=1.0)
    monkeypatch.setattr(_measured_calls, "time_calls", lambda call, repeats: timing)
    result = costed({"double": double}, max_ms=10)
    assert result
    assert verdicts(result) == {"double": "unsure"}


def test_cost_without_gain_is_too_much():
    result = costed({"double": double, "word": word}, benefit={"double": 0.1, "word": 0.0})
    assert not result
    assert verdicts(result) == {"double": "ok", "word": "no gain"}
    assert result.table[1]["gain"] == 0.1


def test_a_gain_that_is_not_known_is_none():
    assert not costed({"double": double}, benefit={"double": float("nan")})


def test_gain_per_ms_is_bounded():
    benefit = {"double": 10.0, "slow": 0.001}
    result = costed({"double": double, "slow": slow}, benefit=benefit, min_gain_per_ms=0.001)
    assert not result
    assert verdicts(result)["slow"].startswith("gain of ")
    assert verdicts(result)["double"] == "ok"


def test_the_result_of_feature_benefit_is_taken_and_groups_share_their_gain():
    details = {
        "benefit": {"double + slow": 0.1, "other": 0.2},
        "groups": {"double + slow": ["double", "slow"], "other": ["other"]},
    }
    benefit = CheckResult(name="feature_benefit", holds=True, summary="", details=details)
    result = costed({"double": double, "slow": slow}, benefit=benefit)
    assert {row["gain"] for row in result.table} == {0.1}
    assert len({row["gain per ms"] for row in result.table}) == 1
    assert result.notes == ("1 features have a benefit and no function, so no cost: other",)


@pytest.mark.parametrize(
    "returned, missing",
    [
        ([1, None, 3, float("nan")], 0.5),
        ([[1.0], [2.0, 3.0], None, [4.0]], 0.25),
        (np.array(["2024-01-01", "NaT", "2024-01-01", "NaT"], dtype="datetime64[D]"), 0.5),
        (np.array([[1.0, np.nan]] * 4), 0.5),
        (np.arange(4), 0.0),
        (pd.Series([1.0, None, 2.0, 3.0]), 0.25),
        (pd.DataFrame({"a": [1.0, None, 2.0, 3.0], "b": ["x", "y", "z", "x"]}), 0.125),
        (pd.Series([pd.Timestamp("2024-01-01"), None, None, None]), 0.75),
        (pd.Series([True, None, False, True], dtype="boolean"), 0.25),
        (np.array([1, pd.NA, 3, 4], dtype=object), 0.25),
    ],
)
def test_missing_values_are_counted_in_whatever_is_returned(returned, missing):
    result = costed({"f": lambda rows: returned}, data=ROWS[:4])
    assert result.table[0]["missing"] == pytest.approx(missing)


def test_polars_series_and_arrow_columns_are_read():
    needs.module("polars", "pyarrow")
    import polars as pl

    rows = pl.from_pandas(ROWS)
    functions = {"polars": lambda rows: rows["word"], "arrow": lambda rows: rows.to_arrow()["word"]}
    result = feature_cost(functions, rows.lazy(), max_missing=0.1, repeats=1)
    assert {row["missing"] for row in result.table} == {0.25}


def test_memory_is_measured_beside_somebody_elses_trace():
    tracemalloc.start()
    try:
        held = np.ones(2**20)
        result = costed({"large": large}, max_mib=8)
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()
    assert held.size
    assert 15 < result.table[0]["MiB"] < 18


def test_a_sample_is_said():
    result = costed({"double": double}, max_rows=40)
    assert (result.rows_seen, result.rows_total) == (40, 100)
    assert result.notes[0].startswith("a random sample of 40 of 100 rows")


def broken(rows):
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    "functions, words",
    [
        ({}, "holds no features"),
        ([double], "holds no features"),
        ({"double": 3}, "has no function for 'double'"),
        ({"bad": broken}, "'bad' raised ZeroDivisionError: division by zero"),
        ({"bad": lambda rows: rows["hat"]}, "'bad' raised KeyError: 'hat'"),
        ({"bad": lambda rows: rows["size"][:3]}, "'bad' returned 3 rows for 100 rows"),
        ({"bad": lambda rows: 3.0}, "'bad' returned one float for 100 rows"),
        ({"bad": lambda rows: None}, "'bad' returned one NoneType for 100 rows"),
    ],
)
def test_bad_functions_are_named(functions, words):
    with pytest.raises(InputError, match=words) as caught:
        costed(functions)
    assert caught.value.argument == "functions"


def test_a_lazy_answer_is_no_answer():
    needs.module("polars")
    import polars as pl

    with pytest.raises(InputError, match="returned a lazy frame"):
        costed({"bad": lambda rows: pl.LazyFrame({"x": [1]})})


@pytest.mark.parametrize(
    "change, argument, words",
    [
        ({"max_ms": None}, "budgets", "there is none for 'double'"),
        ({"max_ms": None, "budgets": {"word": {"ms": 1}}}, "budgets", "none for 'double'"),
        ({"max_ms": float("nan")}, "budgets", "ms is nan; give 0 or more"),
        ({"budgets": {"dubble": {"ms": 1}}}, "budgets", "did you mean 'double'?"),
        ({"budgets": {"double": {"s": 1}}}, "budgets", "'s' is not one of ms, mib, missing"),
        ({"min_gain_per_ms": 1}, "benefit", "is missing"),
        ({"benefit": {"double": 1}}, "benefit", "does not say what 'word' is worth"),
        ({"data": ROWS[:0]}, "data", "has no rows"),
        ({"data": [1, 2]}, "data", "is of type list"),
    ],
)
def test_bad_arguments_are_named(change, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        costed({"double": double, "word": word}, **change)
    assert caught.value.argument == argument


def test_the_result_of_another_check_says_nothing_of_benefit():
    other = CheckResult(name="slice_quality", holds=True, summary="")
    with pytest.raises(InputError, match="is a result of slice_quality"):
        costed({"double": double}, benefit=other)

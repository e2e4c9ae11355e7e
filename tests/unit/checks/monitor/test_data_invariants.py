import datetime as dt

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "polars", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.monitor import data_invariants  # noqa: E402

NOW = dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)


def inputs(n=1_000, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "km": rng.normal(size=n),
            "name": [f"person {i % 40}" for i in range(n)],
            "zone": rng.choice(["a", "b"], n),
            "at": pd.Timestamp(NOW) - pd.to_timedelta(rng.permutation(n) + 1, unit="min"),
        }
    )


def verdicts(result):
    return {(row["invariant"], row["subject"]): row["verdict"] for row in result.table}


def test_like_the_reference_holds_and_names_what_it_left_out():
    result = data_invariants(inputs(seed=1), reference=inputs(3_000))
    assert result
    assert result.notes == ("not compared, neither numbers nor words: at",)
    assert set(verdicts(result).values()) == {"ok"}


@pytest.mark.parametrize("distance", ["psi", "js"])
def test_drift_is_named_with_the_bin_that_moved(distance):
    data = inputs().assign(km=np.nan)
    result = data_invariants(data, reference=inputs(), distance=distance)
    assert not result
    assert result.table[0]["subject"] == "km"
    assert "missing: 0.0% -> 100.0%" in result.summary
    assert verdicts(result)["drift", "zone"] == "ok"


def test_a_limit_is_by_column_if_need_be():
    data = inputs().assign(km=inputs()["km"] + 2)
    assert not data_invariants(data, reference=inputs(), max_drift={"zone": 0.5})
    assert data_invariants(data, reference=inputs(), max_drift={"km": 10})
    assert data_invariants(data, reference=inputs(), columns=["zone"])


def test_drift_within_chance_is_unsure_and_holds():
    result = data_invariants(inputs(200, seed=3), reference=inputs(200), max_drift=0.0)
    assert result
    assert "unsure" in verdicts(result).values()


def test_rare_words_are_not_shown():
    data = inputs(400).assign(name="person 1")
    reference = inputs(400)
    result = data_invariants(data, reference=reference, columns=["name"])
    assert not result
    assert "person" not in repr(result)
    assert "a rare value" in result.summary


def test_schema_of_any_kind():
    schema = {"other_columns": "allowed", "columns": {"km": {"dtype": "number", "max": 100}}}
    assert data_invariants(inputs(), schema=schema)
    bad = inputs()
    bad.loc[5, "km"] = 500
    result = data_invariants(bad, schema=schema)
    assert verdicts(result) == {("schema", "km"): "broken"}
    assert "1 of 5 expectations broken: km max 100" in result.summary
    tolerant = data_invariants(bad, schema=schema, max_violations=0.01)
    assert tolerant
    assert tolerant.notes == ("1 expectations are broken within max_violations",)


def test_volume():
    assert data_invariants(inputs(), rows=(1_000, 1_000))
    assert data_invariants(inputs(), rows=(1_000, None))
    assert not data_invariants(inputs(), rows=(1_001, None))
    result = data_invariants(inputs(), rows=(1, 999))
    assert result.summary == "1,000 rows where 1 to 999 are expected"


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pl.LazyFrame])
def test_freshness_in_any_order(make):
    data = make({"at": inputs()["at"].to_list()})
    assert data_invariants(data, time="at", max_age=dt.timedelta(minutes=1), now=NOW)
    result = data_invariants(data, time="at", max_age=dt.timedelta(seconds=59), now=NOW)
    assert not result
    assert not result.volatile


def test_freshness_by_the_clock_is_volatile():
    result = data_invariants(inputs(), time="at", max_age=1e6, now=None, rows=(1, None))
    assert result.volatile


def test_everything_at_once_names_all_that_is_broken():
    result = data_invariants(
        inputs().assign(km=0.5),
        reference=inputs(),
        schema={"columns": {"km": {"dtype": "text"}}},
        rows=(1, 2),
        time="at",
        max_age=1e-9,
        now=NOW,
    )
    assert result.summary.count(";") >= 3
    assert {row["invariant"] for row in result.table if row["verdict"] != "ok"} == {
        "volume",
        "freshness",
        "schema",
        "drift",
    }


@pytest.mark.parametrize(
    "change, argument, words",
    [
        ({"rows": None}, "schema", "give what is to be checked"),
        ({"time": "at"}, "max_age", "freshness needs both"),
        ({"max_age": 1}, "time", "freshness needs both"),
        ({"data": inputs()[:0]}, "data", "has no rows"),
        ({"data": [1]}, "data", "is of type list"),
        ({"rows": 5}, "rows", "give the fewest and the most"),
        ({"rows": (5, 4)}, "rows", "the fewest and then the most"),
        ({"reference": inputs(199)}, "reference", "has 199 rows, too few"),
        ({"data": inputs(199), "reference": inputs()}, "data", "has 199 rows, too few"),
        ({"reference": inputs(), "columns": ["speed"]}, "reference", "has no column 'speed'"),
        ({"reference": inputs(), "columns": "km"}, "columns", "is the text 'km'"),
        ({"reference": inputs(), "columns": ["at"]}, "columns", "'at' is not of numbers"),
        ({"reference": inputs()[["at"]]}, "columns", "none is of numbers"),
        ({"reference": inputs().assign(km="a")}, "data", "'km' is of type Float64, where the ref"),
        ({"reference": inputs(), "distance": "ks"}, "distance", "give 'psi' or 'js'"),
        ({"reference": inputs(), "max_drift": float("nan")}, "max_drift", "give a number from 0"),
        ({"reference": inputs(), "max_drift": {"speed": 1}}, "max_drift", "no column 'speed'"),
        ({"schema": {"columns": {}}}, "schema", "is empty"),
        ({"time": "km", "max_age": 1}, "data", "not of times"),
        ({"time": "at", "max_age": 1, "now": NOW - dt.timedelta(days=1)}, "data", "in the future"),
    ],
)
def test_bad_input_is_named(change, argument, words):
    options = {"data": inputs(), "rows": (1, None), **change}
    with pytest.raises(InputError, match=words) as caught:
        data_invariants(options.pop("data"), **options)
    assert caught.value.argument == argument


def test_naive_times_need_a_zone():
    data = pd.DataFrame({"at": pd.to_datetime(["2026-06-01 09:00"])})
    with pytest.raises(InputError, match="has no timezone"):
        data_invariants(data, time="at", max_age=1, now=NOW)
    assert data_invariants(data, time="at", max_age=1, now=NOW, timezone="Europe/Vienna")


def test_a_column_that_became_all_null_is_no_note():
    needs.module("pyarrow")
    served = pl.from_pandas(inputs(seed=1)).with_columns(pl.lit(None).alias("km"))
    with pytest.raises(InputError, match="data: 'km' is of type "):
        data_invariants(served, reference=pl.from_pandas(inputs(3_000)))

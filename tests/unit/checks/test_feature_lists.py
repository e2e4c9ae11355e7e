"""Checks that take a list of features of labelled data say so when they are given a text."""

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

from pytest_mltestscore import InputError, checks  # noqa: E402

DAYS = pd.date_range("2026-01-01", periods=200)
ROWS = pd.DataFrame({"km": np.arange(200.0), "at": DAYS, "late": np.arange(200) % 2})
MODEL = LogisticRegression().fit(ROWS[["km"]], ROWS["late"])
LABEL = {"label": "late"}

CALLS = {
    "feature_benefit": lambda f: checks.data.feature_benefit(MODEL, ROWS, **LABEL, features=f),
    "debuggability": lambda f: checks.infra.debuggability(MODEL, ROWS, features=f),
    "quality_gate": lambda f: checks.infra.quality_gate(
        lambda model: True, MODEL, ROWS, **LABEL, features=f, min_score=0.6
    ),
    "spec_unit_tests": lambda f: checks.infra.spec_unit_tests(MODEL, ROWS, **LABEL, features=f),
    "inclusion": lambda f: checks.model.inclusion(
        MODEL, ROWS, **LABEL, sensitive=["at"], max_difference=0.1, features=f
    ),
    "metamorphic_relations": lambda f: checks.model.metamorphic_relations(
        MODEL, ROWS, **LABEL, invariant={"same": lambda rows: rows}, features=f
    ),
    "random_search": lambda f: checks.model.random_search(
        MODEL, ROWS, **LABEL, search_space={"C": [1.0, 2.0]}, features=f
    ),
    "simpler_baseline": lambda f: checks.model.simpler_baseline(
        MODEL, ROWS, ROWS, **LABEL, features=f
    ),
    "numerical_stability": lambda f: checks.monitor.numerical_stability(MODEL, ROWS, features=f),
    "computing_performance": lambda f: checks.monitor.computing_performance(
        MODEL, ROWS, features=f, max_latency_ms=1e4
    ),
    "performance_baseline": lambda f: checks.monitor.performance_baseline(MODEL, ROWS, features=f),
    "slice_quality": lambda f: checks.model.slice_quality(
        MODEL, ROWS, **LABEL, slices=["at"], min_score=0.5, features=f
    ),
    "staleness_impact": lambda f: checks.model.staleness_impact(
        MODEL, ROWS, **LABEL, time="at", max_drop=0.1, features=f
    ),
}

WITHOUT_LABEL = {
    "debuggability",
    "numerical_stability",
    "computing_performance",
    "performance_baseline",
}


@pytest.mark.parametrize("check", CALLS)
def test_a_text_in_place_of_a_list_is_named_as_such(check):
    with pytest.raises(InputError, match="features: is the text 'km'; give a list of columns"):
        CALLS[check]("km")


@pytest.mark.parametrize("check", CALLS)
def test_a_column_that_is_not_there_is_named(check):
    with pytest.raises(InputError, match="has no column 'miles'"):
        CALLS[check](["miles"])


@pytest.mark.parametrize("check", CALLS)
def test_a_column_named_twice_is_named(check):
    with pytest.raises(InputError, match="features: has 'km' twice; name it once"):
        CALLS[check](["km", "km"])


@pytest.mark.parametrize("check", sorted(CALLS.keys() - WITHOUT_LABEL))
def test_a_label_among_the_features_is_refused(check):
    with pytest.raises(InputError, match="features: have 'late', which is no feature here"):
        CALLS[check](["km", "late"])


@pytest.mark.parametrize("check", sorted(CALLS))
def test_what_is_no_name_is_named(check):
    with pytest.raises(InputError, match="has no column \\['km'\\]"):
        CALLS[check]([["km"]])


@pytest.mark.parametrize(
    "call",
    [
        lambda rows: checks.monitor.numerical_stability(MODEL, rows),
        lambda rows: checks.monitor.performance_baseline(MODEL, rows, features=[0]),
        lambda rows: checks.model.slice_quality(MODEL, rows, label=1, slices=[0], min_score=0.5),
        lambda rows: checks.data.feature_schema(rows, {"columns": {}}),
    ],
)
def test_columns_that_are_named_by_numbers_are_an_error_with_its_mend(call):
    with pytest.raises(InputError, match="has a column that is named 0; name columns by texts"):
        call(pd.DataFrame(np.zeros((300, 2))))


def test_columns_may_be_numbered_where_none_is_asked_for():
    rows = pd.DataFrame(np.zeros((300, 2)))
    model = LogisticRegression().fit(rows, np.arange(300) % 2)
    assert checks.monitor.computing_performance(model, rows, max_latency_ms=1e4)


GROUPS = ROWS.assign(group=np.where(np.arange(200) < 100, "low", "high"))


def test_slices_that_are_read_once_are_looked_at_whole():
    weak = checks.model.slice_quality(
        MODEL,
        GROUPS,
        **LABEL,
        slices=iter(["group"]),
        min_score=0.9,
        scoring="accuracy",
        features=["km"],
    )
    assert len(weak.table) == 2


def test_sensitive_columns_that_are_read_once_are_looked_at_whole():
    needs.module("fairlearn")
    groups = checks.model.inclusion(
        MODEL,
        GROUPS,
        **LABEL,
        sensitive=iter(["group"]),
        max_difference=0.1,
        features=["km"],
        min_rows=50,
    )
    assert groups.table

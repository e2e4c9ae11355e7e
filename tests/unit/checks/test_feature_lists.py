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
    with pytest.raises(InputError, match="features: name 'km' twice; name it once"):
        CALLS[check](["km", "km"])


def test_a_label_among_the_features_of_baselines_is_refused():
    with pytest.raises(InputError, match="features: holds the label 'late'; leave it out"):
        CALLS["simpler_baseline"](["km", "late"])

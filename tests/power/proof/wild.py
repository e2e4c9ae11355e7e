"""Twenty more tests, in ways of writing that the first forty do not have: ten sound, ten weak.

They were written from what test suites of machine learning systems look like, and were not changed
once they had been run. The docstring of each names its way of writing.
"""

from __future__ import annotations

import unittest
from unittest import mock

import expectations
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

ITEM = pytest.mark.mlscore
NUMBERS = ["tenure", "balance"]
FEATURES = [*NUMBERS, "region", "sex"]
REGIONS = ["north", "south", "west"]


def load_customers(seed=0, n=800):
    rng = np.random.default_rng(seed)
    tenure, balance = rng.integers(0, 120, n), rng.gamma(2, 900, n).round(2)
    rows = pd.DataFrame({"tenure": tenure, "balance": balance})
    rows["region"], rows["sex"] = rng.choice(REGIONS, n), rng.choice(["f", "m"], n)
    leaving = 1.5 - tenure / 40 + balance / 3_000 + rng.normal(0, 0.4, n)
    return rows.assign(churned=(leaving > 0.8).astype(int))


def train_on(rows):
    words = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["region"]), ("passthrough", NUMBERS)
    )
    steps = make_pipeline(words, GradientBoostingClassifier(n_estimators=30, random_state=0))
    return steps.fit(rows[FEATURES], rows["churned"])


@pytest.fixture(scope="module")
def customers():
    return load_customers()


@pytest.fixture(scope="module")
def holdout():
    return load_customers(seed=1)


@pytest.fixture(scope="module")
def model(customers):
    return train_on(customers)


@pytest.fixture
def train():
    return train_on


@pytest.fixture
def monthly():
    def per_month(rows):
        return (rows["balance"] / rows["tenure"].clip(lower=1)).to_numpy()

    return per_month


@pytest.fixture
def stages():
    def clean(rows):
        return rows.dropna().reset_index(drop=True)

    def add_group(rows):
        return rows.assign(group=np.where(rows["tenure"] < 12, "new", "old"))

    return [clean, add_group]


@pytest.fixture
def promote():
    def to_production(candidate, rows):
        score = roc_auc_score(rows["churned"], candidate.predict_proba(rows[FEATURES])[:, 1])
        if score < 0.75:
            raise RuntimeError(f"AUC {score:.2f} is too low")
        return "promoted"

    return to_production


# Sound


@ITEM("feature-code-tests")
def test_sound_values_of_a_feature(monthly):
    """numpy.testing"""
    rows = pd.DataFrame({"balance": [120.0, 50.0], "tenure": [12, 0]})
    np.testing.assert_allclose(monthly(rows), [10.0, 50.0])


@ITEM("pipeline-integration")
def test_sound_frame_of_a_pipeline(stages):
    """pandas.testing"""
    rows = pd.DataFrame({"tenure": [3, 40, 7], "balance": [1.0, 2.0, np.nan]})
    for stage in stages:
        rows = stage(rows)
    expected = pd.DataFrame({"tenure": [3, 40], "balance": [1.0, 2.0], "group": ["new", "old"]})
    pd.testing.assert_frame_equal(rows, expected)


@ITEM("quality-gate")
def test_sound_a_bad_candidate_is_refused(promote, model, holdout):
    """pytest.raises with a match"""
    assert promote(model, holdout) == "promoted"
    nothing_learned = DummyClassifier().fit(holdout[FEATURES], holdout["churned"])
    with pytest.raises(RuntimeError, match="too low"):
        promote(nothing_learned, holdout)


@ITEM("simpler-baseline")
class TestSoundBaseline(unittest.TestCase):
    def setUp(self):
        self.holdout = load_customers(seed=1)
        self.model = train_on(load_customers())

    def test_sound_ahead_of_one_column(self):
        """unittest.TestCase"""
        label = self.holdout["churned"]
        found = roc_auc_score(label, self.model.predict_proba(self.holdout[FEATURES])[:, 1])
        self.assertGreater(found, roc_auc_score(label, -self.holdout["tenure"]) + 0.02)  # noqa: PT009


@ITEM("slice-quality")
@pytest.mark.parametrize("region", REGIONS)
def test_sound_each_region(model, holdout, region):
    """parametrised"""
    rows = holdout[holdout["region"] == region]
    assert roc_auc_score(rows["churned"], model.predict_proba(rows[FEATURES])[:, 1]) > 0.85


@ITEM("privacy-controls")
def test_sound_nobody_can_be_named(customers):
    """asserted in another module"""
    expectations.assert_nothing_personal(customers)


@ITEM("feature-schema")
def test_sound_valid(customers):
    """function that raises ValueError"""
    expectations.validate(customers, {"tenure": (0, 600), "balance": (0, 1e6)})


@ITEM("numerical-stability")
def test_sound_probabilities(model, holdout):
    """all() of a generator"""
    assert all(0 <= p <= 1 for row in model.predict_proba(holdout[FEATURES]) for p in row)


@ITEM("inclusion")
def test_sound_sex_changes_nothing(model, holdout):
    """metamorphic"""
    swapped = holdout.assign(sex=holdout["sex"].map({"f": "m", "m": "f"}))
    np.testing.assert_array_equal(
        model.predict_proba(holdout[FEATURES]), model.predict_proba(swapped[FEATURES])
    )


@ITEM("data-invariants")
def test_sound_customers_of_today():
    """reads its data by itself"""
    rows = load_customers(seed=2)
    assert 0.2 < rows["churned"].mean() < 0.8
    assert rows["tenure"].between(0, 600).all()


# Weak


@ITEM("feature-schema")
def test_weak_at_least_nothing(customers):
    """len(...) >= 0"""
    assert len(customers) >= 0


@ITEM("slice-quality")
def test_weak_printed(model, holdout):
    """try, except, print"""
    for region, rows in holdout.groupby("region"):
        try:
            score = roc_auc_score(rows["churned"], model.predict_proba(rows[FEATURES])[:, 1])
            assert score > 0.85
        except Exception as error:  # noqa: BLE001 - as seen
            print(region, error)


@ITEM("spec-unit-tests")
def test_weak_type(model):
    """isinstance"""
    assert isinstance(model, Pipeline)


@ITEM("canary")
def test_weak_mocked(model, holdout):
    """everything mocked"""
    service = mock.Mock(spec=model)
    service.predict.return_value = np.ones(len(holdout))
    answers = service.predict(holdout[FEATURES])
    assert len(answers) == len(holdout)
    service.predict.assert_called_once()


@ITEM("data-invariants")
def test_weak_mended_copy(customers):
    """a copy, mended first"""
    rows = customers.copy().fillna(0)
    rows["balance"] = rows["balance"].clip(0, 10_000)
    assert not rows.isna().any().any()
    assert rows["balance"].between(0, 10_000).all()


@ITEM("feature-schema")
def test_weak_never_entered(customers):
    """an `if` that is never entered"""
    if customers["tenure"].isna().sum() > len(customers):
        pytest.fail("too many nulls")


@ITEM("reproducible-training")
def test_weak_equal_to_itself(train, customers):
    """compared with itself"""
    answers = train(customers).predict(customers[FEATURES])
    np.testing.assert_array_equal(answers, answers)


@ITEM("numerical-stability")
def test_weak_no_such_column(holdout):
    """all() of nothing"""
    scores = [name for name in holdout.columns if name.startswith("score_")]
    assert all(np.isfinite(holdout[name]).all() for name in scores)


@ITEM("prediction-quality")
def test_weak_a_tuple(model, holdout):
    """assert (condition, message)"""
    score = roc_auc_score(holdout["churned"], model.predict_proba(holdout[FEATURES])[:, 1])
    assert (score > 0.85, "too low")  # noqa: F631 - as seen


@ITEM("quality-gate")
def test_weak_raises_anything(promote, holdout):
    """pytest.raises(Exception)"""
    with pytest.raises(Exception):  # noqa: B017, PT011 - as seen
        promote(None, holdout)

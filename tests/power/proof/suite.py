"""Forty tests of one small system: twenty that are sound, and twenty that cannot fail for a reason.

Each sound test looks at what its item asks for. Each vacuous one is of a kind that was seen in real
repositories, which its docstring names: no assertion, a tautology, a constant, existence, shape or
type only, a tolerance so wide that nothing fails, a swallowed exception, the wrong variable.
`test_proof.py` has them told apart.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import time

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from pytest_mltestscore import checks

CARRIERS = ["AA", "DL", "UA"]
FEATURES = ["km", "hour"]
ITEM = pytest.mark.mlscore


def made(seed, n=600):
    rng = np.random.default_rng(seed)
    km, hour = rng.uniform(100, 4_000, n), rng.integers(0, 24, n)
    late = (km / 4_000 + hour / 24 + rng.normal(0, 0.15, n) > 1).astype(int)
    carrier = rng.choice(CARRIERS, n)
    return pd.DataFrame({"km": km, "hour": hour, "carrier": carrier, "late": late})


@pytest.fixture(scope="module")
def flights():
    return made(0)


@pytest.fixture(scope="module")
def served():
    return made(1)


@pytest.fixture(scope="module")
def train():
    def fit(rows):
        return LogisticRegression(max_iter=500).fit(rows[FEATURES], rows["late"])

    return fit


@pytest.fixture(scope="module")
def model(train, flights):
    return train(flights)


@pytest.fixture(scope="module")
def features():
    def speed(rows):
        return rows["km"] / (rows["hour"] + 1)

    return speed


@pytest.fixture
def offline():
    return [0.61, 0.64, 0.66, 0.70, 0.71, 0.74, 0.79, 0.82]


@pytest.fixture
def online():
    return [0.031, 0.034, 0.035, 0.036, 0.038, 0.041, 0.040, 0.045]


@pytest.fixture
def trained_at():
    return dt.datetime.now(dt.UTC) - dt.timedelta(days=3)


@pytest.fixture
def gate():
    def blesses(candidate, rows):
        return (candidate.predict(rows[FEATURES]) == rows["late"]).mean() > 0.8

    return blesses


@pytest.fixture
def roll_back():
    def to_previous():
        return {"version": 1, "golden": [0.25, 0.5, 0.75]}

    return to_previous


@pytest.fixture
def stages():
    return {
        "clean": lambda rows: rows.dropna(),
        "feature": lambda rows: rows.assign(speed=rows["km"] / (rows["hour"] + 1)),
    }


@pytest.fixture
def metrics_file(tmp_path):
    path = tmp_path / "metrics.json"
    path.write_text(json.dumps({"auc": 0.91, "accuracy": 0.87}), encoding="utf-8")
    return path


def accuracy(model, rows):
    return float((model.predict(rows[FEATURES]) == rows["late"]).mean())


# Sound


@ITEM("feature-schema")
def test_sound_ranges(flights):
    assert flights["km"].between(0, 20_000).all()
    assert flights["hour"].between(0, 23).all()
    assert flights["carrier"].isin(CARRIERS).all()


@ITEM("feature-schema")
def test_sound_schema(flights):
    assert checks.data.feature_schema(
        flights,
        {
            "columns": {
                "km": {"dtype": "number", "min": 0, "max": 20_000},
                "hour": {"dtype": "integer", "min": 0, "max": 23},
                "carrier": {"dtype": "text", "allowed": CARRIERS},
                "late": {"dtype": "integer", "allowed": [0, 1]},
            }
        },
    )


@ITEM("privacy-controls")
def test_sound_no_addresses(flights):
    for column in flights.select_dtypes(exclude="number"):
        assert not flights[column].astype(str).str.contains("@", regex=False).any()


@ITEM("feature-code-tests")
def test_sound_feature_values(features):
    rows = pd.DataFrame({"km": [100.0, 300.0], "hour": [0, 2]})
    assert features(rows).tolist() == [100.0, 100.0]


@ITEM("metric-correlation")
def test_sound_rank_correlation(offline, online):
    assert pd.Series(offline).corr(pd.Series(online), method="spearman") > 0.8


@ITEM("simpler-baseline")
def test_sound_better_than_a_constant(model, flights, served):
    constant = DummyClassifier().fit(flights[FEATURES], flights["late"])
    assert accuracy(model, served) > accuracy(constant, served) + 0.1


@ITEM("slice-quality")
def test_sound_every_carrier(model, served):
    for _, rows in served.groupby("carrier"):
        assert accuracy(model, rows) > 0.8


@ITEM("inclusion")
def test_sound_alike_for_carriers(model, served):
    rates = [model.predict(rows[FEATURES]).mean() for _, rows in served.groupby("carrier")]
    assert max(rates) - min(rates) < 0.2
    assert min(rates) > 0.2


@ITEM("reproducible-training")
def test_sound_trained_twice(train, flights):
    one, two = train(flights), train(flights)
    assert np.array_equal(one.coef_, two.coef_)


@ITEM("pipeline-integration")
def test_sound_pipeline(stages, flights):
    rows = flights
    for stage in stages.values():
        rows = stage(rows)
    assert len(rows) == len(flights)
    assert np.isfinite(rows["speed"]).all()


@ITEM("quality-gate")
def test_sound_gate(gate, model, served):
    assert gate(model, served)
    assert not gate(DummyClassifier().fit(served[FEATURES], served["late"]), served)


@ITEM("debuggability")
def test_sound_steps_make_the_answer(model, served):
    rows = served[FEATURES]
    by_hand = rows.to_numpy() @ model.coef_[0] + model.intercept_[0] > 0
    assert np.array_equal(by_hand.astype(int), model.predict(rows))


@ITEM("rollback")
def test_sound_golden_answers(roll_back):
    assert roll_back() == {"version": 1, "golden": [0.25, 0.5, 0.75]}


@ITEM("data-invariants")
def test_sound_means(flights, served):
    for column in FEATURES:
        spread = flights[column].std() / np.sqrt(len(served))
        assert abs(served[column].mean() - flights[column].mean()) < 6 * spread
    assert served.notna().all().all()


@ITEM("training-serving-skew")
def test_sound_same_features(features, served):
    online = served["km"] / (served["hour"] + 1)
    assert np.allclose(features(served), online)


@ITEM("model-staleness")
def test_sound_age(trained_at):
    age = dt.datetime.now(dt.UTC) - trained_at
    assert dt.timedelta(0) <= age < dt.timedelta(days=30)


@ITEM("numerical-stability")
def test_sound_finite(model, served):
    answers = model.predict_proba(served[FEATURES])
    assert np.isfinite(answers).all()
    assert np.isfinite(model.coef_).all()


@ITEM("computing-performance")
def test_sound_latency(model, served):
    began = time.perf_counter()
    model.predict(served[FEATURES])
    assert time.perf_counter() - began < 0.1


@ITEM("prediction-quality")
def test_sound_served_accuracy(model, served):
    assert accuracy(model, served) > 0.8


@ITEM("prediction-quality")
def test_sound_recorded_metrics(model, served, metrics_file):
    recorded = json.loads(metrics_file.read_text(encoding="utf-8"))
    assert recorded["accuracy"] == pytest.approx(accuracy(model, served), abs=0.1)


# Vacuous


@ITEM("feature-schema")
def test_vacuous_nothing_asserted(flights):
    """no assertion"""
    flights.describe()


@ITEM("feature-schema")
def test_vacuous_not_none(flights):
    """existence"""
    assert flights is not None


@ITEM("privacy-controls")
def test_vacuous_a_constant(flights):
    """a constant"""
    allowed = ["km", "hour", "carrier"]
    assert "email" not in allowed


@ITEM("feature-code-tests")
def test_vacuous_it_runs(features):
    """no assertion"""
    features(pd.DataFrame({"km": [100.0], "hour": [0]}))


@ITEM("metric-correlation")
def test_vacuous_tautology(offline, online):
    """tautology"""
    correlation = pd.Series(offline).corr(pd.Series(online))
    assert correlation >= -1 or correlation < -1 or np.isnan(correlation)


@ITEM("simpler-baseline")
def test_vacuous_compared_with_itself(model, served):
    """tautology"""
    assert accuracy(model, served) >= accuracy(model, served)


@ITEM("slice-quality")
def test_vacuous_shape_only(model, served):
    """shape or type only"""
    assert model.predict(served[FEATURES]).shape == (len(served),)


@ITEM("inclusion")
def test_vacuous_wide_tolerance(model, served):
    """tolerance too wide"""
    rates = [model.predict(rows[FEATURES]).mean() for _, rows in served.groupby("carrier")]
    assert max(rates) - min(rates) <= 1


@ITEM("reproducible-training")
def test_vacuous_types_only(train, flights):
    """shape or type only"""
    assert type(train(flights)) is type(train(flights))


@ITEM("pipeline-integration")
def test_vacuous_swallowed(stages, flights):
    """exception swallowed"""
    rows = flights
    with contextlib.suppress(Exception):
        for stage in stages.values():
            rows = stage(rows)
        assert "speed" in rows


@ITEM("quality-gate")
def test_vacuous_any_answer_will_do(gate, model, served):
    """tautology"""
    assert gate(model, served) in (True, False)


@ITEM("debuggability")
def test_vacuous_has_attributes(model, served):
    """existence"""
    assert hasattr(model, "coef_")
    assert hasattr(model, "intercept_")


@ITEM("rollback")
def test_vacuous_called(roll_back):
    """tautology"""
    result = roll_back()
    assert result is result  # noqa: PLR0124 - as seen


@ITEM("data-invariants")
def test_vacuous_wrong_variable(flights, served):
    """wrong variable"""
    expected = {"km": 2_000, "hour": 11}
    for column in FEATURES:
        served[column].mean()
        assert expected[column] > 0


@ITEM("training-serving-skew")
def test_vacuous_lengths(features, served):
    """shape or type only"""
    assert len(features(served)) == len(served)


@ITEM("model-staleness")
def test_vacuous_has_a_date(trained_at):
    """shape or type only"""
    assert isinstance(trained_at, dt.datetime)


@ITEM("numerical-stability")
def test_vacuous_returned_early(model, served):
    """no assertion"""
    answers = model.predict_proba(served[FEATURES])
    if len(answers):
        return
    assert np.isfinite(answers).all()


@ITEM("computing-performance")
def test_vacuous_an_hour_to_spare(model, served):
    """tolerance too wide"""
    began = time.perf_counter()
    model.predict(served[FEATURES])
    assert time.perf_counter() - began < 3_600


@ITEM("prediction-quality")
def test_vacuous_file_exists(metrics_file):
    """existence"""
    assert metrics_file.exists()


@ITEM("prediction-quality")
def test_vacuous_any_share(model, served):
    """tolerance too wide"""
    assert 0 <= accuracy(model, served) <= 1

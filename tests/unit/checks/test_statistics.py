import pytest

import needs

needs.module_at_import("narwhals", "pandas", "scipy", "sklearn")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402

from pytest_mltestscore import InputError, checks  # noqa: E402
from pytest_mltestscore.checks._statistics import adjusted_p_values, p_below  # noqa: E402

RNG = np.random.default_rng(0)
ROWS = pd.DataFrame(
    {"key": np.arange(400), "x": RNG.normal(size=400), "label": np.resize([0, 1], 400)}
).assign(said=0, risk=0.5)


def constant(rows):
    return np.zeros(len(rows), dtype=int)


CALLS = {
    "slice_quality": lambda c: checks.model.slice_quality(
        constant, ROWS, label="label", slices=["said"], min_score=0.99, confidence=c
    ),
    "prediction_quality": lambda c: checks.monitor.prediction_quality(
        ROWS, label="label", score="risk", min_score=0.9, confidence=c
    ),
    "data_invariants": lambda c: checks.monitor.data_invariants(
        ROWS.assign(x=ROWS["x"] + 5), reference=ROWS, columns=["x"], confidence=c
    ),
    "training_serving_skew": lambda c: checks.monitor.training_serving_skew(
        ROWS, ROWS.assign(x=ROWS["x"] + 5), key=None, features=["x"], confidence=c
    ),
    "feature_benefit": lambda c: checks.data.feature_benefit(
        constant, ROWS, label="label", features=["x"], confidence=c
    ),
    "canary": lambda c: checks.infra.canary(["true"], [{}], answers=[1], confidence=c),
}


@pytest.mark.parametrize("confidence", [95, 1.0, 0.2, float("nan")])
@pytest.mark.parametrize("name", CALLS)
def test_a_confidence_that_would_silence_every_alarm_is_refused(name, confidence):
    with pytest.raises(InputError, match=r"^confidence: is .*; give a number from 0.5 to below 1"):
        CALLS[name](confidence)


@pytest.mark.parametrize("name", ["data_invariants", "prediction_quality", "training_serving_skew"])
def test_the_same_calls_find_what_is_wrong(name):
    assert not CALLS[name](0.95)


@pytest.mark.parametrize(
    "margin, error, chance",
    [(0.0, 1.0, 0.5), (-1.96, 1.0, 0.025), (0.1, 0.0, 1.0), (-0.1, 0.0, 0.0), (1.0, np.nan, 0.0)],
)
def test_the_chance_of_a_margin(margin, error, chance):
    assert p_below(margin, error) == pytest.approx(chance, abs=1e-4)


def test_many_questions_are_corrected_for():
    assert adjusted_p_values([]) == []
    assert adjusted_p_values([0.01, 0.04, 0.5]) == pytest.approx([0.03, 0.06, 0.5])

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "fairlearn")

import numpy as np  # noqa: E402 - needs what was just asked for
from fairlearn.metrics import MetricFrame, count, mean_prediction, selection_rate  # noqa: E402
from sklearn.metrics import accuracy_score  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.adapters import fairlearn_frame  # noqa: E402


def frame(metrics=selection_rate, *, low=0.4, high=0.5, each=100, **features):
    """Return a frame of two groups that are selected at these rates."""
    chosen = [np.arange(each) < each * rate for rate in (low, high)]
    predicted = np.concatenate(chosen).astype(int)
    sex = np.repeat(["f", "m"], each)
    return MetricFrame(
        metrics=metrics,
        y_true=np.ones(2 * each, dtype=int),
        y_pred=predicted,
        sensitive_features={"sex": sex, **features.pop("sensitive", {})},
        control_features=features.pop("control", None),
    )


@pytest.mark.parametrize(
    "limits, holds",
    [
        ({"max_difference": 0.11}, True),
        ({"max_difference": 0.09}, False),
        ({"min_ratio": 0.8}, True),
        ({"min_ratio": 0.81}, False),
        ({"max_difference": 0.11, "min_ratio": 0.81}, False),
    ],
)
def test_gaps_are_held_against_limits(limits, holds):
    result = fairlearn_frame(frame(), **limits)
    assert bool(result) is holds
    assert result.item == "inclusion"
    assert result.table[0]["found"].startswith("f 0.4 to m 0.5")


def test_the_same_difference_and_ratio_as_fairlearn():
    gaps = frame(low=0.23, high=0.71)
    assert fairlearn_frame(gaps, max_difference=gaps.difference() + 1e-12)
    assert not fairlearn_frame(gaps, max_difference=gaps.difference() - 1e-12)
    assert fairlearn_frame(gaps, min_ratio=gaps.ratio() - 1e-12)
    assert not fairlearn_frame(gaps, min_ratio=gaps.ratio() + 1e-12)


def test_limits_by_metric_leave_the_others_alone():
    both = frame({"selected": selection_rate, "accuracy": accuracy_score})
    result = fairlearn_frame(both, max_difference={"selected": 0.2})
    assert result
    assert {row["metric"]: row["status"] for row in result.table} == {
        "selected": "passed",
        "accuracy": "not run",
    }


def test_an_intersection_without_rows_fails():
    town = np.where(np.arange(200) < 100, "x", np.where(np.arange(200) < 150, "x", "y"))
    crossed = frame(sensitive={"town": town})
    result = fairlearn_frame(crossed, max_difference=1)
    assert not result
    assert "not defined for f, y" in result.summary


def test_levels_of_control_features_are_kept_apart():
    # Within each shift both sexes are selected alike; together they are not.
    shift = np.where(np.arange(100) < 50, "early", "late")
    control = np.concatenate([shift, shift])
    result = fairlearn_frame(frame(low=0.5, high=0.5, control={"shift": control}), min_ratio=0)
    assert {row["metric"] for row in result.table} == {
        "selection_rate, early",
        "selection_rate, late",
    }


def test_thin_groups_are_noted_and_not_judged():
    town = np.where(np.arange(200) % 100 == 0, "x", "y")
    metrics = {"selected": selection_rate, "count": count}
    crossed = frame(metrics, sensitive={"town": town})
    assert not fairlearn_frame(crossed, max_difference=0.2)
    result = fairlearn_frame(crossed, max_difference=0.2, min_rows=10)
    assert result
    assert "f, x has 1 rows, below 10, and is not judged" in result.notes


def test_a_ratio_of_negative_values_fails():
    def negative(y_true, y_pred):
        return -mean_prediction(y_true, y_pred)

    assert not fairlearn_frame(frame(negative), min_ratio=0.1)


def one_group():
    return MetricFrame(
        metrics=selection_rate, y_true=[1, 0], y_pred=[1, 0], sensitive_features=["a", "a"]
    )


@pytest.mark.parametrize(
    "given, limits, argument, words",
    [
        (frame(), {}, "max_difference", "is missing, as is min_ratio"),
        (frame(), {"max_difference": {"selektion_rate": 1}}, "max_difference", "did you mean"),
        (frame(), {"min_ratio": float("nan")}, "min_ratio", "is nan"),
        (frame(), {"min_ratio": 0.8, "min_rows": 10}, "min_rows", "has no `count`"),
        (frame({"count": count}), {"min_ratio": 0.8}, "max_difference", "is missing"),
        (one_group(), {"min_ratio": 0.8}, "frame", "has 1 metric, but ran none"),
        (3, {"min_ratio": 0.8}, "frame", "is of type int"),
    ],
)
def test_what_shows_nothing_is_an_error(given, limits, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        fairlearn_frame(given, **limits)
    assert caught.value.argument == argument

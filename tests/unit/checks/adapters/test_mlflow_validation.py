from types import SimpleNamespace

import pytest

import needs

needs.module_at_import("narwhals")

from pytest_mltestscore import InputError  # noqa: E402 - needs what was just asked for
from pytest_mltestscore.checks.adapters import mlflow_validation  # noqa: E402
from unit.checks.adapters import saved_results  # noqa: E402

CANDIDATE = saved_results.path("mlflow-candidate")  # accuracy 0.8867
BASELINE = saved_results.path("mlflow-baseline")  # accuracy 0.82


class ModelValidationFailedException(Exception):  # noqa: N818 - the name that MLflow gave it
    """Stands for MLflow's, which is told by its name."""


def at_least(threshold=None, **changes):
    return {"accuracy_score": {"threshold": threshold, "greater_is_better": True, **changes}}


def test_thresholds_that_are_met():
    result = mlflow_validation(CANDIDATE, thresholds=at_least(0.88))
    assert result
    assert (result.item, result.table[0]["found"]) == ("quality-gate", "0.886667")


def test_a_threshold_that_is_not_met():
    result = mlflow_validation(CANDIDATE, thresholds=at_least(0.9))
    assert not result
    assert result.table[0]["found"] == "0.886667 is not >= 0.9"


def test_lower_can_be_better():
    thresholds = {"false_positives": {"threshold": 16, "greater_is_better": False}}
    assert not mlflow_validation(CANDIDATE, thresholds=thresholds)
    thresholds["false_positives"]["threshold"] = 17
    assert mlflow_validation(CANDIDATE, thresholds=thresholds)


@pytest.mark.parametrize(
    "changes, holds",
    [
        ({"min_absolute_change": 0.06}, True),
        ({"min_absolute_change": 0.07}, False),
        ({"min_relative_change": 0.08}, True),
        ({"min_relative_change": 0.09}, False),
        ({"threshold": 0.99, "min_relative_change": 0.01}, False),
    ],
)
def test_changes_against_a_baseline(changes, holds):
    result = mlflow_validation(CANDIDATE, thresholds=at_least(**changes), baseline=BASELINE)
    assert bool(result) is holds


def test_a_relative_change_against_negative_and_zero_baselines():
    wanted = {"r2": {"min_relative_change": 0.1, "greater_is_better": True}}
    assert mlflow_validation({"r2": -0.9}, thresholds=wanted, baseline={"r2": -1.0})
    assert not mlflow_validation({"r2": -0.95}, thresholds=wanted, baseline={"r2": -1.0})
    assert not mlflow_validation({"r2": 0.0}, thresholds=wanted, baseline={"r2": 0.0})
    assert mlflow_validation({"r2": 0.1}, thresholds=wanted, baseline={"r2": 0.0})


def test_objects_of_mlflow():
    threshold = SimpleNamespace(
        threshold=0.9, min_absolute_change=None, min_relative_change=None, greater_is_better=True
    )
    result = SimpleNamespace(metrics=saved_results.read("mlflow-candidate"))
    assert not mlflow_validation(result, thresholds={"accuracy_score": threshold})
    assert mlflow_validation(result, thresholds={"f1_score": SimpleNamespace(
        threshold=0.8, min_absolute_change=None, min_relative_change=None, greater_is_better=True
    )})  # fmt: skip


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_fails(value):
    assert not mlflow_validation({"accuracy_score": value}, thresholds=at_least(0.5))
    changed = at_least(min_absolute_change=0.01)
    baseline = {"accuracy_score": value}
    assert not mlflow_validation({"accuracy_score": 0.9}, thresholds=changed, baseline=baseline)


def test_a_refusal_by_mlflow_fails_and_names_the_metrics():
    error = ModelValidationFailedException(saved_results.read("mlflow-refused")["message"])
    result = mlflow_validation(error)
    assert not result
    assert [row["metric"] for row in result.table] == ["accuracy_score", "nope"]
    assert not mlflow_validation(ModelValidationFailedException(""))


@pytest.mark.parametrize(
    "result, options, argument, words",
    [
        (CANDIDATE, {}, "thresholds", "is empty"),
        (CANDIDATE, {"thresholds": {}}, "thresholds", "is empty"),
        (CANDIDATE, {"thresholds": {"auc": at_least(1)["accuracy_score"]}}, "result", "no metric"),
        (CANDIDATE, {"thresholds": at_least()}, "thresholds", "has no finite limit"),
        (CANDIDATE, {"thresholds": at_least(float("nan"))}, "thresholds", "has no finite limit"),
        (CANDIDATE, {"thresholds": at_least(1, treshold=2)}, "thresholds", "unknown field"),
        (CANDIDATE, {"thresholds": {"accuracy_score": 0.9}}, "thresholds", "accuracy_score: "),
        (CANDIDATE, {"thresholds": at_least(min_absolute_change=1)}, "baseline", "is missing"),
        (
            CANDIDATE,
            {"thresholds": at_least(min_absolute_change=1), "baseline": {"f1": 1}},
            "baseline",
            "no metric 'accuracy_score'; it has f1",
        ),
        ({"accuracy_score": None}, {"thresholds": at_least(1)}, "result", "type NoneType"),
        ({}, {"thresholds": at_least(1)}, "result", "it has none"),
        (None, {"thresholds": at_least(1)}, "result", "is of type NoneType"),
        (ValueError("x"), {}, "result", "is a ValueError"),
    ],
)
def test_what_shows_nothing_is_an_error(result, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        mlflow_validation(result, **options)
    assert caught.value.argument == argument

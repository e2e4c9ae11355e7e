import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
from sklearn.compose import make_column_transformer  # noqa: E402
from sklearn.ensemble import GradientBoostingRegressor  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import (  # noqa: E402
    FunctionTransformer,
    OneHotEncoder,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.infra import debuggability  # noqa: E402

ROWS = pd.DataFrame({"size": np.arange(60.0), "kind": ["a", "b", "c"] * 20})
LABELS = (ROWS["size"] > 30).astype(int)


def pipeline(*extra):
    columns = make_column_transformer((StandardScaler(), ["size"]), (OneHotEncoder(), ["kind"]))
    return make_pipeline(columns, *extra, LogisticRegression()).fit(ROWS, LABELS)


def steps(result):
    return [row["step"] for row in result.table]


def test_a_pipeline_is_followed_to_its_parts():
    result = debuggability(pipeline(), ROWS)
    assert result
    assert steps(result) == [
        "columntransformer.standardscaler",
        "columntransformer.onehotencoder",
        "columntransformer",
        "logisticregression.contributions",
        "logisticregression.decision_function",
        "logisticregression.predict_proba",
    ]
    assert len(result.details["traces"]) == 5


def test_a_pipeline_in_a_pipeline_and_stages_are_followed():
    inner = make_pipeline(StandardScaler(), GradientBoostingRegressor(n_estimators=2))
    outer = make_pipeline("passthrough", inner).fit(ROWS[["size"]], ROWS["size"])
    result = debuggability(outer, ROWS, features=["size"])
    assert result
    assert [s.rpartition(".")[2] for s in steps(result)] == [
        "standardscaler", "stage 1", "stage 2", "predict",
    ]  # fmt: skip


def test_served_predictions_are_compared():
    model = pipeline()
    scores = model.predict_proba(ROWS)[:, 1]
    assert debuggability(model, ROWS, served=scores)
    assert debuggability(model, ROWS.assign(answer=scores), served="answer")
    assert debuggability(model, ROWS, served=model.predict(ROWS))
    assert debuggability(model, ROWS, served=lambda row: model.predict_proba(row)[0, 1])
    result = debuggability(model, ROWS, served=scores + 0.001)
    assert not result
    assert "5 of 5 examples lead elsewhere than to what was served, up to 0.001" in result.summary


def test_a_step_that_looks_at_other_rows_is_found():
    centred = FunctionTransformer(lambda values: values - values.mean(axis=0))
    result = debuggability(pipeline(centred), ROWS)
    assert not result
    assert "lead elsewhere" in result.summary


def test_the_step_where_nan_comes_from_is_named():
    functions = {"root": lambda x: x[:, 0] - 100, "log": lambda x: x * np.nan, "add": lambda x: x}
    result = debuggability(functions, np.arange(6.0).reshape(3, 2))
    assert not result
    assert "not finite, first in step log" in result.summary
    assert [row["not finite in"] for row in result.table] == [0, 3, 3]


def test_a_step_that_raises_is_named():
    def second(values):
        raise KeyError("size")

    result = debuggability({"one": np.copy, "two": second}, np.ones((3, 1)), served=[1.0, 1.0, 1.0])
    assert not result
    assert result.summary == "3 of 3 examples cannot be followed: KeyError after one"


def test_a_model_without_steps_cannot_be_followed():
    tree = DecisionTreeClassifier().fit(ROWS[["size"]], LABELS)
    result = debuggability(tree, ROWS, features=["size"])
    assert not result
    assert result.summary.startswith("only 1 step is visible, at least 2 wanted")


def test_a_trace_of_the_project_is_taken():
    def trace(row):
        double = float(row["size"].iloc[0]) * 2
        return {"double": double, "answer": double + 1}

    def model(rows):
        return rows["size"].to_numpy() * 2 + 1

    assert debuggability(model, ROWS, trace=trace)
    assert not debuggability(model, ROWS, trace=lambda row: {**trace(row), "answer": 0.0})
    pairs = debuggability(model, ROWS, trace=lambda row: list(trace(row).items()))
    assert steps(pairs) == ["double", "answer"]


def test_values_of_examples_are_not_shown():
    secret = {"name": lambda x: np.array(["Jane Doe"]), "end": lambda x: np.array([1.0])}
    result = debuggability(secret, np.ones((1, 1)))
    assert "Jane" not in repr(result)


def failing(rows):
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    "model, data, options, argument, words",
    [
        (3, ROWS, {}, "model", "is of type int, whose steps are not known"),
        (failing, ROWS, {"trace": dict}, "model", "raised ZeroDivisionError"),
        ([np.sum], np.ones((3, 2)), {}, "model", r"answered with shape \(\) for 3 rows"),
        ([failing], ROWS, {"served": failing}, "served", "raised ZeroDivisionError"),
        ([np.copy], np.ones((3, 1)), {"served": [1]}, "served", r"shape \(1,\) for 3 rows"),
        ([np.copy], np.ones((0, 1)), {}, "data", "has no rows"),
        ([np.copy], ROWS[:0], {}, "data", "has no rows"),
        ([np.copy], ROWS, {"served": "answer"}, "data", "has no column 'answer'"),
        ([np.copy], ROWS, {"features": ["sise"]}, "data", "did you mean 'size'"),
        ([np.copy], np.ones((3, 1)), {"examples": 0}, "examples", "give 1 or more"),
        ([np.copy], np.ones((3, 1)), {"tolerance": -1}, "tolerance", "give a number"),
        (np.copy, np.ones((3, 1)), {"trace": lambda row: 3}, "trace", "returned no steps"),
        (np.copy, np.ones((3, 1)), {"trace": lambda row: {}}, "trace", "returned no steps"),
    ],
)
def test_bad_arguments_are_named(model, data, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        debuggability(model, data, **options)
    assert caught.value.argument == argument


def test_modules_of_torch_are_watched():
    needs.optional("torch")
    import torch

    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    result = debuggability(net, torch.ones(4, 2))
    assert result
    assert steps(result) == ["0", "1", "2", "output"]

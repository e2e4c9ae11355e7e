from types import SimpleNamespace

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "polars", "sklearn")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402
from sklearn.compose import make_column_transformer  # noqa: E402
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier  # noqa: E402
from sklearn.linear_model import LassoCV, LogisticRegression, RidgeCV  # noqa: E402
from sklearn.neural_network import MLPRegressor  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.monitor import numerical_stability  # noqa: E402
from pytest_mltestscore.checks.monitor._weights import weights_of  # noqa: E402


def rows(n=200):
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {"km": rng.normal(size=n), "zone": rng.choice(["a", "b"], n), "stops": rng.poisson(2, n)}
    )


def pipeline(handle_unknown="ignore"):
    columns = make_column_transformer(
        (StandardScaler(), ["km", "stops"]),
        (OneHotEncoder(handle_unknown=handle_unknown), ["zone"]),
    )
    data = rows()
    return make_pipeline(columns, LogisticRegression()).fit(data, data["km"] > 0)


def parts(result):
    return [(row["part"], row["where"]) for row in result.table]


def test_a_pipeline_of_scikit_learn_holds():
    result = numerical_stability(pipeline(), rows())
    assert result
    assert result.summary.endswith("finite, within bounds, and the same in any batch")
    assert "extreme rows were refused by an exception" in result.notes[0]


def test_arrays_and_forests():
    matrix = rows()[["km", "stops"]].to_numpy()
    model = RandomForestClassifier(5, random_state=0).fit(matrix, matrix[:, 0] > 0)
    assert numerical_stability(model, matrix)


def test_weights_are_found_wherever_they_lie():
    names = set(weights_of(pipeline()))
    assert "steps[logisticregression].coef_" in names
    assert "steps[columntransformer].transformers_[standardscaler].mean_" in names
    forest = RandomForestClassifier(2, random_state=0).fit([[0], [1]], [0, 1])
    assert "estimators_[1].tree_.value" in weights_of(forest)
    net = MLPRegressor(hidden_layer_sizes=(3,), tol=10.0).fit([[0.0], [1.0]], [0.0, 1.0])
    assert {"coefs_[0]", "intercepts_[1]"} <= set(weights_of(net))


@pytest.mark.parametrize("kind", [GradientBoostingRegressor, LassoCV, RidgeCV])
def test_squared_errors_of_large_numbers_are_no_weights(kind):
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(120, 3))
    model = kind().fit(inputs, 1e7 * (3 + inputs[:, 0] + rng.normal(size=120)))
    result = numerical_stability(model, inputs, max_weight=1e9)
    assert result, result.summary


def test_weights_of_other_kinds():
    class Tensor:
        def __init__(self, values):
            self.values = np.array(values)

        def detach(self):
            return self

        cpu = float = detach

        def is_floating_point(self):
            return True

        def numpy(self):
            return self.values

    torch_like = SimpleNamespace(state_dict=lambda: {"layer.weight": Tensor([1.0, 2.0])})
    keras_like = SimpleNamespace(get_weights=lambda: [np.ones(2), np.zeros(3)])
    assert weights_of(torch_like)["layer.weight"].tolist() == [1, 2]
    assert set(weights_of(keras_like)) == {"weights[0]", "weights[1]"}
    assert weights_of(len) == {}


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e11])
def test_a_bad_weight_is_named(value):
    model = pipeline()
    model[-1].coef_[0, 1] = value
    result = numerical_stability(model)
    assert not result
    assert parts(result) == [("weights", "steps[logisticregression].coef_")]


def test_weights_can_be_given():
    assert numerical_stability(None, weights={"w": [1.0, 2.0]})
    assert not numerical_stability(None, weights={"w": [1.0, 2.0]}, max_weight=1.5)


@pytest.mark.parametrize(
    "losses, where",
    [
        ([1.0, 0.5, float("nan")], "from number 3 on"),
        ([1.0, float("inf"), 0.5], "from number 2 on"),
        ([1.0, 0.5, 1.5], "last"),
        ([3e10, 0.5], "largest"),
    ],
)
def test_losses(losses, where):
    assert numerical_stability(None, losses=[1.0, 2.0, 0.5])
    result = numerical_stability(None, losses=losses)
    assert parts(result) == [("losses", where)]


@pytest.mark.parametrize(
    "model, where",
    [
        (lambda seen: np.log(seen["km"]), "model of all rows"),
        (lambda seen: seen["km"] * 1e300 * 1e300, "model of all rows"),
        (lambda seen: [None] * len(seen), "model of all rows"),
        (lambda seen: np.ones(3), "model of all rows"),
        (lambda seen: 1 / 0, "model of all rows"),
        (lambda seen: seen["km"] * 1e20, "model of all rows"),
    ],
)
def test_outputs_that_are_not_numbers_are_findings(model, where):
    result = numerical_stability(model, rows())
    assert not result
    assert ("outputs", where) in parts(result)


def test_probabilities_are_probabilities():
    model = SimpleNamespace(predict_proba=lambda seen: np.full((len(seen), 2), 0.6))
    assert "do not sum to 1" in numerical_stability(model, rows()).summary
    model = SimpleNamespace(predict_proba=lambda seen: np.full((len(seen), 2), [-0.5, 1.5]))
    assert "outside 0 to 1" in numerical_stability(model, rows()).summary


def silent(seen):
    return np.where(np.abs(seen["km"]) > 100, np.nan, 0.0)


def loud(seen):
    if (np.abs(seen["km"]) > 100).any():
        raise ValueError("too large")
    return np.zeros(len(seen))


def test_beyond_what_was_seen_a_model_may_refuse_and_not_answer_nan():
    assert ("extremes", "km = 3.4e+38") in parts(numerical_stability(silent, rows()))
    result = numerical_stability(loud, rows())
    assert result
    assert result.notes[-1] == "2 extreme rows were refused by an exception"


def test_within_what_was_seen_it_must_answer():
    def model(seen):
        if len(seen) < 100 and (seen["km"] == rows()["km"].max()).any():
            raise ValueError("edge")
        return np.zeros(len(seen))

    result = numerical_stability(model, rows(), batch_rows=1)
    assert ("extremes", "km = largest seen") in parts(result)


def test_declared_missing_values_must_be_answered():
    model = pipeline()
    assert numerical_stability(model, rows())
    assert ("extremes", "km missing") in parts(
        numerical_stability(model, rows(), allow_missing=["km"])
    )


def test_unseen_categories_are_tried():
    def model(seen):
        return np.where(np.isin(seen["zone"], ["a", "b"]), 1.0, np.nan)

    assert parts(numerical_stability(model, rows())) == [
        ("extremes", "zone = unseen category"),
        ("extremes", "zone = empty text"),
    ]


def test_batches():
    assert not numerical_stability(lambda seen: seen["km"] - np.mean(seen["km"]), rows())
    assert not numerical_stability(lambda seen: np.arange(len(seen)), rows())
    result = numerical_stability(lambda seen: np.zeros(len(seen)) if len(seen) > 1 else 0.0, rows())
    assert "shape () for 1 rows" not in result.summary
    refused = numerical_stability(
        lambda seen: np.zeros(len(seen)) if len(seen) > 1 else 1 / 0, rows()
    )
    assert ("batch", "one row alone, or other orders") in parts(refused)


def test_examples_of_hypothesis_find_what_the_grid_misses():
    needs.module("hypothesis")

    def model(seen):
        km = np.asarray(seen["km"])
        return np.where((km > 0.5) & (km < 1.0) & (len(seen) == 1), np.nan, 0.0)

    calm = rows().assign(km=np.where(np.arange(200) == 0, 2.0, 0.0))
    assert numerical_stability(model, calm)
    result = numerical_stability(model, calm, examples=200)
    assert parts(result) == [("examples", "a row within what was seen")]
    assert 0.5 < result.details["example"]["km"] < 1.0


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pl.LazyFrame])
def test_every_type_of_column(make):
    data = {
        "f": [0.5, None, 2.0],
        "i": [1, 2, 3],
        "b": [True, False, True],
        "s": ["x", None, "y"],
    }
    assert numerical_stability(
        lambda seen: np.zeros(len(seen)), make(data), allow_missing=["f", "s"]
    )


def test_categories_keep_their_type():
    data = rows().assign(zone=rows()["zone"].astype("category"))

    def model(seen):
        assert seen["zone"].dtype == data["zone"].dtype
        return np.zeros(len(seen))

    result = numerical_stability(model, data)
    assert result
    assert "not taken to extremes: zone" in result.notes


def test_nothing_of_the_data_is_shown():
    data = rows().assign(zone="Jane Doe")

    def model(seen):
        raise ValueError("Jane Doe is no zone")

    assert "Jane" not in repr(numerical_stability(model, data))


def test_a_sample_is_said():
    result = numerical_stability(lambda seen: np.zeros(len(seen)), rows(), max_rows=50)
    assert (result.rows_seen, result.rows_total) == (50, 200)


@pytest.mark.parametrize(
    "options, argument, words",
    [
        ({}, "X", "is missing, and there are no weights"),
        ({"X": rows()[:0]}, "X", "has no rows"),
        ({"X": np.zeros(3)}, "X", "has shape"),
        ({"X": [1, 2]}, "X", "is of type list"),
        ({"X": rows(), "features": ["speed"]}, "X", "has no column 'speed'"),
        ({"X": rows(), "features": []}, "features", "are none"),
        ({"X": rows()[[]]}, "X", "has no columns"),
        ({"X": rows(), "allow_missing": ["speed"]}, "allow_missing", "has no column 'speed'"),
        ({"X": rows(), "allow_missing": "km"}, "allow_missing", "is the text 'km'; give a list"),
        ({"X": rows(), "model": 7}, "model", "is of type int"),
        ({"weights": {}}, "weights", "holds no numbers"),
        ({"losses": []}, "losses", "are no list of numbers"),
        ({"losses": ["a"]}, "losses", "are no list of numbers"),
    ],
)
def test_bad_input_is_named(options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        numerical_stability(options.pop("model", len), options.pop("X", None), **options)
    assert caught.value.argument == argument


def test_forests_part_missing_values_by_an_infinite_threshold():
    from sklearn.ensemble import RandomForestClassifier

    rows = np.array([[np.nan], [np.nan], [1.0], [2.0]] * 10)
    forest = RandomForestClassifier(n_estimators=5, random_state=0).fit(rows, np.isnan(rows[:, 0]))
    assert numerical_stability(forest, rows, allow_missing=["x0"])


def test_weights_and_losses_alone_say_nothing_of_batches():
    losses = pd.Series([3.0, 2.0, 1.0], index=[5, 6, 7])
    result = numerical_stability(None, weights={"w": np.ones(3)}, losses=losses)
    assert result.summary == "3 weights, 3 losses: finite, within bounds"

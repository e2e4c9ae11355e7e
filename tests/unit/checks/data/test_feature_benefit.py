import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
from sklearn.compose import make_column_transformer  # noqa: E402
from sklearn.ensemble import RandomForestRegressor  # noqa: E402
from sklearn.linear_model import LinearRegression, LogisticRegression  # noqa: E402
from sklearn.model_selection import TimeSeriesSplit  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: E402
from sklearn.tree import DecisionTreeRegressor  # noqa: E402

from frames import KINDS, to_kind  # noqa: E402
from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.data import feature_benefit  # noqa: E402


def rows(n=200):
    """Return a number that depends on age and size, and not on the shoe."""
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.normal(size=(n, 3)), columns=["age", "shoe", "size"])
    data["delay"] = data["age"] + data["size"] + rng.normal(size=n)
    return data


def judged(data, model=None, **options):
    settings = {"label": "delay", "repeats": 1, **options}
    return feature_benefit(LinearRegression() if model is None else model, data, **settings)


def verdicts(result):
    return {row["features"]: row["verdict"] for row in result.table}


@pytest.mark.parametrize("method", ["drop", "relearn", "permutation"])
def test_a_useless_feature_is_named(method):
    result = judged(rows(400), method=method)
    assert not result
    assert verdicts(result) == {
        "age": "useful", "shoe": "unproven", "size": "useful", "random noise": "the bar",
    }  # fmt: skip
    named = "1 of 3 features without proof that it helps more than random numbers would: shoe"
    assert result.summary == named


@pytest.mark.parametrize("method", ["drop", "relearn", "permutation"])
def test_useful_features_hold(method):
    result = judged(rows().drop(columns="shoe"), method=method)
    assert result
    assert result.summary == "all 2 features improve r2 by more than chance"


def test_a_feature_that_does_harm_is_told_apart():
    data = rows(100).assign(shoe=lambda d: d["age"] * 0.0 + np.arange(100) % 2)
    data["leak"] = np.where(np.arange(100) < 50, data["delay"], -data["delay"])
    result = judged(data, DecisionTreeRegressor(max_depth=4), cv=_Halves(), min_benefit=0.01)
    assert verdicts(result)["leak"] == "harmful"


class _Halves:
    """Fit where the leak agrees with the label, score where it disagrees."""

    def split(self, seen, labels):
        for start in range(0, 31, 3):
            yield np.arange(start, start + 20), np.arange(50 + start, 70 + start)


def test_a_random_forest_cannot_make_noise_look_useful():
    data = rows().assign(flag=lambda d: np.random.default_rng(5).integers(0, 2, len(d)))
    result = judged(data, RandomForestRegressor(n_estimators=10))
    assert {"shoe", "flag"} <= {f for f, v in verdicts(result).items() if v != "useful"}


def test_twins_are_judged_together():
    data = rows().drop(columns="shoe")
    data["twin"] = data["size"] + np.random.default_rng(1).normal(scale=0.05, size=len(data))
    together = judged(data)
    assert together
    assert verdicts(together)["size + twin"] == "useful"
    assert "judged together, so a useless twin is not seen: size + twin" in together.notes
    assert not judged(data, correlated=1)


def test_categories_that_say_the_same_are_judged_together():
    data = rows().drop(columns="shoe")
    data["band"] = pd.cut(data["size"], [-9, -1, 0, 1, 9], labels=False)
    data["word"] = data["band"].map({0: "xs", 1: "s", 2: "m", 3: "l"})
    encode = make_column_transformer((OneHotEncoder(), ["word"]), remainder="passthrough")
    result = judged(data, make_pipeline(encode, LinearRegression()), method="relearn")
    assert result.details["groups"]["size + band + word"] == ["size", "band", "word"]
    assert result


def test_groups_can_be_declared():
    result = judged(rows(), groups={"body": ["size", "shoe"]})
    assert result
    assert set(result.details["benefit"]) == {"body", "age"}


def test_a_justified_feature_is_shown_and_not_held_against_the_result():
    result = judged(rows(), justified={"shoe": "a rule of the regulator, until 2030"})
    assert result
    assert verdicts(result)["shoe"] == "justified"
    assert "shoe is kept: a rule of the regulator, until 2030" in result.notes


def test_what_is_worth_less_than_asked_is_unproven():
    result = judged(rows(), features=["age", "size"], min_benefit=0.9)
    assert set(verdicts(result).values()) == {"unproven", "the bar"}


def test_classes_are_scored_by_auc_and_more_classes_by_balanced_accuracy():
    two = rows().assign(delay=lambda d: (d["delay"] > 0).astype(int))
    assert (
        judged(two, LogisticRegression(), cv=2).measurements[0].name == "least benefit in roc_auc"
    )
    three = rows().assign(delay=lambda d: pd.cut(d["delay"], 3, labels=False))
    name = judged(three, LogisticRegression(), cv=2).measurements[0].name
    assert name == "least benefit in balanced_accuracy"


def test_a_function_that_trains_is_a_model():
    def train(seen, labels):
        return LinearRegression().fit(seen, labels)

    assert verdicts(judged(rows(), train)) == verdicts(judged(rows()))


def test_splits_can_be_those_of_time():
    result = judged(rows(), cv=TimeSeriesSplit(4))
    assert "method drop on 4 folds" in result.notes


def test_the_same_seed_gives_the_same_answer_whatever_the_estimator_draws():
    model = make_pipeline(StandardScaler(), DecisionTreeRegressor(max_features=1))
    assert judged(rows(), model) == judged(rows(), model)


def test_fits_can_be_spread():
    import joblib

    with joblib.parallel_config(backend="threading"):
        assert judged(rows(), n_jobs=2) == judged(rows())


def test_the_pieces_can_be_sent_to_other_processes():
    import pickle

    from pytest_mltestscore.checks.data import _refits

    job = _refits._Refit("age")
    assert pickle.loads(pickle.dumps(job)) == job


def test_a_sample_is_said():
    result = judged(rows(), max_rows=150)
    assert (result.rows_seen, result.rows_total) == (150, 200)
    assert result.notes[0].startswith("a random sample of 150 of 200 rows")


@pytest.mark.parametrize("kind", KINDS[:5])
def test_a_pipeline_that_names_its_columns_fits_any_frame(kind):
    data = rows().assign(word=np.where(np.arange(200) % 2, "a", "b"))
    encode = make_column_transformer((OneHotEncoder(), ["word"]), remainder="passthrough")
    model = make_pipeline(encode, LinearRegression())
    result = judged(to_kind(kind, data), model, method="permutation")
    assert verdicts(result)["age"] == "useful"
    assert verdicts(result)["word"] != "useful"


def test_missing_and_constant_features_are_left_to_the_model():
    data = rows().assign(gap=np.where(np.arange(200) % 2, np.nan, 1.0), still=3)
    result = judged(data, DecisionTreeRegressor(max_depth=3))
    assert verdicts(result)["still"] == "unproven"


def test_a_model_that_needs_a_dropped_column_is_told_the_method_that_works():
    encode = make_column_transformer((StandardScaler(), ["age", "shoe", "size"]))
    with pytest.raises(InputError, match=r'without age, fit raised .*give method="relearn"'):
        judged(rows(), make_pipeline(encode, LinearRegression()))


@pytest.mark.parametrize(
    "change, argument, words",
    [
        ({"label": "dela"}, "data", "has no column 'dela'; did you mean 'delay'?"),
        ({"features": ["age", "siz"]}, "data", "has no column 'siz'"),
        ({"features": "age"}, "features", "give a list of columns"),
        ({"features": []}, "features", "are none"),
        ({"features": ["delay", "age"]}, "features", "have 'delay', which is no feature"),
        ({"method": "shap"}, "method", "is not one of drop, relearn, permutation"),
        ({"scoring": "acc"}, "scoring", "is no scorer"),
        ({"min_benefit": float("nan")}, "min_benefit", "give 0 or more"),
        ({"cv": 1}, "cv", "cannot split the rows"),
        ({"cv": TimeSeriesSplit(500)}, "cv", "cannot split the rows"),
        ({"groups": {"g": ["hat"]}}, "groups", "names 'hat', which is no feature"),
        ({"groups": {"g": "age"}}, "groups", "has no list of features"),
        ({"groups": {"g": ["age"], "h": ["age"]}}, "groups", "in two groups"),
        ({"justified": {"hat": "warm"}}, "justified", "names 'hat'"),
        ({"justified": {"shoe": " "}}, "justified", "has no reason"),
    ],
)
def test_bad_arguments_are_named(change, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        judged(rows(), **change)
    assert caught.value.argument == argument


@pytest.mark.parametrize(
    "data, argument, words",
    [
        (rows()[:0], "data", "has no rows"),
        (rows().assign(delay=np.where(np.arange(200) < 3, np.nan, 1)), "label", "3 of 200 labels"),
        (rows().assign(age=np.nan), "model", "fit raised ValueError"),
        ([1, 2], "data", "is of type list"),
    ],
)
def test_bad_data_is_named(data, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        judged(data)
    assert caught.value.argument == argument


def test_one_class_is_no_pass():
    with pytest.raises(InputError, match="one class only") as caught:
        judged(rows().assign(delay=1), LogisticRegression())
    assert caught.value.argument == "label"


def test_a_model_that_cannot_be_fitted_is_an_error():
    with pytest.raises(InputError, match="model: is of type int, which cannot be fitted"):
        judged(rows(), 3)


def test_a_model_that_raises_is_an_error_and_no_pass():
    def broken(seen, labels):
        raise ZeroDivisionError("division by zero")

    with pytest.raises(InputError, match="model: fit raised ZeroDivisionError"):
        judged(rows(), broken)


def test_a_score_that_is_undefined_proves_nothing():
    result = judged(rows(), scoring=lambda truth, predicted: float("nan"))
    assert not result
    assert set(verdicts(result).values()) == {"unproven", "the bar"}


def test_noise_is_no_column_that_somebody_made_by_the_same_seed():
    data = rows().assign(size=np.random.default_rng(0).normal(size=len(rows())))
    data["delay"] = 2 * data["size"] + np.random.default_rng(9).normal(size=len(data))
    result = judged(data, features=["size", "age"])
    assert verdicts(result)["size"] == "useful"


def test_features_kept_for_another_reason_are_counted_apart():
    result = judged(rows(), justified={"shoe": "the law asks for it"})
    assert result
    assert result.summary.endswith("by more than chance; 1 kept for another reason")

import datetime as dt

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import narwhals as nw  # noqa: E402 - needs what was just asked for
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: E402
from sklearn.linear_model import LinearRegression, LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import PolynomialFeatures, StandardScaler  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.model import simpler_baseline  # noqa: E402
from pytest_mltestscore.checks.model._baselines import plain_features  # noqa: E402


def rows(n=600, seed=0):
    """Return rows whose label turns with every quarter of a number, which no line can follow."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"x": rng.normal(size=n), "z": rng.normal(size=n)})
    return data.assign(kind=rng.choice(["a", "b"], n), late=knows(data))


def knows(data):
    return (np.floor(4 * data["x"]) % 2).astype(int)


def accuracy(truth, predicted):
    return float(np.mean(truth == predicted))


def judged(model=knows, train=None, test=None, **options):
    options = {"label": "late", "scoring": accuracy, "cost": False, **options}
    train = rows() if train is None else train
    return simpler_baseline(model, train, rows(seed=1) if test is None else test, **options)


def figures(result):
    return {m.name: m.value for m in result.measurements}


def test_a_model_that_is_better_than_all_holds():
    result = judged()
    assert result
    assert result.table[0]["model"] == "the model"
    assert [row["model"] for row in result.table[1:]] != []
    assert "the best of 3" in result.summary


def straight(seed):
    return rows(seed=seed).assign(late=lambda d: (d["x"] + 0.3 * d["z"] > 0).astype(int))


def fitted_on(data, model):
    return model.fit(data[["x", "z"]], data["late"])


@pytest.mark.parametrize(
    "model, name",
    [
        (LogisticRegression(), "linear"),
        (make_pipeline(StandardScaler(), LogisticRegression()), "linear"),
        (GridSearchCV(LogisticRegression(), {"C": [1, 10]}), "linear"),
    ],
)
def test_a_model_that_is_simple_itself_need_not_be_better_than_itself(model, name):
    data = straight(0)
    result = judged(fitted_on(data, model), data, straight(1), features=["x", "z"])
    assert result, result.summary
    assert "the best of 2" in result.summary
    assert result.notes == (
        f"the model is as simple as {name}, so it need not be better than that",
    )


def test_the_steps_of_another_class_are_its_own_affair():
    class Trained:
        steps = 100
        best_estimator_ = None

        def predict(self, seen):
            return knows(seen)

    assert judged(Trained())


def test_but_not_surely_worse():
    data = straight(0)
    model = fitted_on(data, LogisticRegression(C=1e-9))
    model.intercept_ += 0.5
    model.coef_ += [[0.0, 3.0]]
    result = judged(model, data, straight(1), features=["x", "z"])
    assert not result
    assert "surely worse than linear, which is as simple" in result.summary


def test_a_linear_model_of_more_columns_than_there_are_is_not_simple():
    data = straight(0)
    model = fitted_on(data, make_pipeline(PolynomialFeatures(3), LogisticRegression()))
    result = judged(model, data, straight(1), features=["x", "z"])
    assert not result
    assert "the best of 3" in result.summary


def test_a_tree_of_depth_3_is_simple_and_a_deeper_one_is_not():
    data = rows().assign(late=lambda d: ((d["x"] > 0) ^ (d["z"] > 0)).astype(int))
    test = rows(seed=1).assign(late=lambda d: ((d["x"] > 0) ^ (d["z"] > 0)).astype(int))
    shallow = DecisionTreeClassifier(max_depth=3, random_state=0)
    assert judged(fitted_on(data, shallow), data, test, features=["x", "z"])
    deep = fitted_on(data, DecisionTreeClassifier(max_depth=9, random_state=0))
    assert "the best of 3" in judged(deep, data, test, features=["x", "z"]).summary


def test_a_model_that_is_only_as_good_as_a_linear_one_does_not_hold():
    data = rows().assign(late=lambda d: (d["x"] > 0).astype(int))
    test = rows(seed=1).assign(late=lambda d: (d["x"] > 0).astype(int))
    result = judged(lambda seen: (seen["x"] > 0).astype(int), data, test)
    assert not result
    assert "is not surely above 0" in result.summary


def test_a_model_worse_than_a_constant_is_said_to_be_below():
    result = judged(lambda seen: 1 - knows(seen))
    assert not result
    assert " below " in result.summary


def test_the_gain_must_be_worth_the_complexity():
    assert judged(min_gain=0.1)
    assert not judged(min_gain=0.9)


def test_own_baselines_are_fitted_or_asked():
    rivals = {"neighbours": KNeighborsClassifier(), "rule": knows}
    with pytest.raises(InputError, match="baselines: 'neighbours' cannot be fitted: ValueError"):
        judged(baselines=rivals)
    result = judged(baselines={"rule": knows, "boosted": HistGradientBoostingClassifier()},
                    features=["x", "z"])  # fmt: skip
    assert not result
    assert "rule" in result.summary
    assert {row["model"] for row in result.table} >= {"rule", "boosted"}


def test_a_regressor_is_held_against_regressors():
    def squared(data):
        return data.assign(late=data["x"] ** 2 + data["x"])

    train, test = squared(rows()), squared(rows(seed=1))
    assert judged(lambda d: d["x"] ** 2 + d["x"], train, test, scoring=None)
    linear = LinearRegression().fit(train[["x"]], train["late"])
    assert not judged(linear, train, test, features=["x"], scoring=None)


def test_a_model_that_scores_is_judged_by_its_scores(monkeypatch):
    monkeypatch.setattr(f"{simpler_baseline.__module__}._RESAMPLES", 40)  # scorers are slow
    data = rows()
    model = HistGradientBoostingClassifier().fit(data[["x", "z"]], data["late"])
    assert judged(model, features=["x", "z"], scoring=None).summary.startswith("roc_auc")


def test_costs_are_volatile():
    result = judged(HistGradientBoostingClassifier().fit(rows()[["x", "z"]], rows()["late"]),
                    features=["x", "z"], cost=True)  # fmt: skip
    times = [m for m in result.measurements if "prediction time" in m.name]
    assert len(times) == 3
    assert all(m.volatile for m in times)
    assert figures(result)["size, model"] > 1
    assert not result.volatile


def test_a_model_that_cannot_be_pickled_has_no_size():
    result = judged(lambda seen: 1 * knows(seen), cost=True)
    assert "size, model" not in figures(result)
    assert any("cannot be pickled" in note for note in result.notes)


def test_a_model_that_is_too_slow_does_not_hold():
    result = judged(max_predict_ratio=1e-9, cost=True)
    assert not result
    assert result.volatile
    assert "takes too long" in result.summary


def test_samples_are_said():
    result = judged(max_rows=300)
    assert (result.rows_seen, result.rows_total) == (300, 600)
    assert len(result.notes) == 2


def test_features_of_every_kind_are_made_plain():
    data = pd.DataFrame(
        {
            "number": [1, None, np.inf],
            "flag": [True, False, True],
            "word": ["a", None, "b"],
            "at": pd.to_datetime(["2024-01-01", None, "2024-01-02"], utc=True),
            "took": pd.to_timedelta([1, 2, 3], unit="s"),
            "class": pd.Categorical(["u", "v", None]),
        }
    )
    plain = plain_features(nw.from_native(data, eager_only=True), list(data.columns))
    assert plain["word"].tolist() == ["a", "missing", "b"]
    assert plain["class"].tolist() == ["u", "v", "missing"]
    assert plain["took"].tolist() == [1.0, 2.0, 3.0]
    assert plain["flag"].tolist() == [1.0, 0.0, 1.0]
    assert np.isnan(plain["number"][1:]).all()
    assert plain["at"][2] - plain["at"][0] == 86_400
    assert np.isnan(plain["at"][1])


def test_dates_are_made_plain():
    needs.module("polars")
    import polars

    data = polars.DataFrame({"day": [dt.date(2024, 1, 1), dt.date(2024, 1, 2)]})
    plain = plain_features(nw.from_native(data, eager_only=True), ["day"])
    assert plain["day"][1] - plain["day"][0] == 86_400


def test_missing_values_and_new_categories_do_no_harm():
    train, test = rows(), rows(seed=1)
    train.loc[:50, "x"] = np.nan
    train["kind"] = None
    test["kind"] = "new"
    assert judged(train=train, test=test)


@pytest.mark.parametrize(
    "options, argument, words",
    [
        ({"label": "lat"}, "test", "did you mean 'late'"),
        ({"train": rows()[["x", "late"]]}, "train", "has no column 'z'"),
        ({"train": rows()[:0]}, "train", "has no rows"),
        ({"test": rows()[:0]}, "test", "has no rows"),
        ({"test": rows()[:49]}, "test", "has 49 rows; give at least 50"),
        ({"train": rows().assign(late=1)}, "train", "one class only"),
        ({"test": rows().assign(late=1)}, "label", "one class only"),
        ({"test": rows().assign(late=np.nan)}, "label", "600 of 600 labels are missing"),
        ({"train": [1]}, "train", "is of type list"),
        ({"min_gain": -1}, "min_gain", "from 0 up"),
        ({"min_gain": float("nan")}, "min_gain", "from 0 up"),
        ({"max_predict_ratio": 0}, "max_predict_ratio", "positive"),
        ({"max_predict_ratio": 2}, "cost", "cannot be judged"),
        ({"confidence": 1}, "confidence", "below 1"),
        ({"scoring": "acc"}, "scoring", "is no scorer"),
        ({"model": lambda seen: [1]}, "model", "give one value a row"),
    ],
)
def test_bad_input_is_named(options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        judged(**options)
    assert caught.value.argument == argument


def test_a_model_that_raises_is_an_error_and_no_pass():
    def broken(seen):
        raise ZeroDivisionError("division by zero")

    with pytest.raises(InputError, match="model: predict raised ZeroDivisionError"):
        judged(broken)

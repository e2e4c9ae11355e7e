"""Damaged models and functions look and behave like what they stand for, but for the damage."""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import functools
import gc
import inspect
import pickle
import types
from concurrent.futures import ThreadPoolExecutor

import pytest

import needs

needs.module_at_import("pandas", "polars", "sklearn")

import narwhals as nw  # noqa: E402 - needs what was just asked for
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402
from sklearn.base import clone, is_classifier, is_regressor  # noqa: E402
from sklearn.ensemble import (  # noqa: E402
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression  # noqa: E402
from sklearn.model_selection import cross_val_score  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402
from sklearn.utils.validation import check_is_fitted  # noqa: E402

from pytest_mltestscore.faults import NothingToDamageError, all_faults  # noqa: E402
from unit.faults import samples  # noqa: E402

KNOWN = all_faults()
WRAPPING = [
    *("constant_predictions", "random_predictions", "nan_predictions", "miscalibrated"),
    *("slice_degraded", "group_biased", "slow_predictions", "shuffled_training"),
    *("forgetful_pickle", "nondeterministic_predictions"),
]
ROWS = samples.rows()[["size", "risk"]]
LATE = samples.rows()["late"]


def damaged(name, value, seed=1):
    return KNOWN[name].inject(value, np.random.default_rng(seed))


@pytest.mark.parametrize("name", WRAPPING)
def test_a_damaged_model_is_of_its_type_and_knows_what_it_knew(name):
    model = samples.fitted()
    double = damaged(name, model)
    assert isinstance(double, LogisticRegression)
    assert double.__class__ is LogisticRegression
    assert type(double).__name__ == "LogisticRegression"
    assert repr(double) == repr(model)
    assert double.get_params() == model.get_params()
    assert list(double.feature_names_in_) == ["size", "risk"]
    assert np.array_equal(double.coef_, model.coef_)
    assert is_classifier(double)
    assert not is_regressor(double)
    check_is_fitted(double)
    assert inspect.signature(type(double).predict) == inspect.signature(type(model).predict)


def test_a_damaged_model_has_no_method_that_it_had_not():
    double = damaged("constant_predictions", LinearRegression().fit(ROWS, LATE))
    assert not hasattr(double, "predict_proba")
    assert not hasattr(double, "decision_function")
    assert set(double.predict(ROWS)) == {double.predict(ROWS)[0]}


def test_all_ways_to_ask_are_damaged():
    double = damaged("constant_predictions", samples.fitted())
    for found in (double.predict(ROWS), double.predict_proba(ROWS), double.decision_function(ROWS)):
        assert len(np.unique(found, axis=0)) == 1
    assert double.score(ROWS, LATE) == np.mean(double.predict(ROWS)[0] == LATE)


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
@pytest.mark.parametrize("kind", ["fitted", "pipeline"])
def test_copies_are_damaged_too(way, kind):
    double = way(damaged("constant_predictions", getattr(samples, kind)()))
    assert len(set(double.predict(ROWS))) == 1
    assert isinstance(double, type(getattr(samples, kind)()))


@pytest.mark.parametrize("kind", ["fitted", "pipeline"])
def test_a_clone_is_damaged_and_is_not_fitted(kind):
    double = clone(damaged("constant_predictions", getattr(samples, kind)()))
    with pytest.raises(Exception, match="not fitted"):
        double.predict(ROWS)
    assert len(set(double.fit(ROWS, LATE).predict(ROWS))) == 1


def test_a_clone_takes_other_settings():
    double = clone(damaged("nan_predictions", LogisticRegression(C=2.0))).set_params(C=7.0)
    assert double.get_params()["C"] == 7.0
    assert double.fit(ROWS, LATE).C == 7.0


def test_a_damaged_model_learns_anew():
    model = samples.fitted()
    double = damaged("slow_predictions", model)
    before, answers = model.coef_.copy(), model.predict_proba(ROWS)
    double.fit(ROWS, 1 - LATE)
    assert np.array_equal(model.coef_, before)
    assert np.allclose(double.predict_proba(ROWS)[:, 0], answers[:, 1], atol=1e-3)


def test_a_damaged_estimator_goes_through_cross_validation():
    labels = (ROWS["size"] > 0).astype(int)
    scores = {
        name: cross_val_score(damaged(name, LogisticRegression()), ROWS, labels, cv=3).mean()
        for name in ("slow_predictions", "constant_predictions")
    }
    assert scores["slow_predictions"] > 0.9
    assert scores["constant_predictions"] < 0.7


def test_training_on_other_labels_learns_nothing_and_again_the_same():
    def fit():
        return damaged("shuffled_training", LogisticRegression()).fit(ROWS, (ROWS["size"] > 0) * 1)

    assert fit().score(ROWS, (ROWS["size"] > 0) * 1) < 0.8
    assert np.array_equal(fit().coef_, fit().coef_)


def test_a_model_that_forgets_when_it_is_stored():
    double = damaged("forgetful_pickle", samples.fitted())
    assert len(set(double.predict(ROWS))) == 2
    assert len(set(pickle.loads(pickle.dumps(double)).predict(ROWS))) == 1


class Handle:
    """Something that is freed when the last object that has it goes."""

    freed = 0

    def __init__(self):
        self.open = True

    def __del__(self):
        type(self).freed += 1

    def predict(self, rows):
        return np.arange(len(rows))


def test_a_model_that_frees_something_frees_it_once():
    model = Handle()
    double = damaged("constant_predictions", model)
    assert set(double.predict(ROWS)) == {0}
    del double
    gc.collect()
    assert Handle.freed == 0
    del model
    gc.collect()
    assert Handle.freed == 1


class Slotted:
    """A model that keeps its parts in slots."""

    __slots__ = ("slope",)

    def __init__(self, slope):
        self.slope = slope

    def predict(self, rows):
        return self.slope * np.arange(len(rows))


def test_a_model_with_slots():
    double = damaged("constant_predictions", Slotted(3))
    assert double.slope == 3
    assert set(double.predict(ROWS)) == {0}


class Strict:
    """A model that runs code of its own when it is made or looked at."""

    made = 0

    def __init__(self, settings):
        type(self).made += 1
        self.settings = settings

    def __init_subclass__(cls):
        raise TypeError("it is final")

    def predict(self, rows):
        return np.arange(len(rows))


def test_a_model_that_cannot_be_wrapped_is_left_alone():
    with pytest.raises(NothingToDamageError, match="it is final"):
        damaged("constant_predictions", Strict(1))
    assert Strict.made == 1


def add(values, *, offset: int = 1):
    """Add an offset."""
    return values + offset


class Adder:
    offset = 1

    def add(self, values):
        return values + self.offset


async def later(values):
    return values + 1


@pytest.mark.parametrize(
    "function", [add, Adder().add, functools.partial(add, offset=2), lambda values: values]
)
@pytest.mark.parametrize("name", ["raising_function", "constant_predictions", "always_true"])
def test_a_damaged_function_looks_like_the_function(function, name):
    double = damaged(name, function)
    assert callable(double)
    assert isinstance(double, type(function))
    assert inspect.signature(double) == inspect.signature(function)
    assert getattr(double, "__name__", None) == getattr(function, "__name__", None)
    assert double.__doc__ == function.__doc__


def test_a_damaged_function_is_a_function():
    double = damaged("wrong_output", add)
    assert isinstance(double, types.FunctionType)
    assert inspect.isfunction(double)
    assert double.__kwdefaults__ == {"offset": 1}
    assert double(np.array([1.0]), offset=2).tolist() == [5.5]


@pytest.mark.parametrize("name", [n for n, fault in KNOWN.items() if fault.fits(samples.double)])
def test_a_damaged_function_can_be_sent_to_another_process(name):
    double = pickle.loads(pickle.dumps(damaged(name, samples.double)))
    assert double.__name__ == "double"
    if name == "raising_function":
        with pytest.raises(RuntimeError, match="broken on purpose"):
            double(1)
    else:
        assert double([1]) is not None


def test_what_has_to_be_awaited_is_awaited():
    double = damaged("wrong_output", later)
    assert inspect.iscoroutinefunction(double)
    # In a thread of its own: tests of the browser leave a running loop in theirs.
    with ThreadPoolExecutor(1) as pool:
        awaited = pool.submit(asyncio.run, double(np.array([1.0]))).result()
    assert awaited.tolist() == [4.0]


NUMBERS = [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    "answers",
    [
        NUMBERS,
        tuple(NUMBERS),
        np.array(NUMBERS),
        pd.Series(NUMBERS, index=[5, 6, 7], name="half"),
        pd.DataFrame({"half": NUMBERS, "word": list("abc")}, index=[5, 6, 7]),
        pl.Series("half", NUMBERS),
        pl.DataFrame({"half": NUMBERS, "word": list("abc")}),
    ],
    ids=lambda value: f"{type(value).__module__.partition('.')[0]} {type(value).__name__}",
)
@pytest.mark.parametrize("name", ["wrong_output", "constant_predictions", "null_output"])
def test_answers_of_every_kind_stay_of_that_kind(answers, name):
    found = damaged(name, lambda rows: answers)(None)
    assert type(found) is type(answers)
    assert len(found) == 3
    expected = {
        "wrong_output": [2.5, 4.0, 7.0],
        "constant_predictions": [1.0, 1.0, 1.0],
        "null_output": [np.nan, 2.0, np.nan],
    }[name]
    assert np.array_equal(halves(found), expected, equal_nan=True)
    if isinstance(answers, pd.Series | pd.DataFrame):
        assert list(found.index) == [5, 6, 7]
    assert list(halves(answers)) == NUMBERS


def halves(answers):
    native = nw.from_native(answers, pass_through=True, allow_series=True)
    if isinstance(native, nw.DataFrame):
        return native["half"].to_numpy()
    return native.to_numpy() if isinstance(native, nw.Series) else np.asarray(answers)


@pytest.mark.parametrize(
    "answer, wrong",
    [
        (2.0, 4.0),
        (True, False),
        ({"auc": 0.5, "name": "x"}, {"auc": 1.75, "name": "x"}),
        ("a word", "a word"),
        (None, None),
        ([], []),
    ],
)
def test_a_wrong_output(answer, wrong):
    assert damaged("wrong_output", lambda: answer)() == wrong


def test_weights_are_found_in_the_steps_of_a_pipeline_and_changed_in_a_copy():
    model = samples.pipeline()
    double = damaged("nan_weights", model)
    weights = [w for _, step in double.steps for w in vars(step).values() if hasattr(w, "dtype")]
    assert sum(np.isnan(w).sum() for w in weights if w.dtype.kind == "f") == 1
    assert np.isfinite(model[-1].coef_).all()


def test_untrained_weights_are_small_and_spreads_stay_above_zero():
    model = samples.pipeline()
    double = damaged("untrained_weights", model)
    assert np.abs(double[-1].coef_).max() < 0.1 < np.abs(model[-1].coef_).max()
    assert (double[0].scale_ > 0).all()
    assert np.isfinite(double.predict_proba(ROWS)).all()


@pytest.mark.parametrize(
    "kind",
    [
        HistGradientBoostingClassifier,
        RandomForestClassifier,
        GradientBoostingClassifier,
        DecisionTreeClassifier,
        LogisticRegression,
        functools.partial(MLPClassifier, hidden_layer_sizes=(8,), solver="lbfgs", max_iter=2_000),
    ],
)
def test_untrained_weights_are_those_that_answers_rest_on(kind):
    labels = (ROWS["size"] > 0).astype(int)
    model = kind(random_state=0).fit(ROWS, labels)
    before = model.predict(ROWS)
    double = damaged("untrained_weights", model)
    assert np.mean(double.predict(ROWS) == labels) < 0.9 < np.mean(before == labels)
    assert np.array_equal(model.predict(ROWS), before)


def test_a_model_without_weights_of_its_own_is_left_alone():
    with pytest.raises(NothingToDamageError, match="no weights"):
        damaged("nan_weights", Slotted(3))


def test_a_feature_is_renamed_in_all_parts_of_a_pipeline():
    model = samples.pipeline()
    double = damaged("renamed_features", model)
    assert "mlscore_unlisted" in double.feature_names_in_
    assert list(model.feature_names_in_) == ["size", "risk"]


def test_settings_are_changed_in_a_copy_of_the_same_answers():
    model = RandomForestClassifier(n_estimators=3, random_state=1).fit(ROWS, LATE)
    double = damaged("other_hyperparameters", model)
    assert (model.n_estimators, double.n_estimators, double.random_state) == (3, 21, 1)
    assert np.array_equal(double.predict(ROWS), model.predict(ROWS))


def test_a_search_is_cut_and_misread_in_a_copy():
    search = samples.search()
    scores = search.cv_results_["mean_test_score"].copy()
    assert len(damaged("unfinished_search", search).cv_results_["params"]) == 3
    turned = damaged("misread_scores", search)
    assert np.array_equal(turned.cv_results_["mean_test_score"], -scores)
    assert np.array_equal(search.cv_results_["mean_test_score"], scores)


def test_a_study_is_cut_and_misread_in_a_copy():
    needs.module("optuna")
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=6)
    cut = damaged("unfinished_search", study)
    assert isinstance(cut, optuna.Study)
    assert len(cut.get_trials(deepcopy=False)) == 3
    turned = damaged("misread_scores", study).get_trials()
    assert [t.value for t in turned] == [-t.value for t in study.get_trials()]
    assert len(study.trials) == 6


def test_a_client_whose_server_errs_now_and_then():
    client = samples.Client(samples.double)
    double = damaged("erring_client", client)
    assert isinstance(double, samples.Client)
    assert [double.post("/", json=1).status_code for _ in range(4)] == [500, 200, 200, 500]
    assert client.post("/", json=1).status_code == 200


def test_a_client_whose_server_answers_otherwise():
    double = damaged("wrong_client", samples.Client(lambda body: {"risk": body, "ok": True}))
    found = double.post("/", json=3)
    assert (found.status_code, found.json()) == (200, {"risk": 5.5, "ok": False})


def test_the_responses_of_requests_are_changed_in_a_copy():
    needs.module("requests")
    import requests

    response = requests.Response()
    response.status_code, response._content = 200, b"[1, 2]"
    adapter = requests.adapters.BaseAdapter()
    adapter.send = lambda request, **_: response
    adapter.close = lambda: None
    with requests.Session() as session:
        session.mount("mock://", adapter)
        wrong = damaged("wrong_client", session).get("mock://model")
        erring = damaged("erring_client", session).post("mock://model", json=3)
    assert wrong.json() == [2.5, 4.0]
    assert (wrong.ok, erring.ok, response.ok) == (True, False, True)
    assert response.json() == [1, 2]


@pytest.mark.parametrize(
    "name, year", [("shifted_clock", 2024), ("future_clock", 2027), ("epoch_clock", 1970)]
)
def test_a_function_that_tells_the_time_tells_another(name, year):
    clock = damaged(name, lambda: dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert clock().year == year
    assert damaged(name, lambda: "2026-01-01")().startswith(str(year))
    assert damaged(name, samples.double)(2) == 4

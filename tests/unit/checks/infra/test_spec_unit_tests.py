from itertools import islice

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
from sklearn.base import BaseEstimator, ClassifierMixin  # noqa: E402
from sklearn.dummy import DummyClassifier  # noqa: E402
from sklearn.ensemble import (  # noqa: E402
    GradientBoostingClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.infra import spec_unit_tests  # noqa: E402

RNG = np.random.default_rng(0)
ROWS = pd.DataFrame(RNG.normal(size=(200, 3)), columns=["a", "b", "c"])
ROWS["late"] = (ROWS["a"] + 0.5 * RNG.normal(size=200) > 0).astype(int)
PAIR = (ROWS[["a", "b", "c"]].to_numpy(), ROWS["late"].to_numpy())


def verdicts(result):
    return {row["test"]: row["verdict"] for row in result.table}


def failed(result):
    return {test for test, verdict in verdicts(result).items() if verdict == "FAILED"}


@pytest.mark.parametrize(
    "spec",
    [
        LogisticRegression(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        GradientBoostingClassifier(n_estimators=5, min_samples_leaf=20),
        LogisticRegression,
        lambda: LogisticRegression(C=0.01),
    ],
)
def test_specifications_of_scikit_learn_hold(spec):
    result = spec_unit_tests(spec() if isinstance(spec, type) else spec, ROWS, label="late")
    assert result
    assert verdicts(result)["loss falls in training"] == "ok"


def test_regressors_hold_and_what_cannot_be_looked_at_is_said():
    rows = ROWS.assign(late=ROWS["a"] * 2 + ROWS["b"])
    result = spec_unit_tests(Ridge(), rows, label="late")
    assert result
    assert verdicts(result)["loss falls in training"] == "not looked at"
    assert spec_unit_tests(RandomForestRegressor(5), rows, label="late")


def test_a_model_that_does_not_learn_is_found():
    assert failed(spec_unit_tests(DummyClassifier(), PAIR)) == {"learns", "overfits 4 rows"}


def test_regularisation_that_is_kept_prevents_overfitting():
    spec = DecisionTreeClassifier(min_samples_leaf=20)
    assert failed(spec_unit_tests(spec, PAIR, overfit_params={})) == {"overfits 4 rows"}
    assert spec_unit_tests(spec, PAIR, overfit_params={"min_samples_leaf": 1})


class Odd(ClassifierMixin, BaseEstimator):
    """A classifier with a fault of choice."""

    def __init__(self, fault="", max_iter=20):
        self.fault, self.max_iter = fault, max_iter

    def fit(self, rows, labels):
        self.classes_ = np.unique(labels)
        steps = 1 if self.fault == "stops" else self.max_iter
        self.model_ = LogisticRegression(C=1e6, max_iter=steps).fit(rows, labels)
        return self

    def predict(self, rows):
        answers = self.model_.predict(rows)
        return answers[:, None] if self.fault == "column" else answers

    def predict_proba(self, rows):
        shares = self.model_.predict_proba(rows)
        if self.fault == "sums":
            return shares * 0.9
        if self.fault == "nan":
            shares[0] = np.nan
        return shares[:, :1] if self.fault == "one" else shares

    def __getstate__(self):
        state = super().__getstate__()
        if self.fault == "forgets":
            state.pop("model_", None)
        if self.fault == "locks":
            raise TypeError("cannot pickle a lock")
        return state


@pytest.mark.parametrize(
    "fault, test",
    [
        ("column", "shape of predict"),
        ("sums", "probabilities"),
        ("one", "probabilities"),
        ("nan", "finite answers"),
        ("stops", "loss falls in training"),
        ("forgets", "restores to equal answers"),
        ("locks", "restores to equal answers"),
    ],
)
def test_faults_are_found(fault, test):
    assert spec_unit_tests(Odd(), PAIR)
    assert test in failed(spec_unit_tests(Odd(fault), PAIR))


def test_the_interface_can_be_checked_by_scikit_learn(monkeypatch):
    from sklearn.utils import estimator_checks

    every = estimator_checks.estimator_checks_generator

    def first_ones(model):  # all would take seconds
        return islice(every(model), 20)

    monkeypatch.setattr(estimator_checks, "estimator_checks_generator", first_ones)
    result = spec_unit_tests(Odd(), PAIR, check_estimator=True)
    assert failed(result) == {"interface of scikit-learn"}
    assert " of " in result.table[0]["found"]


def test_a_specification_is_never_fitted_itself():
    spec = LogisticRegression()
    spec_unit_tests(spec, PAIR)
    assert not hasattr(spec, "coef_")


def test_a_pair_may_hold_a_frame():
    from sklearn.compose import make_column_transformer

    columns = make_column_transformer((StandardScaler(), ["a", "b"]))
    spec = make_pipeline(columns, LogisticRegression())
    assert spec_unit_tests(spec, (ROWS[["a", "b", "c"]], ROWS["late"]), max_rows=100, tiny=3)


def test_a_sample_is_said():
    result = spec_unit_tests(LogisticRegression(), PAIR, max_rows=50)
    assert (result.rows_seen, result.rows_total) == (50, 200)
    assert spec_unit_tests(LogisticRegression(), ROWS, label="late", max_rows=50).rows_seen == 50


class Failing(LogisticRegression):
    def fit(self, rows, labels):
        raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    "spec, data, options, argument, words",
    [
        (Failing(), PAIR, {}, "spec", "fit raised ZeroDivisionError"),
        (StandardScaler(), PAIR, {}, "spec", "is of type StandardScaler"),
        (3, PAIR, {}, "spec", "is of type int"),
        (lambda: 1 / 0, PAIR, {}, "spec", "raised ZeroDivisionError"),
        (Ridge(), PAIR, {"overfit_params": {"depth": 1}}, "overfit_params", "cannot be cloned"),
        (Ridge(), ROWS, {}, "label", "is missing"),
        (Ridge(), ROWS, {"label": "lat"}, "data", "did you mean 'late'"),
        (Ridge(), ROWS[:0], {"label": "late"}, "data", "has no rows"),
        (Ridge(), ROWS.assign(late=np.nan), {"label": "late"}, "label", "are missing"),
        (Ridge(), ROWS.assign(late=1), {"label": "late"}, "label", "is of one class only"),
        (Ridge(), (PAIR[0], PAIR[1][:5]), {}, "data", "has 200 rows of features and 5 labels"),
        (Ridge(), (PAIR[0],), {}, "data", "is a tuple of 1"),
        (Ridge(), (np.zeros((200, 3)), PAIR[1]), {}, "data", "has no 4 different rows"),
        (Ridge(), PAIR, {"tiny": 1}, "tiny", "give 2 rows or more"),
        (Ridge(), PAIR, {"least_fit": 2}, "least_fit", "give a share"),
        (Ridge(), PAIR, {"steps": 1}, "steps", "give 2 or more"),
    ],
)
def test_bad_arguments_are_named(spec, data, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        spec_unit_tests(spec, data, **options)
    assert caught.value.argument == argument


def net(torch, fault=""):
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = torch.nn.Linear(3, 16)
            self.last = torch.nn.Linear(16, 2)
            self.lost = 1.0

        def forward(self, rows):
            hidden = torch.relu(self.first(rows))
            hidden = hidden.detach() if fault == "detached" else hidden
            answers = self.last(hidden)
            if fault == "frozen":
                return answers * 0 + self.last.weight.sum() * 0
            return answers[:1] if fault == "shape" else answers

    return Net()


def test_modules_of_torch_hold():
    needs.optional("torch")
    import torch

    loss = torch.nn.functional.cross_entropy
    assert spec_unit_tests(lambda: net(torch), PAIR, loss=loss)
    assert spec_unit_tests(net(torch), ROWS, label="late", loss=loss)


def test_faults_of_modules_are_found():
    needs.optional("torch")
    import torch

    loss = torch.nn.functional.cross_entropy
    result = spec_unit_tests(net(torch, "detached"), PAIR, loss=loss)
    assert "gradients reach all parameters" in failed(result)
    result = spec_unit_tests(net(torch, "frozen"), PAIR, loss=loss)
    assert {"one step lowers the loss", "overfits 4 rows"} <= failed(result)
    with pytest.raises(InputError, match="loss: raised"):
        spec_unit_tests(net(torch, "shape"), PAIR, loss=loss)
    with pytest.raises(InputError, match="loss: is missing"):
        spec_unit_tests(net(torch), PAIR)

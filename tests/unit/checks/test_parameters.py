import math

import pytest

import needs

needs.module_at_import("numpy", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for

from pytest_mltestscore.checks._parameters import first_difference, parameters_of  # noqa: E402


class Thing:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def compared(one, other, tolerance=0.0):
    return first_difference(parameters_of(one), parameters_of(other), tolerance=tolerance)


def test_places_are_named_as_one_would_write_them():
    model = Thing(steps=[("scale", Thing(mean_=np.zeros(2)))], words={"a": 1, 2: "b"}, none=None)
    names = set(parameters_of(model))
    assert {"steps[0][0]", "steps[0][1].mean_", "words.a", "words[2]", "none"} <= names


def test_a_circle_ends():
    model = Thing(x=1)
    model.me = model
    assert "x" in parameters_of(model)


def test_timings_of_searches_are_left_out():
    assert not compared(Thing(refit_time_=1.0, a=1), Thing(refit_time_=2.0, a=1)).what


@pytest.mark.parametrize(
    "one, other, what",
    [
        (Thing(a=1.0), Thing(a=1.5), "differs by up to 0.5"),
        (Thing(a="x"), Thing(a="y"), "is not the same"),
        (Thing(a={"x", "y"}), Thing(a={"x"}), "has shape (2,) and (1,)"),
        (Thing(a=[1, 2]), Thing(a=[1, 2, 3]), "has shape (2,) and (3,)"),
        (Thing(a=b"x"), Thing(a=b"y"), "differs by up to 1"),
        (Thing(a=np.array(["x", 1], dtype=object)), Thing(a=["x", 2]), "differs by up to 1"),
        (Thing(a=math.nan), Thing(a=1.0), "is not finite in one of them"),
        (Thing(a=2**70), Thing(a=2**71), "is not the same"),
        (Thing(a=math.sqrt), Thing(a=math.floor), "is not the same"),
    ],
)
def test_what_differs_is_said(one, other, what):
    assert compared(one, other).what == what
    assert not compared(one, one).what
    assert not compared(other, other).what


def test_an_array_in_one_only_is_named():
    found = compared(Thing(a=1), Thing(a=1, b=2))
    assert (found.name, found.what) == ("b", "is in one of them only")


def test_a_tolerance_is_relative_and_absolute():
    assert not compared(Thing(a=1e6), Thing(a=1e6 + 1e-4), tolerance=1e-9).what
    assert compared(Thing(a=1e6), Thing(a=1e6 + 1e-2), tolerance=1e-9).what


@pytest.mark.parametrize("name", ["RandomForestClassifier", "HistGradientBoostingClassifier"])
def test_trees_of_scikit_learn_are_walked(name):
    from sklearn import ensemble

    rows = np.random.default_rng(0).normal(size=(60, 3))
    labels = rows[:, 0] + rows[:, 1] > 0
    size = {"n_estimators": 2} if name.startswith("Random") else {"max_iter": 2}

    def fit(truth):
        return getattr(ensemble, name)(random_state=0, **size).fit(rows, truth)

    assert not compared(fit(labels), fit(labels)).what
    assert compared(fit(labels), fit(rows[:, 2] > 0)).what


def test_sparse_matrices_and_generators_are_walked():
    from scipy.sparse import csr_matrix

    one, other = csr_matrix(np.eye(3)), csr_matrix(2 * np.eye(3))
    assert not compared(one, one.copy()).what
    assert compared(one, other).what
    assert not compared(np.random.RandomState(1), np.random.RandomState(1)).what
    assert compared(np.random.default_rng(1), np.random.default_rng(2)).what


def closing_over(weights, shift=0.0):
    return lambda rows, shift=shift: rows * weights + shift


def test_functions_differ_by_what_they_closed_over():
    assert not compared(closing_over(2.0), closing_over(2.0)).what
    assert compared(closing_over(2.0), closing_over(3.0)).name == "weights"
    assert compared(closing_over(2.0, 1.0), closing_over(2.0, 2.0)).what
    assert compared(lambda rows: rows * 2, lambda rows: rows * 3).name == "__code__"
    assert not compared(lambda rows: rows in {"a", "b"}, lambda rows: rows in {"a", "b"}).what
    assert not compared(Thing(a=1).__init__, Thing(a=1).__init__).what
    assert compared(Thing(a=1).__init__, Thing(a=2).__init__).name == "__self__.a"

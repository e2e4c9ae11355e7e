"""Asking a model: anything with `predict`, as in scikit-learn, or a function of the features."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from ..domain.errors import InputError


def predict(model: Any, X: Any, argument: str = "model") -> np.ndarray:
    """Return one label or value a row, shape (n_rows,).

    Raises
    ------
    InputError
        If the model has no `predict` and cannot be called, raises, or answers with another shape or
        with numbers that are not finite.
    """
    function = getattr(model, "predict", model)
    if not callable(function):
        problem = f"is of type {type(model).__name__}; give an object with predict, or a function"
        raise InputError(argument, problem)
    return _answers(function, X, argument, "predict")


def positive_scores(model: Any, X: Any, argument: str = "model") -> np.ndarray:
    """Return one score a row, larger for the positive class, shape (n_rows,).

    The score is the second column of `predict_proba`, else `decision_function`, else what the
    function returns.

    Raises
    ------
    InputError
        As `predict`, or if there are more than two classes.
    """
    for name in ("predict_proba", "decision_function"):
        function = getattr(model, name, None)
        if function is not None:
            return _positive(_call(function, X, argument, name), X, argument, name)
    if hasattr(model, "predict"):
        problem = "has neither predict_proba nor decision_function; give a model that scores"
        raise InputError(argument, problem)
    return predict(model, X, argument)


def class_probabilities(model: Any, X: Any, argument: str = "model") -> np.ndarray:
    """Return the probability of each class, shape (n_rows, n_classes).

    Raises
    ------
    InputError
        If the model has no `predict_proba`, raises, or answers with other than probabilities.
    """
    function = getattr(model, "predict_proba", None)
    if function is None:
        raise InputError(argument, "has no predict_proba; give a model of probabilities")
    answers = _call(function, X, argument, "predict_proba")
    if answers.ndim != 2 or len(answers) != rows_of(X):
        problem = f"predict_proba returned shape {answers.shape} for {rows_of(X)} rows"
        raise InputError(argument, f"{problem}; give (n_rows, n_classes)")
    _finite(answers, argument, "predict_proba")
    return answers


def rows_of(X: Any) -> int:
    """Return the number of rows of a frame in memory, an array or a list."""
    if isinstance(X, nw.DataFrame):
        return len(X)
    shape = getattr(X, "shape", None)
    return int(shape[0]) if shape else len(X)


def _positive(answers: np.ndarray, X: Any, argument: str, name: str) -> np.ndarray:
    if answers.ndim == 2 and answers.shape[1] == 2:
        answers = answers[:, 1]
    elif answers.ndim == 2 and answers.shape[1] > 2:
        problem = f"{name} scores {answers.shape[1]} classes"
        raise InputError(argument, f"{problem}; give a model of two classes")
    return _checked(answers, X, argument, name)


def _answers(function: Any, X: Any, argument: str, name: str) -> np.ndarray:
    return _checked(_call(function, X, argument, name), X, argument, name)


def _call(function: Any, X: Any, argument: str, name: str) -> np.ndarray:
    native = X.to_native() if isinstance(X, nw.DataFrame) else X
    try:
        return np.asarray(function(native))
    except Exception as error:  # whatever it is, it is the model's
        problem = f"{name} raised {type(error).__name__}: {error}"
        raise InputError(argument, problem) from error


def _checked(answers: np.ndarray, X: Any, argument: str, name: str) -> np.ndarray:
    answers = answers[:, 0] if answers.ndim == 2 and answers.shape[1] == 1 else answers
    if answers.shape != (rows_of(X),):
        problem = f"{name} returned shape {answers.shape} for {rows_of(X)} rows"
        raise InputError(argument, f"{problem}; give one value a row")
    _finite(answers, argument, name)
    return answers


def _finite(answers: np.ndarray, argument: str, name: str) -> None:
    if answers.dtype.kind == "f" and not np.isfinite(answers).all():
        bad = int((~np.isfinite(answers)).sum())
        raise InputError(argument, f"{name} returned {bad} values that are not finite")

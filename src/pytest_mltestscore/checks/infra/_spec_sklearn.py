"""Tests of a model specification that follows scikit-learn's interface."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from ...domain.errors import InputError
from .._metrics import is_classification
from .._optional import load
from ._spec_findings import Finding, judged, tiny_rows
from ._training_runs import outputs

BUDGETS = ("max_iter", "n_estimators", "iterations", "n_iter", "num_boost_round", "epochs")
"""Parameters that say for how long to train, in scikit-learn, boosters and wrappers of nets."""

RELAXED: Mapping[str, Any] = {
    "C": 1e6,
    "alpha": 1e-10,
    "bootstrap": False,
    "ccp_alpha": 0.0,
    "early_stopping": False,
    "l2_regularization": 0.0,
    "min_child_samples": 1,
    "min_child_weight": 0.0,
    "min_samples_leaf": 1,
    "min_samples_split": 2,
    "oob_score": False,
    "reg_alpha": 0.0,
    "reg_lambda": 0.0,
}
"""What lets estimators overfit, in scikit-learn and boosters of its interface."""

MOST = 50
"""Longest training that is compared with the shortest."""


class Rows(NamedTuple):
    """Features in the library of the caller, and labels, shape (n_rows,)."""

    X: Any
    y: np.ndarray

    def at(self, places: np.ndarray) -> Rows:
        """Return some rows."""
        if hasattr(self.X, "iloc"):
            return Rows(self.X.iloc[places], self.y[places])
        if isinstance(self.X, list):
            return Rows([self.X[place] for place in places], self.y[places])
        if hasattr(self.X, "take"):  # PyArrow, NumPy
            taken = self.X.take(places, axis=0) if isinstance(self.X, np.ndarray) else None
            return Rows(self.X.take(places) if taken is None else taken, self.y[places])
        return Rows(self.X[places.tolist()], self.y[places])


def sklearn_findings(
    spec: Any,
    rows: Rows,
    *,
    tiny: int,
    least_fit: float,
    overfit: Mapping[str, Any] | None,
    seed: int,
) -> Iterator[Finding]:
    """Yield what tests of an estimator find; it is cloned, and itself never fitted."""
    with warnings.catch_warnings():
        # Trainings are cut short on purpose.
        warnings.simplefilter("ignore")
        model = _fitted(spec, rows)
        yield from _shapes(model, rows)
        yield _finite(model, rows)
        yield _learns(model, rows)
        yield _more_training(spec, rows)
        yield _overfits(spec, rows, tiny, least_fit, overfit, seed)
        yield _restored(model, rows)


def _fitted(spec: Any, rows: Rows, **params: Any) -> Any:
    base = load("sklearn.base", extra="checks")
    try:
        model = base.clone(spec).set_params(**params)
    except (TypeError, ValueError) as error:
        argument = "overfit_params" if params else "spec"
        raise InputError(argument, f"cannot be cloned and set: {error}") from error
    try:
        model.fit(rows.X, rows.y)
    except Exception as error:
        raise InputError("spec", f"fit raised {type(error).__name__}: {error}") from error
    return model


def _answers(model: Any, X: Any, name: str = "predict") -> np.ndarray:
    try:
        return np.asarray(getattr(model, name)(X))
    except Exception as error:
        raise InputError("spec", f"{name} raised {type(error).__name__}: {error}") from error


def _shapes(model: Any, rows: Rows) -> Iterator[Finding]:
    found = _answers(model, rows.X).shape
    alone = _answers(model, rows.at(np.array([0])).X).shape
    wanted = rows.y.shape
    passed = found == wanted and alone == (1, *wanted[1:])
    yield judged("shape of predict", passed, f"{found}, {alone} for one row", str(wanted))
    if not hasattr(model, "predict_proba"):
        return
    shares = _answers(model, rows.X, "predict_proba")
    wanted = (len(rows.y), len(np.unique(rows.y)))
    if shares.shape != wanted:
        yield judged("probabilities", False, f"shape {shares.shape}", str(wanted))
        return
    sums = np.abs(shares.sum(axis=1) - 1).max()
    passed = sums < 1e-6 and shares.min() >= 0 and shares.max() <= 1
    found_range = f"{shares.min():.3g} to {shares.max():.3g}, sums off by {sums:.2g}"
    yield judged("probabilities", passed, found_range, "0 to 1, sums of 1")


def _finite(model: Any, rows: Rows) -> Finding:
    answers = outputs(model, rows.X)
    holes = int((~np.isfinite(answers)).sum()) if answers.dtype.kind == "f" else 0
    return judged("finite answers", holes == 0, f"{holes} of {answers.size} not finite", "0")


def _learns(model: Any, rows: Rows) -> Finding:
    loss, guess = _loss(model, rows), _constant_loss(model, rows)
    found = f"loss {loss:.4g} on the rows it learned"
    return judged("learns", loss < guess, found, f"< {guess:.4g}, of a constant")


def _more_training(spec: Any, rows: Rows) -> Finding:
    test = "loss falls in training"
    names = [n for n in spec.get_params() if n.rpartition("__")[2] in BUDGETS]
    if not names:
        return Finding(test, None, "no parameter says how long to train", "")
    name = min(names, key=len)
    value = spec.get_params()[name]
    longer = min(value, MOST) if isinstance(value, int) and value > 1 else value
    if longer in (None, 1):
        return Finding(test, None, f"{name} is {longer}", "")
    short, long = (_loss(_fitted(spec, rows, **{name: v}), rows) for v in (1, longer))
    found = f"{short:.4g} with {name}=1, {long:.4g} with {longer}"
    perfect = long <= 1e-9 * _constant_loss(spec, rows)  # at once, as one deep tree may be
    return judged(test, long < short or perfect, found, "falls")


def _overfits(
    spec: Any, rows: Rows, tiny: int, least: float, params: Mapping[str, Any] | None, seed: int
) -> Finding:
    few = rows.at(tiny_rows(_matrix(rows.X), rows.y, tiny, seed))
    if params is None:
        names = ((name, name.rpartition("__")[2]) for name in spec.get_params())
        params = {name: RELAXED[last] for name, last in names if last in RELAXED}
    model = _fitted(spec, few, **params)
    loss, guess = _error(model, few), _constant_error(model, few)
    share = 1 - loss / guess if guess else float("nan")
    found = f"{share:.1%} of the error of a constant is gone"
    return judged(f"overfits {len(few.y)} rows", share >= least, found, f">= {least:.1%}")


def _restored(model: Any, rows: Rows) -> Finding:
    test = "restores to equal answers"
    try:
        # What was pickled in the line above, by this process.
        restored = pickle.loads(pickle.dumps(model))  # noqa: S301 - what was pickled just now
    except Exception as error:  # noqa: BLE001 - whatever it is, it cannot be saved
        return judged(test, False, f"pickling raised {type(error).__name__}", "equal")
    try:
        before, after = outputs(model, rows.X), outputs(restored, rows.X)
    except Exception as error:  # noqa: BLE001 - what was lost may be needed
        return judged(test, False, f"predicting raised {type(error).__name__}", "equal")
    same = before.shape == after.shape and np.array_equal(before, after)
    return judged(test, same, "equal" if same else "other answers", "equal")


def _matrix(X: Any) -> np.ndarray:
    return np.asarray(X, dtype=object) if isinstance(X, list) else np.asarray(X)


def _loss(model: Any, rows: Rows) -> float:
    """Return the mean squared error of probabilities, else of values, else the error rate."""
    if is_classification(model, rows.y) and hasattr(model, "predict_proba"):
        shares = _answers(model, rows.X, "predict_proba")
        known = np.unique(rows.y)
        hits = (rows.y[:, None] == known).astype(float)
        return _mean((shares - hits) ** 2) if shares.shape == hits.shape else float("nan")
    return _error(model, rows)


def _error(model: Any, rows: Rows) -> float:
    answers = _answers(model, rows.X).reshape(-1)
    truth = rows.y.reshape(-1)
    if answers.shape != truth.shape:
        return float("nan")
    if is_classification(model, rows.y):
        return _mean(answers != truth)
    return _mean((answers.astype(float) - truth.astype(float)) ** 2)


def _constant_loss(model: Any, rows: Rows) -> float:
    if is_classification(model, rows.y) and hasattr(model, "predict_proba"):
        hits = (rows.y[:, None] == np.unique(rows.y)).astype(float)
        return _mean((hits.mean(axis=0) - hits) ** 2)
    return _constant_error(model, rows)


def _constant_error(model: Any, rows: Rows) -> float:
    if is_classification(model, rows.y):
        return 1 - float(np.unique(rows.y, return_counts=True)[1].max()) / len(rows.y)
    return _mean((rows.y - rows.y.mean(axis=0)) ** 2)


def _mean(values: np.ndarray) -> float:
    return float(np.mean(np.asarray(values, dtype=float)))

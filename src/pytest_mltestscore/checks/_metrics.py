"""Quality of predictions by scikit-learn's scorers, on any rows, with one prediction a row ever.

A model is asked once for all rows. A scorer of scikit-learn then sees a stand-in that replays the
answers for the rows at hand, so a slice or a bootstrap draw costs no prediction.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from ..domain.errors import InputError, nearest
from ._models import positive_scores, predict
from ._optional import load

Scoring: TypeAlias = str | Callable[[np.ndarray, np.ndarray], float]
"""Name of a scikit-learn scorer, or a function of labels and predictions. Higher is better."""


@dataclass(frozen=True)
class Answers:
    """What a model says of rows whose labels are known. All arrays are of shape (n_rows,)."""

    truth: np.ndarray
    predicted: np.ndarray
    scores: np.ndarray | None
    """Scores for the positive class of two; None for a regressor or a model without any."""
    classes: np.ndarray | None
    """Sorted labels; None for regression."""

    def __len__(self) -> int:
        return len(self.truth)

    @cached_property
    def stand_in(self) -> Any:
        """An estimator whose features are row numbers, and which replays these answers."""
        return _stand_in(self)


@dataclass(frozen=True)
class Metric:
    """A number for some of the answers; higher is better. NaN where it is not defined."""

    name: str
    function: Callable[[Answers, np.ndarray], float]
    is_scorer: bool = False
    """Whether the name is that of a scorer of scikit-learn, and not of anybody's function."""

    def __call__(self, answers: Answers, rows: np.ndarray | None = None) -> float:
        """Return the metric over rows given by number, shape (n,), or over all of them."""
        chosen = np.arange(len(answers)) if rows is None else rows
        if len(chosen) == 0:
            return float("nan")
        return float(self.function(answers, chosen))


def labels_of(values: Any, argument: str) -> np.ndarray:
    """Return labels as an array of shape (n_rows,).

    Raises
    ------
    InputError
        If there are none, some are missing, or they are not one a row.
    """
    labels = np.asarray(values)
    if labels.ndim != 1:
        raise InputError(argument, f"has shape {labels.shape}; give one label a row")
    if len(labels) == 0:
        raise InputError(argument, "has no rows; give data to look at")
    missing = _missing(labels)
    if missing:
        problem = f"{missing} of {len(labels)} labels are missing"
        raise InputError(argument, f"{problem}; drop those rows or find their labels")
    return labels


def _missing(labels: np.ndarray) -> int:
    if labels.dtype.kind == "f":
        return int((~np.isfinite(labels)).sum())
    if labels.dtype.kind == "O":
        return sum(value is None or _is_nan(value) for value in labels.tolist())
    return 0


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and bool(np.isnan(value))


def is_classification(model: Any, truth: np.ndarray) -> bool:
    """Whether labels are classes: by the model's own word, else by the kind of the labels."""
    kind = getattr(model, "_estimator_type", None)
    if kind is None and hasattr(model, "__sklearn_tags__"):
        kind = model.__sklearn_tags__().estimator_type
    if kind in ("classifier", "regressor"):
        return bool(kind == "classifier")
    return hasattr(model, "predict_proba") or truth.dtype.kind != "f"


def require_labels(predicted: np.ndarray, classes: np.ndarray, argument: str) -> None:
    """Raise an `InputError` for answers that are no labels: no label would ever equal them.

    A class that the truth at hand lacks may be answered. Probabilities may not, nor answers of
    which none is a label, such as "yes" and "no" for 1 and 0.
    """
    answered = set(predicted.tolist())
    strange = answered - set(classes.tolist())
    fractions = [value for value in strange if isinstance(value, float) and value % 1]
    if fractions or (strange and strange == answered):
        example = (fractions or sorted(strange, key=str))[0]
        problem = f"answers {example!r}, and labels are {classes.tolist()[:5]}"
        mend = "give labels, or a model with predict_proba; if these are numbers, a label of floats"
        raise InputError(argument, f"{problem}; {mend}")


def ask(
    model: Any,
    X: Any,
    truth: np.ndarray,
    *,
    argument: str = "model",
    classes: np.ndarray | None = None,
) -> Answers:
    """Ask a model once for all rows.

    `classes` are all labels that there are, where the rows at hand may lack some.

    Raises
    ------
    InputError
        If the model cannot answer, or the labels are of one class only.
    """
    predicted = predict(model, X, argument)
    if not is_classification(model, truth):
        return Answers(truth, predicted, None, None)
    classes = np.unique(truth) if classes is None else classes
    if len(classes) < 2:
        problem = f"has labels of one class only ({classes[0]!r}); give rows of all classes"
        raise InputError("label", problem)
    known = np.asarray(getattr(model, "classes_", classes))
    if not set(known.tolist()) & set(classes.tolist()):
        problem = f"has {classes.tolist()[:5]}, and {argument} knows {known.tolist()[:5]}"
        raise InputError("label", f"{problem}; give both the same labels")
    require_labels(predicted, known, argument)
    scored = len(known) == 2 and (
        hasattr(model, "predict_proba") or hasattr(model, "decision_function")
    )
    scores = positive_scores(model, X, argument) if scored else None
    return Answers(truth, predicted, scores, known)


def metric(scoring: Scoring, argument: str = "scoring") -> Metric:
    """Return the metric that people name as in scikit-learn, or give as a function.

    >>> import numpy as np
    >>> answers = Answers(np.array([0, 1, 1]), np.array([0, 1, 0]), None, np.array([0, 1]))
    >>> round(metric("accuracy")(answers), 3)
    0.667

    Raises
    ------
    InputError
        If scikit-learn has no scorer of that name; says the nearest.
    """
    if callable(scoring):
        return Metric(getattr(scoring, "__name__", "score"), _by_function(scoring, argument))
    sklearn_metrics = load("sklearn.metrics", extra="checks")
    names = sklearn_metrics.get_scorer_names()
    if scoring not in names:
        closest = nearest(str(scoring), names)
        hint = f"; did you mean {closest!r}?" if closest else ""
        raise InputError(argument, f"{scoring!r} is no scorer of scikit-learn{hint}")
    scorer = sklearn_metrics.get_scorer(scoring)
    return Metric(scoring, _by_scorer(scorer, scoring, argument), is_scorer=True)


def _by_function(
    function: Callable[[np.ndarray, np.ndarray], float], argument: str
) -> Callable[[Answers, np.ndarray], float]:
    def score(answers: Answers, rows: np.ndarray) -> float:
        try:
            return function(answers.truth[rows], answers.predicted[rows])
        except Exception as error:  # whatever it is, it is the caller's
            raise InputError(argument, f"raised {type(error).__name__}: {error}") from error

    return score


def _by_scorer(scorer: Any, name: str, argument: str) -> Callable[[Answers, np.ndarray], float]:
    def score(answers: Answers, rows: np.ndarray) -> float:
        truth = answers.truth[rows]
        with warnings.catch_warnings():
            # An undefined metric comes back as NaN, which passes no threshold.
            warnings.simplefilter("ignore")
            try:
                return float(scorer(answers.stand_in, rows, truth))
            except AttributeError:
                problem = f"cannot be judged by {name}, which needs predict_proba"
                raise InputError("model", f"{problem}; give a model that scores") from None
            except ValueError as error:
                if answers.classes is not None and len(np.unique(truth)) < 2:
                    return float("nan")
                raise InputError(argument, f"{name}: {error}") from error

    return score


def _stand_in(answers: Answers) -> Any:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

    def predict(_: object, rows: np.ndarray) -> np.ndarray:
        return answers.predicted[rows]

    members: dict[str, Any] = {"fitted_": True, "predict": predict}
    if answers.classes is not None:
        members["classes_"] = answers.classes
    if answers.scores is not None:
        scored = _scoring_method(answers.scores)
        members[scored.__name__] = scored  # scorers ask for a method by its own name
    kind = RegressorMixin if answers.classes is None else ClassifierMixin
    return type("Replay", (kind, BaseEstimator), members)()


def _scoring_method(scores: np.ndarray) -> Callable[[object, np.ndarray], np.ndarray]:
    """Return the method that such scores come from, for some of the rows."""

    def predict_proba(_: object, rows: np.ndarray) -> np.ndarray:
        return np.column_stack([1 - scores[rows], scores[rows]])

    def decision_function(_: object, rows: np.ndarray) -> np.ndarray:
        return scores[rows]

    are_probabilities = scores.min() >= 0 and scores.max() <= 1
    return predict_proba if are_probabilities else decision_function

"""What was predicted in service and what came of it, from a log."""

from __future__ import annotations

from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from ...domain.errors import InputError
from .._frames import (
    Frame,
    aggregate,
    column_values,
    count_where,
    is_missing,
    require_columns,
    require_rows,
    sample_rows,
)
from .._metrics import Answers, labels_of, require_labels


class Served(NamedTuple):
    """Rows of a log whose labels are known."""

    answers: Answers
    frame: nw.DataFrame[Any]
    values: np.ndarray | None
    """Probability of the positive class, or predicted number; None for more than two classes."""
    targets: np.ndarray | None
    """Labels as numbers, 1 for the positive class; None where `values` is."""
    probabilities: bool
    """Whether `values` are probabilities that the log has, not classes turned into 0 and 1."""
    total: int
    """Rows of the log, those without a label included."""
    notes: tuple[str, ...]


def served(
    frame: Frame,
    *,
    label: str,
    prediction: str | None,
    score: str | None,
    positive: Any,
    max_unlabelled: float,
    max_rows: int,
    seed: int,
) -> Served:
    """Read answers from a log.

    Raises
    ------
    InputError
        For missing columns or values, too many rows without a label, labels of one class only, or
        scores that are no probabilities.
    """
    asked = [c for c in (prediction, score) if c is not None]
    if not asked:
        raise InputError("prediction", "is missing, and so is score; give one of them")
    if not 0 <= max_unlabelled < 1:
        raise InputError("max_unlabelled", f"is {max_unlabelled!r}; give a share from 0 to below 1")
    require_columns(frame, [label, *asked])
    total = require_rows(frame)
    schema = frame.collect_schema()
    unknown = is_missing(label, schema[label])
    absent = int(aggregate(frame, [count_where(unknown).alias("n")])["n"] or 0)
    if absent > max_unlabelled * total or absent == total:
        problem = f"{absent} of {total} labels are missing"
        raise InputError("label", f"{problem}; wait for them, or raise max_unlabelled")
    sample = sample_rows(frame.filter(~unknown) if absent else frame, max_rows, seed=seed)
    truth = labels_of(column_values(sample.frame, label), "label")
    scores = None if score is None else _probabilities(sample.frame, score)
    predicted = None if prediction is None else _complete(sample.frame, prediction, "prediction")
    notes = (f"{absent} of {total} rows have no label yet",) if absent else ()
    answers, values, targets = _answers(truth, predicted, scores, positive)
    return Served(
        answers, sample.frame, values, targets, score is not None, total, (*notes, *sample.notes)
    )


def _complete(frame: nw.DataFrame[Any], column: str, argument: str) -> np.ndarray:
    missing = int(
        aggregate(frame, [count_where(is_missing(column, frame.schema[column])).alias("n")])["n"]
    )
    if missing:
        problem = f"{missing} of {len(frame)} values of {column!r} are missing"
        raise InputError(argument, f"{problem}; a row without an answer is a fault of its own")
    values = column_values(frame, column)
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise InputError(argument, f"{column!r} holds infinite values")
    return values


def _probabilities(frame: nw.DataFrame[Any], column: str) -> np.ndarray:
    values = _complete(frame, column, "score")
    if values.dtype.kind not in "fiub" or values.min() < 0 or values.max() > 1:
        problem = f"{column!r} holds other values than probabilities from 0 to 1"
        raise InputError("score", f"{problem}; give it as prediction if it is one")
    return values.astype(float)


def _answers(
    truth: np.ndarray, predicted: np.ndarray | None, scores: np.ndarray | None, positive: Any
) -> tuple[Answers, np.ndarray | None, np.ndarray | None]:
    numbers = predicted is not None and predicted.dtype.kind == "f" and truth.dtype.kind in "fiu"
    if scores is None and predicted is not None and numbers:
        return Answers(truth.astype(float), predicted, None, None), predicted, truth.astype(float)
    classes = np.unique(truth)
    if len(classes) < 2:
        problem = f"has labels of one class only ({classes[0]!r}); give rows of all classes"
        raise InputError("label", problem)
    if predicted is not None:
        require_labels(predicted, classes, "prediction")
    if positive is not None and positive not in classes.tolist():
        raise InputError("positive", f"there is no label {positive!r}")
    if len(classes) > 2:
        if predicted is None:
            raise InputError("score", f"there are {len(classes)} classes; give prediction instead")
        return Answers(truth, predicted, None, classes), None, None
    if positive is not None and positive == classes[0]:
        classes = classes[::-1]
    chosen = (
        classes[(scores >= 0.5).astype(int)]
        if predicted is None and scores is not None
        else predicted
    )
    assert chosen is not None
    values = (chosen == classes[1]).astype(float) if scores is None else scores
    targets = (truth == classes[1]).astype(float)
    return _ordered(truth, chosen, scores, classes), values, targets


def _ordered(
    truth: np.ndarray, predicted: np.ndarray, scores: np.ndarray | None, classes: np.ndarray
) -> Answers:
    """Return answers with the positive class last, where scikit-learn looks for it."""
    if classes[0] < classes[1]:
        return Answers(truth, predicted, scores, classes)
    coded = (truth == classes[1]).astype(int), (predicted == classes[1]).astype(int)
    return Answers(*coded, scores, np.array([0, 1]))

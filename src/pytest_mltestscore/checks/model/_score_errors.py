"""How exact the score of a slice is, and how exact its change from one model to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from .._metrics import Answers, Metric
from .._statistics import bootstrap_error

RESAMPLES = 100

_OfCounts: TypeAlias = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""Takes how often each cell was drawn, shape (n_draws, n_cells), and the truth and the answer of
each cell, shape (n_cells,); returns the scores, shape (n_draws,)."""


def score_errors(
    measure: Metric, answers: Answers, before: Answers | None, rows: np.ndarray, *, seed: int
) -> tuple[float, float]:
    """Return the bootstrap standard errors of a score on some rows, and of its change.

    Accuracies depend on nothing but how often each label was answered by each. To draw such counts
    is the same as to draw rows, and a thousand times faster than to call a scorer for each draw.

    Parameters
    ----------
    measure
        What the score is.
    answers, before
        Of the model, and of the one before it on the same rows, or None.
    rows
        Numbers of the rows, shape (n_rows,).

    Returns
    -------
    tuple of float
        The second one is NaN without `before`. NaN where the score is not defined in more than a
        tenth of the draws.
    """
    of_counts = _OF_COUNTS.get(measure.name) if measure.is_scorer else None
    if of_counts is not None and answers.classes is not None:
        return _by_counts(of_counts, answers, before, rows, seed)

    def score(places: np.ndarray) -> float:
        return measure(answers, rows[places])

    error = bootstrap_error(score, len(rows), seed=seed, resamples=RESAMPLES)
    if before is None:
        return error, float("nan")

    def change(places: np.ndarray) -> float:
        return score(places) - measure(before, rows[places])

    return error, bootstrap_error(change, len(rows), seed=seed, resamples=RESAMPLES)


def _by_counts(
    of_counts: _OfCounts, answers: Answers, before: Answers | None, rows: np.ndarray, seed: int
) -> tuple[float, float]:
    said = [answers.truth[rows], answers.predicted[rows]]
    if before is not None:
        said.append(before.predicted[rows])
    cells, counts = _cells(said)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(rows), counts / len(rows), size=RESAMPLES)
    scores = of_counts(drawn, cells[0], cells[1])
    error = float(np.std(scores, ddof=1))
    if before is None:
        return error, float("nan")
    return error, float(np.std(scores - of_counts(drawn, cells[0], cells[2]), ddof=1))


def _cells(said: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return what was said together, as numbers of labels, shape (n_said, n_cells), how often."""
    labels = np.unique(np.concatenate([np.unique(s) for s in said]))
    numbers = [np.searchsorted(labels, s) for s in said]
    return np.unique(np.stack(numbers), axis=1, return_counts=True)


def _accuracy(drawn: np.ndarray, truth: np.ndarray, answer: np.ndarray) -> np.ndarray:
    return drawn[:, truth == answer].sum(axis=1) / drawn.sum(axis=1)


def _balanced_accuracy(drawn: np.ndarray, truth: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """Return the mean recall of those classes that were drawn, as scikit-learn has it."""
    shares = []
    for label in np.unique(truth):
        of_label = truth == label
        hits = drawn[:, of_label & (answer == label)].sum(axis=1)
        rows = drawn[:, of_label].sum(axis=1)
        shares.append(np.divide(hits, rows, out=np.full(len(drawn), np.nan), where=rows > 0))
    return np.nanmean(shares, axis=0)


_OF_COUNTS: dict[str, _OfCounts] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
}

"""model-3: a random search now does not beat the hyperparameters in use."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._conclude import Expect, conclude
from .._frames import (
    column_values,
    feature_columns,
    read_frame,
    require_columns,
    sample_rows,
)
from .._metrics import Answers, Metric, Scoring, ask, is_classification, labels_of, metric
from .._optional import load
from .._statistics import CONFIDENCE, bootstrap_interval, require_confidence

ITEM = "tuned-hyperparameters"

_RESAMPLES = 300


class _Problem(NamedTuple):
    """What every fit shares."""

    estimator: Any
    inputs: nw.DataFrame[Any]
    truth: np.ndarray
    measure: Metric


class _Trial(NamedTuple):
    params: Mapping[str, Any]
    """What differs from the champion; empty for the champion itself."""
    score: float
    """Mean over the folds; NaN where a fit failed."""


def random_search(
    champion: Any,
    data: Any,
    *,
    label: str,
    search_space: Mapping[str, Any],
    features: Sequence[str] | None = None,
    scoring: Scoring = "balanced_accuracy",
    margin: float = 0.01,
    trials: int = 20,
    cv: int = 3,
    test_share: float = 0.3,
    confidence: float = CONFIDENCE,
    max_rows: int = 20_000,
    n_jobs: int | None = None,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that a bounded random search finds no better hyperparameters than those in use.

    The search is done now, by cross-validation on one part of the rows. The best of its trials and
    the champion are then fitted on that part and compared on the rest, by a paired bootstrap:
    the choice of the best of many does not flatter it there. Does not hold if the lower end of the
    interval of its gain is above `margin`.

    Parameters
    ----------
    champion
        An estimator of scikit-learn's API with the hyperparameters in use; fitted copies are made.
    data
        Data frame of labelled rows. The estimator gets the features in the frame's own library.
    label
        Column with the truth. No value may be missing.
    search_space
        Lists or scipy distributions by hyperparameter, as for `RandomizedSearchCV`.
    features
        Columns that the model sees; by default all but the label.
    scoring
        Name of a scikit-learn scorer, or a function of truth and predictions; higher is better.
    margin
        Gain that does not matter, in the unit of the score.
    trials
        Candidates that are drawn; those with the values of the champion count.
    cv
        Folds of the search; shuffled, and stratified for classes.
    test_share
        Share of the rows that are kept for the comparison.
    confidence
        Of the two-sided interval.
    max_rows
        Rows beyond that are sampled, and the result says so.
    n_jobs
        Fits at the same time, by joblib.
    seed
        Of sample, splits, candidates and bootstrap.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a trial, the best first: rank, score in the search, hyperparameters; the champion
        among them. `details["best"]` has the hyperparameters of the best.

    Raises
    ------
    InputError
        For missing columns or labels, labels of one class, an unknown hyperparameter, fewer than 50
        rows for the comparison, or a champion that cannot be fitted.

    Notes
    -----
    Rows are split at random: where the future is to be foretold, or rows belong together, a search
    like this flatters all candidates, so use the evidence of a proper search with
    `tuned_hyperparameters`. Does `trials * cv + 2` fits. Candidates that cannot be fitted count
    as bad, and the result says how many there were.

    Sees that 0.1 of accuracy is given away, with 600 rows to compare on. Cannot see what lies
    outside the space, and holds if the search is too short to find it.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from pytest_mltestscore import checks
    >>> rng = np.random.default_rng(0)
    >>> rows = pd.DataFrame(rng.normal(size=(1000, 2)), columns=["x", "z"])
    >>> rows["late"] = (rows["x"] * rows["z"] > 0).astype(int)
    >>> def accuracy(truth, answers):
    ...     return float(np.mean(truth == answers))
    >>> result = checks.model.random_search(
    ...     DecisionTreeClassifier(max_depth=1, random_state=0), rows, label="late",
    ...     search_space={"max_depth": [1, 2, 4, 8]}, trials=4, scoring=accuracy,
    ... )
    >>> print(result.summary)
    max_depth=8 gains 0.493 [0.438, 0.557] of accuracy, more than 0.01: the best of 4 random trials
    """
    _require_limits(champion, search_space, trials, cv, test_share, margin)
    require_confidence(confidence)
    frame = read_frame(data)
    seen = feature_columns(frame, features, label)
    require_columns(frame, [label, *seen])
    sample = sample_rows(frame.select(label, *seen), max_rows, seed=seed)
    truth = labels_of(column_values(sample.frame, label), "label")
    problem = _Problem(champion, sample.frame.select(seen), truth, metric(scoring))
    search, held_out = _parts(problem, test_share, seed)
    found = _search(problem, search, search_space, trials, cv, n_jobs, seed)
    rivals = [t for t in found[1:] if np.isfinite(t.score)]
    if not rivals:
        raise InputError("search_space", "has no candidate that can be fitted; give other values")
    best = max(rivals, key=lambda t: t.score)
    own, other = (_fitted_answers(problem, p, search, held_out) for p in ({}, best.params))

    def gain(rows: np.ndarray) -> float:
        return problem.measure(other, rows) - problem.measure(own, rows)

    value = gain(np.arange(len(held_out)))
    interval = bootstrap_interval(
        gain, len(held_out), seed=seed, confidence=confidence, resamples=_RESAMPLES
    )
    # Not "low <= margin": an interval that could not be worked out is NaN, and is no pass.
    beaten = not interval.low <= margin
    name = problem.measure.name
    return conclude(
        "random_search",
        item=ITEM,
        holds=not beaten,
        summary=_summary(beaten, len(found) - 1, name, value, str(interval), margin, best),
        expect=expect,
        measurements=[
            measurement("gain of the best trial", value),
            measurement("lower end of the gain", interval.low, limit=f"<= {margin:g}"),
            measurement(f"{name} of the champion", problem.measure(own)),
            measurement("trials", len(found) - 1),
        ],
        table=list(_table(found)),
        rows_seen=sample.seen,
        rows_total=sample.total,
        notes=[*sample.notes, *_notes(found, rivals, len(held_out))],
        details={"best": dict(best.params)},
    )


def _require_limits(
    champion: Any,
    search_space: Mapping[str, Any],
    trials: int,
    cv: int,
    test_share: float,
    margin: float,
) -> None:
    if not hasattr(champion, "fit") or not hasattr(champion, "get_params"):
        problem = f"is of type {type(champion).__name__}; give an estimator with fit and get_params"
        raise InputError("champion", problem)
    if not search_space:
        raise InputError("search_space", "is empty; give lists or distributions")
    known = champion.get_params()
    for name in search_space:
        if name not in known:
            raise InputError("search_space", f"{name!r} is no hyperparameter of the champion")
    if trials < 1:
        raise InputError("trials", f"is {trials}; give at least 1")
    if cv < 2:
        raise InputError("cv", f"is {cv}; give at least 2")
    if not 0 < test_share < 1:
        raise InputError("test_share", f"is {test_share!r}; give a number between 0 and 1")
    if not 0 <= margin < np.inf:
        raise InputError("margin", f"is {margin!r}; give a number from 0 up")


def _parts(problem: _Problem, test_share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to search on and those to compare on."""
    rows = len(problem.truth)
    if int(rows * test_share) < 50:
        raise InputError("data", f"leaves {int(rows * test_share)} rows to compare on; give 50")
    split = load("sklearn.model_selection", extra="checks").train_test_split
    classes = problem.truth if is_classification(problem.estimator, problem.truth) else None
    try:
        search, held_out = split(
            np.arange(rows), test_size=test_share, random_state=seed, stratify=classes
        )
    except ValueError as error:  # a class with one row
        raise InputError("label", f"cannot be split: {error}") from error
    return np.sort(search), np.sort(held_out)


def _search(
    problem: _Problem,
    rows: np.ndarray,
    space: Mapping[str, Any],
    trials: int,
    cv: int,
    n_jobs: int | None,
    seed: int,
) -> list[_Trial]:
    """Return the champion and all candidates with their scores."""
    selection = load("sklearn.model_selection", extra="checks")
    joblib = load("joblib", extra="checks")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a grid smaller than the trials is tried as a whole
        drawn = list(selection.ParameterSampler(dict(space), trials, random_state=seed))
    classes = is_classification(problem.estimator, problem.truth)
    kind = selection.StratifiedKFold if classes else selection.KFold
    folds = list(kind(cv, shuffle=True, random_state=seed).split(rows, problem.truth[rows]))
    candidates = [{}, *drawn]
    _fitted_answers(problem, {}, rows, rows)  # a champion that cannot be fitted is an error here
    scores = joblib.Parallel(n_jobs=n_jobs)(
        joblib.delayed(_fold_score)(problem, params, rows[fit], rows[score])
        for params in candidates
        for fit, score in folds
    )
    means = np.array(scores).reshape(len(candidates), cv).mean(axis=1)
    return [_Trial(p, float(s)) for p, s in zip(candidates, means, strict=True)]


def _fold_score(
    problem: _Problem, params: Mapping[str, Any], fit: np.ndarray, score: np.ndarray
) -> float:
    """Return the score of a candidate; NaN where it cannot be fitted."""
    try:
        return problem.measure(_fitted_answers(problem, params, fit, score))
    except InputError:
        return float("nan")


def _fitted_answers(
    problem: _Problem, params: Mapping[str, Any], fit: np.ndarray, score: np.ndarray
) -> Answers:
    clone = load("sklearn.base", extra="checks").clone
    known = problem.inputs[fit.tolist()].to_native()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a candidate that does not converge is scored as it is
        try:
            model = clone(problem.estimator).set_params(**params).fit(known, problem.truth[fit])
        except Exception as error:  # whatever it is, it is the estimator's
            what = f"cannot be fitted: {type(error).__name__}: {error}"
            raise InputError("champion", what) from error
        return ask(model, problem.inputs[score.tolist()], problem.truth[score], argument="champion")


def _table(found: Sequence[_Trial]) -> Iterator[Mapping[str, Any]]:
    order = sorted(range(len(found)), key=lambda n: -np.nan_to_num(found[n].score, nan=-np.inf))
    for rank, n in enumerate(order, start=1):
        shown = "the champion" if n == 0 else _words(found[n].params)
        score = round(found[n].score, 4) if np.isfinite(found[n].score) else "failed"
        yield {"rank": rank, "score": score, "hyperparameters": shown}


def _words(params: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in params.items()
    )


def _summary(
    beaten: bool, tried: int, name: str, value: float, interval: str, margin: float, best: _Trial
) -> str:
    if beaten:
        found = f"{_words(best.params)} gains {value:.3g} {interval} of {name}"
        return f"{found}, more than {margin:g}: the best of {tried} random trials"
    found = f"the best gains {value:.3g} {interval}"
    return f"none of {tried} random trials surely gains more than {margin:g} of {name}; {found}"


def _notes(found: Sequence[_Trial], rivals: Sequence[_Trial], held_out: int) -> Iterator[str]:
    yield f"compared on {held_out:,} rows that the search did not see"
    failed = len(found) - 1 - len(rivals)
    if failed:
        yield f"{failed} trials could not be fitted or scored"

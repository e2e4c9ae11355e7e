"""model-5: a simpler model is not as good, so that the complexity is paid for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._conclude import Expect, conclude
from .._frames import (
    Frame,
    Sample,
    column_values,
    feature_columns,
    read_frame,
    require_columns,
    sample_rows,
)
from .._metrics import Answers, Metric, Scoring, ask, is_classification, labels_of, metric
from .._statistics import CONFIDENCE, Interval, bootstrap_interval, require_confidence
from ._baselines import fitted, no_more_complex, plain_features, simple_models
from ._prediction_cost import TIMED_ROWS, Cost, cost_measurements, cost_of, too_dear

ITEM = "simpler-baseline"

_RESAMPLES = 300


class _Rival(NamedTuple):
    name: str
    model: Any
    inputs: Any
    answers: Answers
    score: float


def simpler_baseline(
    model: Any,
    train: Any,
    test: Any,
    *,
    label: str,
    features: list[str] | None = None,
    scoring: Scoring | None = None,
    min_gain: float = 0.0,
    baselines: Mapping[str, Any] | None = None,
    cost: bool = True,
    max_predict_ratio: float | None = None,
    min_rows: int = 50,
    confidence: float = CONFIDENCE,
    max_rows: int = 100_000,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that the model is better than any simple one.

    Holds if the lower end of the interval of the gain over the best baseline is above `min_gain`. A
    model that is as simple as a baseline, such as logistic regression, only has to be not surely
    worse than that one. All are judged on the same held-out rows, and the interval is a paired
    bootstrap of them.

    Parameters
    ----------
    model
        Anything with `predict`, or a function of the features; called with the feature columns in
        the frame's own library.
    train
        Data frame of labelled rows that the baselines are fitted on: those that the model had.
    test
        Data frame of labelled rows that the model has not seen.
    label
        Column with the truth, in both frames. No value may be missing.
    features
        Columns that model and baselines see; by default all but the label.
    scoring
        Name of a scikit-learn scorer, or a function of truth and predictions; higher is better. By
        default `roc_auc` for a model that scores two classes, else `balanced_accuracy`; `r2` for a
        regressor.
    min_gain
        What the gain must be worth in the unit of the score: the price of the complexity.
    baselines
        Further ones by name, such as the rule that was used before. An estimator is cloned, and
        fitted on the features as floats and words in a pandas frame; a function is asked as it is,
        with what the model sees.
    cost
        Measure prediction time and size of the model and of the best baseline.
    max_predict_ratio
        How many times longer the model may take to predict 1,000 rows than the best baseline.
    min_rows
        Held-out rows that are needed: the bootstrap of a few rows is too sure of itself.
    confidence
        Of the two-sided interval.
    max_rows
        Rows beyond that are sampled from each frame, and the result says so.
    seed
        Of samples, bootstrap and tree.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a model, the best first: name, score, what the model gains over it. Prediction
        times are volatile measurements; with `max_predict_ratio` the whole result is volatile.

    Raises
    ------
    InputError
        For missing columns or labels, features that are empty or hold the label, labels of one
        class, fewer rows than `min_rows`, or models that raise or answer NaN.

    Notes
    -----
    The baselines are scikit-learn's: a constant (class shares, or mean), logistic or ridge
    regression on scaled numbers and one-hot words, and a tree of depth 3. Missing numbers become
    the median and a flag; at most 30 categories a column are told apart.

    A model of scikit-learn is as simple as `linear` if it is linear with no more coefficients, and
    as `shallow tree` if it is a tree that is no deeper.

    Sees a model that gains nothing over a linear one. A gain of 0.05 in accuracy needs about 2,000
    held-out rows to be sure of. Cannot see whether the test rows were seen in training, nor what
    a simple model with other features would do: give it in `baselines`.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from pytest_mltestscore import checks
    >>> rng = np.random.default_rng(0)
    >>> rows = pd.DataFrame({"minute": rng.integers(0, 600, 900), "size": rng.normal(size=900)})
    >>> rows["late"] = (rows["minute"] % 60 > 30).astype(int)
    >>> def model(rows):
    ...     return (rows["minute"] % 60 > 30).astype(int)
    >>> checks.model.simpler_baseline(
    ...     model, rows[:600], rows[600:], label="late", scoring="accuracy", cost=False
    ... )
    simpler_baseline: holds - accuracy 1 is 0.427 [0.373, 0.485] above shallow tree, the best of 3
      gain over shallow tree = 0.4267
      lower end of the gain = 0.3733  (limit > 0)
      model         score   gain
      the model     1       0
      shallow tree  0.5733  0.4267
      linear        0.4967  0.5033
      constant      0.4933  0.5067
    """
    _require_limits(min_gain, max_predict_ratio, confidence, cost)
    known, judged = read_frame(train, "train"), read_frame(test, "test")
    seen = _features(known, judged, label, features)
    fitting = sample_rows(known.select(label, *seen), max_rows, seed=seed, argument="train")
    held_out = sample_rows(judged.select(label, *seen), max_rows, seed=seed, argument="test")
    truth = labels_of(column_values(held_out.frame, label), "label")
    if len(truth) < min_rows:
        raise InputError("test", f"has {len(truth)} rows; give at least {min_rows}")
    inputs = held_out.frame.select(seen)
    answers = ask(model, inputs, truth)
    measure = metric(scoring or _default_scoring(answers))
    classification = is_classification(model, truth)
    ready = _ready(fitting, label, seen, baselines or {}, classification=classification, seed=seed)
    rivals = list(_rivals(ready, inputs, truth, measure))
    own = measure(answers)
    alike = no_more_complex(model, ready["linear"])
    simpler = [rival for rival in rivals if rival.name != alike]
    best = max(simpler, key=lambda r: np.nan_to_num(r.score, nan=-np.inf))
    interval = _gain(measure, answers, best.answers, confidence, seed)
    better = interval.low > min_gain
    worse = any(
        _gain(measure, answers, rival.answers, confidence, seed).high < 0
        for rival in rivals
        if rival.name == alike
    )
    costs = _costs(model, inputs, best) if cost else {}
    measured = list(cost_measurements(costs, max_predict_ratio))
    dear = too_dear(costs, max_predict_ratio)
    return conclude(
        "simpler_baseline",
        item=ITEM,
        holds=better and not dear and not worse,
        summary="; ".join(
            [
                _summary(measure, own, interval, best, len(simpler), min_gain, better),
                *([f"it is surely worse than {alike}, which is as simple"] if worse else []),
                *(["it takes too long to predict"] if dear else []),
            ]
        ),
        expect=expect,
        measurements=[
            measurement(f"gain over {best.name}", own - best.score),
            measurement("lower end of the gain", interval.low, limit=f"> {min_gain:g}"),
            *measured,
        ],
        table=_table(own, rivals),
        rows_seen=held_out.seen,
        rows_total=held_out.total,
        notes=[*held_out.notes, *_notes(fitting, costs, alike)],
        volatile=max_predict_ratio is not None,
    )


def _require_limits(
    min_gain: float, max_predict_ratio: float | None, confidence: float, cost: bool
) -> None:
    if not np.isfinite(min_gain) or min_gain < 0:
        raise InputError("min_gain", f"is {min_gain!r}; give a number from 0 up")
    if max_predict_ratio is not None and not max_predict_ratio > 0:
        raise InputError("max_predict_ratio", f"is {max_predict_ratio!r}; give a positive number")
    if max_predict_ratio is not None and not cost:
        raise InputError("cost", "is False, so max_predict_ratio cannot be judged; leave it True")
    require_confidence(confidence)


def _features(known: Frame, judged: Frame, label: str, features: list[str] | None) -> list[str]:
    require_columns(judged, [label], "test")
    seen = feature_columns(judged, features, label, argument="test")
    require_columns(known, [label, *seen], "train")
    return seen


def _default_scoring(answers: Answers) -> str:
    if answers.classes is None:
        return "r2"
    return "balanced_accuracy" if answers.scores is None else "roc_auc"


def _ready(
    fitting: Sample,
    label: str,
    seen: list[str],
    further: Mapping[str, Any],
    *,
    classification: bool,
    seed: int,
) -> dict[str, Any]:
    """Return baselines that can be asked, by name."""
    known = labels_of(column_values(fitting.frame, label), "label")
    if classification and len(np.unique(known)) < 2:
        raise InputError("train", "has labels of one class only; give rows of all classes")
    to_fit = {
        **simple_models(classification=classification, seed=seed),
        **{name: m for name, m in further.items() if hasattr(m, "fit")},
    }
    asked = {name: m for name, m in further.items() if name not in to_fit}
    return {**fitted(to_fit, plain_features(fitting.frame, seen), known), **asked}


def _rivals(
    ready: Mapping[str, Any], inputs: nw.DataFrame[Any], truth: np.ndarray, measure: Metric
) -> Iterator[_Rival]:
    """Ask the baselines for the rows that the model was asked for."""
    plain = plain_features(inputs, inputs.columns)
    for name, model in ready.items():
        X = plain if hasattr(model, "fit") else inputs
        answers = ask(model, X, truth, argument="baselines")
        yield _Rival(name, model, X, answers, measure(answers))


def _gain(measure: Metric, model: Answers, best: Answers, confidence: float, seed: int) -> Interval:
    def gain(rows: np.ndarray) -> float:
        return measure(model, rows) - measure(best, rows)

    return bootstrap_interval(
        gain, len(model), seed=seed, confidence=confidence, resamples=_RESAMPLES
    )


def _costs(model: Any, inputs: nw.DataFrame[Any], best: _Rival) -> dict[str, Cost]:
    return {
        "model": cost_of(model, inputs[:TIMED_ROWS]),
        best.name: cost_of(best.model, best.inputs[:TIMED_ROWS]),
    }


def _table(own: float, rivals: list[_Rival]) -> list[dict[str, Any]]:
    scores = {"the model": own, **{r.name: r.score for r in rivals}}
    rows = [
        {"model": name, "score": round(score, 4), "gain": round(own - score, 4)}
        for name, score in scores.items()
    ]
    return sorted(rows, key=lambda row: -np.nan_to_num(row["score"], nan=-np.inf))


def _summary(
    measure: Metric,
    own: float,
    interval: Interval,
    best: _Rival,
    rivals: int,
    min_gain: float,
    better: bool,
) -> str:
    gain = own - best.score
    side = "above" if not gain < 0 else "below"
    found = f"{measure.name} {own:.3g} is {abs(gain):.3g} {side} {best.name}, the best of {rivals}"
    if better:
        found = f"{measure.name} {own:.3g} is {gain:.3g} {interval} above {best.name}"
        found = f"{found}, the best of {rivals}"
    else:
        found = f"{found}: gain {interval} is not surely above {min_gain:g}"
    return found


def _notes(fitting: Sample, costs: Mapping[str, Cost], alike: str) -> list[str]:
    notes = [f"baselines are fitted on {note}" for note in fitting.notes]
    if alike:
        notes.append(f"the model is as simple as {alike}, so it need not be better than that")
    if any(not np.isfinite(c.size_kb) for c in costs.values()):
        notes.append("the size of a model that cannot be pickled is not known")
    return notes

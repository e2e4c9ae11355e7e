"""monitor-7: predictions in service are as good as they were at release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._arguments import listed
from .._conclude import Expect, conclude
from .._frames import read_frame, require_columns
from .._metrics import Scoring, metric
from .._slices import columns_of, declared_slices
from .._statistics import (
    adjusted_p_values,
    bootstrap_error,
    p_below,
    require_confidence,
    wilson_interval,
)
from ._calibration import Bin, calibration
from ._drift import SHOWN_FROM
from ._served_answers import Served, served

ITEM = "prediction-quality"

_PROBABILITY_BIAS = 0.05


class _Question(NamedTuple):
    """One number with its limit, and how well chance alone explains that it is beyond."""

    part: str
    of: str
    rows: int
    value: float
    error: float
    limit: str
    beyond: bool
    p: float
    judged: bool = True


def prediction_quality(
    data: Any,
    *,
    label: str,
    prediction: str | None = None,
    score: str | None = None,
    scoring: Scoring | None = None,
    min_score: float | None = None,
    release_score: float | None = None,
    max_drop: float = 0.02,
    max_calibration_error: float = 0.05,
    max_bias: float | None = None,
    slices: Sequence[str | Sequence[str]] = (),
    bins: int = 10,
    min_rows: int = 100,
    max_unlabelled: float = 0.0,
    positive: Any = None,
    confidence: float = 0.95,
    max_rows: int = 200_000,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check predictions that were served against the labels that came in since.

    Judged are a metric against its bound, the calibration of probabilities, and prediction bias,
    the mean prediction minus the mean label, in all and in each slice. Each is broken if it is
    beyond its limit by more than chance explains: the one-sided p-value of "within the limit",
    corrected for the number of questions (Benjamini and Hochberg 1995), is below `1 - confidence`.

    Parameters
    ----------
    data
        Data frame of served predictions with their labels.
    label
        Column with the truth.
    prediction
        Column with the predicted class or number. Numbers with a fraction are a regression.
    score
        Column with the probability of the positive class of two; one of both is needed.
    scoring
        Name of a scikit-learn scorer, or a function of truth and predictions; higher is better. By
        default `roc_auc` with `score`, `r2` for numbers, `balanced_accuracy` otherwise.
    min_score
        Absolute bound of the metric.
    release_score
        The metric at release, on data of that time; now it may be lower by `max_drop`. Taken as
        exact: give that of a large test set.
    max_calibration_error
        Bound on the expected calibration error of `score`, less what chance alone gives.
    max_bias
        Bound on the prediction bias up or down, in units of the label; by default 0.05 for two
        classes. Without one, that of numbers is shown and not judged.
    slices
        Columns whose values make slices, as in `model.slice_quality`.
    bins
        Of the reliability table.
    min_rows
        Slices with fewer rows are listed and not judged; fewer in all are an error.
    max_unlabelled
        Share of rows that may lack a label yet; they are left out and counted. Labels that come in
        late are often of another kind than those that come in soon.
    positive
        Label of the positive class; by default the last in order.
    confidence
        One minus the share of false alarms that is accepted among alarms, between 0.5 and 1.
    max_rows
        Rows beyond that are sampled, and the result says so.
    seed
        Of sample and bootstrap.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a question, broken ones first: value, 95 % interval, limit, verdict (`ok`, `broken`,
        `unsure` beyond the limit within chance, `thin`, `shown`). Then the reliability table: value
        is the share of positives, limit the mean probability.

    Raises
    ------
    InputError
        If nothing can be judged; for missing columns, labels or predictions, one class only, scores
        that are no probabilities, or too few rows.

    Notes
    -----
    In 2,000 rows it sees a ROC AUC or a calibration error 0.06 beyond its limit, and a bias 0.05
    beyond its limit in all or 0.1 in one of four slices. Cannot see quality before labels come in:
    watch `data_invariants` of the predictions until then. More than two classes are judged by the
    metric alone. Without `min_score` and `release_score` only bias and calibration are judged, and
    a model that has learned nothing can meet both.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from pytest_mltestscore import checks
    >>> rng = np.random.default_rng(0)
    >>> log = pd.DataFrame({"risk": rng.uniform(0, 1, 2000), "site": ["a", "b"] * 1000})
    >>> chance = np.where(log["site"] == "b", log["risk"] ** 3, log["risk"])
    >>> log["ill"] = (rng.random(2000) < chance).astype(int)
    >>> checks.monitor.prediction_quality(
    ...     log,
    ...     label="ill",
    ...     score="risk",
    ...     slices=["site"],
    ...     max_bias=0.15,
    ...     max_calibration_error=0.15,
    ...     bins=2,
    ... )
    prediction_quality: DOES NOT HOLD - 1 of 4 numbers beyond their limits: prediction bias of \
site=b 0.262 (within 0.15)
      prediction bias = 0.1194  (limit within 0.15)
      calibration error = 0.1092  (limit <= 0.15)
      number             of              rows  value    low     high    limit        verdict
      prediction bias    site=b          1000  0.2616   0.2364  0.2868  within 0.15  broken
      prediction bias    all             2000  0.1194   0.1016  0.1372  within 0.15  ok
      prediction bias    site=a          1000  -0.0227  -0.048  0.0025  within 0.15  ok
      calibration error  all             2000  0.1092   0.0895  0.1288  <= 0.15      ok
      share positive     0.000 to 0.497  1000  0.143    0.1227  0.1661  0.2466
      share positive     0.497 to 1.000  1000  0.616    0.5855  0.6456  0.7513
    """
    slices = listed(slices, "slices")
    frame = read_frame(data)
    require_columns(frame, columns_of(slices))
    require_confidence(confidence)
    found = served(
        frame,
        label=label,
        prediction=prediction,
        score=score,
        positive=positive,
        max_unlabelled=max_unlabelled,
        max_rows=max_rows,
        seed=seed,
    )
    rows = len(found.answers)
    if rows < min_rows:
        raise InputError(
            "data", f"has {rows} rows with labels; give {min_rows}, or a lower min_rows"
        )
    limit = (
        _PROBABILITY_BIAS if max_bias is None and found.answers.classes is not None else max_bias
    )
    questions = [
        *_metric(found, scoring, min_score, release_score, max_drop, seed),
        *_bias(found, slices, limit, min_rows),
    ]
    table_of_bins: list[Bin] = []
    if found.probabilities and found.values is not None and found.targets is not None:
        measured = calibration(found.values, found.targets, bins)
        table_of_bins = measured.bins
        questions.append(
            _calibrated(measured.error, measured.deviation, rows, max_calibration_error)
        )
    bounds = (min_score, release_score, max_bias)
    unasked = not found.probabilities and all(bound is None for bound in bounds)
    if unasked or not any(q.judged for q in questions):
        mend = "give a bound or release_score; max_bias is for numbers and two classes"
        raise InputError("min_score", f"is missing; {mend}")
    verdicts = _verdicts(questions, 1 - confidence)
    broken = [q for q, verdict in zip(questions, verdicts, strict=True) if verdict == "broken"]
    return conclude(
        "prediction_quality",
        item=ITEM,
        holds=not broken,
        summary=_summary(questions, broken, rows),
        expect=expect,
        measurements=[
            measurement(_name(q), q.value, limit=q.limit) for q in questions if q.of == "all"
        ],
        table=[*_table(questions, verdicts), *_reliability(table_of_bins)],
        rows_seen=rows,
        rows_total=found.total,
        notes=found.notes,
    )


def _metric(
    found: Served,
    scoring: Scoring | None,
    min_score: float | None,
    release_score: float | None,
    max_drop: float,
    seed: int,
) -> Iterator[_Question]:
    bounds = [
        b
        for b in (min_score, None if release_score is None else release_score - max_drop)
        if b is not None
    ]
    if scoring is None and not bounds:
        return
    if not all(np.isfinite(b) for b in bounds):
        raise InputError("min_score", "is not finite; give a number")
    answers = found.answers
    usual = "roc_auc" if answers.scores is not None else "balanced_accuracy"
    measure = metric(scoring or ("r2" if answers.classes is None else usual))
    value = measure(answers)
    error = bootstrap_error(lambda rows: measure(answers, rows), len(answers), seed=seed)
    bound = max(bounds) if bounds else np.nan
    yield _Question(
        measure.name,
        "all",
        len(answers),
        value,
        error,
        f">= {bound:.4g}" if bounds else "",
        beyond=not value >= bound,
        p=p_below(value - bound, error) if bounds else 1.0,
        judged=bool(bounds),
    )


def _bias(
    found: Served, slices: Sequence[str | Sequence[str]], limit: float | None, min_rows: int
) -> Iterator[_Question]:
    if found.values is None or found.targets is None:
        if slices:
            raise InputError("slices", "bias by slice is for two classes or numbers")
        return
    if limit is not None and not 0 <= limit < np.inf:
        raise InputError("max_bias", f"is {limit!r}; give a number from 0 on")
    everything = [("all", np.arange(len(found.values)))]
    for name, rows in [*everything, *declared_slices(found.frame, slices)]:
        values, targets = found.values[rows], found.targets[rows]
        bias = float(np.mean(values) - np.mean(targets))
        error = _bias_error(values, targets, binary=found.answers.classes is not None)
        yield _Question(
            "bias",
            name,
            len(rows),
            bias,
            error,
            "" if limit is None else f"within {limit:g}",
            beyond=limit is not None and not abs(bias) <= limit,
            p=1.0 if limit is None else p_below(limit - abs(bias), error),
            judged=limit is not None and len(rows) >= min_rows,
        )


def _bias_error(values: np.ndarray, targets: np.ndarray, *, binary: bool) -> float:
    """Return the standard error of the mean difference.

    For two classes no smaller than their probabilities make it: a slice whose few labels all came
    out alike shows no spread of its own.
    """
    if len(values) < 2:
        return float("inf")
    variance = float(np.var(values - targets, ddof=1))
    if binary:
        variance = max(variance, float(np.mean(values * (1 - values))))
    return float(np.sqrt(variance / len(values)))


def _calibrated(error: float, deviation: float, rows: int, limit: float) -> _Question:
    if not 0 <= limit < 1:
        raise InputError("max_calibration_error", f"is {limit!r}; give a number from 0, below 1")
    return _Question(
        "calibration error",
        "all",
        rows,
        error,
        deviation,
        f"<= {limit:g}",
        beyond=error > limit,
        p=p_below(limit - error, deviation),
    )


def _verdicts(questions: Sequence[_Question], alpha: float) -> list[str]:
    judged = [q.p for q in questions if q.judged]
    adjusted = iter(adjusted_p_values(judged))
    return [_verdict(q, next(adjusted), alpha) if q.judged else _unjudged(q) for q in questions]


def _verdict(question: _Question, p: float, alpha: float) -> str:
    if not question.beyond:
        return "ok"
    return "broken" if p < alpha else "unsure"


def _unjudged(question: _Question) -> str:
    return "thin" if question.limit else "shown"


def _name(question: _Question) -> str:
    return {"bias": "prediction bias"}.get(question.part, question.part)


def _summary(questions: Sequence[_Question], broken: Sequence[_Question], rows: int) -> str:
    judged = sum(q.judged for q in questions)
    if not broken:
        return f"none of {judged} numbers over {rows:,} labelled rows is beyond its limit"
    ordered = sorted(broken, key=lambda q: q.p)
    shown = "; ".join(_words(q) for q in ordered[:3])
    more = f"; and {len(broken) - 3} more" if len(broken) > 3 else ""
    return f"{len(broken)} of {judged} numbers beyond their limits: {shown}{more}"


def _of(question: _Question) -> str:
    """Name a slice; one of few rows may be one person, whose name is nobody's business."""
    few = question.of != "all" and question.rows < SHOWN_FROM
    return "a rare value" if few else question.of


def _words(question: _Question) -> str:
    where = "" if question.of == "all" else f" of {_of(question)}"
    return f"{_name(question)}{where} {question.value:.3g} ({question.limit})"


def _table(questions: Sequence[_Question], verdicts: Sequence[str]) -> Iterator[dict[str, Any]]:
    order = ("broken", "unsure", "ok", "thin", "shown")
    rows = sorted(zip(questions, verdicts, strict=True), key=lambda pair: order.index(pair[1]))
    for q, verdict in rows:
        value = np.nan if verdict == "thin" else q.value
        yield {
            "number": _name(q),
            "of": _of(q),
            "rows": q.rows,
            "value": round(value, 4),
            "low": round(value - 1.96 * q.error, 4),
            "high": round(value + 1.96 * q.error, 4),
            "limit": q.limit,
            "verdict": verdict,
        }


def _reliability(bins: Sequence[Bin]) -> Iterator[dict[str, Any]]:
    for b in bins:
        interval = wilson_interval(b.positive, b.rows)
        yield {
            "number": "share positive",
            "of": f"{b.low:.3f} to {b.high:.3f}",
            "rows": b.rows,
            "value": round(b.positive / b.rows, 4),
            "low": round(interval.low, 4),
            "high": round(interval.high, 4),
            "limit": f"{b.predicted:.4f}",
            "verdict": "",
        }

"""model-4: it is known how much quality a model loses as it ages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

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
from .._metrics import Scoring, labels_of, metric
from .._optional import load
from .._statistics import CONFIDENCE, Interval, require_confidence
from ._backtest import Aged, backtest, days_of, plan, train_of

ITEM = "staleness-impact"


class _Curve(NamedTuple):
    """Loss against age, made to rise only, with both ends of its interval; shape (n_ages,)."""

    ages: np.ndarray
    """In days, from 0, where nothing is lost."""
    loss: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def limit(self, line: np.ndarray, max_drop: float) -> float:
        """Return the age at which a line reaches a loss, the oldest age if it does not."""
        above = np.flatnonzero(line > max_drop)
        if not len(above):
            return float(self.ages[-1])
        before, after = above[0] - 1, above[0]
        share = (max_drop - line[before]) / (line[after] - line[before])
        return float(self.ages[before] + share * (self.ages[after] - self.ages[before]))

    def reached(self, max_drop: float) -> bool:
        """Whether the loss is above a bound at any age."""
        return bool((self.loss > max_drop).any())


def staleness_impact(
    train: Any,
    data: Any,
    *,
    label: str,
    time: str,
    features: Sequence[str] | None = None,
    scoring: Scoring = "balanced_accuracy",
    max_drop: float = 0.02,
    max_age_days: float | None = None,
    step_days: float | None = None,
    window_days: float | None = None,
    min_rows: int = 50,
    confidence: float = CONFIDENCE,
    max_rows: int = 200_000,
    n_jobs: int | None = None,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that the loss of quality with age is known, and that the age limit agrees with it.

    A model is trained before each block of time, on a window of equal length, and scored on that
    block and all later ones. What a model loses at an age is its score below that of a fresh model
    on the same rows, averaged over the blocks. Holds if it is known for each age whether more than
    `max_drop` is lost, and `max_age_days`, if given, is not surely too old.

    Parameters
    ----------
    train
        An estimator, which is cloned and fitted, or a function of features and labels that returns
        a model. Features come in the frame's own library, labels as an array.
    data
        Data frame of labelled rows of all times, in any order.
    label
        Column with the truth. No value may be missing.
    time
        Column of dates, or of times that all have a time zone or all have none.
    features
        Columns that the model sees; by default all but label and time.
    scoring
        Name of a scikit-learn scorer, or a function of truth and predictions; higher is better.
    max_drop
        Loss that is still acceptable, in the unit of the score; positive.
    max_age_days
        The age limit in use. Without it, the check is about the curve only.
    step_days
        Length of a block; by default a twelfth of the time that the data span. Blocks are counted
        from the newest row back; what is left over at the start is not looked at.
    window_days
        Training data of each model; by default four steps.
    min_rows
        Blocks with fewer rows are not scored.
    confidence
        Of the interval at each age.
    max_rows
        Rows beyond that are sampled, and the result says so.
    n_jobs
        Models to train at the same time, by joblib.
    seed
        Of sample and bootstrap.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row an age: days, blocks, loss with interval, verdict (`fine`, `too old`, `near the
        bound`: the interval holds the bound and is not wider than it, `unknown`: it is wider).
        `details["age_limit"]` is the recommended limit, a `timedelta` that
        `monitor.model_staleness` takes; None where the curve is not known. Where the loss stays
        acceptable it is the oldest age that was measured, and the result says so.

    Raises
    ------
    InputError
        For missing columns, labels or times, times that are text or mix time zones, too little time
        for three models, or training that raises.

    Notes
    -----
    The error of a mean over blocks is that of a bootstrap of rows, or of the blocks themselves
    where those vary more; the curve is made to rise by isotonic regression. An age counts from the
    end of the training data to the start of the block, so the true mean age is half a step more.
    Losses are against a fresh model, so what gets harder for all models is not counted.

    Sees a limit at which 0.1 of accuracy is lost, with 300 rows a block. Cannot see decay within a
    step, seasons longer than the data, nor whether the fresh model is any good: one that learned
    nothing does not age. Labels that arrive late make a served model older than this says.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from pytest_mltestscore import checks
    >>> rng = np.random.default_rng(0)
    >>> rows = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=2400, freq="h")})
    >>> rows["x"], rows["z"] = rng.normal(size=(2, 2400))
    >>> turn = np.arange(2400) / 2400
    >>> rows["late"] = ((1 - turn) * rows["x"] + turn * rows["z"] > 0).astype(int)
    >>> from sklearn.linear_model import LogisticRegression
    >>> result = checks.model.staleness_impact(
    ...     LogisticRegression(), rows, label="late", time="day", step_days=10,
    ...     scoring=lambda truth, answers: float(np.mean(truth == answers)),
    ...     max_drop=0.05, max_age_days=40,
    ... )
    >>> print(result.summary)
    a limit of 40 days is too old: 0.05 is lost at an age of 8.45 days [6.32, 11.6]
    """
    _require_limits(max_drop, max_age_days, confidence)
    frame = read_frame(data)
    require_columns(frame, [label, time])
    # Who names the features may have a model that makes some of the time.
    others = [label, time] if features is None else [label]
    seen = feature_columns(frame, features, *others)
    sample = sample_rows(frame.select(label, time, *seen), max_rows, seed=seed)
    truth = labels_of(column_values(sample.frame, label), "label")
    made = plan(days_of(sample.frame, time), step_days, window_days)
    aged, fresh, one_class = backtest(
        train_of(train), sample.frame.select(seen), truth, made, metric(scoring),
        min_rows=min_rows, n_jobs=n_jobs, seed=seed,
    )  # fmt: skip
    z = float(load("scipy.stats", extra="checks").norm.ppf((1 + confidence) / 2))
    verdicts = [_verdict(a, z, max_drop) for a in aged]
    curve = _curve(aged, made.step_days, z)
    interval = Interval(curve.limit(curve.high, max_drop), curve.limit(curve.low, max_drop))
    unknown = _unknown(verdicts, made.step_days, max_age_days)
    limit = float("nan") if unknown else curve.limit(curve.loss, max_drop)
    problem = _problem(unknown, curve, interval, max_drop, max_age_days)
    return conclude(
        "staleness_impact",
        item=ITEM,
        holds=not problem,
        summary=_summary(problem, limit, interval, curve, max_drop),
        expect=expect,
        measurements=[
            measurement(
                "age limit",
                limit,
                unit="days",
                limit="" if max_age_days is None else f"{max_age_days:g} in use",
            ),
            measurement("age limit, earliest", interval.low, unit="days"),
            measurement("age limit, latest", interval.high, unit="days"),
            measurement("score when fresh", fresh.mean() if len(fresh) else np.nan),
            measurement("ages that are not known", len(unknown), limit="0"),
        ],
        table=list(_table(aged, verdicts, made.step_days, z)),
        rows_seen=sum(map(len, made.blocks)),
        rows_total=sample.total,
        notes=[*sample.notes, *_notes(made.blocks, made.window, min_rows, one_class)],
        details={
            "age_limit": None if unknown else dt.timedelta(days=limit),
            "curve": dict(zip(curve.ages.tolist(), curve.loss.tolist(), strict=True)),
        },
    )


def _require_limits(max_drop: float, max_age_days: float | None, confidence: float) -> None:
    if not 0 < max_drop < np.inf:
        raise InputError("max_drop", f"is {max_drop!r}; give a positive number")
    if max_age_days is not None and not 0 < max_age_days < np.inf:
        raise InputError("max_age_days", f"is {max_age_days!r}; give a positive number of days")
    require_confidence(confidence)


def _verdict(aged: Aged, z: float, max_drop: float) -> str:
    half = z * aged.error
    if aged.drop - half > max_drop:
        return "too old"
    if aged.drop + half <= max_drop:
        return "fine"
    return "near the bound" if half <= max_drop else "unknown"


def _curve(aged: Sequence[Aged], step_days: float, z: float) -> _Curve:
    """Return the rising curve through the ages that were scored; at age 0 nothing is lost."""
    isotonic = load("sklearn.isotonic", extra="checks").isotonic_regression
    scored = [(n, a) for n, a in enumerate(aged, start=1) if len(a.drops)]
    ages = np.array([0.0, *(n * step_days for n, _ in scored)])
    drops = np.array([a.drop for _, a in scored])
    errors = np.array([a.error for _, a in scored])
    # A floor for models that answer alike, whose error is 0.
    weights = 1 / np.maximum(errors, 1e-9) ** 2

    def rising(values: np.ndarray) -> np.ndarray:
        if not len(values):
            return np.zeros(1)
        fitted = isotonic(values, sample_weight=weights / weights.max())
        return np.maximum(0.0, np.array([0.0, *fitted]))

    half = z * errors
    return _Curve(ages, rising(drops), rising(drops - half), rising(drops + half))


def _unknown(verdicts: Sequence[str], step_days: float, max_age_days: float | None) -> list[float]:
    """Return the ages in days that are not known and matter: up to the limit, or the first loss."""
    ages = []
    for n, verdict in enumerate(verdicts, start=1):
        age = n * step_days
        if verdict == "too old" or (max_age_days is not None and age - step_days >= max_age_days):
            break
        if verdict == "unknown":
            ages.append(age)
    return ages


def _problem(
    unknown: Sequence[float],
    curve: _Curve,
    interval: Interval,
    max_drop: float,
    max_age_days: float | None,
) -> str:
    if unknown:
        shown = ", ".join(f"{age:.3g}" for age in unknown[:4])
        return f"whether more than {max_drop:g} is lost is not known at an age of {shown} days"
    if max_age_days is None:
        return ""
    lost = (curve.low > max_drop).any()
    if lost and max_age_days > interval.high:
        return f"a limit of {max_age_days:g} days is too old"
    if not lost and max_age_days > curve.ages[-1]:
        return f"the limit of {max_age_days:g} days is beyond the {curve.ages[-1]:.3g} measured"
    return ""


def _summary(problem: str, limit: float, interval: Interval, curve: _Curve, max_drop: float) -> str:
    if not np.isfinite(limit):
        return problem
    if curve.reached(max_drop):
        found = f"{max_drop:g} is lost at an age of {limit:.3g} days {interval}"
    else:
        found = f"no more than {max_drop:g} is lost up to the oldest age measured, {limit:.3g} days"
    return f"{problem}: {found}" if problem else found


def _table(
    aged: Sequence[Aged], verdicts: Sequence[str], step_days: float, z: float
) -> Iterator[Mapping[str, Any]]:
    for n, (found, verdict) in enumerate(zip(aged, verdicts, strict=True), start=1):
        yield {
            "age days": round(n * step_days, 2),
            "blocks": len(found.drops),
            "loss": round(found.drop, 4),
            "low": round(found.drop - z * found.error, 4),
            "high": round(found.drop + z * found.error, 4),
            "verdict": verdict,
        }


def _notes(
    blocks: Sequence[np.ndarray], window: int, min_rows: int, one_class: int
) -> Iterator[str]:
    thin = sum(len(block) < min_rows for block in blocks[window:])
    scored = len(blocks) - window
    if thin:
        yield f"{thin} of {scored} blocks have fewer than {min_rows} rows, not scored"
    if one_class:
        yield f"{one_class} of {scored} blocks have rows of one class, not scored"

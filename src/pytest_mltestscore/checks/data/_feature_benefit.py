"""data-2: each feature, or group of features that say the same, makes predictions better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, get_args

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
from .._metrics import Metric, Scoring, is_classification, labels_of, metric
from .._statistics import Interval, require_confidence, resampled_interval
from ._correlated import feature_groups
from ._refits import NOISE, Experiment, Method, Split, splits_of

ITEM = "feature-benefit"
BAR = "more than random numbers would"


class _Judged(NamedTuple):
    name: str
    benefit: float
    interval: Interval
    verdict: str


def feature_benefit(
    model: Any,
    data: Any,
    *,
    label: str,
    features: Sequence[str] | None = None,
    method: Method = "drop",
    scoring: Scoring | None = None,
    min_benefit: float = 0.0,
    groups: Mapping[str, Sequence[str]] | None = None,
    correlated: float = 0.8,
    justified: Mapping[str, str] | None = None,
    cv: Any = 5,
    repeats: int = 2,
    confidence: float = 0.95,
    n_jobs: int | None = None,
    max_rows: int = 20_000,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that every feature improves the predictions by more than chance would.

    A column of random numbers is put beside the features. The benefit of a feature is the score
    with all columns minus the score without it, on the same folds. It is `useful` if the interval
    of its benefit lies above `min_benefit`, and that of its lead over the random column above 0.
    The burden of proof is on the feature: one whose benefit is within chance is `unproven`.

    Parameters
    ----------
    model
        An estimator with `fit` and `predict`, which is copied, or a function of features and
        labels that returns a fitted model. Features come as pandas or polars frames, as in `data`;
        those of all other libraries as pandas. Labels come as an array.
    data
        Data frame of labelled rows.
    label
        Column with the truth. No value may be missing.
    features
        Columns that the model sees; by default all but the label.
    method
        `"drop"` refits without each feature, and measures best what its removal would do.
        `"relearn"` refits with it shuffled, for models that need all their columns (Hooker and
        Mentch 2019, arXiv:1905.03151). `"permutation"` fits once a fold and shuffles on the rows
        held out (Breiman 2001): cheap, and too kind to features that the model could do without.
    scoring
        Name of a scikit-learn scorer, or a function of truth and predictions; higher is better.
        By default `roc_auc` for two classes, `balanced_accuracy` for more, `r2` for numbers.
    min_benefit
        In units of the score. What is less is not worth a feature.
    groups
        Features that are judged together, by name of the group: what comes from one source, say.
    correlated
        Other features are judged together from this association on (Spearman or Cramer's V, 0 to
        1); 1 keeps all apart.
    justified
        Features or groups that are kept for another reason, with the reason. They are shown, and
        not held against the result.
    cv
        Number of folds (shuffled, stratified for classes), or a splitter of scikit-learn, as
        `TimeSeriesSplit` for rows in order of time. Splitters that need groups are not taken.
    repeats
        How often a number of folds is drawn anew.
    n_jobs
        Of joblib, whose backends for Dask, Ray or Spark spread the fits.
    max_rows
        Rows beyond that are sampled, and the result says so.
    seed
        Of sample, folds, noise and shuffles, and of each `random_state` that an estimator leaves
        open.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a group, least benefit first, with a 95 % interval by the corrected resampled
        t-test (Nadeau and Bengio 2003). `details` has `benefit` and `groups`, which
        `feature_cost` reads.

    Raises
    ------
    InputError
        For missing columns or labels, labels of one class, or a model that raises or answers NaN.

    Notes
    -----
    Makes (groups + 2) x folds x repeats fits, or folds x repeats by permutation. Sees one useless
    feature among four with 500 rows, and confirms those worth 0.25 of R2 there; weaker ones need
    more rows or repeats. Cannot see a useless twin inside a group that is useful, or a feature
    that helps only a slice too small to move the score. A model that ignores columns it does not
    know ignores the random one too; the bar is then 0.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from sklearn.linear_model import LinearRegression
    >>> from pytest_mltestscore import checks
    >>> rng = np.random.default_rng(0)
    >>> rows = pd.DataFrame(rng.normal(size=(300, 3)), columns=["size", "age", "shoe"])
    >>> rows["delay"] = rows["size"] + rows["age"] + rng.normal(size=300)
    >>> result = checks.data.feature_benefit(LinearRegression(), rows, label="delay", repeats=1)
    >>> print(result.summary)
    1 of 3 features without proof that it helps more than random numbers would: shoe
    """
    require_confidence(confidence)
    frame = read_frame(data)
    _require_model(model)
    chosen = feature_columns(frame, features, label)
    require_columns(frame, [label, *chosen])
    _require_options(method, chosen, min_benefit)
    sample = sample_rows(frame, max_rows, seed=seed)
    truth = labels_of(column_values(sample.frame, label), "label")
    inputs = _fittable(sample.frame.select(chosen))
    found = feature_groups(inputs, chosen, groups or {}, correlated, seed)
    _require_known(justified or {}, found)
    classify = is_classification(model, truth)
    measure = metric(scoring or _default_scoring(truth, classify=classify))
    splits = splits_of(cv, truth, classify=classify, repeats=repeats, seed=seed)
    experiment = Experiment(model, inputs, truth, found, measure, method, seed)
    scores = experiment.scores(splits, n_jobs)
    judged = _judged(scores, found, justified or {}, splits, min_benefit, confidence)
    bad = [j for j in judged if j.verdict in ("harmful", "unproven")]
    [noise] = [j for j in judged if j.name == NOISE]
    least = min((j for j in judged if j is not noise), key=_order)
    return conclude(
        "feature_benefit",
        item=ITEM,
        holds=not bad,
        summary=_summary(judged, bad, found, measure),
        expect=expect,
        measurements=[
            measurement(
                f"least benefit in {measure.name}", least.benefit, limit=f"> {min_benefit:g}"
            ),
            measurement(f"{NOISE} in {measure.name}", noise.benefit),
            measurement("features without proof", len(bad), limit="0"),
        ],
        table=[_row(j) for j in sorted(judged, key=_order)],
        rows_seen=sample.seen,
        rows_total=sample.total,
        notes=[*sample.notes, *_notes(found, justified or {}, method, splits)],
        details={
            "benefit": {j.name: j.benefit for j in judged if j is not noise},
            "groups": found,
        },
    )


def _require_model(model: Any) -> None:
    if not hasattr(model, "fit") and not callable(model):
        problem = f"is of type {type(model).__name__}, which cannot be fitted"
        raise InputError("model", f"{problem}; give an estimator, or a function that fits one")


def _require_options(method: str, features: Sequence[str], min_benefit: float) -> None:
    if method not in get_args(Method):
        raise InputError("method", f"{method!r} is not one of {', '.join(get_args(Method))}")
    if NOISE in features:
        raise InputError("features", f"holds {NOISE!r}, the name of the column that is added")
    if not min_benefit >= 0:
        raise InputError("min_benefit", f"is {min_benefit}; give 0 or more")


def _require_known(justified: Mapping[str, str], groups: Mapping[str, Sequence[str]]) -> None:
    for name, reason in justified.items():
        if name not in groups and not any(name in members for members in groups.values()):
            raise InputError("justified", f"names {name!r}, which is no feature and no group")
        if not reason.strip():
            raise InputError("justified", f"has no reason for {name!r}; give one")


def _fittable(frame: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """Return a frame that estimators can take: scikit-learn knows the names of two libraries."""
    if frame.implementation.is_pandas() or frame.implementation.is_polars():
        return frame
    return nw.from_native(frame.to_pandas(), eager_only=True)


def _default_scoring(truth: np.ndarray, *, classify: bool) -> str:
    if not classify:
        return "r2"
    classes = np.unique(truth)
    if len(classes) < 2:
        problem = f"has labels of one class only ({classes[0]!r}); give rows of all classes"
        raise InputError("label", problem)
    return "roc_auc" if len(classes) == 2 else "balanced_accuracy"


def _judged(
    scores: Mapping[str, np.ndarray],
    groups: Mapping[str, Sequence[str]],
    justified: Mapping[str, str],
    splits: Sequence[Split],
    min_benefit: float,
    confidence: float,
) -> list[_Judged]:
    share = sum(len(s.test) for s in splits) / sum(len(s.train) for s in splits)
    judged = []
    for name, benefits in scores.items():
        interval = resampled_interval(benefits, share, confidence)
        lead = resampled_interval(benefits - scores[NOISE], share, confidence)
        verdict = _verdict(interval, lead, min_benefit)
        if name == NOISE:
            verdict = "the bar"
        elif verdict != "useful" and {name, *groups[name]} & justified.keys():
            verdict = "justified"
        judged.append(_Judged(name, float(np.mean(benefits)), interval, verdict))
    return judged


def _verdict(interval: Interval, lead: Interval, min_benefit: float) -> str:
    if interval.low > min_benefit and lead.low > 0:  # false for NaN
        return "useful"
    return "harmful" if interval.high < 0 else "unproven"


def _order(judged: _Judged) -> float:
    return float(np.nan_to_num(judged.benefit, nan=-np.inf))


def _row(judged: _Judged) -> dict[str, Any]:
    return {
        "features": judged.name,
        "benefit": round(judged.benefit, 5),
        "low": round(judged.interval.low, 5),
        "high": round(judged.interval.high, 5),
        "verdict": judged.verdict,
    }


def _summary(
    judged: Sequence[_Judged],
    bad: Sequence[_Judged],
    groups: Mapping[str, Sequence[str]],
    measure: Metric,
) -> str:
    joined = any(len(members) > 1 for members in groups.values())
    kind = "features and groups" if joined else "features"
    kept = sum(j.verdict == "justified" for j in judged)
    if not bad and kept:
        useful = f"{len(groups) - kept} of {len(groups)} {kind} improve {measure.name}"
        return f"{useful} by more than chance; {kept} kept for another reason"
    if not bad:
        return f"all {len(groups)} {kind} improve {measure.name} by more than chance"
    names = [j.name for j in sorted(bad, key=_order)]
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    helps = "it helps" if len(bad) == 1 else "they help"
    return f"{len(bad)} of {len(groups)} {kind} without proof that {helps} {BAR}: {shown}"


def _notes(
    groups: Mapping[str, Sequence[str]],
    justified: Mapping[str, str],
    method: Method,
    splits: Sequence[Split],
) -> list[str]:
    notes = [f"method {method} on {len(splits)} folds"]
    together = [name for name, members in groups.items() if len(members) > 1]
    if together:
        notes.append(f"judged together, so a useless twin is not seen: {'; '.join(together)}")
    return notes + [f"{name} is kept: {reason}" for name, reason in justified.items()]

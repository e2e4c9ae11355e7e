"""model-7: the model serves groups of people alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.evidence import Measurement
from ...domain.sink import measurement
from .._arguments import listed
from .._conclude import Expect, conclude
from .._frames import (
    column_values,
    feature_columns,
    read_frame,
    require_columns,
    sample_rows,
)
from .._metrics import ask, labels_of
from .._statistics import CONFIDENCE, require_confidence
from ._group_metrics import Group, GroupMetric, by_group, groups_of
from ._inclusion_questions import (
    Question,
    flip_questions,
    gap_questions,
    limits_of,
    prepared,
    proxy_questions,
    thick,
    verdicts_of,
)

ITEM = "inclusion"


def inclusion(
    model: Any,
    data: Any,
    *,
    label: str,
    sensitive: Sequence[str],
    features: Sequence[str] | None = None,
    metrics: Sequence[str] | Mapping[str, GroupMetric] | None = None,
    positive: Any = None,
    intersections: bool = True,
    max_difference: float | Mapping[str, float] | None = None,
    min_ratio: float | None = 0.8,
    max_proxy: float = 0.5,
    known_proxies: Sequence[str] = (),
    max_flips: float = 0.02,
    min_rows: int = 50,
    confidence: float = CONFIDENCE,
    max_rows: int = 100_000,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that groups of people are served alike.

    Three questions. Are the metrics of all groups close, by columns and by pairs of columns? Does a
    feature give away the group (a proxy)? Does an answer change when nothing but the group does (a
    counterfactual flip), where the model sees it? A bound is broken if chance does not explain it:
    one-sided p-values, corrected for the number of questions (Benjamini and Hochberg 1995), below
    `1 - confidence`.

    Parameters
    ----------
    model
        Anything with `predict`, or a function of the features; called with the feature columns in
        the frame's own library.
    data
        Data frame of labelled rows that the model was not trained on.
    label
        Column with the truth. No value may be missing.
    sensitive
        Columns with groups, such as sex or age. A number of more than 20 values is cut at its
        quartiles. Missing values are a group.
    features
        Columns that the model sees; by default all but the label, the sensitive ones included.
    metrics
        Names of metrics of fairlearn or scikit-learn, or functions of truth and predictions by
        name. By default `selection_rate`, `true_positive_rate` and `false_positive_rate` for two
        classes, `accuracy_score` for more, `mean_absolute_error` for regression.
    positive
        The label that is 1 for these metrics; by default the larger of two.
    intersections
        Also ask about pairs of sensitive columns.
    max_difference
        Largest difference of a metric between two groups, or by metric. By default 0.1 for
        classes; needed for regression, in the unit of the label.
    min_ratio
        Smallest ratio of two selection rates, 0.8 by the four-fifths rule (29 CFR 1607.4 D); None
        leaves it out.
    max_proxy
        Largest strength of a proxy, 0 to 1; 0.5 is an AUC of 0.75.
    known_proxies
        Features that may be one, for a reason that was written down. Shown as `accepted`.
    max_flips
        Share of answers that may change; of a regressor, mean change in standard deviations.
    min_rows
        Groups with fewer rows that a metric is about (for the true positive rate, positives) are
        named as `thin` and not judged.
    confidence
        One minus the share of false alarms that is accepted among alarms, between 0.5 and 1.
    max_rows
        Rows beyond that are sampled, and the result says so.
    seed
        Of sample, donors and bootstrap.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a question, the worst first, then one a group and metric: rows, value, 95 %
        interval, limit, verdict (`broken`, `unsure` beyond the bound within chance, `ok`,
        `accepted`, `thin`).

    Raises
    ------
    InputError
        For missing columns or labels, labels of one class, a sensitive column of one value or more
        than 50, no two groups of `min_rows`, or a model that raises or answers NaN.

    Notes
    -----
    Values are those of fairlearn's `MetricFrame`. Errors of rates are binomial, of other metrics
    from a bootstrap. Flips give a row the value of a random member of the other group.

    Sees that 0.4 of a group of 600, or half of one of 300, are refused whatever the model would
    say. Cannot see groups without a column, harm that these metrics do not count, a proxy made of
    several features together, nor whether the labels themselves are fair. What is thin is unknown:
    get more data for it.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from pytest_mltestscore import checks
    >>> rows = pd.DataFrame({"sex": ["f", "m"] * 300, "x": np.arange(600) // 2 % 10})
    >>> rows["good"] = (rows["x"] > 4).astype(int)
    >>> def model(rows):
    ...     return np.where(rows["sex"] == "f", rows["x"] > 7, rows["x"] > 4).astype(int)
    >>> checks.model.inclusion(model, rows, label="good", sensitive=["sex"])
    ... # doctest: +ELLIPSIS, +NORMALIZE_WHITESPACE
    inclusion: DOES NOT HOLD - 5 of 7 bounds broken: true_positive_rate difference, sex=m over...
      questions = 7
      broken = 5  (limit 0)
      largest selection_rate difference = 0.3  (limit <= 0.1)
    ...
    """
    sensitive = listed(sensitive, "sensitive")
    known_proxies = listed(known_proxies, "known_proxies")
    _require(sensitive, confidence, max_proxy, max_flips, min_rows)
    frame = read_frame(data)
    require_columns(frame, [label, *sensitive, *known_proxies])
    seen = feature_columns(frame, features, label)
    wanted = list(dict.fromkeys([label, *seen, *sensitive]))
    sample = sample_rows(frame.select(wanted), max_rows, seed=seed)
    truth = labels_of(column_values(sample.frame, label), "label")
    inputs = sample.frame.select(seen)
    answers = ask(model, inputs, truth)
    groups = groups_of(sample.frame, sensitive, intersections=intersections)
    functions, judged_truth, judged_answers = prepared(answers, metrics, positive)
    limits = limits_of(functions, max_difference, answers)
    found = {
        entry: by_group(functions, judged_truth, judged_answers, slices, seed=seed)
        for entry, slices in groups.items()
    }
    singles = {column: thick(groups[column], min_rows) for column in sensitive}
    about_groups = list(gap_questions(found, limits, min_ratio, min_rows))
    for column in sensitive:
        if not any(gap_questions({column: found[column]}, limits, min_ratio, min_rows)):
            problem = f"{column!r} has no two groups with {min_rows} rows that a metric is about"
            mend = "give more data, a lower min_rows, or leave it out"
            raise InputError("sensitive", f"{problem}; {mend}")
    questions = [
        *about_groups,
        *proxy_questions(sample.frame, seen, singles, max_proxy, known_proxies, seed),
        *flip_questions(model, inputs, answers, singles, max_flips, seed),
    ]
    verdicts = verdicts_of(questions, 1 - confidence)
    broken = [q for q, verdict in zip(questions, verdicts, strict=True) if verdict == "broken"]
    return conclude(
        "inclusion",
        item=ITEM,
        holds=not broken,
        summary=_summary(broken, questions),
        expect=expect,
        measurements=[
            measurement("questions", len(questions)),
            measurement("broken", len(broken), limit="0"),
            *_largest(questions),
        ],
        table=[*_question_rows(questions, verdicts), *_group_rows(found, min_rows)],
        rows_seen=sample.seen,
        rows_total=sample.total,
        notes=[*sample.notes, *_notes(found, sensitive, seen, min_rows)],
    )


def _require(
    sensitive: Sequence[str], confidence: float, max_proxy: float, max_flips: float, min_rows: int
) -> None:
    if not sensitive:
        raise InputError("sensitive", "is empty; give a list of columns")
    require_confidence(confidence)
    if not 0 <= max_proxy <= 1:
        raise InputError("max_proxy", f"is {max_proxy!r}; give a number from 0 to 1")
    if not max_flips >= 0:
        raise InputError("max_flips", f"is {max_flips!r}; give a number from 0 up")
    if min_rows < 1:
        raise InputError("min_rows", f"is {min_rows}; give at least 1")


def _largest(questions: Sequence[Question]) -> Iterator[Measurement]:
    """Yield the worst value of each kind of question."""
    for kind in dict.fromkeys(q.kind for q in questions):
        of_kind = [q for q in questions if q.kind == kind and not q.accepted]
        if of_kind:
            ratio = of_kind[0].limit.startswith(">=")
            worst = (min if ratio else max)(of_kind, key=lambda q: q.value)
            yield measurement(
                f"{'smallest' if ratio else 'largest'} {kind}", worst.value, limit=worst.limit
            )


def _question_rows(
    questions: Sequence[Question], verdicts: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    order = {"broken": 0, "unsure": 1, "ok": 2, "accepted": 3}
    pairs = sorted(
        zip(questions, verdicts, strict=True), key=lambda pair: (order[pair[1]], pair[0].p_value)
    )
    for q, verdict in pairs:
        yield _row(q.what, q.rows, q.value, q.error, q.limit, verdict)


def _group_rows(
    found: Mapping[str, Mapping[str, Sequence[Group]]], min_rows: int
) -> Iterator[Mapping[str, Any]]:
    for metrics in found.values():
        for metric, groups in metrics.items():
            for group in groups:
                thin = group.rows < min_rows
                value = float("nan") if thin else group.value
                verdict = "thin" if thin else ""
                yield _row(f"{metric}, {group.name}", group.rows, value, group.error, "", verdict)


def _row(
    what: str, rows: int, value: float, error: float, limit: str, verdict: str
) -> dict[str, Any]:
    low, high = value - 1.96 * error, value + 1.96 * error
    numbers = {
        name: round(number, 4) if np.isfinite(number) else ""
        for name, number in (("value", value), ("low", low), ("high", high))
    }
    return {"what": what, "rows": rows, **numbers, "limit": limit, "verdict": verdict}


def _summary(broken: Sequence[Question], questions: Sequence[Question]) -> str:
    if not broken:
        return f"none of {len(questions)} bounds is broken"
    worst = sorted(broken, key=lambda q: q.p_value)
    shown = "; ".join(f"{q.what}: {q.value:.3g}, limit {q.limit}" for q in worst[:3])
    more = f"; and {len(worst) - 3} more" if len(worst) > 3 else ""
    return f"{len(worst)} of {len(questions)} bounds broken: {shown}{more}"


def _notes(
    found: Mapping[str, Mapping[str, Sequence[Group]]],
    sensitive: Sequence[str],
    seen: Sequence[str],
    min_rows: int,
) -> Iterator[str]:
    thin: dict[str, int] = {}
    for metrics in found.values():
        for groups in metrics.values():
            for group in groups:
                if group.rows < min_rows:
                    thin[group.name] = min(group.rows, thin.get(group.name, group.rows))
    if thin:
        shown = ", ".join(f"{name} ({rows})" for name, rows in list(thin.items())[:10])
        more = f" and {len(thin) - 10} more" if len(thin) > 10 else ""
        yield f"thin, so not judged in all metrics: {shown}{more}"
    hidden = [column for column in sensitive if column not in seen]
    if hidden:
        yield f"the model does not see {', '.join(hidden)}, so there is nothing to flip"

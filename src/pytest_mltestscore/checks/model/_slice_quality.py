"""model-6: the model is good enough on every slice that matters, not only on average."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
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
from .._metrics import Answers, Metric, Scoring, ask, labels_of, metric
from .._optional import load
from .._slices import Slice, columns_of, declared_slices
from .._statistics import adjusted_p_values, p_below, require_confidence
from ._score_errors import score_errors

ITEM = "slice-quality"


class _Judged(NamedTuple):
    slice: Slice
    score: float
    error: float
    change: float
    change_error: float


def slice_quality(
    model: Any,
    data: Any,
    *,
    label: str,
    slices: Sequence[str | Sequence[str]] = (),
    scoring: Scoring = "balanced_accuracy",
    min_score: float | None = None,
    previous: Any = None,
    max_drop: float = 0.02,
    discover: int = 0,
    features: Sequence[str] | None = None,
    min_rows: int = 50,
    confidence: float = 0.95,
    max_rows: int = 200_000,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that quality is sufficient on every data slice.

    A slice fails if its score is below the bound by more than chance explains: the one-sided
    p-value of "at least the bound", corrected for the number of slices (Benjamini and Hochberg
    1995), is below `1 - confidence`. Standard errors come from a bootstrap of the slice's rows.

    Parameters
    ----------
    model
        Anything with `predict`, or a function of the features; called once, with the feature
        columns in the frame's own library.
    data
        Data frame of labelled rows that the model was not trained on.
    label
        Column with the truth. No value may be missing.
    slices
        Columns whose values make slices; several columns together for their combinations. A
        numeric column of more than 20 values is cut at its quartiles. Missing values are a slice.
    scoring
        Name of a scikit-learn scorer, or a function of truth and predictions; higher is better.
    min_score
        Absolute bound on each slice's score. Needed unless `previous` is given.
    previous
        The model served today. No slice may lose more than `max_drop` against it, judged on the
        same rows.
    discover
        Look for up to this many further weak slices: a shallow regression tree on the loss is
        grown on a random half of the rows, and its worst leaves are judged on the other half.
    features
        Columns that the model sees; by default all but the label.
    min_rows
        Slices with fewer rows are listed and not judged.
    confidence
        One minus the share of false alarms that is accepted among alarms, between 0.5 and 1.
    max_rows
        Rows beyond that are sampled, and the result says so.
    seed
        Of sample, bootstrap and tree.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a slice, worst first: name, rows, score, 95 % interval, verdict (`ok`, `weak`,
        `unsure` below the bound within chance, `undefined`, `thin`).

    Raises
    ------
    InputError
        For missing columns or labels, labels of one class, no slice of `min_rows` rows, or a
        model that raises or answers NaN.

    Notes
    -----
    Sees a slice of 300 rows whose accuracy lies 0.1 below the bound. Cannot see slices by columns
    that it is not given, and calls small deficits `unsure`. A score that is undefined in a slice,
    such as recall without positives, fails it: nothing is known there.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from pytest_mltestscore import checks
    >>> rows = pd.DataFrame({"region": ["north", "south"] * 200, "x": np.arange(400) % 4})
    >>> rows["late"] = (rows["x"] > 1).astype(int)
    >>> def model(rows):
    ...     return np.where(rows["region"] == "north", rows["x"] > 1, 1)
    >>> checks.model.slice_quality(  # doctest: +ELLIPSIS
    ...     model, rows, label="late", slices=["region"], scoring="accuracy", min_score=0.8
    ... )
    slice_quality: DOES NOT HOLD - 1 of 2 slices below accuracy 0.8: region=south 0.5 (200 rows)
      lowest accuracy = 0.5  (limit >= 0.8)
      slices judged = 2
      slice         rows  score  low     high    verdict
      region=south  200   0.5    0.42... 0.57...  weak
      region=north  200   1      1       1       ok
    """
    slices = listed(slices, "slices")
    _require_bound(min_score, previous, slices, discover)
    require_confidence(confidence)
    frame = read_frame(data)
    require_columns(frame, [label, *columns_of(slices)])
    sample = sample_rows(frame, max_rows, seed=seed)
    truth = labels_of(column_values(sample.frame, label), "label")
    seen = feature_columns(frame, features, label)
    inputs = sample.frame.select(seen)
    measure = metric(scoring)
    answers = ask(model, inputs, truth)
    before = None if previous is None else ask(previous, inputs, truth, argument="previous")
    found = declared_slices(sample.frame, slices)
    if discover:
        found += _weak_leaves(inputs, answers, discover, min_rows, seed)
    judged = [_judge(s, measure, answers, before, seed) for s in found if len(s.rows) >= min_rows]
    if not judged:
        raise InputError("slices", f"none has {min_rows} rows; give more data or a lower min_rows")
    weak = _weak(judged, min_score, None if before is None else max_drop, 1 - confidence)
    table = [*_table(judged, weak, min_score), *_thin(found, min_rows)]
    lowest = min(judged, key=lambda j: np.nan_to_num(j.score, nan=-np.inf))
    return conclude(
        "slice_quality",
        item=ITEM,
        holds=not weak,
        summary=_summary(judged, weak, measure, min_score, max_drop),
        expect=expect,
        measurements=[
            measurement(
                f"lowest {measure.name}",
                lowest.score,
                limit="" if min_score is None else f">= {min_score:g}",
            ),
            measurement("slices judged", len(judged)),
        ],
        table=table,
        rows_seen=sample.seen,
        rows_total=sample.total,
        notes=sample.notes,
    )


def _require_bound(
    min_score: float | None, previous: Any, slices: Sequence[Any], discover: int
) -> None:
    if min_score is None and previous is None:
        raise InputError("min_score", "is missing; give a bound, or the previous model")
    if not slices and not discover:
        raise InputError("slices", "is empty; give columns, or discover=3")


def _weak_leaves(
    inputs: nw.DataFrame[Any], answers: Answers, wanted: int, min_rows: int, seed: int
) -> list[Slice]:
    """Grow a tree on the loss of one half of the rows; return its worst leaves on the other."""
    tree_module = load("sklearn.tree", extra="checks")
    matrix = np.column_stack([_codes(column_values(inputs, c)) for c in inputs.columns])
    loss = _loss(answers)
    order = np.random.default_rng(seed).permutation(len(loss))
    grown, judged = np.sort(order[::2]), np.sort(order[1::2])
    tree = tree_module.DecisionTreeRegressor(
        max_depth=3, min_samples_leaf=max(min_rows, len(grown) // 20), random_state=seed
    ).fit(matrix[grown], loss[grown])
    worst = np.argsort(-tree.tree_.value[:, 0, 0])
    leaves = [leaf for leaf in worst if tree.tree_.children_left[leaf] < 0][:wanted]
    places = tree.apply(matrix[judged])
    paths = _paths(tree.tree_, inputs.columns)
    return [Slice(paths[leaf], judged[places == leaf]) for leaf in leaves]


def _codes(values: np.ndarray) -> np.ndarray:
    """Return numbers for any column: words by their place in the alphabet, missing as -1."""
    if values.dtype.kind in "fiub":
        return np.nan_to_num(values.astype(float), nan=-1.0)
    _, codes = np.unique([str(value) for value in values.tolist()], return_inverse=True)
    return codes.astype(float)


def _loss(answers: Answers) -> np.ndarray:
    if answers.classes is None:
        return np.abs(answers.truth.astype(float) - answers.predicted.astype(float))
    return (answers.truth != answers.predicted).astype(float)


def _paths(tree: Any, columns: Sequence[str]) -> dict[int, str]:
    """Return, for each leaf, the splits that lead to it. Words appear as their place in order."""
    paths: dict[int, str] = {}
    open_nodes: list[tuple[int, list[str]]] = [(0, [])]
    while open_nodes:
        node, path = open_nodes.pop()
        if tree.children_left[node] < 0:
            paths[node] = f"found: {' and '.join(path) or 'all rows'}"
            continue
        split = f"{columns[tree.feature[node]]} {{}} {tree.threshold[node]:g}"
        open_nodes.append((tree.children_left[node], [*path, split.format("<=")]))
        open_nodes.append((tree.children_right[node], [*path, split.format(">")]))
    return paths


def _judge(
    found: Slice, measure: Metric, answers: Answers, before: Answers | None, seed: int
) -> _Judged:
    score = measure(answers, found.rows)
    error, change_error = score_errors(measure, answers, before, found.rows, seed=seed)
    change = np.nan if before is None else score - measure(before, found.rows)
    return _Judged(found, score, error, change, change_error)


def _weak(
    judged: Sequence[_Judged], min_score: float | None, max_drop: float | None, alpha: float
) -> list[_Judged]:
    """Return the slices that fail, worst first."""
    p_values = np.ones(len(judged))
    for place, j in enumerate(judged):
        if min_score is not None:
            p_values[place] = p_below(j.score - min_score, j.error)
        if max_drop is not None:
            dropped = p_below(j.change + max_drop, j.change_error)
            # Two questions a slice, where both are asked.
            p_values[place] = (
                min(1.0, 2 * min(p_values[place], dropped)) if min_score is not None else dropped
            )
    adjusted = adjusted_p_values(p_values.tolist())
    failed = [j for j, p in zip(judged, adjusted, strict=True) if p < alpha]
    return sorted(failed, key=lambda j: np.nan_to_num(j.score, nan=-np.inf))


def _table(
    judged: Sequence[_Judged], weak: Sequence[_Judged], min_score: float | None
) -> Iterator[Mapping[str, Any]]:
    failed = {id(j.slice) for j in weak}
    for j in sorted(
        judged, key=lambda j: (id(j.slice) not in failed, np.nan_to_num(j.score, nan=-np.inf))
    ):
        below = min_score is not None and not j.score >= min_score
        row = {
            "slice": j.slice.name,
            "rows": len(j.slice.rows),
            "score": round(j.score, 4),
            "low": round(j.score - 1.96 * j.error, 4),
            "high": round(j.score + 1.96 * j.error, 4),
        }
        if np.isfinite(j.change):
            row["change"] = round(j.change, 4)
        verdict = "weak" if id(j.slice) in failed else "unsure" if below else "ok"
        verdict = "undefined" if np.isnan(j.score) else verdict
        yield {**row, "verdict": verdict}


def _thin(found: Sequence[Slice], min_rows: int) -> Iterator[Mapping[str, Any]]:
    for s in found:
        if len(s.rows) < min_rows:
            yield {"slice": s.name, "rows": len(s.rows), "verdict": "thin"}


def _summary(
    judged: Sequence[_Judged],
    weak: Sequence[_Judged],
    measure: Metric,
    min_score: float | None,
    max_drop: float,
) -> str:
    bounds = [] if min_score is None else [f"below {measure.name} {min_score:g}"]
    if np.isfinite(judged[0].change):
        bounds.append(f"more than {max_drop:g} below the previous model")
    bound = " or ".join(bounds)
    if not weak:
        return f"none of {len(judged)} slices is {bound}"
    low = [j for j in weak if not np.isnan(j.score)]
    undefined = [j for j in weak if np.isnan(j.score)]
    parts = []
    if low:
        parts.append(f"{len(low)} of {len(judged)} slices {bound}: {_named(low)}")
    if undefined:
        what = f"{measure.name} is not defined in {len(undefined)} of {len(judged)} slices"
        mend = "give slices with rows of all classes, or another scoring"
        parts.append(f"{what}: {_named(undefined)}; {mend}")
    return "; ".join(parts)


def _named(judged: Sequence[_Judged]) -> str:
    shown = ", ".join(
        f"{j.slice.name} ({len(j.slice.rows)} rows)"
        if np.isnan(j.score)
        else f"{j.slice.name} {j.score:.3g} ({len(j.slice.rows)} rows)"
        for j in judged[:3]
    )
    return shown + (f" and {len(judged) - 3} more" if len(judged) > 3 else "")

"""What is asked about groups of people: each question has a value, an error and a bound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from ...domain.errors import InputError
from .._metrics import Answers
from .._slices import Slice
from .._statistics import adjusted_p_values, p_below
from ._group_metrics import Group, GroupMetric, gaps, metric_functions
from ._proxies import flip, proxy_strength

_TWO_CLASSES = ("selection_rate", "true_positive_rate", "false_positive_rate")


class Question(NamedTuple):
    """Something that has a bound: a gap between groups, a proxy, a flip."""

    kind: str
    what: str
    rows: int
    value: float
    error: float
    limit: str
    p_value: float
    accepted: bool = False


def prepared(
    answers: Answers, metrics: Any, positive: Any
) -> tuple[dict[str, GroupMetric], np.ndarray, np.ndarray]:
    """Return metrics, and what they are of: for two classes 1 where it is the positive one."""
    if answers.classes is None:
        truth, predicted = answers.truth.astype(float), answers.predicted.astype(float)
        return metric_functions(metrics or ["mean_absolute_error"]), truth, predicted
    if positive is None and len(answers.classes) > 2:
        return metric_functions(metrics or ["accuracy_score"]), answers.truth, answers.predicted
    if positive is None:
        positive = np.sort(answers.classes)[-1]
    elif positive not in answers.classes.tolist():
        raise InputError("positive", f"{positive!r} is none of {answers.classes.tolist()}")
    truth = (answers.truth == positive).astype(int)
    return metric_functions(metrics or _TWO_CLASSES), truth, (answers.predicted == positive) * 1


def limits_of(
    functions: Mapping[str, GroupMetric],
    max_difference: float | Mapping[str, float] | None,
    answers: Answers,
) -> dict[str, float]:
    if max_difference is None:
        if answers.classes is None:
            problem = "is missing; give it in the unit of the label"
            raise InputError("max_difference", problem)
        max_difference = 0.1
    limits = max_difference
    if not isinstance(limits, Mapping):
        limits = dict.fromkeys(functions, limits)
    for name in functions:
        if not limits.get(name, -1) >= 0:
            raise InputError("max_difference", f"has no number from 0 up for {name!r}; give one")
    return dict(limits)


def thick(groups: Sequence[Slice], min_rows: int) -> list[Slice]:
    return [group for group in groups if len(group.rows) >= min_rows]


def gap_questions(
    found: Mapping[str, Mapping[str, Sequence[Group]]],
    limits: Mapping[str, float],
    min_ratio: float | None,
    min_rows: int,
) -> Iterator[Question]:
    for metrics in found.values():
        for metric, groups in metrics.items():
            judged = [group for group in groups if group.rows >= min_rows]
            for gap in gaps(metric, judged, max_difference=limits[metric], min_ratio=min_ratio):
                yield Question(
                    f"{metric} {gap.kind}",
                    gap.name,
                    gap.high.rows + gap.low.rows,
                    gap.value,
                    gap.error,
                    f"{'<=' if gap.kind == 'difference' else '>='} {gap.limit:g}",
                    gap.p_value,
                )


def proxy_questions(
    frame: nw.DataFrame[Any],
    seen: Sequence[str],
    singles: Mapping[str, Sequence[Slice]],
    limit: float,
    known: Sequence[str],
    seed: int,
) -> Iterator[Question]:
    for column, groups in singles.items():
        if len(groups) < 2:
            continue
        for feature in seen:
            if feature in singles:
                continue
            strength = proxy_strength(frame, feature, groups, seed=seed)
            yield Question(
                "proxy",
                f"proxy, {feature} for {column}",
                sum(len(group.rows) for group in groups),
                strength.value,
                strength.error,
                f"<= {limit:g}",
                p_below(limit - strength.value, strength.error),
                accepted=feature in known,
            )


def flip_questions(
    model: Any,
    inputs: nw.DataFrame[Any],
    answers: Answers,
    singles: Mapping[str, Sequence[Slice]],
    limit: float,
    seed: int,
) -> Iterator[Question]:
    for column, groups in singles.items():
        if column not in inputs.columns:
            continue
        for target in groups:
            if len(target.rows) == len(answers):
                continue
            rows, share = flip(
                model,
                inputs,
                answers.predicted,
                column,
                target,
                classification=answers.classes is not None,
                seed=seed,
            )
            p_value = p_below(limit - share.value, share.error)
            what = f"flip to {target.name}"
            yield Question("flip", what, rows, *share, f"<= {limit:g}", p_value)


def verdicts_of(questions: Sequence[Question], alpha: float) -> list[str]:
    asked = [q for q in questions if not q.accepted]
    corrected = adjusted_p_values([q.p_value for q in asked])
    adjusted = dict(zip(map(id, asked), corrected, strict=True))
    return [
        "accepted"
        if q.accepted
        else "broken"
        if adjusted[id(q)] < alpha
        else "unsure"
        if q.p_value < 0.5
        else "ok"
        for q in questions
    ]

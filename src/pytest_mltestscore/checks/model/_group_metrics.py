"""Metrics by group of people, and how far apart two groups are by more than chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple, TypeAlias

import narwhals as nw
import numpy as np

from ...domain.errors import InputError, nearest
from .._arguments import listed
from .._optional import load
from .._slices import Slice, declared_slices
from .._statistics import bootstrap_error, p_below

GroupMetric: TypeAlias = Callable[[np.ndarray, np.ndarray], float]

MAX_GROUPS = 50
RATIO_METRIC = "selection_rate"
"""The metric that the four-fifths rule is about."""


class Group(NamedTuple):
    """A metric of a group, and the standard error of it."""

    name: str
    rows: int
    """Those that the metric is about, such as the positives for the true positive rate."""
    value: float
    error: float


class Gap(NamedTuple):
    """How far two groups are apart in a metric, or what ratio one has to the other."""

    metric: str
    kind: str
    """`difference` or `ratio`."""
    high: Group
    low: Group
    value: float
    error: float
    limit: float
    p_value: float
    """Of the bound being kept, one-sided."""

    @property
    def name(self) -> str:
        """As people read it."""
        joint = "over" if self.kind == "difference" else "to"
        first, second = (
            (self.high, self.low) if self.kind == "difference" else (self.low, self.high)
        )
        return f"{self.metric} {self.kind}, {first.name} {joint} {second.name}"


def groups_of(
    frame: nw.DataFrame[Any], sensitive: Sequence[str], *, intersections: bool
) -> dict[str, list[Slice]]:
    """Return the groups by each column, and by each pair of columns.

    Raises
    ------
    InputError
        If a column has one value only, or so many that they are no groups.
    """
    entries: list[list[str]] = [[column] for column in sensitive]
    if intersections:
        entries += [list(pair) for pair in combinations(sensitive, 2)]
    found = {}
    for entry in entries:
        groups = declared_slices(frame, [entry])
        name = " and ".join(entry)
        if len(entry) == 1 and len(groups) == 1:
            raise InputError("sensitive", f"column {name!r} has one value only; give two or more")
        if len(entry) == 1 and len(groups) > MAX_GROUPS:
            problem = f"column {name!r} has {len(groups)} values, more than {MAX_GROUPS}"
            raise InputError("sensitive", f"{problem}; join them to groups first")
        found[name] = groups
    return found


def metric_functions(metrics: Any) -> dict[str, GroupMetric]:
    """Return metrics by name: as given, of fairlearn, or of scikit-learn.

    Raises
    ------
    InputError
        If there is none, or nobody has one of that name.
    """
    if isinstance(metrics, Mapping):
        return dict(metrics)
    fairlearn = load("fairlearn.metrics", extra="fairness")
    sklearn = load("sklearn.metrics", extra="checks")
    names = listed(metrics, "metrics", of="names, or a mapping")
    if not names:
        raise InputError("metrics", "is empty; give a list of names, or a mapping")
    found = {}
    for name in names:
        function = getattr(fairlearn, name, None) or getattr(sklearn, name, None)
        if not callable(function):
            closest = nearest(name, [*fairlearn.__all__, *sklearn.__all__])
            hint = f"; did you mean {closest!r}?" if closest else ""
            raise InputError("metrics", f"neither fairlearn nor scikit-learn has {name!r}{hint}")
        found[name] = function
    return found


def by_group(
    metrics: Mapping[str, GroupMetric],
    truth: np.ndarray,
    predicted: np.ndarray,
    groups: Sequence[Slice],
    *,
    seed: int,
) -> dict[str, list[Group]]:
    """Return all metrics of all groups, by fairlearn's `MetricFrame`.

    Raises
    ------
    InputError
        If a metric raises.
    """
    fairlearn = load("fairlearn.metrics", extra="fairness")
    names = np.empty(len(truth), dtype=object)
    for group in groups:
        names[group.rows] = group.name
    try:
        frame = fairlearn.MetricFrame(
            metrics=dict(metrics), y_true=truth, y_pred=predicted, sensitive_features=names
        ).by_group
    except Exception as problem:  # whatever it is, it is the metric's
        raise InputError("metrics", f"raised {type(problem).__name__}: {problem}") from problem
    found: dict[str, list[Group]] = {}
    for metric, function in metrics.items():
        for group in groups:
            t, p = truth[group.rows], predicted[group.rows]
            rows, error = _precision(metric, function, t, p, seed)
            value = float(frame.loc[group.name, metric])
            found.setdefault(metric, []).append(Group(group.name, rows, value, error))
    return found


def _precision(
    name: str, function: GroupMetric, truth: np.ndarray, predicted: np.ndarray, seed: int
) -> tuple[int, float]:
    """Return the rows that a metric is about and its standard error over a group."""
    known = getattr(function, "__module__", "").startswith(("fairlearn.", "sklearn."))
    parts = _rate(name, truth, predicted) if known else None
    if parts is None:
        error = bootstrap_error(
            lambda rows: float(function(truth[rows], predicted[rows])), len(truth), seed=seed
        )
        return len(truth), error
    about, counted = parts
    n, hits = int(about.sum()), int((about & counted).sum())
    # Agresti and Coull (1998): never 0, so that 20 of 20 are not certain.
    share = (hits + 2) / (n + 4)
    return n, float(np.sqrt(share * (1 - share) / (n + 4)))


def _rate(
    name: str, truth: np.ndarray, predicted: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the rows that a rate is about and those that it counts; None for other metrics."""
    if name == "accuracy_score":
        return np.ones(len(truth), dtype=bool), truth == predicted
    if name == "selection_rate":
        return np.ones(len(truth), dtype=bool), predicted == 1
    if name in ("true_positive_rate", "recall_score"):
        return truth == 1, predicted == 1
    if name == "false_positive_rate":
        return truth == 0, predicted == 1
    if name == "true_negative_rate":
        return truth == 0, predicted == 0
    if name == "false_negative_rate":
        return truth == 1, predicted == 0
    return None


def gaps(
    metric: str, groups: Sequence[Group], *, max_difference: float, min_ratio: float | None
) -> Iterator[Gap]:
    """Yield the largest difference, and ratio, of a metric between two groups.

    All pairs are tested, since the outer two need not be the surest; the p-value of the surest is
    corrected for their number (Bonferroni).
    """
    pairs = [
        (one, two) if one.value >= two.value else (two, one) for one, two in combinations(groups, 2)
    ]
    if not pairs:
        return
    yield _surest([_difference(metric, *pair, max_difference) for pair in pairs])
    if min_ratio is not None and metric == RATIO_METRIC:
        yield _surest([_ratio(metric, *pair, min_ratio) for pair in pairs])


def _surest(found: Sequence[Gap]) -> Gap:
    worst = min(found, key=lambda gap: gap.p_value)
    return worst._replace(p_value=min(1.0, worst.p_value * len(found)))


def _difference(metric: str, high: Group, low: Group, limit: float) -> Gap:
    value, error = high.value - low.value, float(np.hypot(high.error, low.error))
    p_value = p_below(limit - value, error)
    return Gap(metric, "difference", high, low, value, error, limit, p_value)


def _ratio(metric: str, high: Group, low: Group, limit: float) -> Gap:
    value = low.value / high.value if high.value > 0 else float("nan")
    # Tested on the scale of rates, where errors are normal.
    p_value = p_below(
        low.value - limit * high.value, float(np.hypot(limit * high.error, low.error))
    )
    if high.value == low.value == 0:
        return Gap(metric, "ratio", high, low, 1.0, 0.0, limit, 1.0)
    error = float(np.hypot(low.error, value * high.error)) / high.value
    return Gap(metric, "ratio", high, low, value, error, limit, p_value)

"""A frame of metrics by group, of Fairlearn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError, nearest
from ...domain.sink import measurement
from .._conclude import Expect
from .._optional import load
from ._outcomes import Outcome, conclude_outcomes

ITEM = "inclusion"

_COUNT = "count"


class _Gap(NamedTuple):
    """How far groups are apart in one metric, in all or in one level of the control features."""

    metric: str
    level: str
    groups: dict[str, float]

    @property
    def name(self) -> str:
        return f"{self.metric}, {self.level}" if self.level else self.metric

    @property
    def difference(self) -> float:
        """NaN if it is not defined for one of the groups."""
        values = list(self.groups.values())
        return max(values) - min(values) if np.isfinite(values).all() else float("nan")

    @property
    def ratio(self) -> float:
        """The lowest by the highest; NaN where that means nothing."""
        values = list(self.groups.values())
        if not np.isfinite(values).all() or min(values) < 0 or max(values) == 0:
            return float("nan")
        return min(values) / max(values)


def fairlearn_frame(
    frame: Any,
    *,
    max_difference: float | Mapping[str, float] | None = None,
    min_ratio: float | Mapping[str, float] | None = None,
    min_rows: int = 0,
    item: str = ITEM,
    expect: Expect = "holds",
) -> CheckResult:
    """Check the gaps between groups in a `MetricFrame` of Fairlearn.

    Parameters
    ----------
    frame
        `fairlearn.metrics.MetricFrame`. Its control features, if it has any, are kept apart: groups
        are compared within each of their levels.
    max_difference
        Largest difference between the highest and the lowest group, in the unit of the metric; one
        for all metrics, or by name for some.
    min_ratio
        Smallest ratio of the lowest group to the highest, from 0 to 1, as 0.8 for the four-fifths
        rule (29 CFR 1607.4 D); one for all metrics, or by name for some.
    min_rows
        Groups with fewer rows are listed and not judged. Needs the metric `fairlearn.metrics.count`
        in the frame, under the name `count`; it is never judged itself.
    item
        Name of the item that it is evidence for.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a metric, and control level, with its lowest and highest group. Holds if all gaps
        are within the limits.

    Raises
    ------
    InputError
        If it is no MetricFrame, there is no limit, or no metric has two groups to compare.

    Notes
    -----
    A metric that is not defined for a group (NaN), as for an empty intersection, fails: Fairlearn
    leaves such groups out of its differences. A ratio of negative or zero values fails too.

    The frame holds no rows, so there are no intervals: small groups differ by chance, which
    `min_rows` guards against in part, and `checks.model.inclusion` in full.

    Examples
    --------
    >>> from fairlearn.metrics import MetricFrame, selection_rate
    >>> from pytest_mltestscore import checks
    >>> frame = MetricFrame(
    ...     metrics=selection_rate,
    ...     y_true=[0, 1, 0, 1, 0, 1],
    ...     y_pred=[1, 1, 1, 1, 0, 0],
    ...     sensitive_features={"sex": ["m", "m", "m", "f", "f", "f"]},
    ... )
    >>> checks.adapters.fairlearn_frame(frame, min_ratio=0.8)
    fairlearn_frame: DOES NOT HOLD - 1 of 1 metric not passed: selection_rate: f 0.3333 to m 1, ratio 0.333 is below 0.8
      metrics not passed = 1  (limit <= 0)
      metrics judged = 1
      groups = 2
      metric          status  found
      selection_rate  failed  f 0.3333 to m 1, ratio 0.333 is below 0.8
    """  # noqa: E501 - a result as it prints
    if not isinstance(frame, load("fairlearn.metrics", extra="fairness").MetricFrame):
        problem = f"is of type {type(frame).__name__}"
        raise InputError("frame", f"{problem}; give a fairlearn.metrics.MetricFrame")
    table = _by_group(frame)
    metrics = [name for name in table.columns if name != _COUNT]
    differences = _limits(max_difference, metrics, "max_difference")
    ratios = _limits(min_ratio, metrics, "min_ratio")
    if not differences and not ratios:
        raise InputError("max_difference", "is missing, as is min_ratio; give a limit")
    gaps = list(_gaps(frame, table, metrics, min_rows))
    groups = {name for gap in gaps for name in gap.groups}
    outcomes = [_outcome(g, differences.get(g.metric), ratios.get(g.metric)) for g in gaps]
    return conclude_outcomes(
        "fairlearn_frame",
        outcomes,
        noun="metric",
        item=item,
        expect=expect,
        argument="frame",
        measurements=[measurement("groups", len(groups))],
        notes=list(_thin(table, min_rows)),
    )


def _by_group(frame: Any) -> Any:
    """Return the metrics by group as a frame of pandas, also where there is one metric only."""
    table = frame.by_group
    return table if hasattr(table, "columns") else table.to_frame(table.name or "metric")


def _limits(limit: Any, metrics: list[str], argument: str) -> dict[str, float]:
    if limit is None:
        return {}
    limits = dict(limit) if isinstance(limit, Mapping) else dict.fromkeys(metrics, limit)
    for name, value in limits.items():
        if name not in metrics:
            closest = nearest(str(name), metrics)
            hint = f"did you mean {closest!r}?" if closest else f"it has {', '.join(metrics)}"
            raise InputError(argument, f"names {name!r}, which the frame has not; {hint}")
        if not value >= 0:
            raise InputError(argument, f"is {value} for {name}; give a number of 0 or more")
    return limits


def _gaps(frame: Any, table: Any, metrics: list[str], min_rows: int) -> Iterator[_Gap]:
    if min_rows and _COUNT not in table.columns:
        problem = "is given, but the frame has no `count`"
        raise InputError("min_rows", f"{problem}; add fairlearn.metrics.count to its metrics")
    kept = table[table[_COUNT] >= min_rows] if min_rows else table
    controls = frame.control_levels or []
    # A list of one is deprecated in pandas 2.
    by = controls[0] if len(controls) == 1 else controls
    levels = kept.groupby(level=by) if controls else [("", kept)]
    for level, rows in levels:
        for metric in metrics:
            values = rows[metric].droplevel(controls) if controls else rows[metric]
            groups = {_spelled(name): float(value) for name, value in values.items()}
            yield _Gap(metric, _spelled(level), groups)


def _spelled(name: Any) -> str:
    return ", ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def _outcome(gap: _Gap, max_difference: float | None, min_ratio: float | None) -> Outcome:
    if max_difference is None and min_ratio is None:
        return Outcome(gap.name, "not run", "no limit")
    if len(gap.groups) < 2:
        return Outcome(gap.name, "not run", "fewer than two groups")
    undefined = [name for name, value in gap.groups.items() if not np.isfinite(value)]
    if undefined:
        return Outcome(gap.name, "failed", f"not defined for {', '.join(undefined[:3])}")
    ordered = sorted(gap.groups, key=gap.groups.__getitem__)
    low, high = ordered[0], ordered[-1]
    found = f"{low} {gap.groups[low]:.4g} to {high} {gap.groups[high]:.4g}"
    broken = []
    if max_difference is not None and not gap.difference <= max_difference:
        broken.append(f"difference {gap.difference:.3g} is above {max_difference:g}")
    if min_ratio is not None and not gap.ratio >= min_ratio:
        broken.append(f"ratio {gap.ratio:.3g} is below {min_ratio:g}")
    return Outcome(gap.name, "failed" if broken else "passed", ", ".join([found, *broken]))


def _thin(table: Any, min_rows: int) -> Iterator[str]:
    if min_rows:
        for name, rows in table[_COUNT].items():
            if not rows >= min_rows:
                yield f"{_spelled(name)} has {rows:g} rows, below {min_rows}, and is not judged"

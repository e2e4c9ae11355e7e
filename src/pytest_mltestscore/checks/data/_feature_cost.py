"""data-3: no feature costs too much: time, memory and gaps, against what it brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError, nearest
from ...domain.sink import measurement
from .._conclude import Expect, conclude
from .._frames import read_frame, sample_rows
from ._measured_calls import Cost, cost_of

ITEM = "feature-cost"
_UNITS = ("ms", "mib", "missing")


class _Gain(NamedTuple):
    group: str
    gain: float
    per_ms: float


class _Judged(NamedTuple):
    name: str
    cost: Cost
    gain: _Gain | None
    faults: tuple[str, ...]
    unsure: bool


def feature_cost(
    functions: Mapping[str, Callable[[Any], Any]],
    data: Any,
    *,
    benefit: CheckResult | Mapping[str, float] | None = None,
    max_ms: float | None = None,
    max_mib: float | None = None,
    max_missing: float | None = None,
    max_total_ms: float | None = None,
    min_gain_per_ms: float | None = None,
    budgets: Mapping[str, Mapping[str, float]] | None = None,
    repeats: int = 7,
    max_rows: int = 10_000,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that no feature costs more than its budget, or more than it is worth.

    Each feature function is called on the same rows. A budget of time is broken if even the
    fastest call is over it, and is so again when timed a second time; if only the median is, the
    feature is `unsure`, since a busy machine explains that.

    Parameters
    ----------
    functions
        A function for each feature, by name. It takes the rows and returns one value a row (a
        series, array or list), or several (a frame or a two-dimensional array).
    data
        Data frame of raw rows, given to the functions in its own library; those of lazy polars
        are eager, and those of databases PyArrow. One row measures the cost of one request.
    benefit
        Result of `feature_benefit`, or the benefit of each feature. One that brings nothing (0,
        less, or NaN) costs too much at any price. Features in one group share their gain and add
        up their time.
    max_ms
        Milliseconds of one call, for each feature.
    max_mib
        Peak memory of one call in MiB, for each feature, as Python's `tracemalloc` sees it: NumPy
        and Python objects. What polars, Arrow or a database allocate is not in it.
    max_missing
        Share of null or NaN values that a feature may return, 0 to 1.
    max_total_ms
        Milliseconds of all features, one after the other.
    min_gain_per_ms
        Least benefit per millisecond; needs `benefit`.
    budgets
        Other limits for single features, such as `{"embedding": {"ms": 40, "mib": 200}}`. Keys
        are `ms`, `mib` and `missing`.
    repeats
        Calls that are timed, after some that are not.
    max_rows
        Rows beyond that are sampled, and the result says so.
    seed
        Of the sample.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a feature, those that cost too much first. `yardsticks` is the time in units of a
        fixed piece of work on the same machine, to compare with other machines. The result is
        volatile: its numbers are timings.

    Raises
    ------
    InputError
        If there is no limit and no benefit, a function raises or returns another number of rows,
        or a feature has no benefit.

    Notes
    -----
    Sees a feature that takes 1.5 times its budget. Cannot see upstream cost that is not in the
    function: storage, licences, the job that fills a table. A look-up over the network is seen if
    the function does it. A feature that shares work with another is charged in full.

    Examples
    --------
    >>> import pandas as pd
    >>> from pytest_mltestscore import checks
    >>> rows = pd.DataFrame({"text": ["late", None, "on time", "late"] * 25})
    >>> functions = {
    ...     "length": lambda rows: rows["text"].str.len(),
    ...     "known": lambda rows: rows["text"].notna(),
    ... }
    >>> result = checks.data.feature_cost(functions, rows, max_ms=1_000, max_missing=0.1)
    >>> print(result.summary)
    1 of 2 features cost too much: length (25 % missing)
    """
    _require_functions(functions)
    limits = _limits(functions, {"ms": max_ms, "mib": max_mib, "missing": max_missing}, budgets)
    _require_limits(limits, max_total_ms, min_gain_per_ms, benefit)
    sample = sample_rows(read_frame(data), max_rows, seed=seed)
    costs = {n: cost_of(n, f, sample.frame, repeats) for n, f in functions.items()}
    for name, cost in costs.items():
        if cost.least_ms > limits[name].get("ms", float("inf")):
            costs[name] = cost.timed_again(functions[name], sample.frame, repeats)
    gains = {} if benefit is None else _gains(costs, benefit)
    judged = [_judge(n, c, limits[n], gains.get(n), min_gain_per_ms) for n, c in costs.items()]
    total_ms = sum(c.ms for c in costs.values())
    too_long = max_total_ms is not None and sum(c.least_ms for c in costs.values()) > max_total_ms
    bad = [j for j in judged if j.faults]
    return conclude(
        "feature_cost",
        item=ITEM,
        holds=not bad and not too_long,
        summary=_summary(judged, bad, total_ms, max_total_ms if too_long else None),
        expect=expect,
        measurements=[
            measurement(
                "all features",
                total_ms,
                limit="" if max_total_ms is None else f"<= {max_total_ms:g}",
                unit="ms",
                volatile=True,
            ),
            measurement("most missing", max(c.missing for c in costs.values()), unit="share"),
            measurement("features that cost too much", len(bad), limit="0"),
        ],
        table=[_row(j) for j in sorted(judged, key=lambda j: (not j.faults, -j.cost.ms))],
        rows_seen=sample.seen,
        rows_total=sample.total,
        notes=[*sample.notes, *_not_costed(costs, benefit)],
        volatile=True,
    )


def _require_functions(functions: Mapping[str, Callable[[Any], Any]]) -> None:
    if not functions or not hasattr(functions, "items"):
        raise InputError("functions", "holds no features; give a function for each, by name")
    for name, function in functions.items():
        if not callable(function):
            raise InputError("functions", f"has no function for {name!r}; give one")


def _limits(
    functions: Mapping[str, Any],
    general: Mapping[str, float | None],
    budgets: Mapping[str, Mapping[str, float]] | None,
) -> dict[str, dict[str, float]]:
    """Return the limits that hold for each feature, by unit."""
    for name, own in (budgets or {}).items():
        if name not in functions:
            closest = nearest(name, functions)
            hint = f"; did you mean {closest!r}?" if closest else ""
            raise InputError("budgets", f"names {name!r}, which has no function{hint}")
        for unit in own:
            if unit not in _UNITS:
                raise InputError("budgets", f"{name!r}: {unit!r} is not one of {', '.join(_UNITS)}")
    common = {unit: value for unit, value in general.items() if value is not None}
    found = {name: {**common, **(budgets or {}).get(name, {})} for name in functions}
    for name, limits in found.items():
        for unit, value in limits.items():
            if not value >= 0:
                raise InputError("budgets", f"{name!r}: {unit} is {value}; give 0 or more")
    return found


def _require_limits(
    limits: Mapping[str, Mapping[str, float]],
    max_total_ms: float | None,
    min_gain_per_ms: float | None,
    benefit: object,
) -> None:
    if benefit is None and min_gain_per_ms is not None:
        raise InputError("benefit", "is missing; min_gain_per_ms needs it")
    if benefit is None and max_total_ms is None and not all(limits.values()):
        [name, *_] = [n for n, own in limits.items() if not own]
        problem = f"there is none for {name!r}"
        raise InputError("budgets", f"{problem}; give max_ms, max_total_ms or benefit, say")


def _benefits(
    benefit: CheckResult | Mapping[str, float],
) -> tuple[dict[str, float], dict[str, Any]]:
    """Return the gain of each group, and its features."""
    if not isinstance(benefit, CheckResult):
        return dict(benefit), {name: [name] for name in benefit}
    if "benefit" not in benefit.details:
        raise InputError("benefit", f"is a result of {benefit.name}; give one of feature_benefit")
    return dict(benefit.details["benefit"]), dict(benefit.details["groups"])


def _gains(
    costs: Mapping[str, Cost], benefit: CheckResult | Mapping[str, float]
) -> dict[str, _Gain]:
    worth, groups = _benefits(benefit)
    found = {}
    for group, members in groups.items():
        costed = [m for m in members if m in costs]
        spent = sum(costs[m].ms for m in costed)
        per_ms = worth[group] / spent if spent > 0 else float("inf")
        found.update({m: _Gain(group, worth[group], per_ms) for m in costed})
    for name in costs:
        if name not in found:
            problem = f"does not say what {name!r} is worth"
            raise InputError("benefit", f"{problem}; it knows {', '.join(list(groups)[:10])}")
    return found


def _judge(
    name: str,
    cost: Cost,
    limits: Mapping[str, float],
    gain: _Gain | None,
    min_gain_per_ms: float | None,
) -> _Judged:
    ms, mib, missing = (limits.get(unit, float("inf")) for unit in _UNITS)
    faults = []
    if cost.least_ms > ms:
        faults.append(f"{cost.ms:.3g} ms over {ms:g}")
    if cost.mib > mib:
        faults.append(f"{cost.mib:.3g} MiB over {mib:g}")
    if cost.missing > missing:
        faults.append(f"{cost.missing * 100:.3g} % missing")
    if gain is not None and not gain.gain > 0:  # also NaN
        faults.append("no gain")
    elif gain is not None and min_gain_per_ms is not None and not gain.per_ms >= min_gain_per_ms:
        faults.append(f"gain of {gain.per_ms:.3g} per ms")
    return _Judged(name, cost, gain, tuple(faults), unsure=cost.ms > ms)


def _row(judged: _Judged) -> dict[str, Any]:
    row: dict[str, Any] = {
        "feature": judged.name,
        "ms": round(judged.cost.ms, 4),
        "fastest": round(judged.cost.least_ms, 4),
        "yardsticks": round(judged.cost.yardsticks, 4),
        "MiB": round(judged.cost.mib, 3),
        "missing": round(judged.cost.missing, 4),
    }
    if judged.gain is not None:
        row |= {"gain": judged.gain.gain, "gain per ms": judged.gain.per_ms}
    return row | {"verdict": ", ".join(judged.faults) or ("unsure" if judged.unsure else "ok")}


def _summary(
    judged: Sequence[_Judged], bad: Sequence[_Judged], total_ms: float, over: float | None
) -> str:
    parts = []
    if bad:
        shown = "; ".join(f"{j.name} ({', '.join(j.faults)})" for j in bad[:3])
        more = f"; and {len(bad) - 3} more" if len(bad) > 3 else ""
        parts.append(f"{len(bad)} of {len(judged)} features cost too much: {shown}{more}")
    if over is not None:
        parts.append(f"all together take {total_ms:.3g} ms, over {over:g}")
    return ", and ".join(parts) or f"none of {len(judged)} features costs too much"


def _not_costed(
    costs: Mapping[str, Cost], benefit: CheckResult | Mapping[str, float] | None
) -> list[str]:
    if benefit is None:
        return []
    _, groups = _benefits(benefit)
    left = [m for members in groups.values() for m in members if m not in costs]
    if not left:
        return []
    return [
        f"{len(left)} features have a benefit and no function, so no cost: {', '.join(left[:10])}"
    ]

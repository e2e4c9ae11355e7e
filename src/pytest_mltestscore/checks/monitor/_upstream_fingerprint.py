"""monitor-1: what upstream data looks like, in a few numbers that can be kept and compared."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import narwhals as nw

from .._frames import aggregate, count_where, is_missing, read_frame, require_rows
from .._schema_validation import kind_of

MANY = 50
"""Text with more distinct values is no set of categories; how many more is not kept."""


def upstream_fingerprint(data: Any) -> dict[str, Any]:
    """Return the fingerprint of a data frame, to be kept as JSON and given to `dependency_changes`.

    Parameters
    ----------
    data
        Data frame of any library; read in one aggregate, where it is.

    Returns
    -------
    dict
        For each column under `columns` its `kind`, the share `missing` (null, NaN or infinite),
        `mean` and `std` of numbers, and the number of `distinct` values of text, up to 51. No
        value of the data.

    Raises
    ------
    InputError
        If `data` is no data frame or has no rows.

    Notes
    -----
    Sees a unit that changed, a column that came, went or is of another type, values lost, and
    words that came or went by their number. Cannot see one word replaced by another.

    Examples
    --------
    >>> import pandas as pd
    >>> from pytest_mltestscore import checks
    >>> checks.monitor.upstream_fingerprint(pd.DataFrame({"km": [1.0, 3.0]}))
    {'columns': {'km': {'kind': 'number', 'missing': 0.0, 'mean': 2.0, 'std': 1.414214}}}
    """
    frame = read_frame(data)
    rows = require_rows(frame)
    dtypes = dict(frame.collect_schema().items())
    expressions = []
    for place, (name, dtype) in enumerate(dtypes.items()):
        missing = _is_gone(name, dtype)
        expressions.append(count_where(missing).alias(f"c{place}_missing"))
        if dtype.is_numeric():
            value = nw.when(~missing).then(nw.col(name).cast(nw.Float64))
            expressions += [
                value.mean().alias(f"c{place}_mean"),
                value.std().alias(f"c{place}_std"),
            ]
        elif kind_of(dtype) == "text":
            expressions.append(nw.col(name).n_unique().alias(f"c{place}_distinct"))
    values = aggregate(frame, expressions)
    columns = {}
    for place, (name, dtype) in enumerate(dtypes.items()):
        absent = int(values[f"c{place}_missing"] or 0)
        column: dict[str, Any] = {"kind": _kind(dtype), "missing": round(absent / rows, 6)}
        for key in ("mean", "std"):
            if f"c{place}_{key}" in values:
                column[key] = _number(values[f"c{place}_{key}"])
        if f"c{place}_distinct" in values:
            distinct = int(values[f"c{place}_distinct"]) - (absent > 0)
            column["distinct"] = min(distinct, MANY + 1)
        columns[name] = column
    return {"columns": columns}


def _is_gone(name: str, dtype: Any) -> nw.Expr:
    """Return an expression that is true where a value is null, NaN or infinite."""
    missing = is_missing(name, dtype)
    return missing | ~nw.col(name).is_finite() if dtype.is_float() else missing


def differences(
    recorded: Mapping[str, Any], found: Mapping[str, Any], max_shift: float, max_missing: float
) -> Iterator[tuple[str, str, str]]:
    """Yield column, recorded and found for each way in which two fingerprints differ."""
    before, now = recorded["columns"], found["columns"]
    for name in before:
        if name not in now:
            yield name, "present", "gone"
    for name, column in now.items():
        if name not in before:
            yield name, "absent", f"new, {column['kind']}"
        else:
            yield from _of_column(name, before[name], column, max_shift, max_missing)


def _of_column(
    name: str, before: Mapping[str, Any], now: Mapping[str, Any], shift: float, missing: float
) -> Iterator[tuple[str, str, str]]:
    if before["kind"] != now["kind"]:
        yield name, str(before["kind"]), str(now["kind"])
        return
    if abs(now["missing"] - before["missing"]) > missing:
        yield name, f"{before['missing']:.3g} missing", f"{now['missing']:.3g} missing"
    if "mean" in before and _moved(before, now, shift):
        yield name, _spread(before), _spread(now)
    known, current = before.get("distinct"), now.get("distinct")
    if known is not None and known != current and min(known, current) <= MANY:
        yield name, f"{known} distinct", f"{current} distinct"


def _moved(before: Mapping[str, Any], now: Mapping[str, Any], shift: float) -> bool:
    """Whether the mean moved by more than so many standard deviations."""
    if before["mean"] is None or now["mean"] is None:  # none, or not finite
        return before["mean"] is not now["mean"]
    # The larger spread would hide a change of unit, which widens it too. A single row has none.
    spread = min(before["std"] or 0.0, now["std"] or 0.0)
    distance = abs(now["mean"] - before["mean"])
    return bool(distance > shift * spread and distance > 1e-6 * abs(before["mean"]))


def _spread(column: Mapping[str, Any]) -> str:
    if column["mean"] is None:
        return "no mean"
    deviation = "" if column["std"] is None else f" ± {column['std']:.3g}"
    return f"mean {column['mean']:.4g}{deviation}"


def _kind(dtype: Any) -> str:
    """Return the kind; integers with gaps are floats in pandas, so all numbers are alike."""
    kind = kind_of(dtype)
    return "number" if kind == "integer" else kind


def _number(value: Any) -> float | None:
    """Return a number to seven digits, None for what is not finite."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{float(value):.7g}")

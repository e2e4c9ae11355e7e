"""What feature functions return, as columns of arrays that can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import narwhals as nw
import numpy as np

Columns: TypeAlias = "dict[str, np.ndarray]"

RELATIVE = 1e-9
"""Numbers that differ by less than this share of the largest number at hand are the same."""


def as_columns(output: Any, name: str = "feature") -> Columns:
    """Return columns of shape (n_rows,) of a frame, series, array or list.

    Raises
    ------
    TypeError
        If it is none of these.
    """
    found = nw.from_native(output, pass_through=True, allow_series=True)
    if isinstance(found, nw.LazyFrame):
        found = found.collect()
    if isinstance(found, nw.DataFrame):
        return {column: _array(found[column]) for column in found.columns}
    if isinstance(found, nw.Series):
        return {name: _array(found)}
    values = np.asarray(found.toarray() if hasattr(found, "toarray") else found)
    if values.ndim == 1:
        return {name: values}
    if values.ndim == 2:
        return {f"{name}{place}": values[:, place] for place in range(values.shape[1])}
    raise TypeError(f"returned {type(output).__name__} of shape {values.shape}; give one row a row")


def rows_in(columns: Columns) -> int:
    """Return the number of rows; 0 for no columns."""
    return len(next(iter(columns.values()))) if columns else 0


def difference(
    one: Columns, other: Columns, *, scale: float, order: Sequence[int] | None = None
) -> str | None:
    """Say how the second differs from the first, whose rows are put in an order; None if equal."""
    if list(one) != list(other):
        return f"columns {', '.join(one)} and {', '.join(other)}"
    for name, values in one.items():
        again = other[name]
        if len(values if order is None else order) != len(again):
            return f"{len(values)} and {len(again)} rows"
        ordered = values if order is None else values[list(order)]
        same = _same(ordered, again, scale)
        if not same.all():
            place = int(np.flatnonzero(~same)[0])
            return f"{name}: {ordered[place]!s} and {again[place]!s}"
    return None


def largest(columns: Mapping[str, Sequence[Any]]) -> float:
    """Return the largest absolute number in some columns, at least 1."""
    numbers = [
        abs(float(value))
        for values in columns.values()
        for value in values
        if isinstance(value, int | float | np.number) and np.isfinite(value)
    ]
    return max([1.0, *numbers])


def _same(values: np.ndarray, again: np.ndarray, scale: float) -> np.ndarray:
    """Return whether values are the same, shape (n_rows,); missing ones are."""
    if values.dtype.kind in "iufb" and again.dtype.kind in "iufb":
        return np.isclose(
            values.astype(float),
            again.astype(float),
            rtol=RELATIVE,
            atol=RELATIVE * scale,
            equal_nan=True,
        )
    pairs = zip(values.tolist(), again.tolist(), strict=True)
    return np.array([a == b or (_missing(a) and _missing(b)) for a, b in pairs], dtype=bool)


def _missing(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124 - NaN and NaT differ from themselves


def _array(series: nw.Series[Any]) -> np.ndarray:
    if series.dtype.is_numeric():
        return series.cast(nw.Float64).to_numpy()
    return np.array(series.to_list(), dtype=object)

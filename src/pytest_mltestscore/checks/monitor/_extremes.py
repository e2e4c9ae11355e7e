"""Inputs at the ends of what can come: built from rows that were seen, in their own library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

UNSEEN = "a value never seen before"
_HUGE = float(np.finfo(np.float32).max)
"""In columns of float64; in those of float32 its square root. Larger ones overflow in any sum."""
_TINY = (5e-324, float(np.finfo(np.float32).tiny))
_WHOLE = {"Int8": 7, "Int16": 15, "Int32": 31, "Int64": 63, "UInt8": 8, "UInt16": 16, "UInt32": 32}


class Extreme(NamedTuple):
    """One row, and what is extreme in it."""

    name: str
    row: dict[str, Any]
    inside: bool
    """Whether it lies within what was seen, so that the model must answer it; otherwise it may
    refuse it by an exception, and must not answer NaN."""


class Rows:
    """Rows as the model takes them: a data frame, or an array of shape (n_rows, n_features)."""

    def __init__(self, frame: nw.DataFrame[Any], *, as_array: bool) -> None:
        self.frame = frame
        self._as_array = as_array

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, places: Sequence[int]) -> Any:
        """Return some of the rows, as the model takes them."""
        return self._native(self.frame[list(places)])

    def build(self, rows: Sequence[dict[str, Any]]) -> Any:
        """Return new rows of the same columns and types."""
        columns = {c: [row[c] for row in rows] for c in self.frame.columns}
        if self.frame.implementation.is_pandas_like():
            native = self.frame.to_native()  # narwhals cannot name all types that pandas has
            pandas = nw.get_native_namespace(native)
            built = pandas.DataFrame(columns).astype(dict(native.dtypes))
            return self._native(nw.from_native(built, eager_only=True))
        backend = self.frame.implementation
        return self._native(nw.from_dict(columns, schema=self.frame.schema, backend=backend))

    def can_miss(self, column: str) -> bool:
        """Whether the type of a column can hold a missing value."""
        if not self.frame.implementation.is_pandas_like():
            return True
        return (
            not self.frame.schema[column].is_integer() and self.frame.schema[column] != nw.Boolean
        )

    def _native(self, frame: nw.DataFrame[Any]) -> Any:
        return frame.to_numpy() if self._as_array else frame.to_native()


def extremes(rows: Rows, allow_missing: Sequence[str]) -> Iterator[Extreme]:
    """Yield rows that are as usual but for one column, and two with all columns at their ends."""
    frame = rows.frame
    usual = _usual(frame)
    lowest, highest = dict(usual), dict(usual)
    for column in frame.columns:
        ends = _ends(frame, column)
        if ends:
            lowest[column], highest[column] = ends
            for word, value in zip(("smallest", "largest"), ends, strict=True):
                yield Extreme(f"{column} = {word} seen", {**usual, column: value}, inside=True)
        yield from _beyond(frame, column, usual)
        declared = column in allow_missing
        if (declared and rows.can_miss(column)) or frame.schema[column].is_float():
            yield Extreme(f"{column} missing", {**usual, column: None}, inside=declared)
    yield Extreme("all at their smallest", lowest, inside=True)
    yield Extreme("all at their largest", highest, inside=True)


def _usual(frame: nw.DataFrame[Any]) -> dict[str, Any]:
    """Return a row of values that are all there: medians would be values nobody ever saw."""
    row = {}
    for column in frame.columns:
        known = known_values(frame, column)
        row[column] = sorted(known, key=str)[len(known) // 2] if known else None
    return row


def known_values(frame: nw.DataFrame[Any], column: str) -> list[Any]:
    """Return the values of a column that are not missing and, if numbers, finite."""
    values = frame[column].drop_nulls().to_list()
    return [v for v in values if not isinstance(v, float) or np.isfinite(v)]


def _ends(frame: nw.DataFrame[Any], column: str) -> tuple[Any, Any] | None:
    known = known_values(frame, column)
    if not known or not frame.schema[column].is_numeric():
        return None
    return min(known), max(known)


def _beyond(frame: nw.DataFrame[Any], column: str, usual: dict[str, Any]) -> Iterator[Extreme]:
    dtype = frame.schema[column]
    if dtype.is_float():
        yield Extreme(f"{column} = 0", {**usual, column: 0.0}, inside=_has_zero(frame, column))
        huge = _HUGE**0.5 if dtype == nw.Float32 else _HUGE
        for value in (*_TINY, huge, *(-tiny for tiny in _TINY), -huge):
            yield Extreme(f"{column} = {value:.3g}", {**usual, column: value}, inside=False)
    elif dtype.is_integer():
        bits = _WHOLE.get(str(dtype), 31)
        low = 0 if dtype.is_unsigned_integer() else -(2**bits)
        yield Extreme(f"{column} = 0", {**usual, column: 0}, inside=_has_zero(frame, column))
        for value in {low, 2**bits - 1}:
            yield Extreme(f"{column} = {value:.3g}", {**usual, column: value}, inside=False)
    elif dtype == nw.String:
        yield Extreme(f"{column} = unseen category", {**usual, column: UNSEEN}, inside=False)
        yield Extreme(f"{column} = empty text", {**usual, column: ""}, inside=False)


def _has_zero(frame: nw.DataFrame[Any], column: str) -> bool:
    """Whether 0 lies between the smallest and the largest number seen."""
    ends = _ends(frame, column)
    return ends is not None and ends[0] <= 0 <= ends[1]

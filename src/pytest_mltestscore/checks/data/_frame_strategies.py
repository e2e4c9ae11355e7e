"""Data frames that a schema of ours allows, drawn by hypothesis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, get_args

import narwhals as nw

from ...domain.errors import InputError
from .._optional import load
from .._schema import Column, Schema

Library: TypeAlias = Literal["pandas", "polars", "pyarrow"]
LIBRARIES: tuple[Library, ...] = get_args(Library)

LARGEST_INTEGER = 2**31 - 1
LARGEST_NUMBER = 1e12
"""Bounds of numbers for which the schema has none."""

_BEGIN, _END = dt.datetime(1970, 1, 1), dt.datetime(2100, 1, 1)  # noqa: DTZ001 - columns without a zone
_DTYPES: Mapping[str, Any] = {
    "integer": nw.Int64(),
    "number": nw.Float64(),
    "text": nw.String(),
    "boolean": nw.Boolean(),
}


def tables(schema: Schema, max_rows: int) -> Any:
    """Return a strategy of columns as lists: from 1 to `max_rows` rows, None where missing."""
    st = load("hypothesis.strategies", extra="properties")

    def of_length(rows: int) -> Any:
        drawn = {
            name: st.lists(
                _values(st, name, column),
                min_size=rows,
                max_size=rows,
                unique_by=_unless_missing() if column.unique else None,
            )
            for name, column in schema.columns.items()
        }
        return st.fixed_dictionaries(drawn)

    most = min([max_rows, *(_distinct(c) for c in schema.columns.values() if c.unique)])
    return st.integers(1, most).flatmap(of_length)


def frame_maker(schema: Schema, library: Library) -> Callable[[Mapping[str, list[Any]]], Any]:
    """Return a function that makes a frame of a library of columns as lists.

    In pandas, integers with gaps are floats and booleans with gaps are objects, as when a file is
    read.
    """
    if library not in LIBRARIES:
        raise InputError("library", f"is {library!r}; give one of {', '.join(LIBRARIES)}")
    dtypes = {name: _dtype(column) for name, column in schema.columns.items()}
    if library == "pandas":
        pandas = load("pandas", extra="checks")

        def of_pandas(table: Mapping[str, list[Any]]) -> Any:
            columns = {
                name: pandas.Series(values, dtype=_pandas_dtype(dtypes[name], values))
                for name, values in table.items()
            }
            return pandas.DataFrame(columns)

        return of_pandas
    return lambda table: nw.from_dict(dict(table), dtypes, backend=library).to_native()


def _distinct(column: Column) -> int:
    """Return how many rows a column without repeats can have, as far as its values are listed."""
    if column.max_missing > 0:
        return LARGEST_INTEGER
    listed = len(set(column.allowed)) or LARGEST_INTEGER
    return min(listed, 2) if column.dtype == "boolean" else listed


def _values(st: Any, name: str, column: Column) -> Any:
    some = _present(st, name, column)
    return st.one_of(some, st.none()) if column.max_missing > 0 else some


def _present(st: Any, name: str, column: Column) -> Any:
    if column.allowed:
        return st.sampled_from(column.allowed)
    kind = _kind(column)
    low, high = column.min, column.max
    if kind == "boolean":
        return st.booleans()
    if kind == "text":
        if column.pattern is not None:
            return st.from_regex(column.pattern, fullmatch=True)
        return st.text(st.characters(codec="utf-8"), max_size=20)
    if kind == "datetime":
        return _times(st, low, high)
    if kind == "integer":
        low = -LARGEST_INTEGER if low is None else low
        high = max(LARGEST_INTEGER, low) if high is None else high
        return st.integers(*_whole(name, low, high))
    low = -LARGEST_NUMBER if low is None else low
    high = max(LARGEST_NUMBER, low) if high is None else high
    return st.floats(min(low, high), high, allow_nan=False, allow_infinity=False)


def _whole(name: str, low: Any, high: Any) -> tuple[int, int]:
    first, last = -int(-low // 1), int(high // 1)
    if first > last:
        raise InputError("schema", f"column {name!r}: no whole number from {low} to {high}")
    return first, last


def _times(st: Any, low: Any, high: Any) -> Any:
    zone = next((bound.tzinfo for bound in (low, high) if bound is not None), None)
    naive = [
        None if bound is None else bound.astimezone(dt.UTC).replace(tzinfo=None) if zone else bound
        for bound in (low, high)
    ]
    first = _BEGIN if naive[0] is None else naive[0]
    last = max(_END, first) if naive[1] is None else naive[1]
    zones = st.just(dt.UTC) if zone else st.none()
    return st.datetimes(min(first, last), last, timezones=zones)


def _kind(column: Column) -> str:
    """Return what to draw, also where the schema leaves it open."""
    if column.allowed:
        first = column.allowed[0]
        if isinstance(first, bool):
            return "boolean"
        whole = all(isinstance(value, int) for value in column.allowed)
        return "text" if isinstance(first, str) else "integer" if whole else "number"
    if column.dtype is not None:
        return column.dtype
    if column.pattern is not None:
        return "text"
    bounds = (column.min, column.max)
    return "datetime" if any(isinstance(b, dt.datetime) for b in bounds) else "number"


def _dtype(column: Column) -> Any:
    kind = _kind(column)
    if kind == "datetime":
        zoned = any(getattr(b, "tzinfo", None) for b in (column.min, column.max))
        return nw.Datetime("us", "UTC" if zoned else None)
    return _DTYPES[kind]


def _pandas_dtype(dtype: Any, values: list[Any]) -> str:
    gaps = any(value is None for value in values)
    if dtype == nw.Datetime:
        return f"datetime64[us, {dtype.time_zone}]" if dtype.time_zone else "datetime64[us]"
    if dtype == nw.Boolean:
        return "object" if gaps else "bool"
    if dtype == nw.String:
        return "str" if _has_text_type() else "object"
    return "float64" if gaps or dtype == nw.Float64 else "int64"


def _has_text_type() -> bool:
    """Whether text is a type of its own in pandas: since 3."""
    version: str = load("pandas", extra="checks").__version__
    return int(version.partition(".")[0]) >= 3


def _unless_missing() -> Callable[[Any], Any]:
    """Return a key under which equal values are equal and missing ones never are."""
    return lambda value: object() if value is None else value

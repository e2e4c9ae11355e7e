"""data-1: a first schema, drawn from data, for people to correct."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

import narwhals as nw

from .._frames import Frame, aggregate, count_where, is_missing, read_frame, require_rows
from .._schema import Bound, Column, Schema
from .._schema_validation import kind_of


def draft_schema(data: Any, *, max_values: int = 20) -> Schema:
    """Draw a schema from data, for review.

    A schema that only repeats what was observed approves the bugs that it was drawn from. Read the
    draft beside what you know of each column, tighten it, and keep it in the repository.

    Parameters
    ----------
    data
        Data frame of any library. It is read in one aggregate, and once more for the values of
        columns that have few.
    max_values
        Text and categories with at most so many distinct values, each seen ten times on average,
        get a list of allowed values; other text is left open.

    Returns
    -------
    Schema
        With `to_toml()`, the text of a file that `feature_schema` reads. Types are those found.
        Bounds and missing shares are rounded outwards to two digits. Times have a lower bound
        only. Text and integers without a repeat, 100 rows or more, are said to be unique. The
        number of rows must be half of today's. Patterns are left to you.

    Raises
    ------
    InputError
        If `data` is no data frame or has no rows.

    Notes
    -----
    Data meets its own draft, unless it holds infinite numbers, for which no bound is drawn.
    Columns of types that have no word in a schema, such as lists, get no `dtype`.

    Examples
    --------
    >>> import pandas as pd
    >>> from pytest_mltestscore import checks
    >>> flights = pd.DataFrame({"distance": range(187, 387), "carrier": ["AA", "UA"] * 100})
    >>> print(checks.data.draft_schema(flights).to_toml())
    min_rows = 100
    <BLANKLINE>
    [columns.distance]
    dtype = "integer"
    min = 180
    max = 390
    unique = true
    <BLANKLINE>
    [columns.carrier]
    dtype = "category"
    allowed = ["AA", "UA"]
    <BLANKLINE>
    """
    frame = read_frame(data)
    rows = require_rows(frame)
    dtypes = dict(frame.collect_schema().items())
    expressions = []
    for place, (name, dtype) in enumerate(dtypes.items()):
        named = _expressions(name, dtype)
        expressions += [e.alias(f"c{place}_{key}") for key, e in named.items()]
    values = aggregate(frame, expressions)
    columns = {}
    for place, (name, dtype) in enumerate(dtypes.items()):
        start = f"c{place}_"
        own = {k.removeprefix(start): v for k, v in values.items() if k.startswith(start)}
        columns[name] = _column(frame, name, kind_of(dtype), own, rows, max_values)
    return Schema(columns=columns, min_rows=max(1, rows // 2))


def _expressions(name: str, dtype: Any) -> dict[str, nw.Expr]:
    value, missing = nw.col(name), is_missing(name, dtype)
    kind = kind_of(dtype)
    found = {"missing": count_where(missing)}
    if kind in ("text", "integer"):
        found["distinct"] = value.n_unique()
    if dtype.is_float():
        finite = nw.when(value.is_finite() & ~missing).then(value)
        found |= {"min": finite.min(), "max": finite.max()}
        found["fractions"] = count_where((value % 1 != 0) & ~missing)
    elif kind in ("integer", "number", "datetime"):
        found |= {"min": value.min(), "max": value.max()}
    return found


def _column(
    frame: Frame, name: str, kind: str, found: Mapping[str, Any], rows: int, max_values: int
) -> Column:
    missing = int(found["missing"] or 0)
    if missing == rows:
        return Column(max_missing=1.0)
    share = float(_outward(missing / rows, up=True))
    if kind == "boolean":
        return Column(dtype="boolean", max_missing=share)
    if kind == "datetime":
        return Column(dtype="datetime", max_missing=share, min=_time(found["min"]))
    distinct = int(found.get("distinct", 0)) - (missing > 0)
    unique = rows >= 100 and distinct == rows - missing
    if kind == "text":
        if distinct <= max_values and distinct * 10 <= rows - missing:
            allowed = _values(frame, name)
            return Column(dtype="category", max_missing=share, allowed=allowed)
        return Column(dtype="text", max_missing=share, unique=unique)
    if kind not in ("integer", "number"):
        return Column(max_missing=share)
    # pandas turns integers into floats where some are missing.
    whole = kind == "integer" or (missing > 0 and found.get("fractions") == 0)
    return Column(
        dtype="integer" if whole else "number",
        max_missing=share,
        min=None if found["min"] is None else _outward(found["min"], up=False),
        max=None if found["max"] is None else _outward(found["max"], up=True),
        unique=unique and kind == "integer",
    )


def _values(frame: Frame, name: str) -> tuple[str, ...]:
    """Return the distinct values of a column of text that has few."""
    text = frame.lazy().select(nw.col(name).cast(nw.String)).unique(name).collect()
    return tuple(sorted(str(v) for v in text[name].drop_nulls().to_list()))


def _outward(value: float, *, up: bool) -> int | float:
    """Round to two significant digits, away from the values between the bounds.

    >>> _outward(187, up=False), _outward(-0.123, up=False), _outward(0.0101, up=True)
    (180, -0.13, 0.011)
    """
    if value == 0 or not math.isfinite(value):
        return 0
    places = 1 - math.floor(math.log10(abs(value)))
    if isinstance(value, int) and places >= 0:
        return value
    towards = math.ceil if up else math.floor
    if places <= 0:
        step = 10**-places
        return towards(value / step) * step
    rounded = round(towards(value * 10**places) / 10**places, places)
    inside = rounded < value if up else rounded > value
    return value if inside else rounded


def _time(value: Any) -> Bound:
    """Return the beginning of the day of a time."""
    if hasattr(value, "to_pydatetime"):  # pandas, with its nanoseconds
        value = value.floor("D").to_pydatetime()
    if not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    return value.replace(hour=0, minute=0, second=0, microsecond=0)

"""People in data: groups so small that they single somebody out, and those who asked to go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Number
from typing import Any

import narwhals as nw

from ...domain.errors import InputError
from .._frames import Frame, aggregate, count_where, is_missing
from ._finding import Finding

_LOOKED_AT = 1_000
"""Rows by which it is told what ids are where narwhals does not know the type of the column."""


def small_groups(frame: Frame, columns: Sequence[str], k: int) -> list[Finding]:
    """Return combinations of values that too few rows share."""
    if not columns:
        return []
    if k < 2:
        raise InputError("k", f"is {k}; give 2 or more, as 1 hides nobody")
    sizes = frame.lazy().group_by(*columns).agg(nw.len().alias("__mlscore_n__"))
    n = nw.col("__mlscore_n__")
    small = count_where(n < k).alias("groups")
    found = aggregate(sizes, [small, n.min().alias("least"), nw.len().alias("all")])
    if not found["groups"]:
        return []
    what = f"fewer than {k} rows (least {int(found['least'])})"
    where = f"groups by {', '.join(columns)}"
    return [Finding(where, what, int(found["groups"]), f"{int(found['all'])} groups")]


def deleted_ids(deleted: Any, frame: Frame, subject: str) -> list[Any]:
    """Return the deleted ids, of the type of the column: 7 never equals "7", and would pass."""
    series = nw.from_native(deleted, series_only=True, pass_through=True)
    if isinstance(deleted, str) or not (isinstance(series, nw.Series | Iterable)):
        raise InputError("deleted", f"is of type {type(deleted).__name__}; give a list of ids")
    ids = series.to_list() if isinstance(series, nw.Series) else list(series)
    ids = [value.item() if hasattr(value, "item") else value for value in ids]
    if not ids:
        hint = "if nobody asked yet, plant a person of your own and delete that one"
        raise InputError("deleted", f"is empty, so there is nothing to look for; {hint}")
    if any(value is None or value != value for value in ids):  # noqa: PLR0124 - NaN
        raise InputError("deleted", "holds missing ids; drop them")
    known, words = _types_of(frame, subject)
    alien = next((value for value in ids if not isinstance(value, known)), None)
    if alien is not None:
        problem = f"holds ids of type {type(alien).__name__}, and {subject!r} is {words}"
        raise InputError("deleted", f"{problem}; give ids of that type")
    return ids


def _types_of(frame: Frame, subject: str) -> tuple[tuple[type, ...], str]:
    """Return the types of Python that a column's values have, and how to name them."""
    dtype = frame.collect_schema()[subject]
    values = _anything(frame, subject)
    if values is None and dtype.is_numeric():
        return (Number,), str(dtype)
    if values is None and dtype in (nw.String, nw.Categorical, nw.Enum):
        return (str,), str(dtype)
    if values is None:
        head = frame.lazy().select(subject).head(_LOOKED_AT).collect()
        values = head[subject].drop_nulls().to_list()
    types = {type(value) for value in values}
    if not types:
        raise InputError("subject", f"{subject!r} holds no values in the rows looked at")
    words = " and ".join(sorted(kind.__name__ for kind in types))
    if all(issubclass(kind, Number) for kind in types):  # these equal each other
        return (Number,), words
    if len(types) > 1:
        problem = f"{subject!r} holds ids of types {words}, of which one never equals the other"
        raise InputError("subject", f"{problem}; make them one type")
    return tuple(types), words


def _anything(frame: Frame, subject: str) -> list[Any] | None:
    """Return the values of a column that may hold anything in any row; None for one of a type.

    That is one of objects, or of categories, in pandas. Narwhals tells its type by its first rows.
    """
    if not frame.implementation.is_pandas_like():
        return None
    column = frame.to_native()[subject]
    categories = getattr(column.dtype, "categories", None)
    if categories is not None:
        return list(categories)
    return column.dropna().tolist() if column.dtype == object else None


def still_there(frame: Frame, subject: str, ids: Sequence[Any]) -> list[Finding]:
    """Return rows of people who were deleted, and of nobody knows whom."""
    dtype = frame.collect_schema()[subject]
    found = aggregate(
        frame,
        [
            count_where(nw.col(subject).is_in(ids)).alias("deleted"),
            count_where(is_missing(subject, dtype)).alias("unknown"),
            nw.len().alias("rows"),
        ],
    )
    words = {"deleted": "rows of deleted people", "unknown": "rows of nobody knows whom"}
    of = f"{int(found['rows'])} rows"
    return [
        Finding(f"column {subject}", what, int(found[key]), of)
        for key, what in words.items()
        if found[key]
    ]

"""Rows of two frames joined by key and compared value by value, where the data is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import narwhals as nw

from ...domain.errors import InputError
from .._frames import Frame, aggregate, collected, count_where, is_missing
from .._optional import load

Kind = str


class Difference(NamedTuple):
    """How one feature differs over all joined rows."""

    feature: str
    differ: int
    largest: float | None
    """Largest difference of numbers; None for others."""
    keys: tuple[tuple[Any, ...], ...]
    """Keys of some rows that differ, in order."""


class Pairing(NamedTuple):
    """Two frames joined."""

    matched: int
    differences: list[Difference]
    training: Frame
    unmatched: Frame
    """Serving rows whose key the training path does not know."""


def kind_of(dtype: Any) -> Kind:
    """Return what a type holds: `numbers`, `words`, `times`, or else its own name."""
    if dtype.is_numeric() or dtype == nw.Boolean:
        return "numbers"
    if dtype in (nw.String, nw.Categorical, nw.Enum):
        return "words"
    return "times" if dtype.is_temporal() else str(dtype)


def comparable(training: Frame, serving: Frame, column: str) -> bool:
    """Whether values of a column can be compared; an `InputError` if the kinds differ."""
    kinds = [kind_of(frame.collect_schema()[column]) for frame in (training, serving)]
    if kinds[0] != kinds[1]:
        problem = f"column {column!r} is of {kinds[1]}, in training of {kinds[0]}"
        raise InputError("serving", f"{problem}; give both the same type")
    return kinds[0] in ("numbers", "words", "times")


def paired(
    training: Frame,
    serving: Frame,
    keys: Sequence[str],
    features: Sequence[str],
    *,
    tolerance: Mapping[str, float],
    relative: float,
    max_rows: int,
    max_share: float,
    examples: int,
) -> Pairing:
    """Join and compare.

    Raises
    ------
    InputError
        If keys occur twice or are of different kinds, or frames of different libraries are too
        large to be brought into memory.
    """
    left = _ready(training, keys, features)
    right = _ready(serving, keys, features)
    left, right = _together(left, right, keys, max_rows)
    for name, frame in (("training", left), ("serving", right)):
        _require_unique(frame, keys, name)
    joined = _named(left, keys, features, "t").join(
        _named(right, keys, features, "s"), on=list(keys), how="inner"
    )
    schema = joined.collect_schema()
    flags = [
        _differs(place, schema, tolerance[f], relative).alias(f"d{place}")
        for place, f in enumerate(features)
    ]
    flagged = joined.with_columns(*flags)
    questions = [nw.len().alias("rows")]
    for place in range(len(features)):
        questions.append(count_where(nw.col(f"d{place}")).alias(f"n{place}"))
        if schema[f"t{place}"].is_numeric():
            questions.append(_distance(place, schema).max().alias(f"m{place}"))
    found = aggregate(flagged, questions)
    matched = int(found["rows"])
    differences = []
    for place, feature in enumerate(features):
        differ = int(found[f"n{place}"] or 0)
        named = _keys(flagged, place, keys, examples) if differ > max_share * matched else ()
        differences.append(Difference(feature, differ, found.get(f"m{place}"), named))
    unmatched = right.join(left.select(*keys), on=list(keys), how="anti")
    return Pairing(matched, differences, left, unmatched)


def _ready(frame: Frame, keys: Sequence[str], columns: Sequence[str]) -> nw.LazyFrame[Any]:
    """Return the columns in types that join and compare alike in every library."""
    schema = frame.collect_schema()
    return frame.lazy().select(*(_plain(c, schema[c]) for c in [*keys, *columns]))


def _plain(column: str, dtype: Any) -> nw.Expr:
    if dtype == nw.UInt64:  # as hashes are, for which no other type has room
        return nw.col(column)
    if dtype == nw.Boolean or dtype.is_integer():
        return nw.col(column).cast(nw.Int64)
    if dtype.is_numeric():
        return nw.col(column).cast(nw.Float64)
    return nw.col(column).cast(nw.String) if kind_of(dtype) == "words" else nw.col(column)


def _together(
    left: nw.LazyFrame[Any], right: nw.LazyFrame[Any], keys: Sequence[str], max_rows: int
) -> tuple[nw.LazyFrame[Any], nw.LazyFrame[Any]]:
    """Return both in one library, as few things as possible being moved, with keys that join."""
    if not _joinable(left, right, keys):
        left, right = (
            nw.from_native(collected(frame, name, max_rows=max_rows).to_pandas()).lazy()
            for frame, name in ((left, "training"), (right, "serving"))
        )
    schemas = [frame.collect_schema() for frame in (left, right)]
    for key in keys:
        if schemas[0][key] == schemas[1][key]:
            continue
        if kind_of(schemas[0][key]) != kind_of(schemas[1][key]):
            problem = (
                f"{key!r} is of type {schemas[0][key]} in training, {schemas[1][key]} in serving"
            )
            raise InputError("key", f"{problem}; give both the same type")
        if kind_of(schemas[0][key]) == "numbers":
            # Whole numbers with gaps are floats in pandas; of whole ones, no digit may be lost.
            whole = all(schema[key].is_integer() for schema in schemas)
            common = nw.col(key).cast(nw.String if whole else nw.Float64)
            left, right = (f.with_columns(common) for f in (left, right))
    return left, right


def _joinable(left: nw.LazyFrame[Any], right: nw.LazyFrame[Any], keys: Sequence[str]) -> bool:
    if left.implementation != right.implementation:
        return False
    if not left.implementation.is_duckdb():
        return True
    try:
        left.select(*keys).join(right.select(*keys), on=list(keys)).collect_schema()
    except load("duckdb", extra="checks").Error:  # tables of two connections do not join
        return False
    return True


def _present(keys: Sequence[str], frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    schema = frame.collect_schema()
    for key in keys:
        frame = frame.filter(~is_missing(key, schema[key]))
    return frame


def _require_unique(frame: nw.LazyFrame[Any], keys: Sequence[str], argument: str) -> None:
    counted = _present(keys, frame).group_by(*keys).agg(nw.len().alias("__mlscore_n__"))
    twice = nw.col("__mlscore_n__") > 1
    found = aggregate(counted, [nw.len().alias("keys"), count_where(twice).alias("twice")])
    if not found["keys"]:
        raise InputError(argument, f"has no row with a key ({', '.join(keys)})")
    if found["twice"]:
        problem = f"{found['twice']} of {found['keys']} keys occur more than once"
        raise InputError(argument, f"{problem}; add columns to key, such as a time")


def _named(
    frame: nw.LazyFrame[Any], keys: Sequence[str], features: Sequence[str], prefix: str
) -> nw.LazyFrame[Any]:
    columns = [nw.col(f).alias(f"{prefix}{place}") for place, f in enumerate(features)]
    keyed = [nw.col(key).alias(key) for key in keys]
    return _present(keys, frame).select(*keyed, *columns)


def _differs(place: int, schema: nw.Schema, tolerance: float, relative: float) -> nw.Expr:
    """Return whether values differ; both missing is alike, one missing is not."""
    one, other = f"t{place}", f"s{place}"
    gone = is_missing(one, schema[one]), is_missing(other, schema[other])
    neither = ~gone[0] & ~gone[1]
    unlike = _unlike(one, other, schema)
    if schema[one].is_numeric() and (tolerance or relative):
        a, b = _numbers(one, other, schema)
        beyond = _apart(a, b) > tolerance + relative * a.abs()
        if schema[one].is_float() or schema[other].is_float():
            # Infinite values are within no tolerance of others: inf <= inf would let them pass.
            finite = a.cast(nw.Float64).is_finite() & b.cast(nw.Float64).is_finite()
            beyond = ~finite | beyond
        unlike = unlike & beyond
    one_only = (gone[0] & ~gone[1]) | (~gone[0] & gone[1])
    return nw.when(neither).then(unlike).otherwise(one_only)


def _mixed(one: str, other: str, schema: nw.Schema) -> bool:
    """Whether one column is of whole numbers without a sign, and the other is not."""
    return schema[one] != schema[other] and nw.UInt64 in (schema[one], schema[other])


def _unlike(one: str, other: str, schema: nw.Schema) -> nw.Expr:
    """Return whether values differ; of whole numbers, no digit may be lost."""
    a, b = nw.col(one), nw.col(other)
    if _mixed(one, other, schema):
        whole = schema[one].is_integer() and schema[other].is_integer()
        a, b = (values.cast(nw.String if whole else nw.Float64) for values in (a, b))
    return a != b


def _numbers(one: str, other: str, schema: nw.Schema) -> tuple[nw.Expr, nw.Expr]:
    a, b = nw.col(one), nw.col(other)
    return (a.cast(nw.Float64), b.cast(nw.Float64)) if _mixed(one, other, schema) else (a, b)


def _apart(a: nw.Expr, b: nw.Expr) -> nw.Expr:
    """Return the distance of numbers, which may have no sign."""
    return nw.when(a > b).then(a - b).otherwise(b - a)


def _distance(place: int, schema: nw.Schema) -> nw.Expr:
    one, other = f"t{place}", f"s{place}"
    neither = ~is_missing(one, schema[one]) & ~is_missing(other, schema[other])
    apart = _apart(*_numbers(one, other, schema))
    return nw.when(neither & _unlike(one, other, schema)).then(apart)


def _keys(
    flagged: nw.LazyFrame[Any], place: int, keys: Sequence[str], examples: int
) -> tuple[tuple[Any, ...], ...]:
    chosen = flagged.filter(nw.col(f"d{place}")).select(*keys).sort(*keys).head(examples)
    return tuple(chosen.collect().rows())

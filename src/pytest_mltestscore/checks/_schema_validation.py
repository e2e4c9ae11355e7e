"""Holding a data frame of any library against a schema, in one pass over the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import narwhals as nw

from ._frames import Frame, aggregate, count_where, is_missing
from ._schema import Bound, Column, Schema


class Violation(NamedTuple):
    """An expectation that the data breaks. Holds no single value of text: it may be personal."""

    column: str
    """Empty for an expectation on the frame."""
    expectation: str
    found: str
    rows: int
    """How many rows break it; all, where it is about the column as a whole."""
    share: float
    of_values: bool
    """Whether single rows break it, so that a tolerance can make sense."""


class Validation(NamedTuple):
    """What came of holding data against a schema."""

    rows: int
    expectations: int
    """How many were judged."""
    violations: tuple[Violation, ...]
    """Gravest first: whole columns, then by share of rows."""
    notes: tuple[str, ...] = ()


class _Rule(NamedTuple):
    """An expectation on single values."""

    expectation: str
    fits: bool
    """Whether a column of this type can be asked at all; if not, all its values break the rule."""
    broken: nw.Expr
    """True where a value breaks the rule; whatever where it is missing."""
    extreme: nw.Expr | None = None
    """A number of the column that shows how far off it is."""


def validate(frame: Frame, schema: Schema) -> Validation:
    """Hold data against a schema; one aggregate, run where the data is.

    NaN counts as missing. In columns of floats, infinite values always break the schema. An empty
    frame breaks `min_rows`.
    """
    dtypes = dict(frame.collect_schema().items())
    judged = {name: c for name, c in schema.columns.items() if name in dtypes}
    rules = {name: list(_rules(name, c, dtypes[name])) for name, c in judged.items()}
    expressions = [nw.len().alias("rows")]
    for place, (name, column) in enumerate(judged.items()):
        named = _expressions(name, column, dtypes[name], rules[name])
        expressions += [e.alias(f"c{place}_{key}") for key, e in named.items()]
    values = aggregate(frame, expressions)
    rows = int(values["rows"])
    found = [*_frame_violations(schema, dtypes, rows)]
    for place, (name, column) in enumerate(judged.items()):
        start = f"c{place}_"
        own = {k.removeprefix(start): v for k, v in values.items() if k.startswith(start)}
        found += _column_violations(name, column, dtypes[name], rules[name], own, rows)
    found.sort(key=lambda v: (v.of_values, -v.share))
    return Validation(rows, _judged_count(schema, judged), tuple(found))


def kind_of(dtype: Any) -> str:
    """Return the word of a schema for a type of narwhals; its own name where there is none."""
    for kind in ("boolean", "integer", "number", "text", "datetime"):
        if _is_kind(dtype, kind) and not (kind == "integer" and not dtype.is_integer()):
            return kind
    return str(dtype)


def _is_kind(dtype: Any, kind: str) -> bool:
    words = dtype in (nw.String, nw.Categorical, nw.Enum)
    return {
        "number": dtype.is_numeric(),
        "integer": dtype.is_numeric(),  # whether they are whole is a question about values
        "text": words,
        "category": words or dtype.is_integer() or dtype == nw.Boolean,
        "boolean": dtype == nw.Boolean,
        "datetime": dtype in (nw.Datetime, nw.Date),
    }[kind]


def _rules(name: str, column: Column, dtype: Any) -> Iterator[_Rule]:
    value = nw.col(name)
    if dtype.is_float():
        yield _Rule("finite", True, ~value.is_finite())
    if column.dtype == "integer" and dtype.is_numeric() and not dtype.is_integer():
        yield _Rule("whole numbers", True, value % 1 != 0)
    if column.min is not None:
        bound, side = _comparable(value, dtype), _extreme(name, dtype, "min")
        fits = _can_compare(dtype, column.min)
        yield _Rule(f"min {_word(column.min)}", fits, bound < column.min, side)
    if column.max is not None:
        bound, side = _comparable(value, dtype), _extreme(name, dtype, "max")
        fits = _can_compare(dtype, column.max)
        yield _Rule(f"max {_word(column.max)}", fits, bound > column.max, side)
    if column.allowed:
        yield _allowed_rule(value, column, dtype)
    if column.pattern is not None:
        text = value.cast(nw.String).fill_null("")
        broken = ~text.str.contains(f"^(?:{column.pattern})$")
        yield _Rule(f"pattern {column.pattern}", _is_kind(dtype, "text"), broken)


def _allowed_rule(value: nw.Expr, column: Column, dtype: Any) -> _Rule:
    values = list(column.allowed)
    words = f"allowed {', '.join(map(str, values[:5]))}{', ...' if len(values) > 5 else ''}"
    if isinstance(values[0], str):
        fits, value = _is_kind(dtype, "text"), value.cast(nw.String)
    elif isinstance(values[0], bool):
        fits = dtype == nw.Boolean
    else:
        fits = dtype.is_numeric()
        if any(isinstance(v, float) for v in values):
            values, value = [float(v) for v in values], value.cast(nw.Float64)
    return _Rule(words, fits, ~value.is_in(values))


def _can_compare(dtype: Any, bound: Bound) -> bool:
    if isinstance(bound, int | float):
        return bool(dtype.is_numeric())
    if dtype == nw.Date:
        return bound.tzinfo is None
    zone = getattr(dtype, "time_zone", None)
    return dtype == nw.Datetime and (zone is None) == (bound.tzinfo is None)


def _comparable(value: nw.Expr, dtype: Any) -> nw.Expr:
    return value.cast(nw.Datetime) if dtype == nw.Date else value


def _extreme(name: str, dtype: Any, side: str) -> nw.Expr:
    value = nw.col(name)
    if dtype.is_float():  # DuckDB takes NaN for the largest number
        value = nw.when(~is_missing(name, dtype)).then(value)
    return value.min() if side == "min" else value.max()


def _expressions(name: str, column: Column, dtype: Any, rules: list[_Rule]) -> dict[str, nw.Expr]:
    missing = is_missing(name, dtype)
    found = {"missing": count_where(missing)}
    for number, rule in enumerate(rules):
        if rule.fits:
            found[f"r{number}"] = count_where(rule.broken & ~missing)
            if rule.extreme is not None:
                found[f"x{number}"] = rule.extreme
    if column.unique or column.min_distinct:
        found["distinct"] = nw.col(name).n_unique()
        if dtype.is_float():  # else NaN and null would be two values
            found["distinct"] = nw.when(~missing).then(nw.col(name)).n_unique()
    return found


def _frame_violations(schema: Schema, dtypes: Mapping[str, Any], rows: int) -> Iterator[Violation]:
    if rows < schema.min_rows:
        yield Violation(
            "", f"at least {schema.min_rows:,} rows", f"{rows:,} rows", rows, 1.0, False
        )
    if schema.max_rows is not None and rows > schema.max_rows:
        yield Violation("", f"at most {schema.max_rows:,} rows", f"{rows:,} rows", rows, 1.0, False)
    for name, column in schema.columns.items():
        if column.required and name not in dtypes:
            yield Violation(name, "required", "no such column", rows, 1.0, False)
    if schema.other_columns == "forbidden":
        for name in dtypes:
            if name not in schema.columns:
                yield Violation(name, "named in the schema", "not named", rows, 1.0, False)


def _column_violations(
    name: str,
    column: Column,
    dtype: Any,
    rules: list[_Rule],
    values: Mapping[str, Any],
    rows: int,
) -> Iterator[Violation]:
    if column.dtype is not None and not _is_kind(dtype, column.dtype):
        yield Violation(name, f"dtype {column.dtype}", kind_of(dtype), rows, 1.0, False)
    missing = int(values["missing"] or 0)
    share = missing / rows if rows else 0.0
    if share > column.max_missing:
        limit = f"at most {column.max_missing:.4g} missing"
        yield Violation(name, limit, f"{share:.4g} missing", missing, share, False)
    for number, rule in enumerate(rules):
        if not rule.fits:
            problem = f"{_described(dtype)} cannot be compared"
            yield Violation(name, rule.expectation, problem, rows, 1.0, False)
        elif values[f"r{number}"]:
            broken = int(values[f"r{number}"])
            found = "1 value" if broken == 1 else f"{broken:,} values"
            if rule.extreme is not None:
                found = f"{rule.expectation.split()[0]} {_word(values[f'x{number}'])}"
            yield Violation(name, rule.expectation, found, broken, broken / rows, True)
    if "distinct" in values and rows:
        yield from _distinct_violations(name, column, int(values["distinct"]), missing, rows)


def _distinct_violations(
    name: str, column: Column, distinct: int, missing: int, rows: int
) -> Iterator[Violation]:
    distinct -= missing > 0  # a null counts as a value of its own
    if column.min_distinct is not None and distinct < column.min_distinct:
        wanted = f"at least {column.min_distinct} distinct"
        yield Violation(name, wanted, f"{distinct} distinct", rows, 1.0, False)
    doubles = rows - missing - distinct
    if column.unique and doubles:
        yield Violation(name, "unique", f"{doubles:,} repeats", doubles, doubles / rows, True)


def _judged_count(schema: Schema, present: Iterable[str]) -> int:
    """Count what the schema asks, whatever types the data has."""
    of_frame = 1 + (schema.max_rows is not None) + (schema.other_columns == "forbidden")
    of_presence = sum(column.required for column in schema.columns.values())
    of_columns = 0
    for name in present:
        c = schema.columns[name]
        bounds = (c.dtype, c.min, c.max, c.pattern, c.min_distinct)
        asked = sum(bound is not None for bound in bounds) + bool(c.allowed) + c.unique
        of_columns += asked + 1  # and its missing share
    return of_frame + of_presence + of_columns


def _described(dtype: Any) -> str:
    zone = getattr(dtype, "time_zone", None)
    return f"{kind_of(dtype)} in {zone}" if zone else kind_of(dtype)


def _word(value: Any) -> str:
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return f"{value:.6g}" if isinstance(value, float) else str(value)

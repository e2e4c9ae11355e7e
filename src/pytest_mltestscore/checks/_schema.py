"""A schema of a data frame, as people write it: a TOML or JSON file, or a mapping.

    min_rows = 1000

    [columns.distance]
    dtype = "integer"
    min = 1
    max_missing = 0.01

    [columns.carrier]
    dtype = "category"
    allowed = ["AA", "DL", "UA"]

Data is held against it by `_schema_validation.py`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import msgspec

from ._tables import read_struct

Kind: TypeAlias = Literal["number", "integer", "text", "boolean", "datetime", "category"]
Bound: TypeAlias = int | float | dt.datetime
Value: TypeAlias = str | int | float | bool

_ENGINES_DIFFER = re.compile(r"\(\?<?[=!]|\(\?P=|\\[1-9]")


class Column(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is expected of one column.

    Raises
    ------
    ValueError
        If the expectations contradict each other. Lists all reasons.
    """

    dtype: Kind | None = None
    """`integer` admits a column of floats that are whole numbers: pandas makes one of integers with
    gaps. `text` admits categories of text; `category` is text, integers or booleans, and needs
    `allowed`."""
    required: bool = True
    """Whether the column must be there."""
    max_missing: float = 0.0
    """Largest share of values, from 0 to 1, that may be null or NaN."""
    min: Bound | None = None
    max: Bound | None = None
    """Both ends are allowed. A time is written with its time of day; it has a zone if the column
    has one."""
    allowed: tuple[Value, ...] = ()
    """The only values there may be, all text, all numbers or all booleans."""
    pattern: str | None = None
    """A regular expression that the whole text must match, in the syntax that Python, RE2 and Rust
    share: no look-around and no references back."""
    unique: bool = False
    """No value may occur twice; missing values are not compared."""
    min_distinct: int | None = None
    """Smallest number of distinct values. 2 finds a column that got stuck."""

    def __post_init__(self) -> None:
        problems = list(_column_problems(self))
        if problems:
            raise ValueError("; ".join(problems))


class Schema(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is expected of a data frame: its columns, and how many rows.

    >>> schema = read_schema({"columns": {"age": {"dtype": "number", "min": 0}}})
    >>> print(schema.to_toml())
    [columns.age]
    dtype = "number"
    min = 0
    <BLANKLINE>
    """

    columns: dict[str, Column]
    min_rows: int = 1
    max_rows: int | None = None
    other_columns: Literal["forbidden", "allowed"] = "forbidden"
    """Whether there may be columns that the schema does not name."""

    def __post_init__(self) -> None:
        problems = []
        if not self.columns:
            problems.append("columns: is empty; give a table for each column")
        if self.min_rows < 1:
            problems.append(f"min_rows: is {self.min_rows}; give 1 or more: no rows prove nothing")
        if self.max_rows is not None and self.max_rows < self.min_rows:
            problems.append(f"max_rows: is less than min_rows {self.min_rows}")
        if problems:
            raise ValueError("; ".join(problems))

    def to_toml(self) -> str:
        """Return the schema as the text of a TOML file, which `read_schema` reads."""
        table = _table(self)
        columns = table.pop("columns")
        parts = ["".join(_lines(table))] if table else []
        for name, column in columns.items():
            parts.append("".join([f"[columns.{_quoted(name)}]\n", *_lines(_table(column))]))
        return "\n".join(parts)


def read_schema(source: Any, argument: str = "schema") -> Schema:
    """Return the schema in a mapping, or in a TOML or JSON file.

    Raises
    ------
    InputError
        With all problems of the file at once, each with its key.
    """
    return read_struct(Schema, source, argument)


def _column_problems(column: Column) -> Iterator[str]:
    yield from _number_problems(column)
    low, high = column.min, column.max
    if low is not None and high is not None:
        yield from _order_problems(low, high)
    if column.dtype == "category" and not column.allowed:
        yield "allowed: missing; a category needs its values"
    if len({_sort_of(value) for value in column.allowed}) > 1:
        yield "allowed: mixes text, numbers or booleans; give values of one kind"
    if column.pattern is not None:
        yield from _pattern_problems(column.pattern)


def _number_problems(column: Column) -> Iterator[str]:
    if not 0 <= column.max_missing <= 1:
        yield f"max_missing: is {column.max_missing}; give a share from 0 to 1"
    if column.min_distinct is not None and column.min_distinct < 1:
        yield f"min_distinct: is {column.min_distinct}; give 1 or more"


def _order_problems(low: Any, high: Any) -> Iterator[str]:
    try:
        if low > high:
            yield f"min: {low} is larger than max {high}"
    except TypeError:
        yield "min: cannot be compared with max; give two numbers, or two times, both with a zone"


def _pattern_problems(pattern: str) -> Iterator[str]:
    try:
        re.compile(pattern)
    except re.error as error:
        yield f"pattern: is no regular expression: {error}"
    if _ENGINES_DIFFER.search(pattern):
        yield "pattern: looks around or refers back, which most data engines cannot do"


def _sort_of(value: Value) -> type:
    return str if isinstance(value, str) else bool if isinstance(value, bool) else float


def _table(struct: msgspec.Struct) -> dict[str, Any]:
    """Return the fields of a struct that differ from their default."""
    fields = msgspec.structs.fields(struct)
    return {f.name: v for f in fields if (v := getattr(struct, f.name)) != f.default}


def _lines(table: dict[str, Any]) -> Iterator[str]:
    return (f"{key} = {_toml(value)}\n" for key, value in table.items())


def _toml(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(v) for v in value)}]"
    if isinstance(value, dt.datetime):
        return value.isoformat()
    # Text, numbers and booleans look the same in both, but for one character that JSON lets pass.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _quoted(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)

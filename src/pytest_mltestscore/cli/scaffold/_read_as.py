"""What the arguments of a call make of the table that it reads, as far as that is known.

What is drafted must fit the frame that a test gets. Where an argument may do more than is known
here, kinds of columns, or even their names, are left open.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ._facts import Column, Reading, Table

_SEPARATORS = ("sep", "delimiter", "separator")
_NO_MATTER = frozenset(
    [
        *("cache_dates", "date_format", "dayfirst", "encoding", "encoding_errors", "engine"),
        *("float_precision", "infer_schema_length", "low_memory", "memory_map", "n_threads"),
        *("rechunk", "index_col", *_SEPARATORS, "na_values", "null_values"),
    ]
)
_NUMBERS = frozenset(["decimal", "thousands", "decimal_comma"])
_VALUES = frozenset(
    [
        *("dtype", "dtype_backend", "false_values", "ignore_errors", "infer_schema"),
        *("keep_default_na", "missing_utf8_is_empty_string", "na_filter", "skipinitialspace"),
        "true_values",
    ]
)
_FIRST_ROWS = frozenset(["nrows", "n_rows"])
_COLUMNS = frozenset(["usecols", "columns"])
_ENCODINGS = frozenset(
    ["latin-1", "latin1", "iso-8859-1", "iso-8859-15", "cp1252", "windows-1252", "utf-8-sig"]
)
_WORDS = ("text", "category")


@dataclass(frozen=True, slots=True)
class Options:
    """Arguments of a call, by their names."""

    values: dict[str, Any]

    @property
    def separator(self) -> str:
        """What parts two columns; empty if that is left to us."""
        given = next((self.values[name] for name in _SEPARATORS if self.values.get(name)), "")
        known = isinstance(given, str) and len(given) == 1 and given != '"'
        return given if known and (given.isprintable() or given == "\t") else ""

    @property
    def encoding(self) -> str:
        """An encoding in which each byte is something, if one is given; else our own."""
        given = str(self.values.get("encoding", "")).lower()
        return given if given in _ENCODINGS else "utf-8-sig"

    @property
    def missing(self) -> frozenset[str]:
        """Values that mean that there is none."""
        return frozenset(map(str, self._missing()))

    @property
    def missing_numbers(self) -> frozenset[float]:
        """The same, of numbers, which may be written in several ways."""
        return frozenset(float(v) for v in self._missing() if isinstance(v, int | float))

    def _missing(self) -> list[Any]:
        given = [self.values.get(name) for name in ("na_values", "null_values")]
        return [v for g in given if g is not None for v in (g if isinstance(g, list) else [g])]

    def with_point(self, number: str) -> str:
        """Return a number as we write it, for one with a comma, say, before its decimals."""
        thousands, point = self.values.get("thousands"), self.values.get("decimal")
        bare = number.replace(thousands, "") if isinstance(thousands, str) else number
        return bare.replace(point, ".") if isinstance(point, str) and point else bare

    @property
    def odd(self) -> bool:
        """Whether rows and columns may be others than those that the file seems to have."""
        return any(self._is_odd(name, value) for name, value in self.values.items())

    def _is_odd(self, name: str, value: Any) -> bool:
        if name in _SEPARATORS:
            return value is not None and value != self.separator
        if name in ("header", "has_header"):
            return value not in ((0, "infer") if name == "header" else (True,)) or value is False
        known = _NO_MATTER | _NUMBERS | _VALUES | _FIRST_ROWS | _COLUMNS
        return name not in known | {"parse_dates", "try_parse_dates"}


def options_of(reading: Reading | None) -> Options:
    """Return the arguments of a call; of none, none."""
    pairs = reading.options if reading else ()
    return Options({name: ast.literal_eval(value) for name, value in pairs})


def as_read(table: Table, options: Options, reading: Reading | None) -> Table:
    """Return a table as a call with these arguments has it."""
    table = replace(table, reading=reading)
    if table.problem or reading is None:
        return table
    if options.odd:
        return replace(table, names=(), columns=(), rows=None)
    for name in _COLUMNS & options.values.keys():
        table = _picked(table, options.values[name])
    if _FIRST_ROWS & options.values.keys():
        table = replace(table, columns=(), rows=None)
    columns = [_as_read(column, options, table.names) for column in table.columns]
    return replace(table, columns=tuple(columns), index=_index(table, reading))


def _picked(table: Table, wanted: Any) -> Table:
    """Return a table with some of its columns."""
    if wanted is None:
        return table
    names = _named(table.names, wanted)
    if not names:
        return replace(table, names=(), columns=())
    return replace(
        table,
        names=tuple(n for n in table.names if n in names),
        columns=tuple(c for c in table.columns if c.name in names),
    )


def _named(names: Sequence[str], wanted: Any) -> frozenset[str]:
    """Return columns that are given by name or place; none if one of them is not there."""
    found = []
    for item in wanted if isinstance(wanted, list) else [wanted]:
        if isinstance(item, str) and item in names:
            found.append(item)
        elif type(item) is int and -len(names) <= item < len(names):
            found.append(names[item])
        else:
            return frozenset()
    return frozenset(found)


def _index(table: Table, reading: Reading | None) -> frozenset[str]:
    given = reading.index if reading else None
    return _named(table.names, ast.literal_eval(given)) if given else frozenset()


def _as_read(column: Column, options: Options, names: Sequence[str]) -> Column:
    """Return a column, with its kind left open where an argument may make another one of it."""
    values, dates = options.values, options.values.get("parse_dates")
    numeral = column.kind in _WORDS and column.numeral
    unsure = bool(values.keys() & _VALUES)
    if values.keys() & _NUMBERS:
        unsure = unsure or numeral or column.kind == "number"
    if values.get("try_parse_dates"):
        unsure = unsure or numeral
    if isinstance(dates, list):
        named = _named(names, dates)
        unsure = unsure or not named or column.name in named
    return replace(column, kind="", values=(), negative=False) if unsure else column

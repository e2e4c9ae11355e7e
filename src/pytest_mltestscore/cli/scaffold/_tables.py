"""What a file with data holds: names of columns, and of a small file, what kind each is.

Judged by what pandas and polars would make of it. Where they might differ, or where a value is odd,
the kind is left open, so that nothing drafted from it is wrong.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ._facts import Column, Reading, Table
from ._files import beginning
from ._read_as import Options, as_read, options_of

WHOLE_LIMIT = 5_000_000
HEAD_LIMIT = 100_000
MOST_COLUMNS = 1_000
_MOST_VALUES = 20
_POINTER = b"version https://git-lfs"
_FETCH = "is a pointer of Git LFS: fetch the data"
_MISSING = {
    "pandas": frozenset(
        {
            *("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND"),
            *("1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"),
        }
    ),
    "polars": frozenset([""]),
}
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,30}(\.\d*)?([eE][+-]?\d{1,2})?", re.ASCII)


def read_table(
    root: Path, path: str, size: int, library: str, limit: int, reading: Reading | None = None
) -> Table:
    """Look at a file with data, as the call has it that the code reads it by.

    Of what is no text, nothing but its name is seen.
    """
    options = options_of(reading)
    return as_read(_table(root, path, size, library, limit, options), options, reading)


def _table(root: Path, path: str, size: int, library: str, limit: int, options: Options) -> Table:
    if path.lower().endswith(".parquet"):
        return Table(path, size, problem=_parquet_problem(root / path))
    content, whole = beginning(root / path, limit)
    if content.startswith(_POINTER):
        return Table(path, size, problem=_FETCH)
    if not whole:
        content = content[: content.rfind(b"\n") + 1]
    try:
        text = content.decode(options.encoding)
    except UnicodeDecodeError:
        return Table(path, size, problem="is not UTF-8: give encoding=")
    separator = options.separator or _separator(text.partition("\n")[0])
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        header = next(rows, [])
        found = Table(path, size, separator, _names(header, library), problem=_problem(header))
        if options.odd:  # names that are missing, for example, are given by the call
            return Table(path, size, separator)
        if found.problem or not whole:
            return found
        return _with_columns(found, rows, _missing(library, options))
    except csv.Error:
        return Table(path, size, separator, problem="cannot be read as rows of text")


def _parquet_problem(path: Path) -> str:
    start, _ = beginning(path, len(_POINTER))
    if start.startswith(b"PAR1"):
        return ""
    return _FETCH if start == _POINTER else "is no Parquet file"


def _separator(header: str) -> str:
    return max(",;\t|", key=header.count)


def _names(header: Sequence[str], library: str) -> tuple[str, ...]:
    """Return the names that a frame has; none where each library makes up names of its own."""
    if len(set(header)) < len(header) or len(header) > MOST_COLUMNS:
        return ()
    pandas = library == "pandas"
    return tuple(name or f"Unnamed: {n}" if pandas else name for n, name in enumerate(header))


def _problem(header: Sequence[str]) -> str:
    if not header:
        return "is empty"
    if any(_NUMBER.fullmatch(name.strip()) for name in header):
        return "has no line with the names of the columns: give them"
    if len(header) > MOST_COLUMNS:
        return ""
    return "has two columns of one name" if len(set(header)) < len(header) else ""


def _missing(library: str, options: Options) -> Callable[[str], bool]:
    """Return what tells whether a value means that there is none."""
    known, numbers = _MISSING[library] | options.missing, options.missing_numbers
    if not numbers:
        return known.__contains__

    def is_none(value: str) -> bool:
        plain = options.with_point(value)
        return value in known or (bool(_NUMBER.fullmatch(plain)) and float(plain) in numbers)

    return is_none


def _with_columns(
    table: Table, lines: Iterable[list[str]], missing: Callable[[str], bool]
) -> Table:
    rows = [line for line in lines if line]
    if not rows:
        return Table(table.path, table.size, table.separator, table.names, problem="has no rows")
    columns: list[Column] = []
    if table.names and all(len(row) == len(table.names) for row in rows):
        values = zip(*rows, strict=True)
        columns = [_column(n, v, missing) for n, v in zip(table.names, values, strict=True)]
    return Table(
        table.path, table.size, table.separator, table.names, len(rows), tuple(columns)
    )  # fmt: skip


def _column(name: str, values: Sequence[str], missing: Callable[[str], bool]) -> Column:
    there = [value for value in values if not missing(value)]
    counts = Counter(there)
    few = len(counts) <= _MOST_VALUES and len(counts) * 10 <= len(there)
    kind = _kind(list(counts), complete=len(there) == len(values), few=few)
    return Column(
        name,
        kind,
        missing=1 - len(there) / len(values),
        values=tuple(sorted(counts)) if kind == "category" else (),
        negative=kind in ("integer", "number") and any(v.startswith("-") for v in counts),
        numeral=any(v[:1] in "+-.0123456789" for v in counts),
        repeats=len(counts) < len(there),
    )


def _kind(values: Sequence[str], *, complete: bool, few: bool) -> str:
    if not values or any(value != value.strip() for value in values):
        return ""
    if all(_INTEGER.fullmatch(value) for value in values):
        return "integer"
    if all(_NUMBER.fullmatch(value) for value in values):
        return "number"
    if any(_might_be_other_than_text(value) for value in values):
        only = {"true", "false"}
        return "boolean" if complete and only.issuperset(values) else ""
    return "category" if few else "text"


def _might_be_other_than_text(value: str) -> bool:
    """Whether some library reads a column of such values as numbers, truths or missing ones."""
    word = value.casefold()
    if word in ("true", "false", "inf", "infinity", "nan", "null", "none", "na", "n/a"):
        return True
    return word[:1] in "+-.0123456789" and bool(re.fullmatch(r"[-+.,_\de]+", word))

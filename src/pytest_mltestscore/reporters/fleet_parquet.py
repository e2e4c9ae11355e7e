"""A fleet as Parquet, for those whom one page does not serve any more. Needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

from ..domain.errors import MissingDependencyError
from ..domain.fleet import Fleet
from ..domain.text import clean
from .fleet_data import Row, columns, item_rows, rows

_KINDS: Mapping[str, str] = {
    "score": "float64",
    "max_score": "float64",
    "change": "float64",
    "final": "float64",
    "points": "float64",
    "age_days": "int64",
    "stale": "bool_",
}
"""Of the columns that do not hold text, what pyarrow calls it."""

_TIMES = ("started_at", "last_scored")

ITEM_COLUMNS = (
    *("system", "item", "name", "section", "state", "points", "final", "started_at"),
    *("branch", "commit", "rubric", "rubric_version", "scoring_version"),
)


def items_table(fleet: Fleet) -> bytes:
    """Return a table of a row for each system and item.

    Raises
    ------
    MissingDependencyError
        If there is no pyarrow.
    """
    return _written(item_rows(fleet), ITEM_COLUMNS)


def systems_table(fleet: Fleet) -> bytes:
    """Return a table of a row a system, with the columns of the CSV. Raises as `items_table`."""
    return _written(rows(fleet), columns(fleet))


def _written(found: Iterable[Row], names: Sequence[str]) -> bytes:
    pyarrow = load()
    kept = list(found)
    fields = [pyarrow.field(name, _type(pyarrow, name)) for name in names]
    arrays = [
        pyarrow.array([_value(row.get(field.name)) for row in kept], field.type) for field in fields
    ]
    table = pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields))
    sink = pyarrow.BufferOutputStream()
    import_module("pyarrow.parquet").write_table(table, sink)
    written: bytes = sink.getvalue().to_pybytes()
    return written


def load() -> Any:
    """Return pyarrow; raises as `items_table`. Called beforehand, it saves reading in vain."""
    try:
        return import_module("pyarrow")
    except ImportError as error:
        raise MissingDependencyError("pyarrow", "parquet") from error


def _type(pyarrow: Any, name: str) -> Any:
    if name.startswith("section_"):
        return pyarrow.float64()
    if name.startswith("items_"):
        return pyarrow.int64()
    if name in _TIMES:
        return pyarrow.timestamp("us", tz="UTC")
    return getattr(pyarrow, _KINDS.get(name, "string"))()


def _value(value: object) -> object:
    """Return a value that Arrow takes; it has no lone surrogates."""
    return clean(value) if isinstance(value, str) else value

"""What a stage of a pipeline may be given on a bad day: nothing, nulls, a column less."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import narwhals as nw
import numpy as np

from .._frames import column_names

Break: TypeAlias = Callable[[Any], Any]
"""Returns a broken copy of a stage's input, or `NotImplemented` where it does not fit."""


class Fault(NamedTuple):
    """A way to break an input."""

    name: str
    apply: Break


def default_faults(value: Any, sparing: Sequence[str], max_columns: int) -> Iterator[Fault]:
    """Yield the faults that fit a value.

    Parameters
    ----------
    value
        A data frame, an array, a path, a tuple or list of those (such as features and labels), or
        any object.
    sparing
        Columns that may be missing.
    max_columns
        How many columns, spread evenly over the frame, are broken one at a time.
    """
    parts = value if isinstance(value, tuple | list) else [value]
    if any(_is_table(part) for part in parts):
        yield Fault("no rows", _on_tables(_no_rows, every=True))
    for column in _columns(parts, sparing, max_columns):
        yield Fault(f"nulls in {column}", _on_tables(_nulls, column))
        yield Fault(f"{column} missing", _on_tables(_without, column))
    if isinstance(value, PathLike | str):
        yield Fault("file missing", lambda path: path.with_name(f"{path.name}.gone"))
        yield Fault("file empty", lambda path: _part_of_file(path, 0.0))
        yield Fault("half of the file", lambda path: _part_of_file(path, 0.5))
    elif value is not None:
        yield Fault("nothing at all", lambda _: None)


def own_copy(value: Any) -> Any:
    """Return a copy, so that a stage which changes its input spoils no later run."""
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001 - connections and the like: what cannot be copied is shared
        return value


def as_table(value: Any) -> Any:
    """Return a narwhals frame or an array with rows; None for anything else."""
    if isinstance(value, np.ndarray) and value.ndim:
        return value
    try:
        frame = nw.from_native(value, pass_through=True)
    except Exception:  # noqa: BLE001 - a frame that narwhals refuses
        return None
    return frame if isinstance(frame, nw.DataFrame | nw.LazyFrame) else None


def _is_table(value: Any) -> bool:
    return as_table(value) is not None


def _columns(parts: Sequence[Any], sparing: Sequence[str], max_columns: int) -> list[Any]:
    """Return columns of the first table: names, or numbers for an array."""
    table = next((t for t in map(as_table, parts) if t is not None), None)
    if table is None:
        return []
    if isinstance(table, np.ndarray):
        names: list[Any] = list(range(table.shape[1])) if table.ndim == 2 else []
    else:
        names = [name for name in column_names(table) if name not in sparing]
    places = np.linspace(0, len(names) - 1, min(max_columns, len(names))).round().astype(int)
    return [names[place] for place in places]


def _on_tables(change: Callable[..., Any], *options: Any, every: bool = False) -> Break:
    """Apply a change to a table, or to the first one in a tuple or list, or to every one there."""

    def apply(value: Any) -> Any:
        if not isinstance(value, tuple | list):
            return _native(change(as_table(value), *options))
        parts, done = list(value), False
        for place, part in enumerate(parts):
            if _is_table(part) and (every or not done):
                parts[place], done = _native(change(as_table(part), *options)), True
        # A named tuple takes its parts one by one.
        make = getattr(type(value), "_make", type(value))
        return make(parts)

    return apply


def _native(table: Any) -> Any:
    return table if isinstance(table, np.ndarray) else table.to_native()


def _no_rows(table: Any) -> Any:
    return table[:0] if isinstance(table, np.ndarray) else table.head(0)


def _nulls(table: Any, column: Any) -> Any:
    if isinstance(table, np.ndarray):
        broken = table.astype(float if table.dtype.kind in "fiub" else object)
        broken[:, column] = np.nan
        return broken
    # No row is null and not null, so all become null in the column's own type.
    value = nw.col(column)
    return table.with_columns(nw.when(value.is_null()).then(value).alias(column))


def _without(table: Any, column: Any) -> Any:
    if isinstance(table, np.ndarray):
        return np.delete(table, column, axis=1)
    return table.drop(column)


def _part_of_file(path: Path, share: float) -> Any:
    if not path.is_file():
        return NotImplemented
    content = path.read_bytes()
    broken = path.with_name(f"{path.stem}.broken{path.suffix}")
    broken.write_bytes(content[: int(len(content) * share)])
    return broken

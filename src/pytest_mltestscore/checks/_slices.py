"""Cutting rows into named slices by the values of columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from ._frames import column_values

BINS = 4
MANY_VALUES = 20
"""A numeric column with more distinct values is cut at its quartiles."""


class Slice(NamedTuple):
    """Rows of a frame in memory, by number, and how to name them to people."""

    name: str
    rows: np.ndarray


def columns_of(slices: Sequence[str | Sequence[str]]) -> list[str]:
    """Return all columns that slices are made by."""
    return [c for entry in slices for c in ([entry] if isinstance(entry, str) else entry)]


def declared_slices(frame: nw.DataFrame[Any], slices: Sequence[str | Sequence[str]]) -> list[Slice]:
    """Return a slice for each value of each column, or combination where columns are grouped.

    Missing values make a slice of their own.
    """
    words = {column: _words(frame, column) for column in columns_of(slices)}
    found = []
    for entry in slices:
        columns = [entry] if isinstance(entry, str) else list(entry)
        joined = [", ".join(parts) for parts in zip(*(words[c] for c in columns), strict=True)]
        names, places = np.unique(np.array(joined, dtype=object), return_inverse=True)
        found += [Slice(str(n), np.flatnonzero(places == i)) for i, n in enumerate(names)]
    return found


def _words(frame: nw.DataFrame[Any], column: str) -> list[str]:
    """Return, for each row, the name of its slice by one column."""
    values = column_values(frame, column)
    if values.dtype.kind in "fiu" and len(np.unique(values)) > MANY_VALUES:
        edges = np.nanquantile(values, np.linspace(0, 1, BINS + 1)[1:-1])
        names = np.array(_bin_names(edges), dtype=object)
        words = names[np.searchsorted(edges, values, side="right")].tolist()
    else:
        words = [f"={value}" for value in values.tolist()]
    absent = frame[column].is_null().to_numpy() | _is_nan(values)
    return [
        f"{column} missing" if gone else f"{column}{word}"
        for word, gone in zip(words, absent.tolist(), strict=True)
    ]


def _is_nan(values: np.ndarray) -> np.ndarray:
    return np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)


def _bin_names(edges: np.ndarray) -> list[str]:
    inner = [f" in [{low:g}, {high:g})" for low, high in pairwise(edges.tolist())]
    return [f" < {edges[0]:g}", *inner, f" >= {edges[-1]:g}"]

"""Choosing a slice of rows, the same for the same seed however often it is asked for."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from ._frames import is_word
from ._tensors import array_of, is_tensor

MAX_VALUES = 50
"""A column with more values than that names rows, and makes no slices."""


def slice_of(rows: Any, seed: int) -> np.ndarray | None:
    """Return a mask of the rows with the most frequent value of a column of words.

    Where there are no words: the rows above the median of a column of numbers. None for what is
    no table.
    """
    rng = np.random.default_rng(seed)
    frame = nw.from_native(rows, pass_through=True)
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, nw.DataFrame):
        return _slice_of_frame(frame, rng)
    values = array_of(rows) if isinstance(rows, np.ndarray) or is_tensor(rows) else None
    if values is None or values.ndim != 2 or values.dtype.kind not in "iuf" or not values.size:
        return None
    column = values[:, rng.integers(values.shape[1])]
    return np.asarray(column > np.nanmedian(column))


def grouping_columns(frame: nw.DataFrame[Any]) -> list[str]:
    """Return the columns of words with a few values each; else those of whole numbers."""
    for kind in (is_word, lambda dtype: dtype.is_integer()):
        columns = [name for name, dtype in frame.schema.items() if kind(dtype)]
        if found := [name for name in columns if 2 <= frame[name].n_unique() <= MAX_VALUES]:
            return found
    return []


def _slice_of_frame(frame: nw.DataFrame[Any], rng: np.random.Generator) -> np.ndarray | None:
    grouping = grouping_columns(frame)
    if grouping:
        values = frame[str(rng.choice(grouping))].cast(nw.String).to_numpy().astype(str)
        found, counts = np.unique(values, return_counts=True)
        return np.asarray(values == found[counts.argmax()])
    numbers = [n for n, dtype in frame.schema.items() if dtype.is_numeric() and len(frame)]
    if not numbers:
        return None
    column = frame[str(rng.choice(numbers))].to_numpy().astype(float)
    return np.asarray(column > np.nanmedian(column))

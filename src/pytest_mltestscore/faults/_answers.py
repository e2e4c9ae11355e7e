"""Changing answers of any kind that has one a row: arrays, tensors, lists, series, frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals as nw
import numpy as np

from . import _arrays
from ._frames import aligned, is_number
from ._tensors import array_of, is_tensor, tensor_of


def rows_in(answers: Any) -> int:
    """Return how many rows answers have; 0 for what is no list of answers."""
    if isinstance(answers, np.ndarray) or is_tensor(answers):
        return len(answers) if answers.ndim else 0
    if isinstance(answers, list | tuple):
        return len(answers)
    native = _native(answers)
    return len(native) if isinstance(native, nw.DataFrame | nw.Series) else 0


def taken(answers: Any, order: np.ndarray) -> Any:
    """Return the answers at these places, one for each row; of the same kind and labels."""
    if isinstance(answers, np.ndarray) or is_tensor(answers):
        return answers[order]
    if isinstance(answers, list | tuple):
        return type(answers)([answers[place] for place in order])
    native = _native(answers)
    return aligned(native[order.tolist()], native).to_native()


def with_numbers(answers: Any, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    """Return answers of the same kind with their numbers changed, a column at a time.

    What holds no numbers is returned as it is, also what has no rows but parts of its own.
    """
    if _arrays.is_number(answers):
        return change(np.asarray([answers], dtype=float))[0].item()
    if is_tensor(answers):
        return _of_tensor(answers, change)
    if isinstance(answers, np.ndarray):
        return change(answers) if answers.size and answers.dtype.kind in "iuf" else answers
    if isinstance(answers, list | tuple):
        numbers = bool(answers) and all(map(_arrays.is_number, answers))
        return type(answers)(change(np.asarray(answers)).tolist()) if numbers else answers
    if isinstance(answers, dict):
        return {key: with_numbers(part, change) for key, part in answers.items()}
    return _with_columns(answers, change)


def _of_tensor(answers: Any, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    numbers = array_of(answers)
    if not numbers.size or numbers.dtype.kind not in "iuf":
        return answers
    changed = tensor_of(change(numbers), answers)
    if not answers.requires_grad:
        return changed
    return answers + (changed - answers.detach())  # so that it can still be trained through


def with_holes(answers: Any, every: int) -> Any:
    """Return answers with NaN for every so many numbers, the first one among them."""

    def holed(numbers: np.ndarray) -> np.ndarray:
        found = np.array(numbers, dtype=float)
        found[::every] = np.nan
        return found

    return with_numbers(answers, holed)


def _with_columns(answers: Any, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    native = _native(answers)
    if isinstance(native, nw.Series) and is_number(native.dtype):
        return _series(native, change).to_native()
    if isinstance(native, nw.DataFrame):
        columns = [name for name, dtype in native.schema.items() if is_number(dtype)]
        return native.with_columns(*(_series(native[c], change) for c in columns)).to_native()
    return answers


def _series(series: Any, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    values = change(series.to_numpy().copy())
    made = nw.new_series(series.name, values, backend=series.implementation)
    return aligned(made, series)


def _native(answers: Any) -> Any:
    return nw.from_native(answers, pass_through=True, allow_series=True)

"""A feature is computed in another way: serving rounds, or takes another clock, than training."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from .._fault import Fault, NothingToDamageError
from .._frames import Frame, a_column, is_frame, is_number, on_frames, some_rows, where

SHARE = 0.2
FACTOR = 1.1


def _skew(frame: Frame, rng: np.random.Generator) -> Frame:
    column = _a_feature(frame, rng)
    hit = some_rows(frame, SHARE, rng) & (frame[column].fill_null(0) != 0).to_numpy()
    if not hit.any():
        hit[int(np.argmax((frame[column].fill_null(0) != 0).to_numpy()))] = True
    wide = frame.with_columns(nw.col(column).cast(nw.Float64))
    return where(wide, column, hit, nw.col(column) * FACTOR)


def _a_feature(frame: Frame, rng: np.random.Generator) -> str:
    """Return a column of fractions, else one of whole numbers that names no rows."""
    try:
        return a_column(frame, rng, lambda dtype: dtype.is_float(), _has_values)
    except NothingToDamageError:
        return a_column(
            frame, rng, is_number, lambda v: _has_values(v) and v.n_unique() < len(frame)
        )


def _has_values(values: nw.Series[Any]) -> bool:
    return bool((values.fill_null(0) != 0).any())


FAULT = Fault(
    name="skewed_feature",
    damage=f"makes {SHARE:.0%} of one column of numbers {FACTOR - 1:.0%} larger",
    fits=is_frame,
    inject=on_frames(_skew),
    draws=3,
)

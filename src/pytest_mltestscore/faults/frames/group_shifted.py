"""One group is measured otherwise: its sensors are of another make, its forms of another office."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from .._fault import Fault, NothingToDamageError
from .._frames import Frame, is_frame, on_frames, where
from .._slices import grouping_columns, slice_of

QUANTILE = 0.9


def _shift(frame: Frame, rng: np.random.Generator) -> Frame:
    grouping = grouping_columns(frame)
    hit = slice_of(frame.select(grouping), int(rng.integers(2**32))) if grouping else None
    # A column of two values may be the label, which is not measured.
    columns = [
        name
        for name, dtype in frame.schema.items()
        if dtype.is_numeric() and name not in grouping and frame[name].n_unique() > 2
    ]
    if hit is None or not columns:
        raise NothingToDamageError("it has no groups with numbers")
    for column in columns:
        high = frame[column].drop_nulls().quantile(QUANTILE, interpolation="higher")
        frame = where(frame, column, hit, nw.lit(high).cast(frame.schema[column]))
    return frame


FAULT = Fault(
    name="group_shifted",
    damage=f"sets all numbers of one group to the {QUANTILE:.0%} quantile of their column",
    fits=is_frame,
    inject=on_frames(_shift),
    draws=3,
)

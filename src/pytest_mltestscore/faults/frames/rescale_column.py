"""Numbers in another unit: seconds become milliseconds, euros become cents."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from .._fault import Fault
from .._frames import Frame, a_column, is_frame, is_number, on_frames, scaled

FACTOR = 1_000


def _rescale(frame: Frame, rng: np.random.Generator) -> Frame:
    column = a_column(frame, rng, is_number, _is_not_all_zero)
    return frame.with_columns(scaled(column, frame.schema[column], FACTOR))


def _is_not_all_zero(values: nw.Series[Any]) -> bool:
    return bool((values != 0).any())


FAULT = Fault(
    name="rescale_column",
    damage=f"multiplies one column of numbers by {FACTOR:,}",
    fits=is_frame,
    inject=on_frames(_rescale),
    draws=3,
)

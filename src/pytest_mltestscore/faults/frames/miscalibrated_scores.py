"""Probabilities are too high: rare rows were drawn more often, and nobody corrected for it."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from .._fault import Fault
from .._frames import Frame, a_column, is_frame, on_frames, with_column

POWER = 1 / 3
FEWEST = 5
"""Different values that a column of probabilities has at least."""


def _raise(frame: Frame, rng: np.random.Generator) -> Frame:
    column = a_column(frame, rng, lambda dtype: dtype.is_float(), _are_probabilities)
    return with_column(frame, column, frame[column].to_numpy().astype(float) ** POWER)


def _are_probabilities(values: nw.Series[Any]) -> bool:
    known = values.to_numpy().astype(float)
    known = known[~np.isnan(known)]
    inside = bool(len(known)) and known.min() >= 0 and known.max() <= 1
    return inside and len(np.unique(known)) >= FEWEST


FAULT = Fault(
    name="miscalibrated_scores",
    damage="draws a column of probabilities towards 1, in the same order",
    fits=is_frame,
    inject=on_frames(_raise),
    draws=3,
)

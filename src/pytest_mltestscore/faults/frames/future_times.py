"""Rows of tomorrow: a clock is ahead, or day and month were exchanged."""

from __future__ import annotations

import datetime as dt

import numpy as np

from .._fault import Fault
from .._frames import Frame, is_frame, on_frames, with_times_moved

DAYS = 400


def _move(frame: Frame, rng: np.random.Generator) -> Frame:
    return with_times_moved(frame, rng, dt.timedelta(days=DAYS))


FAULT = Fault(
    name="future_times",
    damage=f"moves one column of times {DAYS} days ahead",
    fits=is_frame,
    inject=on_frames(_move),
)

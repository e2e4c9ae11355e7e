"""The world changes: what used to foretell one thing foretells the other from some day on."""

from __future__ import annotations

import numpy as np

from .._fault import Fault
from .._frames import Frame, is_frame, is_time, label_of, on_frames, turned_round


def _drift(frame: Frame, rng: np.random.Generator) -> Frame:
    label = label_of(frame)
    times = [name for name, dtype in frame.schema.items() if is_time(dtype)]
    order = frame[times[0]].to_numpy().argsort() if times else np.arange(len(frame))
    newer = np.zeros(len(frame), dtype=bool)
    newer[order[len(frame) // 2 :]] = True
    return turned_round(frame, label, newer)


FAULT = Fault(
    name="sudden_drift",
    damage="turns the last column of two values round in the newer half of the rows",
    fits=is_frame,
    inject=on_frames(_drift),
)

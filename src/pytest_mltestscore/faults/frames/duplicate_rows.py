"""Rows come twice: a load that was repeated, a join that multiplied."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from .._fault import Fault
from .._frames import Frame, is_frame, on_frames

SHARE = 0.2


def _duplicate(frame: Frame, rng: np.random.Generator) -> Frame:
    chosen = rng.choice(len(frame), size=max(1, int(len(frame) * SHARE)), replace=False)
    return nw.concat([frame, frame[chosen.tolist()]])


FAULT = Fault(
    name="duplicate_rows",
    damage=f"repeats {SHARE:.0%} of the rows",
    fits=is_frame,
    inject=on_frames(_duplicate),
)

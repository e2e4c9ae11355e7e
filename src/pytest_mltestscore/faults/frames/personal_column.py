"""A whole column of personal data: an export took the table of customers along."""

from __future__ import annotations

import numpy as np

from .._fault import Fault
from .._frames import Frame, a_column, is_frame, on_frames, with_column

NAME = "email"


def _replace(frame: Frame, rng: np.random.Generator) -> Frame:
    column = a_column(frame, rng, lambda dtype: True)
    addresses = [f"customer{number}@example.org" for number in range(len(frame))]
    filled = with_column(frame, column, addresses)
    return filled if NAME in frame.columns else filled.rename({column: NAME})


FAULT = Fault(
    name="personal_column",
    damage=f"puts a column `{NAME}` in the place of another one",
    fits=is_frame,
    inject=on_frames(_replace),
    draws=3,
)

"""The answer stands among the features: a column was filled after the event to be foretold."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from .._fault import Fault, NothingToDamageError
from .._frames import Frame, a_column, is_frame, is_number, label_of, on_frames


def _leak(frame: Frame, rng: np.random.Generator) -> Frame:
    label = _label(frame)
    others = frame.drop(label)
    column = a_column(others, rng, is_number)
    leaked = nw.col(label).cast(nw.Int64) if frame.schema[label].is_boolean() else nw.col(label)
    return frame.with_columns(leaked.cast(frame.schema[column]).alias(column))


def _label(frame: Frame) -> str:
    """Return the column that looks most like a label: of two values, else the last number."""
    try:
        return label_of(frame)
    except NothingToDamageError:
        numbers = [name for name, dtype in frame.schema.items() if is_number(dtype)]
        if not numbers:
            raise
        return str(numbers[-1])


FAULT = Fault(
    name="leak_label",
    damage="puts the last column of two values in the place of another column of numbers",
    fits=is_frame,
    inject=on_frames(_leak),
    draws=3,
)

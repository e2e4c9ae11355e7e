"""Account numbers in a place where none belongs: a reference holds what the customer typed."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from .._fault import Fault
from .._frames import Frame, all_columns, is_frame, is_word, on_frames, some_rows, where

SHARE = 0.2
ACCOUNT = "DE89370400440532013000"
"""The example of the standard, which belongs to nobody."""


def _write(frame: Frame, rng: np.random.Generator) -> Frame:
    for column in all_columns(frame, is_word):
        frame = frame.with_columns(nw.col(column).cast(nw.String))
        frame = where(frame, column, some_rows(frame, SHARE, rng), nw.lit(ACCOUNT))
    return frame


FAULT = Fault(
    name="bank_accounts",
    damage=f"writes an IBAN into {SHARE:.0%} of each column of words",
    fits=is_frame,
    inject=on_frames(_write),
)

"""Card numbers in a place where none belongs: an order number was replaced by how it was paid."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from .._fault import Fault, NothingToDamageError
from .._frames import Frame, a_column, is_frame, is_word, on_frames, some_rows, where

SHARE = 0.2
CARD = 4111_1111_1111_1111
"""The number that payment services give for tests."""


def _write(frame: Frame, rng: np.random.Generator) -> Frame:
    hit = some_rows(frame, SHARE, rng)
    try:
        column = a_column(frame, rng, is_word)
    except NothingToDamageError:
        column = a_column(frame, rng, lambda dtype: dtype.is_integer())
        wide = frame.with_columns(nw.col(column).cast(nw.Int64))
        return where(wide, column, hit, nw.lit(CARD, nw.Int64))
    words = frame.with_columns(nw.col(column).cast(nw.String))
    return where(words, column, hit, nw.lit(str(CARD)))


FAULT = Fault(
    name="card_numbers",
    damage=f"writes a card number into {SHARE:.0%} of one column of words or whole numbers",
    fits=is_frame,
    inject=on_frames(_write),
    draws=3,
)

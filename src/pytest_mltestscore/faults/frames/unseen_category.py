"""A category that nobody has seen: a new airport, a code spelt in another way."""

from __future__ import annotations

from .._fault import Fault
from .._frames import is_frame, on_frames, with_words

SHARE = 0.1
WORD = "mlscore-unseen"


FAULT = Fault(
    name="unseen_category",
    damage=f"puts a new word into {SHARE:.0%} of each column of words",
    fits=is_frame,
    inject=on_frames(with_words(WORD, SHARE)),
)

"""Personal data in a place where none belongs: an address in a free text."""

from __future__ import annotations

from .._fault import Fault
from .._frames import is_frame, on_frames, with_words

SHARE = 0.2
ADDRESS = "jane.doe@example.org"


FAULT = Fault(
    name="personal_data",
    damage=f"writes an e-mail address into {SHARE:.0%} of each column of words",
    fits=is_frame,
    inject=on_frames(with_words(ADDRESS, SHARE)),
)

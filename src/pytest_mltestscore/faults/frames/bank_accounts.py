"""Account numbers in a place where none belongs: a reference holds what the customer typed."""

from __future__ import annotations

from .._fault import Fault
from .._frames import is_frame, on_frames, with_words

SHARE = 0.2
ACCOUNT = "DE89370400440532013000"
"""The example of the standard, which belongs to nobody."""


FAULT = Fault(
    name="bank_accounts",
    damage=f"writes an IBAN into {SHARE:.0%} of each column of words",
    fits=is_frame,
    inject=on_frames(with_words(ACCOUNT, SHARE)),
)

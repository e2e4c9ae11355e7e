"""A function leaves gaps: half of its rows found no partner, and came out missing."""

from __future__ import annotations

from typing import Any

from .._answers import with_holes
from .._fault import Fault
from .._functions import is_function, on_functions
from .._hooks import Output

EVERY = 2


def _holed(first: Any, result: Any) -> Any:
    return with_holes(result, EVERY)


FAULT = Fault(
    name="null_output",
    damage="returns NaN for every other number",
    fits=is_function,
    inject=on_functions(Output(_holed)),
)

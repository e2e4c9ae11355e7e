"""A gate that is always shut: it compares with a file that is no longer written."""

from __future__ import annotations

from typing import Any

from .._fault import Fault
from .._functions import is_function, on_functions
from .._hooks import Instead


def _no(*args: Any, **kwargs: Any) -> bool:
    return False


FAULT = Fault(
    name="always_false",
    damage="answers False, whatever it is asked",
    fits=is_function,
    inject=on_functions(Instead(_no)),
    cost=0.5,
)

"""A gate that is always open: the threshold was lowered for one release, and never raised again."""

from __future__ import annotations

from typing import Any

from .._fault import Fault
from .._functions import is_function, on_functions
from .._hooks import Instead


def _yes(*args: Any, **kwargs: Any) -> bool:
    return True


FAULT = Fault(
    name="always_true",
    damage="answers True, whatever it is asked",
    fits=is_function,
    inject=on_functions(Instead(_yes)),
    cost=0.5,
)

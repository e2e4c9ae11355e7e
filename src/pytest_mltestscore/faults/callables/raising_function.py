"""A stage breaks: a library was updated, a table is gone, a disk is full."""

from __future__ import annotations

from typing import Any

from .._fault import Fault
from .._functions import is_function, on_functions
from .._hooks import Instead


def _raise(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("broken on purpose, by the fault raising_function")


FAULT = Fault(
    name="raising_function",
    damage="raises a RuntimeError in place of doing anything",
    fits=is_function,
    inject=on_functions(Instead(_raise)),
    cost=0.5,
)

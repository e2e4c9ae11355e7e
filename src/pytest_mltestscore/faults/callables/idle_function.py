"""Nothing is done, and nobody is told: a dry run was left on, a webhook was turned off."""

from __future__ import annotations

from typing import Any

from .._fault import Fault
from .._functions import is_function, on_functions
from .._hooks import Instead


def _return_what_came(*args: Any, **kwargs: Any) -> Any:
    return args[0] if args else next(iter(kwargs.values()), None)


FAULT = Fault(
    name="idle_function",
    damage="does nothing, and returns its first argument",
    fits=is_function,
    inject=on_functions(Instead(_return_what_came)),
    cost=0.5,
)

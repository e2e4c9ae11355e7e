"""Wrapping functions so that what happens in a call is damaged, and all else is as it was."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np

from ._effect import Effect, effect_of_wrapper
from ._hooks import Hook

_FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType, functools.partial)
_NOT_OF_A_TEST = ("pytest", "_pytest", "pluggy", "xdist", "pytest_mltestscore")


def is_function(value: Any) -> bool:
    """Whether a value is a function, a method or a partial one, and none of pytest's own.

    Not: classes, modules, and objects that can be called, which may be anything.
    """
    if not isinstance(value, _FUNCTIONS) or type(value) not in _FUNCTIONS:
        return False
    inner = value.func if isinstance(value, functools.partial) else value
    owner = getattr(inner, "__self__", None)
    modules = (getattr(inner, "__module__", None), type(owner).__module__)
    return not any(is_of_the_machinery(module) for module in modules)


def is_of_the_machinery(module: str | None) -> bool:
    """Whether a module is one of pytest or of this package: what it makes is nobody's data."""
    return (module or "").partition(".")[0] in _NOT_OF_A_TEST


class DamagedFunction:
    """Looks like a function, and lets a hook decide what a call does.

    An object and no closure, so that it can be sent to another process as the function could.
    """

    def __init__(
        self, function: Callable[..., Any], hook: Hook, effect: Effect | None = None
    ) -> None:
        functools.update_wrapper(self, function)
        self._mlscore_parts = (function, hook, effect or effect_of_wrapper())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        function, hook, effect = self._mlscore_parts
        return called(effect, hook, function, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name == "_mlscore_parts":  # it is being made
            raise AttributeError(name)
        return getattr(self._mlscore_parts[0], name)

    def __reduce__(self) -> tuple[Any, ...]:
        return DamagedFunction, self._mlscore_parts

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._mlscore_parts[0])


def on_functions(hook: Hook) -> Callable[[Any, np.random.Generator], DamagedFunction]:
    """Let a hook that draws nothing stand before every call of a function."""
    return lambda function, rng: DamagedFunction(function, hook)


def called(
    effect: Effect, hook: Hook, function: Callable[..., Any], *args: Any, **kwargs: Any
) -> Any:
    """Call a function by its hook, and note that it was called."""
    effect.call()
    return hook(effect, function, *args, **kwargs)

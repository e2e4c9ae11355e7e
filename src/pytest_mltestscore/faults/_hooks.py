"""Hooks: what happens in a call of a damaged function, or of a method of a damaged model."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ._effect import Effect
from ._fingerprint import fingerprint

Hook = Callable[..., Any]
"""Gets the effect to write to, a function and the arguments of a call; returns what it returns."""


class Instead:
    """A hook that does something else in place of a call."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call
        """Gets the arguments of the call."""

    def __call__(
        self, effect: Effect, function: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Leave the function alone."""
        effect.felt()
        return self.call(*args, **kwargs)


class Output:
    """A hook that changes what a function returns, also if it has to be awaited."""

    def __init__(self, change: Callable[[Any, Any], Any]) -> None:
        self.change = change
        """Gets the first argument of the call and its result."""

    def __call__(
        self, effect: Effect, function: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Call the function, and change what it returns."""
        first = args[0] if args else next(iter(kwargs.values()), None)
        result = function(*args, **kwargs)
        if inspect.isawaitable(result):
            return self._later(effect, first, result)
        return self._changed(effect, first, result)

    async def _later(self, effect: Effect, first: Any, result: Any) -> Any:
        return self._changed(effect, first, await result)

    def _changed(self, effect: Effect, first: Any, result: Any) -> Any:
        changed = self.change(first, result)
        if not effect.is_felt and _differs(result, changed):
            effect.felt()
        return changed


def _differs(result: Any, changed: Any) -> bool:
    if changed is result:
        return False
    before = fingerprint(result)
    return before is None or fingerprint(changed) != before


class Burden(Output):
    """A hook that takes time or memory for each call, and changes nothing of what is returned."""

    def __init__(self, take: Callable[[Effect, Any], None]) -> None:
        super().__init__(_same)
        self.take = take
        """Gets the effect, which says how much may be taken, and the result of the call."""

    def _changed(self, effect: Effect, first: Any, result: Any) -> Any:
        self.take(effect, result)
        effect.felt()
        return result


def _same(first: Any, result: Any) -> Any:
    return result

"""Wrapping models so that what they answer is damaged, and all else is as it was."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ._effect import Effect, effect_of_wrapper
from ._fault import NothingToDamageError
from ._functions import DamagedFunction, called, is_function, is_of_the_machinery
from ._hooks import Hook, Output
from ._tensors import is_module

Answers = Callable[[Any, Any], Any]
"""Gets rows and the answers to them, and returns other answers; may be sent to a process."""

_ASKED = ("predict", "predict_proba", "decision_function")
_OF_MODULES = ("forward", "__call__")


def is_model(value: Any) -> bool:
    """Whether a value is a model: an object, not a class, that can be asked for predictions."""
    return has_method(value, "predict")


def is_asked(value: Any) -> bool:
    """Whether a value answers rows: a model, a module, or a function, which may be one."""
    return is_model(value) or is_module(value) or is_function(value)


def has_method(value: Any, name: str) -> bool:
    """Whether an object has a method, found without running any code of the object's own."""
    if isinstance(value, type) or is_of_the_machinery(type(value).__module__):
        return False
    return inspect.getattr_static(value, name, None) is not None


def with_answers(model: Any, answers: Answers) -> Any:
    """Return what looks and behaves like a model or function, but for what it answers."""
    return when_asked(model, Output(answers))


def when_asked(model: Any, hook: Hook) -> Any:
    """Return what looks like a model or function, with a hook before all ways to ask it."""
    if is_function(model):
        return DamagedFunction(model, hook)
    if is_module(model):  # it is trained in place, and so its parameters are copied
        return with_hook(copy.deepcopy(model), Hooked((*_ASKED, *_OF_MODULES), hook))
    return with_hook(model, Hooked(_ASKED, hook))


def on_answers(answers: Answers) -> Callable[[Any, np.random.Generator], Any]:
    """Let a change of answers that draws nothing work on a model or function."""
    return lambda model, rng: with_answers(model, answers)


def on_asking(hook: Hook) -> Callable[[Any, np.random.Generator], Any]:
    """Let a hook that draws nothing stand before all ways to ask a model or function."""
    return lambda model, rng: when_asked(model, hook)


class Hooked(NamedTuple):
    """Methods that a hook stands before."""

    names: tuple[str, ...]
    hook: Hook
    restored: Callable[[Any], Any] | None = None
    """Makes what a pickle is loaded as, of the model; by default the model with the hook."""


def with_hook(model: Any, hooked: Hooked, effect: Effect | None = None) -> Any:
    """Return what is of the type of a model and has its state, with a hook before some methods.

    Copies, clones of scikit-learn and what is unpickled have the hook too. Fitting it changes
    neither the model nor, in place of the answers, the hook.
    """
    base = type(model)
    inner = _own_state(model)
    noted = effect or effect_of_wrapper()

    def getattribute(self: Any, name: str) -> Any:
        if name in hooked.names:
            return functools.partial(called, noted, hooked.hook, getattr(inner, name))
        if name == "__class__":
            return base
        return base.__getattribute__(self, name)  # type: ignore[call-arg]

    def again(self: Any, *_: Any) -> Any:
        if hooked.restored is not None:
            noted.felt()
            return hooked.restored, (inner,)
        return with_hook, (inner, hooked, noted)

    def cloned(self: Any) -> Any:
        from sklearn.base import clone

        return with_hook(clone(inner, safe=False), hooked, noted)

    body = {
        "__getattribute__": getattribute,
        "__reduce_ex__": again,
        "__sklearn_clone__": cloned,
        "__module__": base.__module__,
        "__qualname__": base.__qualname__,
        "__doc__": base.__doc__,
    }
    if "__call__" in hooked.names:  # which Python looks for in the type
        body["__call__"] = functools.partialmethod(_call, noted, hooked.hook, inner)
    if hasattr(base, "__del__"):  # what it frees is the model's
        body["__del__"] = lambda self: None
    try:
        made: Any = type(base)
        damaged = object.__new__(made(base.__name__, (base,), body))
    except Exception as error:
        raise NothingToDamageError(f"a {base.__name__} cannot be wrapped ({error})") from error
    _share(inner, damaged)
    return damaged


def _call(damaged: Any, effect: Effect, hook: Hook, inner: Any, *args: Any, **kwargs: Any) -> Any:
    return called(effect, hook, inner, *args, **kwargs)


def _own_state(model: Any) -> Any:
    """Return a model with the same parts that can be fitted without the other one noticing."""
    base = type(model)
    if hasattr(base, "__del__"):  # two of them would free the same thing twice
        return model
    try:
        inner = object.__new__(base)
    except TypeError:  # made in C
        return model
    if hasattr(model, "__dict__"):
        object.__setattr__(inner, "__dict__", dict(vars(model)))
    _copy_slots(model, inner)
    return inner


def _share(inner: Any, damaged: Any) -> None:
    """Let a fit of what is damaged be one of what it asks."""
    if hasattr(inner, "__dict__"):
        object.__setattr__(damaged, "__dict__", vars(inner))
    _copy_slots(inner, damaged)


def _copy_slots(source: Any, target: Any) -> None:
    for cls in type(source).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(source, name):
                object.__setattr__(target, name, getattr(source, name))

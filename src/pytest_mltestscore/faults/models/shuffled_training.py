"""Training learns nothing: labels were sorted and rows were not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._answers import rows_in, taken
from .._effect import Effect
from .._fault import Fault
from .._functions import DamagedFunction, is_function
from .._models import Hooked, has_method, with_hook


@dataclass(frozen=True)
class _OtherLabels:
    seed: int

    def __call__(self, effect: Effect, fit: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        name = "y" if "y" in kwargs else "labels"
        if len(args) > 1:
            args = (args[0], self._mixed(effect, args[1]), *args[2:])
        elif name in kwargs:
            kwargs[name] = self._mixed(effect, kwargs[name])
        return fit(*args, **kwargs)

    def _mixed(self, effect: Effect, labels: Any) -> Any:
        found = rows_in(labels)
        if not found:
            return labels
        effect.felt()
        return taken(labels, np.random.default_rng(self.seed).permutation(found))


def _fits(value: Any) -> bool:
    return has_method(value, "fit") or is_function(value)


def _inject(model: Any, rng: np.random.Generator) -> Any:
    hook = _OtherLabels(int(rng.integers(2**32)))
    if is_function(model):
        return DamagedFunction(model, hook)
    return with_hook(model, Hooked(("fit",), hook))


FAULT = Fault(
    name="shuffled_training",
    damage="trains on the labels of other rows",
    fits=_fits,
    inject=_inject,
)

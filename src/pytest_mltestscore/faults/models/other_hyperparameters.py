"""The model in use was made with other settings than those that were found to be best."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._models import has_method

FACTOR = 7
_NOT_TUNED = ("random_state", "seed", "n_jobs", "verbose", "cv")


def _fits(value: Any) -> bool:
    return has_method(value, "get_params") and has_method(value, "set_params")


def _inject(model: Any, rng: np.random.Generator) -> Any:
    try:
        damaged = copy.deepcopy(model)
        numbers = {
            name: value for name, value in damaged.get_params().items() if _is_set(name, value)
        }
        if numbers:
            damaged.set_params(**{name: value * FACTOR for name, value in numbers.items()})
    except Exception as error:
        raise NothingToDamageError(f"its settings cannot be changed ({error})") from error
    if not numbers:
        raise NothingToDamageError("none of its settings is a number")
    return damaged


def _is_set(name: str, value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and value != 0 and not name.endswith(_NOT_TUNED)


FAULT = Fault(
    name="other_hyperparameters",
    damage=f"multiplies all settings that are numbers by {FACTOR}",
    fits=_fits,
    inject=_inject,
    cost=1.5,
    may_crash=True,
)

"""The model was made with a column that nobody has heard of: it comes from another branch."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._models import is_model

_NAMES = ("feature_names_in_", "feature_names_", "feature_name_", "feature_names", "_feature_name")
_COLUMNS = "transformers_"
_DEEPEST = 4
NAME = "mlscore_unlisted"


def _inject(model: Any, rng: np.random.Generator) -> Any:
    try:
        damaged = copy.deepcopy(model)
    except Exception as error:
        raise NothingToDamageError(f"it cannot be copied ({error})") from error
    known = _first_names(damaged, 0)
    if not known:
        raise NothingToDamageError("it does not know the names of its features")
    _rename(damaged, str(rng.choice(known)), 0)
    return damaged


def _first_names(model: Any, depth: int) -> list[str]:
    for value in _parts(model, depth):
        for name in _NAMES:
            if name in vars(value) and _are_names(vars(value)[name]):
                return [str(n) for n in vars(value)[name]]
        if found := _first_names(value, depth + 1):
            return found
    return []


def _rename(model: Any, old: str, depth: int) -> None:
    for value in _parts(model, depth):
        for name, part in list(vars(value).items()):
            if name in _NAMES and _are_names(part):
                object.__setattr__(value, name, _with_name(part, old))
            elif name == _COLUMNS:
                picked = [(n, t, _with_name(c, old) if _are_names(c) else c) for n, t, c in part]
                object.__setattr__(value, name, picked)
        _rename(value, old, depth + 1)


def _parts(model: Any, depth: int) -> list[Any]:
    """Return the objects with attributes in a model, itself first, one level down at a time."""
    if depth == 0:
        return [model] if hasattr(model, "__dict__") else []
    if depth > _DEEPEST:
        return []
    found: list[Any] = []
    for part in vars(model).values():
        inside = part if isinstance(part, list | tuple) else [part]
        for entry in inside:
            found += [e for e in (entry if isinstance(entry, tuple) else [entry]) if _is_part(e)]
    return found


def _is_part(value: Any) -> bool:
    return (
        not isinstance(value, type) and hasattr(value, "get_params") and hasattr(value, "__dict__")
    )


def _are_names(value: Any) -> bool:
    return isinstance(value, np.ndarray | list | tuple) and all(isinstance(n, str) for n in value)


def _with_name(names: Any, old: str) -> Any:
    changed = [NAME if name == old else name for name in names]
    return np.array(changed, dtype=object) if isinstance(names, np.ndarray) else changed


FAULT = Fault(
    name="renamed_features",
    damage=f"says that it was fitted on `{NAME}` in place of one of its features",
    fits=is_model,
    inject=_inject,
    cost=1.5,
)

"""A search took the worst for the best: its score was a loss, or the other way round."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from .._fault import Fault
from .._searches import is_search, with_trials


def _turned(results: dict[str, Any]) -> dict[str, Any]:
    scores = [name for name in results if name.startswith("mean_test_")]
    return {**results, **{name: -np.asarray(results[name], dtype=float) for name in scores}}


def _turned_each(trials: list[Any]) -> list[Any]:
    return [_turned_trial(trial) for trial in trials]


def _turned_trial(trial: Any) -> Any:
    if trial.values is None:
        return trial
    changed = copy.copy(trial)
    changed.values = [-value for value in trial.values]
    return changed


def _inject(search: Any, rng: np.random.Generator) -> Any:
    return with_trials(search, _turned, _turned_each)


FAULT = Fault(
    name="misread_scores",
    damage="turns the sign of all scores of a search",
    fits=is_search,
    inject=_inject,
)

"""Copies of hyperparameter searches with other trials: of scikit-learn, and studies of Optuna."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from ._effect import Effect
from ._fault import NothingToDamageError
from ._models import Hooked, has_method, with_hook

Results = Mapping[str, Any]


def is_search(value: Any) -> bool:
    """Whether a value is a search, its `cv_results_`, or a study."""
    if isinstance(value, Mapping):
        return "params" in value and "mean_test_score" in value
    is_study = has_method(value, "get_trials") and has_method(value, "directions")
    return is_study or has_method(value, "cv_results_")


def with_trials(
    search: Any, results: Callable[[dict[str, Any]], Any], trials: Callable[[list[Any]], list[Any]]
) -> Any:
    """Return a copy of a search with other results, or of a study with other trials."""
    if isinstance(search, Mapping):
        return results(dict(search))
    if hasattr(search, "cv_results_"):
        damaged = copy.copy(search)
        damaged.cv_results_ = results(dict(search.cv_results_))
        return damaged
    if not has_method(search, "get_trials"):
        raise NothingToDamageError("it was not run")
    return with_hook(search, Hooked(("get_trials",), _Trials(trials)))


class _Trials:
    def __init__(self, change: Callable[[list[Any]], list[Any]]) -> None:
        self.change = change

    def __call__(
        self, effect: Effect, asked: Callable[..., list[Any]], *args: Any, **kwargs: Any
    ) -> list[Any]:
        effect.felt()
        return self.change(list(asked(*args, **kwargs)))

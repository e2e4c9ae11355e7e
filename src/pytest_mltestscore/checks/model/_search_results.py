"""Trials of a hyperparameter search, as scikit-learn, Optuna and MLflow leave them behind."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite, prod
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from ...domain.errors import InputError
from .._arguments import listed
from .._frames import collected, column_names, column_values, read_frame, require_columns

_PREFIXES = ("params.", "params_", "param_")
"""How MLflow, Optuna and scikit-learn begin the columns of hyperparameters."""


class Range(NamedTuple):
    """Where a hyperparameter was searched. Values of a list are in `values`, in order."""

    low: float
    high: float
    log: bool
    values: tuple[float, ...] = ()

    def place(self, value: float) -> float:
        """Return where a value lies, from 0 at the lower end to 1 at the upper one."""
        if self.values:
            return self.values.index(value) / (len(self.values) - 1)
        low, high, value = (np.log([self.low, self.high, value]) if self.log else
                            (self.low, self.high, value))  # fmt: skip
        return float((value - low) / (high - low))


class Trials(NamedTuple):
    """What was tried, in the order it was, and how it scored; higher is better."""

    params: list[dict[str, Any]]
    scores: np.ndarray
    """Shape (n_trials,), finite."""
    errors: np.ndarray
    """Standard error of each score over the folds; NaN where it is not known."""
    declared: dict[str, Range]
    """Ranges that the search itself states."""
    failed: int
    exhaustive: bool
    """The whole of a grid: the order of the trials means nothing."""
    estimator: Any = None
    sign: int = 1
    """-1 where lower values are better and scores have their sign turned."""

    @property
    def best(self) -> int:
        """The place of the best trial, the first of equal ones."""
        return int(np.argmax(self.scores))

    @property
    def names(self) -> list[str]:
        """All hyperparameters that any trial has, in the order they appear."""
        return list(dict.fromkeys(name for params in self.params for name in params))

    def ranges(self) -> dict[str, Range]:
        """Return the searched range of each number, as stated, else as far as was tried."""
        found = {}
        for name in self.names:
            stated = self.declared.get(name)
            tried = [p[name] for p in self.params if _is_number(p.get(name))]
            if stated is None and len(set(tried)) > 1 and len(tried) == self._having(name):
                stated = _list_range(tried) if len(set(tried)) <= 12 else _span(tried)
            if stated is not None and stated.low < stated.high:
                found[name] = stated
        return found

    def _having(self, name: str) -> int:
        return sum(name in p for p in self.params)


def read_trials(
    search: Any,
    *,
    score: str | None,
    parameters: Sequence[str] | None,
    greater_is_better: bool,
) -> Trials:
    """Read a search of scikit-learn or its `cv_results_`, an Optuna study, or a frame of trials.

    Raises
    ------
    InputError
        If it is none of these, was not run, or no trial has a score.
    """
    if hasattr(search, "get_trials") and hasattr(search, "directions"):
        trials = _of_study(search)
    elif isinstance(search, Mapping) and "params" in search:
        trials = _of_results(search, score or "mean_test_score", {}, None)
    elif hasattr(search, "cv_results_"):
        trials = _of_search(search, score)
    elif hasattr(search, "fit") and hasattr(search, "estimator"):
        raise InputError("search", "is not fitted; call its fit first")
    else:
        trials = _of_frame(search, score, parameters, greater_is_better)
    if not len(trials.scores):
        raise InputError("search", "has no trial with a score; give one that was run")
    return trials


def _of_search(search: Any, score: str | None) -> Trials:
    refit = getattr(search, "refit", True)
    several = getattr(search, "multimetric_", False)
    name = score or (f"mean_test_{refit}" if several and isinstance(refit, str) else None)
    if name is None and several:
        raise InputError("score", "is missing; the search has several metrics, name one")
    spaces = getattr(search, "param_distributions", getattr(search, "param_grid", {}))
    trials = _of_results(search.cv_results_, name or "mean_test_score", spaces, search.estimator)
    lists = isinstance(spaces, Mapping) and all(not hasattr(s, "rvs") for s in spaces.values())
    grid = prod(len(s) for s in spaces.values()) if lists else 0
    whole = hasattr(search, "param_grid") or grid == len(trials.params) + trials.failed
    return trials._replace(exhaustive=whole)


def _of_results(results: Any, name: str, spaces: Any, estimator: Any) -> Trials:
    if name not in results:
        known = ", ".join(key for key in results if key.startswith("mean_test"))
        raise InputError("score", f"the search has no {name!r}; it has {known or 'no scores'}")
    scores = np.asarray(results[name], dtype=float)
    folds = sum(key.startswith("split") and key.endswith(name[4:]) for key in results)
    spread = results.get(name.replace("mean_", "std_", 1))
    # The standard deviation there divides by the number of folds, hence the one less.
    errors = (
        np.asarray(spread, dtype=float) / np.sqrt(folds - 1)
        if spread is not None and folds > 1
        else np.full(len(scores), np.nan)
    )
    kept = np.isfinite(scores)
    if "n_resources" in results:  # successive halving: scores compare within the last round
        resources = np.asarray(results["n_resources"])
        kept &= resources == resources.max()
    params = [{k: _plain(v) for k, v in p.items()} for p in results["params"]]
    declared = dict(_declared(spaces)) if isinstance(spaces, Mapping) else {}
    return _trials(params, scores, errors, kept, declared)._replace(estimator=estimator)


def _declared(spaces: Mapping[str, Any]) -> Iterator[tuple[str, Range]]:
    for name, space in spaces.items():
        if hasattr(space, "rvs") and hasattr(space, "support"):
            low, high = (float(end) for end in space.support())
            if isfinite(low) and isfinite(high):
                kind = getattr(getattr(space, "dist", None), "name", "")
                yield name, Range(low, high, kind in ("loguniform", "reciprocal"))
        elif not hasattr(space, "rvs"):
            values = [_plain(value) for value in space]
            if len(set(map(repr, values))) > 1 and all(_is_number(v) for v in values):
                yield name, _list_range(values)


def _of_study(study: Any) -> Trials:
    if len(study.directions) != 1:
        problem = f"has {len(study.directions)} objectives; give a study with one"
        raise InputError("search", problem)
    sign = -1 if study.directions[0].name == "MINIMIZE" else 1
    ended = [t for t in study.get_trials(deepcopy=False) if t.state.is_finished()]
    # Pruned trials count as tried; their last value is not that of a whole trial.
    scores = np.array(
        [sign * t.value if t.state.name == "COMPLETE" else np.nan for t in ended], dtype=float
    )
    declared = {
        name: Range(float(d.low), float(d.high), bool(d.log))
        for t in ended
        for name, d in t.distributions.items()
        if hasattr(d, "low") and hasattr(d, "high")
    }
    params = [{k: _plain(v) for k, v in t.params.items()} for t in ended]
    errors = np.full(len(scores), np.nan)
    return _trials(params, scores, errors, np.isfinite(scores), declared)._replace(sign=sign)


def _of_frame(
    search: Any, score: str | None, parameters: Sequence[str] | None, greater_is_better: bool
) -> Trials:
    frame = collected(read_frame(search, "search"), "search", max_rows=100_000)
    if score is None:
        raise InputError("score", "is missing; name the column with the score of each trial")
    named = listed(() if parameters is None else parameters, "parameters")
    require_columns(frame, [score, *named], "search")
    if not frame[score].dtype.is_numeric():
        raise InputError("score", f"column {score!r} is of type {frame[score].dtype}; give numbers")
    if "start_time" in column_names(frame):  # MLflow lists the newest first
        frame = frame.sort("start_time")
    columns = named or _parameter_columns(frame)
    if not columns:
        problem = "is missing; name the columns of the hyperparameters"
        raise InputError("parameters", f"{problem}: none begins with {' or '.join(_PREFIXES)}")
    values = {c: [_plain(v, parse=True) for v in frame[c].to_list()] for c in columns}
    names = {c: _without_prefix(c) for c in columns}
    params = [
        {names[c]: values[c][row] for c in columns if values[c][row] is not None}
        for row in range(len(frame))
    ]
    sign = 1 if greater_is_better else -1
    scores = sign * column_values(frame, score).astype(float)
    errors = np.full(len(scores), np.nan)
    return _trials(params, scores, errors, np.isfinite(scores), {})._replace(sign=sign)


def _parameter_columns(frame: nw.DataFrame[Any]) -> list[str]:
    return [name for name in column_names(frame) if name.startswith(_PREFIXES)]


def _without_prefix(column: str) -> str:
    for prefix in _PREFIXES:
        if column.startswith(prefix):
            return column.removeprefix(prefix)
    return column


def _trials(
    params: list[dict[str, Any]],
    scores: np.ndarray,
    errors: np.ndarray,
    kept: np.ndarray,
    declared: dict[str, Range],
) -> Trials:
    chosen = [p for p, keep in zip(params, kept.tolist(), strict=True) if keep]
    return Trials(chosen, scores[kept], errors[kept], declared, int((~kept).sum()), False)


def _list_range(values: Sequence[float]) -> Range:
    ordered = tuple(sorted(set(values)))
    return Range(ordered[0], ordered[-1], False, ordered)


def _span(values: Sequence[float]) -> Range:
    """Return the range that was tried, on the scale on which the values lie more evenly."""
    low, high = float(min(values)), float(max(values))
    scales = [Range(low, high, False)] + ([Range(low, high, True)] if low > 0 else [])
    return min(scales, key=lambda scale: abs(np.mean([scale.place(v) for v in values]) - 0.5))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _plain(value: Any, *, parse: bool = False) -> Any:
    """Return a value of Python; MLflow keeps all hyperparameters as text, NaN stands for none."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not isfinite(value):
        return None
    if parse and isinstance(value, str):
        try:
            return float(value) if isfinite(float(value)) else value
        except ValueError:
            return value
    return value


def default_of(estimator: Any, name: str) -> Any:
    """Return the default of a hyperparameter such as `classifier__C`.

    Returns `inspect.Parameter.empty` if there is none, or the part that has it is not known.
    """
    owner, _, leaf = name.rpartition("__")
    known = estimator.get_params() if owner and hasattr(estimator, "get_params") else {}
    part = known.get(owner) if owner else estimator
    parameter = inspect.signature(type(part)).parameters.get(leaf)
    return inspect.Parameter.empty if parameter is None else parameter.default

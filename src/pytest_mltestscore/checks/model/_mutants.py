"""Changed copies of rows: what a transform made of each row, and which rows it changed at all."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from ...domain.errors import InputError
from .._frames import (
    column_values,
    feature_columns,
    read_frame,
    require_columns,
    sample_note,
    sample_rows,
)
from .._metrics import labels_of
from .._models import rows_of
from .._optional import load


@dataclass(frozen=True)
class Rows:
    """Rows in memory as a model takes them: a narwhals frame, an array, or a list of texts."""

    inputs: Any
    truth: np.ndarray | None
    seen: int
    total: int
    seed: int

    @property
    def notes(self) -> tuple[str, ...]:
        """Say that a sample was taken, if one was."""
        return sample_note(self.seen, self.total, self.seed)


@dataclass(frozen=True)
class Mutant:
    """A changed copy of all rows."""

    inputs: Any
    changed: np.ndarray
    """Whether a row differs from the original, shape (n_rows,)."""


def read_rows(
    data: Any, *, label: Any, features: Sequence[str] | None, max_rows: int, seed: int
) -> Rows:
    """Return at most `max_rows` rows, drawn at random where there are more.

    Raises
    ------
    InputError
        If there are no rows, a column is missing, or labels are missing or not one a row.
    """
    if isinstance(data, np.ndarray) or _is_texts(data):
        return _read_sequence(data, label, features, max_rows, seed)
    if isinstance(data, list | tuple):
        raise InputError("data", "is a list of other things than texts; give an array or a frame")
    frame = read_frame(data)
    if label is not None and not isinstance(label, str):
        raise InputError("label", f"is of type {type(label).__name__}; give the name of a column")
    others = [label] if label else []
    require_columns(frame, others)
    seen = feature_columns(frame, features, *others)
    sample = sample_rows(frame, max_rows, seed=seed)
    truth = None if label is None else labels_of(column_values(sample.frame, label), "label")
    return Rows(sample.frame.select(seen), truth, sample.seen, sample.total, seed)


def _is_texts(data: Any) -> bool:
    return isinstance(data, list | tuple) and all(isinstance(one, str) for one in data)


def _read_sequence(
    data: Any, label: Any, features: Sequence[str] | None, max_rows: int, seed: int
) -> Rows:
    if features is not None:
        raise InputError("features", "names columns, and the data has none; leave it out")
    if isinstance(label, str):
        raise InputError("label", "names a column, and the data has none; give one label a row")
    total = 0 if np.ndim(data) == 0 else len(data)
    if total == 0:
        raise InputError("data", "has no rows; give data to look at")
    truth = None if label is None else labels_of(label, "label")
    if truth is not None and len(truth) != total:
        raise InputError("label", f"has {len(truth)} labels for {total} rows; give one a row")
    places = np.arange(total)
    if total > max_rows:
        places = np.sort(np.random.default_rng(seed).choice(total, max_rows, replace=False))
    inputs = data[places] if isinstance(data, np.ndarray) else [data[i] for i in places]
    return Rows(inputs, None if truth is None else truth[places], len(places), total, seed)


def mutants_of(
    transform: Any, rows: Rows, *, wanted: int, seed: int, argument: str, name: str
) -> Iterator[Mutant]:
    """Yield changed copies: one of a fixed transform, `wanted` of a random or drawn one.

    A pair of transforms is a way there and a way back. Its mutants are what came back, and the rows
    that the way there changed count as changed.
    """
    there, back = transform if isinstance(transform, tuple) else (transform, None)
    rng = np.random.default_rng(seed)
    for step in _steps(there, wanted, seed, argument, name):
        away = _apply(step, rows.inputs, rng, argument, name)
        changed = _changed(rows.inputs, away)
        back_again = away if back is None else _apply(back, away, rng, argument, name)
        yield Mutant(back_again, changed)


def _steps(
    transform: Any, wanted: int, seed: int, argument: str, name: str
) -> list[Callable[..., Any]]:
    if callable(transform):
        return [transform] * (wanted if _takes_rng(transform) else 1)
    if hasattr(transform, "map") and hasattr(transform, "filter"):  # a strategy of hypothesis
        return _drawn(transform, wanted, seed, argument, name)
    problem = f"{name!r} is of type {type(transform).__name__}"
    raise InputError(argument, f"{problem}; give a function, or a hypothesis strategy of functions")


def _takes_rng(transform: Callable[..., Any]) -> bool:
    try:
        parameters = list(inspect.signature(transform).parameters.values())
    except (TypeError, ValueError):  # built-ins such as str.upper on some versions
        return False
    needed = [p for p in parameters if p.default is p.empty and p.kind <= p.POSITIONAL_OR_KEYWORD]
    return len(needed) == 2


def _drawn(
    strategy: Any, wanted: int, seed: int, argument: str, name: str
) -> list[Callable[..., Any]]:
    """Draw functions from a strategy, the same ones for the same seed."""
    hypothesis = load("hypothesis", extra="properties")
    found: list[Callable[..., Any]] = []
    settings = hypothesis.settings(
        max_examples=wanted,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )

    def keep(function: Callable[..., Any]) -> None:  # hypothesis takes no built-in as a test
        found.append(function)

    hypothesis.seed(seed)(settings(hypothesis.given(strategy)(keep)))()
    if not all(callable(one) for one in found):
        raise InputError(argument, f"{name!r} draws values; let it draw functions, by .map()")
    return found


def _apply(
    step: Callable[..., Any], inputs: Any, rng: np.random.Generator, argument: str, name: str
) -> Any:
    """Return a changed copy of all rows, of the kind of the original."""
    extra = (rng,) if _takes_rng(step) else ()
    try:
        if isinstance(inputs, list):
            return _texts([step(text, *extra) for text in inputs], argument, name)
        if isinstance(inputs, nw.DataFrame):
            # A clone: transforms that change a frame in place are common.
            made = nw.from_native(step(inputs.clone().to_native(), *extra), eager_only=True)
            made = made.select(inputs.columns)
        else:
            made = np.asarray(step(inputs.copy(), *extra))
    except InputError:
        raise
    except Exception as error:  # whatever it is, it is the transform's
        problem = f"{name!r} raised {type(error).__name__}: {error}"
        raise InputError(argument, problem) from error
    if np.ndim(made) == 0 and not isinstance(made, nw.DataFrame):
        raise InputError(argument, f"{name!r} returned one value; return all rows, changed")
    if rows_of(made) != rows_of(inputs):
        problem = f"{name!r} returned {rows_of(made)} rows for {rows_of(inputs)}"
        raise InputError(argument, f"{problem}; return one changed row a row, in order")
    return made


def _texts(made: list[Any], argument: str, name: str) -> list[str]:
    other = next((type(text).__name__ for text in made if not isinstance(text, str)), None)
    if other is not None:
        raise InputError(argument, f"{name!r} returned {other} for a text; return a text")
    return made


def _changed(before: Any, after: Any) -> np.ndarray:
    if isinstance(before, nw.DataFrame):
        columns = [(column_values(before, c), column_values(after, c)) for c in before.columns]
        return np.asarray(np.any([_differ(*pair) for pair in columns], axis=0))
    if isinstance(before, list):
        return np.array([one != other for one, other in zip(before, after, strict=True)])
    if before.shape != after.shape:
        return np.ones(len(before), dtype=bool)
    return np.asarray(_differ(before, after).reshape(len(before), -1).any(axis=1))


def _differ(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether values differ; a missing value is like another one."""
    if one.dtype.kind in "biufc" and other.dtype.kind in "biufc":
        return np.asarray((one != other) & ~(np.isnan(one) & np.isnan(other)))
    left, right = one.astype(object), other.astype(object)  # dates and texts compare alike, too
    unequal = np.asarray(left != right, dtype=bool)
    return np.asarray(unequal & ~(_absent(left) & _absent(right)))


def _absent(values: np.ndarray) -> np.ndarray:
    """Whether values are None, NaN or NaT, which are unlike themselves."""
    flat = [value is None or value != value for value in values.ravel().tolist()]  # noqa: PLR0124 - see above
    return np.array(flat, dtype=bool).reshape(values.shape)

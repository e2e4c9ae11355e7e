"""Putting a relation to a model: what it says of mutants, and the rows that break the relation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...domain.errors import InputError
from .._metrics import is_classification
from .._models import positive_scores, predict
from ._mutants import Mutant

SIGNS = {"increasing": 1, "decreasing": -1}
"""Relations in which the answer moves; in the others it stays the same."""

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Limits:
    """How far answers may be off."""

    tolerance: float
    min_change: float


@dataclass(frozen=True)
class Answers:
    """What a model says of rows. All arrays are of shape (n_rows,)."""

    equal: np.ndarray
    """Labels or numbers that are to stay the same."""
    ordered: np.ndarray | None
    """Numbers that are to rise or fall; None where no relation asks for it."""
    are_classes: bool
    """Whether `equal` are labels, of which only equal ones are alike."""


@dataclass(frozen=True)
class Tried:
    """A relation, and what a model said of the mutants, each an array of shape (n_rows,)."""

    name: str
    argument: str
    answers: list[np.ndarray]
    changed: list[np.ndarray]
    violated: np.ndarray
    """Rows in which a mutant breaks the relation."""

    @property
    def rows(self) -> int:
        """How many rows a mutant changed."""
        return int(np.any(self.changed, axis=0).sum())

    @property
    def share(self) -> float:
        """Share of the changed rows that are violated."""
        return int(self.violated.sum()) / self.rows

    @property
    def is_equality(self) -> bool:
        """Whether the answer is to stay the same."""
        return self.argument not in SIGNS

    def mutant_answers(self, row: int) -> list[Any]:
        """Return the answers for those mutants that differ from the row."""
        pairs = zip(self.answers, self.changed, strict=True)
        return [answers[row] for answers, changed in pairs if changed[row]]


def ask(model: Any, inputs: Any, *, scores: bool, ordered: bool) -> Answers:
    """Ask a model for what the relations compare.

    Raises
    ------
    InputError
        If the model cannot answer, or answers without an order where one is needed.
    """
    labels = predict(model, inputs)
    are_classes = is_classification(model, labels)
    scored = positive_scores(model, inputs) if scores or (ordered and are_classes) else labels
    if ordered and scored.dtype.kind not in "biuf":
        raise InputError("model", "answers words, which have no order; give a model that scores")
    numbers = scored.astype(float) if ordered else None
    return Answers(scored if scores else labels, numbers, are_classes and not scores)


def try_relation(
    model: Any,
    mutants: Iterable[Mutant],
    before: Answers,
    *,
    argument: str,
    name: str,
    scores: bool,
    limits: Limits,
) -> Tried:
    """Ask a model about mutants and compare.

    Raises
    ------
    InputError
        If the model cannot answer, or no mutant differs from its row.
    """
    sign = SIGNS.get(argument, 0)
    answers, changed, violated = [], [], []
    for mutant in mutants:
        after = _ask_of_mutants(model, mutant, name, scores=scores, ordered=sign != 0)
        if after.ordered is not None and before.ordered is not None:
            answers.append(after.ordered)
            wrong = _wrong_way(before.ordered, after.ordered, sign, limits)
        else:
            answers.append(after.equal)
            wrong = unequal(before.equal, after.equal, before.are_classes, limits.tolerance)
        changed.append(mutant.changed)
        violated.append(wrong & mutant.changed)
    if not np.any(changed):
        raise InputError(argument, f"{name!r} changed no row, so it shows nothing; mend it")
    return Tried(name, argument, answers, changed, np.any(violated, axis=0))


def _ask_of_mutants(
    model: Any, mutant: Mutant, name: str, *, scores: bool, ordered: bool
) -> Answers:
    try:
        return ask(model, mutant.inputs, scores=scores, ordered=ordered)
    except InputError as error:
        problem = str(error).removeprefix(f"{error.argument}: ")
        raise InputError(error.argument, f"on mutants of {name!r}, {problem}") from error


def _wrong_way(before: np.ndarray, after: np.ndarray, sign: int, limits: Limits) -> np.ndarray:
    wanted = limits.min_change - limits.tolerance - _slack(before, after)
    return np.asarray(sign * (after - before) < wanted)


def unequal(one: np.ndarray, other: np.ndarray, are_classes: bool, tolerance: float) -> np.ndarray:
    """Whether answers differ: labels at all, numbers by more than the tolerance."""
    if are_classes or one.dtype.kind not in "biuf" or other.dtype.kind not in "biuf":
        return np.asarray(one != other, dtype=bool)
    left, right = one.astype(float), other.astype(float)
    return np.asarray(np.abs(left - right) > tolerance + _slack(left, right))


def _slack(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray(_ROUNDING * np.maximum(np.abs(one), np.abs(other)))

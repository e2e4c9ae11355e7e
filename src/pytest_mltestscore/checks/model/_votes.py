"""Repaired answers: the vote over a row and those of its mutants that ask the same question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ._relations import Answers, Tried, unequal


def votes_of(tried: Sequence[Tried], before: Answers) -> dict[int, Any]:
    """Return the repaired answer of each row that violates a relation of equality, by its number.

    The row's own answer has one vote, as has each mutant that differs from the row.
    """
    equal = [t for t in tried if t.is_equality]
    rows = np.flatnonzero(np.any([t.violated for t in equal], axis=0)) if equal else np.array([])
    return {row: _vote(_ballots(equal, before, row), before.are_classes) for row in rows.tolist()}


def _ballots(equal: Sequence[Tried], before: Answers, row: int) -> list[Any]:
    return [before.equal[row], *(ballot for t in equal for ballot in t.mutant_answers(row))]


def _vote(ballots: Sequence[Any], are_classes: bool) -> Any:
    """Return the median of numbers, or the majority of labels; in a tie the first of the tied."""
    if not are_classes and np.asarray(ballots).dtype.kind in "biuf":
        return float(np.median(ballots))
    listed = [plain(ballot) for ballot in ballots]
    return max(listed, key=listed.count)


def plain(value: Any) -> Any:
    """Return the Python value of a NumPy scalar."""
    return value.item() if isinstance(value, np.generic) else value


def repaired_rows(
    tried: Tried, votes: Mapping[int, Any], before: Answers, tolerance: float
) -> set[int] | None:
    """Return violated rows whose vote agrees with all their mutants; None for directions."""
    if not tried.is_equality:
        return None
    return {
        row
        for row in np.flatnonzero(tried.violated).tolist()
        if _agrees(votes[row], tried.mutant_answers(row), before.are_classes, tolerance)
    }


def _agrees(vote: Any, answers: Sequence[Any], are_classes: bool, tolerance: float) -> bool:
    listed = np.asarray(answers)
    return not unequal(np.full(len(listed), vote), listed, are_classes, tolerance).any()


def violations(tried: Tried, votes: Mapping[int, Any], before: Answers) -> list[dict[str, Any]]:
    """Return the violated rows of a relation with all answers, for use in Python."""
    own = before.equal if tried.is_equality or before.ordered is None else before.ordered
    return [
        {
            "row": row,
            "answer": plain(own[row]),
            "mutants": [plain(answer) for answer in tried.mutant_answers(row)],
            "vote": votes[row] if tried.is_equality else None,
        }
        for row in np.flatnonzero(tried.violated).tolist()
    ]

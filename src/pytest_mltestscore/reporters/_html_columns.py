"""The table of a check as columns and cells: in what order, and which of them are numbers.

A record that was stored comes back with the columns in the order of the alphabet, so the order is
made from their names here, and the same record gives the same page however it came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TypeGuard

from ..domain.evidence import Scalar

Row = Mapping[str, Scalar]

HUGE = 1e100
"""Numbers beyond this are shown and never drawn: sums and products of them may overflow."""

_FIRST = (
    "rank", "what", "number", "of", "slice", "feature", "features", "function", "property",
    "file", "relation", "kind", "candidate", "column", "expectation", "invariant", "subject",
    "dependency", "question", "release", "model", "metric", "against", "stage", "made", "step",
    "level", "phase", "test", "part", "where", "which", "day", "input of", "broken by",
    "age days", "rows",
)  # fmt: skip
"""What a row is about."""

_LAST = (
    "value", "score", "found", "wanted", "low", "high", "limit", "limit_days", "unit", "verdict",
    "status",
)  # fmt: skip
"""What came of it, and what was asked for."""

_NONFINITE = ("nan", "inf", "-inf")

_ALARMS = frozenset({
    "bad", "broken", "differs", "drifted", "failed", "found", "harmful", "late", "silent",
    "skewed", "slow", "stale", "stuck", "undefined", "unproven", "weak", "wrong",
})  # fmt: skip

_RANK = {
    **{name: (0, place) for place, name in enumerate(_FIRST)},
    **{name: (3, place) for place, name in enumerate(_LAST)},
}


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table are called, in reading order."""

    names: tuple[str, ...]
    numeric: frozenset[str]

    def numbers(self, row: Row) -> dict[str, float]:
        """Return the numbers of a row that can be reckoned with."""
        return {
            name: float(value)
            for name in self.names
            if name in self.numeric and (value := row.get(name)) is not None and finite(value)
        }


def columns(table: Sequence[Row]) -> Columns:
    """Put the columns of a table in order: what a row is about, other texts, numbers, the verdict.

    >>> columns([{"high": 0.9, "low": 0.7, "score": 0.8, "slice": "north", "verdict": "ok"}]).names
    ('slice', 'score', 'low', 'high', 'verdict')
    """
    names = {name for row in table for name in row}
    numeric = frozenset(name for name in names if _is_numeric([row.get(name) for row in table]))
    ordered = sorted(names, key=lambda n: (*_RANK.get(n, (2 if n in numeric else 1, 0)), n))
    return Columns(tuple(ordered), numeric)


def finite(value: object) -> TypeGuard[int | float]:
    """Whether something is a number that can be drawn."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isfinite(value) and abs(value) < HUGE


def alarming(row: Row) -> bool:
    """Whether the verdict on a row is one that a reader looks for.

    >>> alarming({"verdict": "FAILED"}), alarming({"verdict": "not judged"})
    (True, False)
    """
    return str(row.get("verdict", "")).lower() in _ALARMS


def _is_numeric(cells: Sequence[Scalar]) -> bool:
    told = [cell for cell in cells if cell not in (None, "")]
    return bool(told) and all(
        cell in _NONFINITE or (isinstance(cell, int | float) and not isinstance(cell, bool))
        for cell in told
    )

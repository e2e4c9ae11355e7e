"""Drawings in the rows of a check's table: each a path in a box of the same size.

A path is filled, never stroked: shapes are thin boxes. The figures are in the cells beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

WIDTH = 120
HEIGHT = 16
_EDGE = 5
"""Room for half a mark at either end."""
_AT_LIMIT = 80
"""Where the limit is on a bar that has a scale of its own."""


class Scale(NamedTuple):
    """Which numbers are at the two ends of a strip."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Return where a number is, at an end if it lies beyond."""
        span = self.high - self.low
        share = (value - self.low) / span if span > 0 else 0.5
        return round(_EDGE + (WIDTH - 2 * _EDGE) * min(max(share, 0.0), 1.0), 1)


def scale(values: Sequence[float]) -> Scale:
    """Return the scale that all these numbers fit on."""
    return Scale(min(values), max(values))


def interval(at: Scale, low: float, value: float, high: float, limits: Sequence[float]) -> str:
    """Draw a line from low to high, a mark at the value, and an upright at each limit.

    >>> interval(Scale(0, 1), 0.2, 0.5, 0.8, [1])
    'M27 7h66v2h-66zM56 8l4-4 4 4-4 4zM114.5 0h1v16h-1z'
    """
    left, right, middle = at.place(low), at.place(high), at.place(value)
    line = _box(left, 7, right - left, 2)
    mark = f"M{middle - 4:g} 8l4-4 4 4-4 4z"
    return line + mark + _uprights(at, limits)


def bar(at: Scale, value: float, limits: Sequence[float]) -> str:
    """Draw a bar from the left end to the value, and an upright at each limit."""
    return _box(_EDGE, 5, at.place(value) - _EDGE, 6) + _uprights(at, limits)


def share_of_limit(value: float, limit: float) -> str:
    """Draw a bar on a scale of its own, on which the limit always has the same place.

    >>> share_of_limit(1, 2)
    'M5 5h40v6h-40zM84.5 0h1v16h-1z'
    """
    length = min(_AT_LIMIT * value / limit, WIDTH - 2.0 * _EDGE)
    return _box(_EDGE, 5, round(length, 1), 6) + _upright(_EDGE + _AT_LIMIT)


def shift(at: Scale, before: float, now: float) -> str:
    """Draw two bars, one below the other: the hollow one is before, the full one now.

    >>> shift(Scale(0, 1), 0.5, 1)
    'M5 1h55v6h-55zM6 2v4h53v-4zM5 9h110v6h-110z'
    """
    was = max(at.place(before) - _EDGE, 2.0)
    hollow = _box(_EDGE, 1, was, 6) + f"M{_EDGE + 1} 2v4h{was - 2:g}v-4z"
    return hollow + _box(_EDGE, 9, at.place(now) - _EDGE, 6)


def _box(x: float, y: float, width: float, height: float) -> str:
    width = max(width, 1.0)
    return f"M{x:g} {y:g}h{width:g}v{height:g}h{-width:g}z"


def _uprights(at: Scale, limits: Sequence[float]) -> str:
    return "".join(_upright(at.place(limit)) for limit in limits)


def _upright(x: float) -> str:
    return f"M{x - 0.5:g} 0h1v{HEIGHT}h-1z"

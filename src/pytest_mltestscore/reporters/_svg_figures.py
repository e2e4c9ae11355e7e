"""Charts above the table of a check, where a row alone does not show the shape of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

WIDTH = 340
HEIGHT = 150
_LEFT = 48
_TOP = 10
_BOTTOM = 18
"""Room for the numbers at the axes."""


class Point(NamedTuple):
    """A value with its interval."""

    x: float
    low: float
    value: float
    high: float


class Label(NamedTuple):
    """A number at an axis."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, as paths."""

    label: str
    """What it shows, for those who do not see it."""
    axes: str
    band: str
    """Filled faintly."""
    line: str
    rule: str
    """Dashed: what the line is to be held against."""
    marks: str
    """Filled."""
    labels: tuple[Label, ...]
    width: int
    height: int = HEIGHT


class _Plane(NamedTuple):
    """Where numbers are on the paper."""

    left: float
    right: float
    bottom: float
    top: float
    width: int

    def x(self, value: float) -> float:
        share = (value - self.left) / (self.right - self.left)
        return round(_LEFT + (self.width - _LEFT - 8) * share, 1)

    def y(self, value: float) -> float:
        share = (value - self.bottom) / (self.top - self.bottom)
        return round(HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * share, 1)

    def at(self, x: float, y: float) -> str:
        return f"{self.x(x):g} {self.y(y):g}"

    def axes(self) -> str:
        return f"M{_LEFT} {_TOP}V{HEIGHT - _BOTTOM}H{self.width - 8}"

    def labels(self) -> tuple[Label, ...]:
        floor = HEIGHT - _BOTTOM
        return (
            Label(_LEFT - 4, _TOP + 4, "end", f"{self.top:.3g}"),
            Label(_LEFT - 4, floor, "end", f"{self.bottom:.3g}"),
            Label(_LEFT, HEIGHT - 4, "start", f"{self.left:.3g}"),
            Label(self.width - 8, HEIGHT - 4, "end", f"{self.right:.3g}"),
        )


def curve(points: Sequence[Point], of: str, over: str, limit: float | None) -> Figure | None:
    """Draw values over something that grows, such as the loss over the age of a model.

    `limit` is where on the way the line was to stop.
    """
    points = sorted(points)
    ends = [y for point in points for y in (point.low, point.high)]
    sides = [points[0].x, points[-1].x, *([] if limit is None else [limit])]
    plane = _Plane(min(sides), max(sides), min(0.0, *ends), max(0.0, *ends), WIDTH)
    if plane.left == plane.right or plane.bottom == plane.top:
        return None
    there = "L".join(plane.at(p.x, p.high) for p in points)
    back = "L".join(plane.at(p.x, p.low) for p in reversed(points))
    upright = "" if limit is None else f"M{plane.x(limit):g} {_TOP}V{HEIGHT - _BOTTOM}"
    return Figure(
        label=f"{of} over {over}",
        axes=plane.axes(),
        band=f"M{there}L{back}z",
        line="M" + "L".join(plane.at(p.x, p.value) for p in points),
        rule=upright,
        marks="".join(_mark(plane, p) for p in points),
        labels=plane.labels(),
        width=WIDTH,
    )


def reliability(points: Sequence[Point], of: str) -> Figure | None:
    """Draw what was observed against what was predicted; a calibrated model is on the diagonal."""
    numbers = [number for point in points for number in point]
    low, high = min(0.0, *numbers), max(numbers)
    if low == high:
        return None
    plane = _Plane(low, high, low, high, HEIGHT + _LEFT - _TOP - _BOTTOM + 8)
    return Figure(
        label=f"{of}, observed over predicted",
        axes=plane.axes(),
        band="",
        line="".join(f"M{plane.at(p.x, p.low)}V{plane.y(p.high):g}" for p in points),
        rule=f"M{plane.at(low, low)}L{plane.at(high, high)}",
        marks="".join(_mark(plane, p) for p in points),
        labels=plane.labels(),
        width=plane.width,
    )


def _mark(plane: _Plane, point: Point) -> str:
    return f"M{plane.x(point.x) - 3:g} {plane.y(point.value):g}l3-3 3 3-3 3z"

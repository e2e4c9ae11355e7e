"""What the page shows of a check beside its verdict: its table, and drawings of what is in it.

Which drawing suits is seen from the columns: an interval from `low` and `high`, a bar from a
number and its limit, two bars from `12.0% -> 15.5%`. A table of any other shape is not drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ..domain.counting import count
from ..domain.evidence import CheckEvidence, Scalar
from . import _svg_figures as figures
from . import _svg_strips as strips
from ._html_bounds import Bound, bound, measured_bound
from ._html_columns import Columns, Row, alarming, columns
from ._html_words import scalar
from ._svg_figures import Figure, Point

_CENTRES = ("value", "score", "loss", "share", "benefit")
_MEASURED = ("value", "found", "age_days", "psi", "share", "days", "run")
_AGE = "age days"
_SHIFT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?% -> (\d{1,3}(?:\.\d{1,6})?) ?%", re.ASCII)
_SLACK = 1e-3
"""Numbers of a table are rounded, each by itself."""
_FEWEST_POINTS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a check's table."""

    cells: tuple[str, ...]
    drawn: str
    """The path of its drawing; empty if it has none."""
    alarming: bool


@dataclass(frozen=True, slots=True)
class CheckTable:
    """A check's table, or the first rows of it."""

    names: tuple[str, ...]
    numeric: tuple[int, ...]
    """Numbers of the columns that hold numbers, counted from 1."""
    lines: tuple[Line, ...]
    left: int
    key: str
    """What the drawings mean; empty if there are none."""
    figure: Figure | None
    seen: str
    """How much of the data was looked at; empty if all of it was."""

    @property
    def summary(self) -> str:
        """What unfolds."""
        return f"Table, {count(len(self.lines) + self.left, 'row')}"


@dataclass(frozen=True, slots=True)
class _Drawing:
    paths: tuple[str, ...]
    key: str
    figure: Figure | None = None


_NOTHING = _Drawing((), "")


def arrange_table(check: CheckEvidence, rows: int, drawn: bool) -> CheckTable:
    """Arrange at most so many rows of a check's table."""
    found = columns(check.table)
    shown = check.table[:rows]
    drawing = _draw(check, found) if drawn and shown else _NOTHING
    return CheckTable(
        names=found.names,
        numeric=tuple(n for n, name in enumerate(found.names, 1) if name in found.numeric),
        lines=tuple(_lines(shown, found, drawing)),
        left=len(check.table) - len(shown),
        key=drawing.key,
        figure=drawing.figure,
        seen=_seen(check),
    )


def _lines(table: Sequence[Row], found: Columns, drawing: _Drawing) -> Iterator[Line]:
    for number, row in enumerate(table):
        yield Line(
            cells=tuple(_cell(row.get(name)) for name in found.names),
            drawn=drawing.paths[number] if drawing.paths else "",
            alarming=alarming(row),
        )


def _cell(value: Scalar) -> str:
    return "" if value is None else scalar(value)


def _seen(check: CheckEvidence) -> str:
    if check.rows_seen is None or check.rows_total in (None, check.rows_seen):
        return ""
    return f"{check.rows_seen:,} of {count(check.rows_total or 0, 'row')} of data looked at"


def _draw(check: CheckEvidence, found: Columns) -> _Drawing:
    numbers = [found.numbers(row) for row in check.table]
    drawings: tuple[Callable[[], _Drawing], ...] = (
        partial(_intervals, check, numbers),
        partial(_shifts, check.table),
        partial(_budgets, check.table, numbers),
        partial(_bars, check, numbers),
    )
    made = (draw() for draw in drawings)
    return next((d for d in made if d.figure or any(d.paths)), _NOTHING)


def _intervals(check: CheckEvidence, numbers: Sequence[dict[str, float]]) -> _Drawing:
    """Values with what they may lie between. Rows with the same limit share a scale."""
    held = [n for n in numbers if {"low", "high"} <= n.keys()]
    centre = _centre(held)
    if not centre:
        return _NOTHING
    points = [
        (n["low"], n[centre], n["high"]) if {"low", "high", centre} <= n.keys() else None
        for n in numbers
    ]
    bounds = [bound(row.get("limit")) for row in check.table]
    if not any(b.places for b in bounds):
        whole = measured_bound(check, centre, [p[1] for p in points if p])
        bounds = [whole] * len(bounds)
    groups = ["a number" if b.plain else b.places for b in bounds]
    scales = {
        group: strips.scale(
            [
                number
                for point, other, b in zip(points, groups, bounds, strict=True)
                if point and other == group
                for number in (*point, *b.places)
            ]
        )
        for group, point in zip(groups, points, strict=True)
        if point
    }
    figure = _curve(check, numbers, centre)
    if figure:
        return _Drawing(("",) * len(points), "", figure)
    figure = _reliability(check, points, bounds)
    in_rows = [point and not (figure and b.plain) for point, b in zip(points, bounds, strict=True)]
    paths = tuple(
        strips.interval(scales[group], *point, b.places) if point and here else ""
        for group, point, b, here in zip(groups, points, bounds, in_rows, strict=True)
    )
    drawn = [b for b, here in zip(bounds, in_rows, strict=True) if here]
    key = f"line: interval; mark: {centre}" + _upright(drawn)
    return _Drawing(paths, key if any(paths) else "", figure)


def _centre(held: Sequence[dict[str, float]]) -> str:
    """Return the column whose numbers lie between `low` and `high`."""
    for name in (*_CENTRES, *sorted({name for n in held for name in n} - {"low", "high"})):
        rows = [n for n in held if name in n]
        if rows and all(_within(n[name], n["low"], n["high"]) for n in rows):
            return name
    return ""


def _within(value: float, low: float, high: float) -> bool:
    slack = _SLACK * max(1.0, abs(low), abs(high))
    return low - slack <= value <= high + slack


def _curve(check: CheckEvidence, numbers: Sequence[dict[str, float]], centre: str) -> Figure | None:
    points = [
        Point(n[_AGE], n["low"], n[centre], n["high"])
        for n in numbers
        if {_AGE, "low", "high", centre} <= n.keys()
    ]
    if len(points) < _FEWEST_POINTS:
        return None
    limits = [bound(m.value).places for m in check.measurements if m.name == "age limit"]
    return figures.curve(points, centre, _AGE, limits[0][0] if limits and limits[0] else None)


def _reliability(
    check: CheckEvidence,
    points: Sequence[tuple[float, float, float] | None],
    bounds: Sequence[Bound],
) -> Figure | None:
    """Draw rows that say what was expected instead of how much may be."""
    expected = [
        (Point(b.places[0], *point), row)
        for row, point, b in zip(check.table, points, bounds, strict=True)
        if point and b.plain
    ]
    if len(expected) < _FEWEST_POINTS:
        return None
    return figures.reliability([p for p, _ in expected], str(expected[0][1].get("number", "share")))


def _shifts(table: Sequence[Row]) -> _Drawing:
    """Shares of a distribution, in the data that it is held against and now."""
    pairs = [_shares(row) for row in table]
    most = max((max(pair) for pair in pairs if pair), default=0.0)
    at = strips.Scale(0.0, most)
    paths = tuple(strips.shift(at, *pair) if pair and most else "" for pair in pairs)
    return _Drawing(paths, "hollow bar: share before; full bar: share now")


def _shares(row: Row) -> tuple[float, float] | None:
    for _, cell in sorted(row.items()):
        if isinstance(cell, str) and (found := _SHIFT.search(cell)):
            return float(found[1]), float(found[2])
    return None


def _budgets(table: Sequence[Row], numbers: Sequence[dict[str, float]]) -> _Drawing:
    """Numbers of different kinds, each with a limit of its own."""
    paths = tuple(map(_share_of_limit, table, numbers))
    return _Drawing(paths, "bar: what was found; upright: limit")


def _share_of_limit(row: Row, numbers: dict[str, float]) -> str:
    limits = bound(row.get("limit", row.get("limit_days"))).places
    value = next((numbers[name] for name in _MEASURED if name in numbers), None)
    if value is None or value < 0 or len(limits) != 1 or limits[0] <= 0:
        return ""
    return strips.share_of_limit(value, limits[0])


def _bars(check: CheckEvidence, numbers: Sequence[dict[str, float]]) -> _Drawing:
    """Numbers of one kind, with the limit of the largest or smallest of them."""
    for name in _MEASURED:
        values = [n[name] for n in numbers if name in n]
        limit = measured_bound(check, name, values)
        ends = [0.0, *values, *limit.places]
        if limit.places and min(ends) >= 0 and max(ends) > 0:
            at = strips.scale(ends)
            paths = tuple(
                strips.bar(at, n[name], limit.places) if name in n else "" for n in numbers
            )
            return _Drawing(paths, f"bar: {name}; upright: limit")
    return _NOTHING


def _upright(bounds: Sequence[Bound]) -> str:
    if not any(b.places for b in bounds):
        return ""
    plain = sum(b.plain for b in bounds)
    words = "limit" if not plain else "expected" if plain == len(bounds) else "limit or expected"
    return f"; upright: {words}"

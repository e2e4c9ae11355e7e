"""Drawings on the HTML page: the numbers are worked out here, the markup is in the templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ..domain.record import GateStatus, ItemScore, SectionScore

BAR_WIDTH = 420
CURVE_WIDTH = 220
CURVE_HEIGHT = 56
CURVE_EDGE = 4
"""Room for the dot at the end."""
TICKS_AT_MOST = 20
"""More marks than this on a bar would be a grey smear."""

_INK: dict[str, str] = {"passed": "#1f5fae", "failed": "#b4500b"}
_MARK: dict[str, str] = {"passed": "M9 16.5l5 5 9-11", "failed": "M10 10l12 12M22 10L10 22"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A section's bar: what tests earned, then what was attested, up to the section's maximum."""

    automated: float
    manual: float
    ticks: tuple[float, ...]
    width: int = BAR_WIDTH


def bar(section: SectionScore, items: Sequence[ItemScore], step: float) -> Bar:
    """Draw the points of a section to scale; `step` is the credit of one automated item."""
    unit = BAR_WIDTH / section.max if section.max else 0.0
    manual = sum(item.points for item in items if item.state == "manual")
    marks = int(section.max / step) if step else 0
    ticks = (
        tuple(_short(step * n * unit) for n in range(1, marks)) if marks <= TICKS_AT_MOST else ()
    )
    return Bar(
        automated=_short((section.score - manual) * unit),
        manual=_short(manual * unit),
        ticks=ticks,
    )


@dataclass(frozen=True, slots=True)
class Curve:
    """Scores over time, from 0 at the bottom up to the most that there is."""

    path: str
    x: float
    """Where the last one is."""
    y: float
    width: int = CURVE_WIDTH
    height: int = CURVE_HEIGHT


def curve(values: Sequence[float], places: Sequence[float], most: float) -> Curve:
    """Draw values at their places, which go from 0 to 1."""
    span, reach = CURVE_WIDTH - 2 * CURVE_EDGE, CURVE_HEIGHT - 2 * CURVE_EDGE
    xs = [_short(CURVE_EDGE + span * place) for place in places]
    shares = (min(value / most, 1.0) if most else 0.0 for value in values)
    ys = [_short(CURVE_HEIGHT - CURVE_EDGE - reach * share) for share in shares]
    path = "L".join(f"{x:g} {y:g}" for x, y in zip(xs, ys, strict=True))
    return Curve(path=f"M{path}", x=xs[-1], y=ys[-1])


def _short(length: float) -> float:
    """Round to what a screen can show; it keeps files small and equal on every machine."""
    return round(length, 1)


def favicon(status: GateStatus) -> str:
    """Return a picture for the browser's tab, as a data address: it tells many tabs apart."""
    ink = _INK.get(status, "#59616b")
    mark = _MARK.get(status, "M9 16h14")
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<circle cx="16" cy="16" r="15" fill="{ink}"/><path d="{mark}" fill="none"'
        ' stroke="#fff" stroke-width="3.5" stroke-linecap="round"/></svg>'
    )
    return "data:image/svg+xml," + quote(svg, safe="/:= ")

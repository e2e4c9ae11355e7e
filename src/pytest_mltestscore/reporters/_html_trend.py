"""What the page shows of earlier scores: a drawing, the same in words, and the numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ..domain.record import Record, SectionScore, TrendPoint
from ._svg import Curve, curve
from ._trend import ARROW, Trend, trend
from .sparkline import thinned

DRAWN = 110
"""Points of the drawing: one for each two pixels are all that can be seen."""
DRAWN_OF_SECTION = 24
"""The same in the row of a section, where there is less room."""
ROWS = 12


@dataclass(frozen=True, slots=True)
class TrendView:
    """A trend, the run itself as its last point."""

    words: str
    curve: Curve
    sections: dict[str, Curve]
    """Those of the sections, by id."""
    rows: tuple[tuple[str, TrendPoint], ...]
    """The newest points with their times, the newest first."""
    more: int
    """Earlier points that have no row."""


def trend_view(record: Record) -> TrendView | None:
    """Return what to show of the trend of a record, None if it has none."""
    found = trend(record)
    if found is None:
        return None
    places = thinned(_places(found), DRAWN)
    drawn = curve(thinned(found.finals, DRAWN), places, record.score.max)
    rows = list(zip(_times(found), found.points, strict=True))[-ROWS:]
    return TrendView(
        words=found.in_words(ARROW),
        curve=drawn,
        sections={section.id: _of_section(found, section) for section in record.sections},
        rows=tuple(reversed(rows)),
        more=len(found.points) - len(rows),
    )


def _of_section(found: Trend, section: SectionScore) -> Curve:
    # A section that another rubric did not have had nothing.
    scores = [point.sections.get(section.id, 0.0) for point in found.points]
    places = thinned(_places(found), DRAWN_OF_SECTION)
    return curve(thinned(scores, DRAWN_OF_SECTION), places, section.max)


def _places(found: Trend) -> Sequence[float]:
    """Return where each point lies between the first and the last: by time if it is known."""
    if found.moments:
        first, span = found.moments[0], found.moments[-1] - found.moments[0]
        if span:
            return [(moment - first) / span for moment in found.moments]
    last = len(found.points) - 1
    return [number / last for number in range(last + 1)]


def _times(found: Trend) -> list[str]:
    if found.moments:
        return [_time(moment) for moment in found.moments]
    return [point.started_at for point in found.points]


def _time(moment: dt.datetime) -> str:
    return moment.isoformat(" ", "minutes").removesuffix("+00:00")

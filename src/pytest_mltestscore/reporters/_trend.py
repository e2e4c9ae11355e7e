"""How a score got where it is: earlier scores and this one, for all reports that show them."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from ..domain.counting import count
from ..domain.moments import moment
from ..domain.record import Record, TrendPoint
from ._wording import points, unfinished

ARROW = "\u2192"
"""For reports that are always UTF-8."""


class Trend(NamedTuple):
    """Scores in order of time; the last one is that of the run itself."""

    points: tuple[TrendPoint, ...]
    moments: tuple[dt.datetime, ...]
    """When they began; empty where one of them does not say."""

    @property
    def finals(self) -> list[float]:
        """The scores alone."""
        return [point.final for point in self.points]

    def in_words(self, arrow: str = "->") -> str:
        """Say from what to what the score went, in what time and how many runs."""
        first, last = points(self.points[0].final), points(self.points[-1].final)
        still = all(final == self.finals[0] for final in self.finals)
        way = f"unchanged at {last}" if still else f"{first} {arrow} {last}"
        return f"{way}{self._span()}, {count(len(self.points), 'run')}"

    def _span(self) -> str:
        if not self.moments:
            return ""
        days = round((self.moments[-1] - self.moments[0]) / dt.timedelta(days=1))
        return f" over {count(days, 'day')}" if days > 0 else " within a day"


def trend(record: Record) -> Trend | None:
    """Return the trend of a record, None if it has none or its own score is not the whole truth."""
    if not record.trend or unfinished(record):
        return None
    own = TrendPoint(
        started_at=record.run.started_at,
        final=record.score.final,
        sections={section.id: section.score for section in record.sections},
        commit=record.run.commit,
    )
    found = (*record.trend, own)
    moments = tuple(filter(None, (moment(point.started_at) for point in found)))
    in_order = len(moments) == len(found) and list(moments) == sorted(moments)
    return Trend(found, moments if in_order else ())

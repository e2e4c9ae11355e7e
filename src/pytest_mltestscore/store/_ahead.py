"""Runs that began later than now: somebody's clock is wrong, or was set by `--mlscore-now`.

They count nowhere, or they would be the newest for as long as the clock is wrong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from ._entry import Entry

CLOCK_SKEW = dt.timedelta(minutes=5)
"""By how much the clocks of two machines may differ."""

AHEAD = "begun after the moment of judging"


def is_ahead(started_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a run says of itself that it has not begun yet."""
    return started_at > now + CLOCK_SKEW


def begun(entries: Iterable[Entry], now: dt.datetime) -> tuple[tuple[Entry, ...], int]:
    """Return the entries of runs that have begun, and how many have not."""
    listed = tuple(entries)
    found = tuple(entry for entry in listed if not is_ahead(entry.started_at, now))
    return found, len(listed) - len(found)

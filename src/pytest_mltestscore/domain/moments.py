"""Moments in records, which are text there."""

from __future__ import annotations

import datetime as dt


def moment(text: str) -> dt.datetime | None:
    """Read an RFC 3339 time; None where it is none, since nobody has checked it.

    >>> moment("2026-03-02T09:15:30+01:00").isoformat()
    '2026-03-02T08:15:30+00:00'
    >>> moment("yesterday")
    """
    try:
        found = dt.datetime.fromisoformat(text)
        return found.astimezone(dt.UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None

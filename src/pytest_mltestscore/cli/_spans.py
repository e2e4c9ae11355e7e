"""Spans of time as people type them."""

from __future__ import annotations

import datetime as dt
import re

from ..domain.tables import shown
from ._failure import CommandError

_DAYS = re.compile(r"(\d{1,7}(?:\.\d{1,6})?)d?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*", re.ASCII)


def days(text: str, option: str, now: dt.datetime) -> dt.datetime:
    """Return the moment that lies so many days before now, such as `90` or `90d`.

    Raises
    ------
    CommandError
        If it is no number of days.
    """
    match = _DAYS.fullmatch(text.strip())
    if match is None:
        raise CommandError(f"{option}: {shown(text)} is no number of days; give one such as 90")
    try:
        return now - dt.timedelta(days=float(match[1]))
    except OverflowError:  # before the year 1
        return dt.datetime.min.replace(tzinfo=dt.UTC)


def since(text: str, option: str, now: dt.datetime) -> dt.datetime:
    """Return the moment that a date, a time or a number of days such as `30d` means.

    A date is its first moment in UTC, and so is a time without a zone.

    Raises
    ------
    CommandError
        If it means none.

    Examples
    --------
    >>> since("2026-03-02", "--since", dt.datetime.now(dt.UTC)).isoformat()
    '2026-03-02T00:00:00+00:00'
    """
    typed = text.strip()
    if _DAYS.fullmatch(typed) and typed.endswith("d"):
        return days(typed, option, now)
    try:
        if _DATE.fullmatch(typed):
            moment = dt.datetime.fromisoformat(typed)
            return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise CommandError(
        f"{option}: {shown(text)} is neither a date such as 2026-03-02 nor days such as 30d"
    )

"""Points in time of any kind as aware date-times, and limits of age.

A time without a timezone is never guessed at: the caller says which zone it is in, or gets an
error.
"""

from __future__ import annotations

import datetime as dt
from math import isfinite
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import narwhals as nw

from ..domain.checkresult import CheckResult
from ..domain.errors import InputError
from ._frames import Frame, aggregate, require_columns

Age: TypeAlias = "dt.timedelta | float"
"""A length of time; a bare number counts days."""

DAY = dt.timedelta(days=1)
CLOCK_SKEW = dt.timedelta(minutes=5)
"""How far ahead another machine's clock may be before its time is called a time in the future."""

_UNITS = {"": DAY, "days": DAY, "d": DAY, "hours": DAY / 24, "h": DAY / 24, "weeks": 7 * DAY}


def zone(name: str | dt.tzinfo | None, argument: str = "timezone") -> dt.tzinfo | None:
    """Return a timezone from its name, such as `Europe/Vienna`."""
    if not isinstance(name, str):
        return name
    if name.upper() == "UTC":
        return dt.UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InputError(argument, f"{name!r} is no timezone; give one like 'UTC'") from error


def aware(value: Any, argument: str, timezone: dt.tzinfo | None = None) -> dt.datetime:
    """Return a time as an aware `datetime`.

    Parameters
    ----------
    value
        A `datetime`, pandas `Timestamp`, `date` (its first moment) or ISO 8601 text.
    timezone
        Zone of times that carry none.

    Raises
    ------
    InputError
        If the value is missing, is no time, or carries no timezone and none is given.
    """
    moment = _moment(value, argument)
    if moment.tzinfo is not None:
        return moment
    if timezone is None:
        problem = f"the time {moment.isoformat(' ')} has no timezone"
        raise InputError(argument, f"{problem}; give an aware one, or timezone='UTC'")
    return moment.replace(tzinfo=timezone)


def _moment(value: Any, argument: str) -> dt.datetime:
    if hasattr(value, "to_pydatetime") and not _is_missing(value):  # pandas
        value = value.to_pydatetime(warn=False)
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError as error:
            raise InputError(argument, f"{value!r} is no time in ISO 8601") from error
    if _is_missing(value):
        raise InputError(argument, "the time is missing")
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time.min)
    problem = f"{value!r} is of type {type(value).__name__}"
    raise InputError(argument, f"{problem}; give a datetime or text in ISO 8601")


def _is_missing(value: Any) -> bool:
    return value is None or bool(value != value)  # noqa: PLR0124 - NaN and NaT are unlike themselves


def current(now: Any, timezone: dt.tzinfo | None = None) -> dt.datetime:
    """Return the time that ages count up to: `now`, or the clock's where that is None."""
    return dt.datetime.now(dt.UTC) if now is None else aware(now, "now", timezone)


def age_of(moment: dt.datetime, now: dt.datetime, argument: str) -> dt.timedelta:
    """Return how long ago something was.

    Raises
    ------
    InputError
        If it lies in the future by more than `CLOCK_SKEW`: one of the clocks is wrong, and an age
        worked out from it would pass every limit.
    """
    age = now - moment
    if age < -CLOCK_SKEW:
        problem = f"the time {moment.isoformat(' ')} lies in the future"
        raise InputError(argument, f"{problem} of {now.isoformat(' ')}; check clock and timezone")
    return max(age, dt.timedelta(0))


def newest(
    frame: Frame, column: str, argument: str, timezone: dt.tzinfo | None = None
) -> dt.datetime:
    """Return the newest time in a column, found where the data is.

    Raises
    ------
    InputError
        If the column is missing, holds no times, or is empty.
    """
    require_columns(frame, [column], argument)
    dtype = frame.collect_schema()[column]
    if dtype.is_numeric() or dtype in (nw.String, nw.Boolean, nw.Categorical, nw.Enum):
        problem = f"column {column!r} is of type {dtype}, not of times"
        raise InputError(argument, f"{problem}; parse it first")
    value = aggregate(frame, [nw.col(column).max().alias("newest")])["newest"]
    if _is_missing(value):
        raise InputError(argument, f"column {column!r} holds no time; give data to look at")
    return aware(value, argument, timezone)


def age_limit(limit: Age | CheckResult, argument: str = "max_age") -> dt.timedelta:
    """Return a limit of age; a result of `model.staleness_impact` holds the one it recommends.

    Raises
    ------
    InputError
        If it is not a positive length of time, or the result recommends none.
    """
    if isinstance(limit, CheckResult):
        limit = _recommended(limit, argument)
    if isinstance(limit, int | float) and not isinstance(limit, bool) and isfinite(limit):
        limit = limit * DAY
    if not isinstance(limit, dt.timedelta) or limit <= dt.timedelta(0):
        problem = f"is {limit!r}; give a positive number of days or a timedelta"
        raise InputError(argument, problem)
    return limit


def _recommended(result: CheckResult, argument: str) -> Any:
    stated = result.details.get("age_limit")
    if stated is not None:
        return stated
    for m in result.measurements:
        if m.name.replace(" ", "_") == "age_limit" and isinstance(m.value, int | float):
            if m.unit not in _UNITS:
                raise InputError(argument, f"the age limit of {result.name} is in {m.unit!r}")
            return m.value * _UNITS[m.unit]
    problem = f"the result of {result.name} recommends no age limit"
    raise InputError(argument, f"{problem}; give days or a timedelta")


def days(age: dt.timedelta) -> float:
    """Return a length of time in days."""
    return age / DAY

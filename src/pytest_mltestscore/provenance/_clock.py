"""The one clock of a run. Expiry is judged by its UTC date, so time zones change nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from ..domain.errors import ConfigError
from ..domain.tables import shown

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SECONDS = re.compile(r"[0-9]{1,15}")

_EXAMPLES = "give a date such as 2030-12-31 or a time such as 2030-12-31T18:00:00Z"


def today(now_option: str | None, environ: Mapping[str, str]) -> dt.datetime:
    """Return the moment that a run takes for now, in UTC.

    The value of `--mlscore-now` beats `SOURCE_DATE_EPOCH`, which beats the real clock.

    Raises
    ------
    ConfigError
        If the option is no ISO date or RFC 3339 time, or the variable no number of seconds.

    Examples
    --------
    >>> today("2030-12-31T18:00:00-08:00", {}).date()
    datetime.date(2031, 1, 1)
    """
    if now_option is not None:
        return _from_option(now_option.strip())
    if "SOURCE_DATE_EPOCH" in environ:
        return _from_epoch(environ["SOURCE_DATE_EPOCH"].strip())
    return dt.datetime.now(dt.UTC)


def _from_option(text: str) -> dt.datetime:
    upper = text.upper()
    try:
        if _DATE.fullmatch(upper):
            return dt.datetime.combine(dt.date.fromisoformat(upper), dt.time(), dt.UTC)
        match = _DATETIME.fullmatch(upper)
        if match and match["zone"]:
            return dt.datetime.fromisoformat(upper).astimezone(dt.UTC)
    except (ValueError, OverflowError):  # the 30th of February; the year 0 in UTC
        match = None
    if match:
        raise ConfigError(
            f"--mlscore-now: {shown(text)} has no time zone; add Z for UTC, or an offset"
        )
    raise ConfigError(f"--mlscore-now: {shown(text)} is no point in time; {_EXAMPLES}")


def _from_epoch(text: str) -> dt.datetime:
    try:
        if _SECONDS.fullmatch(text):
            return _EPOCH + dt.timedelta(seconds=int(text))
    except OverflowError:  # after the year 9999
        pass
    raise ConfigError(
        f"SOURCE_DATE_EPOCH: {shown(text)} is no time; "
        "give whole seconds since 1970 (UTC), or unset the variable"
    )

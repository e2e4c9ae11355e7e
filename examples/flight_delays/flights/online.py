"""The serving side's own way to the inputs of a flight: look-ups by key instead of joins.

The server reads the tables of `nightly` once and looks each flight up. No join or window of
`data` is used here, so that `training-serving-skew` compares two ways to the same numbers; and
no pandas, so that the server starts fast.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from flights.features import INPUTS, WEATHER, smoothed_share

REQUEST = {
    "carrier": str,
    "flight": int,
    "origin": str,
    "dest": str,
    "day": str,
    "sched_dep_time": int,
}
"""What a request says of a flight: its place in the schedule and nothing else."""
NEW_YORK = ZoneInfo("America/New_York")
WEATHER_FILE, DAILY_FILE = "weather.csv", "daily.csv"
"""Columns: origin, time_hour and the weather; day, by, name, late, flights."""
NO_WEATHER = dict.fromkeys(WEATHER, np.nan)


class BadRequestError(ValueError):
    """A request that does not say what it must; the message names the field."""


def validate(flight: Any) -> dict[str, Any]:
    """Return the request if it is one.

    Raises
    ------
    BadRequestError
        If a field is missing, unknown, of another type or no possible value.
    """
    if not isinstance(flight, Mapping):
        raise BadRequestError("a flight must be an object")
    if set(flight) != set(REQUEST):
        wrong = sorted(set(flight) ^ set(REQUEST))
        raise BadRequestError(f"fields must be exactly {list(REQUEST)}; see {wrong}")
    for name, kind in REQUEST.items():
        if type(flight[name]) is not kind:
            raise BadRequestError(f"{name}: must be a {kind.__name__}")
    hours, minutes = divmod(flight["sched_dep_time"], 100)
    if not (0 <= hours < 24 and minutes < 60):
        raise BadRequestError("sched_dep_time: must be a time of day such as 1745")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", flight["day"]):
        raise BadRequestError("day: must be a date such as 2013-12-31")
    try:
        dt.date.fromisoformat(flight["day"])
    except ValueError:
        raise BadRequestError("day: there is no such date") from None
    return dict(flight)


class OnlineStore:
    """The nightly tables in memory, looked up by flight."""

    def __init__(self, folder: Path) -> None:
        self._weather: dict[tuple[str, str], dict[str, float]] = {}
        with (folder / WEATHER_FILE).open(encoding="utf-8", newline="") as stream:
            for line in csv.DictReader(stream):
                numbers = {name: float(line[name] or "nan") for name in WEATHER}
                self._weather[line["origin"], line["time_hour"]] = numbers
        self._daily: dict[tuple[str, str, dt.date], tuple[int, int]] = {}
        with (folder / DAILY_FILE).open(encoding="utf-8", newline="") as stream:
            for line in csv.DictReader(stream):
                key = (line["by"], line["name"], dt.date.fromisoformat(line["day"]))
                self._daily[key] = (int(line["late"]), int(line["flights"]))

    def inputs(self, flight: Mapping[str, Any]) -> dict[str, Any]:
        """Return all inputs of a validated flight, by the names of `features.INPUTS`."""
        day = dt.date.fromisoformat(flight["day"])
        found = {
            **flight,
            **self._weather.get((flight["origin"], scheduled_hour(flight)), NO_WEATHER),
            "late_yesterday": self._late_yesterday(flight["origin"], day),
            "carrier_late_week": self._carrier_late_week(flight["carrier"], day),
        }
        return {name: found[name] for name in INPUTS}

    def _late_yesterday(self, origin: str, day: dt.date) -> float:
        late, flights = self._daily.get(("origin", origin, day - dt.timedelta(days=1)), (0, 0))
        return late / flights if flights else float("nan")

    def _carrier_late_week(self, carrier: str, day: dt.date) -> float:
        late = flights = 0
        for back in range(1, 8):
            counts = self._daily.get(("carrier", carrier, day - dt.timedelta(days=back)), (0, 0))
            late, flights = late + counts[0], flights + counts[1]
        return float(smoothed_share(late, flights))


def scheduled_hour(flight: Mapping[str, Any]) -> str:
    """Return the hour of scheduled departure in UTC, as the weather table writes it.

    >>> scheduled_hour({"day": "2013-07-01", "sched_dep_time": 1745})
    '2013-07-01T21:00:00Z'
    """
    day = dt.date.fromisoformat(flight["day"])
    hour = dt.time(flight["sched_dep_time"] // 100, tzinfo=NEW_YORK)
    local = dt.datetime.combine(day, hour)
    return local.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:00:00Z")


def columns_of(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Turn rows into columns, the shape that the feature functions take."""
    return {name: [row[name] for row in rows] for name in INPUTS}

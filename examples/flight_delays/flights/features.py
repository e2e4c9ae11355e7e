"""The features: pure functions of what is known two hours before departure.

Training and serving call the same functions. They take columns (arrays of equal length) and give
columns, so a table of 300,000 flights and a request for one take the same path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

WEATHER = ("dewp", "humid", "wind_speed", "precip", "pressure", "visib")
"""Weather at the origin in the scheduled hour of departure, as the data names it."""
INPUTS = (
    *("day", "carrier", "origin", "dest", "sched_dep_time"),
    *WEATHER,
    *("late_yesterday", "carrier_late_week"),
)
"""What a flight must come with."""
CATEGORIES = ("carrier", "origin", "dest")
FEATURES = (
    *CATEGORIES,
    *("departure_minute", "weekday"),
    *WEATHER,
    *("late_yesterday", "carrier_late_week"),
)
"""What the model sees, in its order."""

PRIOR_FLIGHTS = 20.0
PRIOR_LATE = 5.0

Columns = Mapping[str, Any]


class MissingColumnError(KeyError):
    """A column that the features need and that is not there."""

    def __str__(self) -> str:
        return f"no column {self.args[0]!r}"


def build(inputs: Columns) -> dict[str, np.ndarray]:
    """Turn input columns into feature columns; they come in the order of `FEATURES`.

    Raises
    ------
    MissingColumnError
        If an input is not there.
    ValueError
        If a departure time is no time of day, or a day is missing.
    """
    given = {name: np.asarray(_column(inputs, name)) for name in INPUTS}
    made: dict[str, np.ndarray] = {
        "departure_minute": minute_of_day(given["sched_dep_time"]),
        "weekday": weekday(given["day"]),
    }
    for name in CATEGORIES:
        made[name] = given[name].astype(object)
    for name in (*WEATHER, "late_yesterday", "carrier_late_week"):
        made[name] = given[name].astype(float)
    return {name: made[name] for name in FEATURES}


def _column(columns: Columns, name: str) -> Any:
    try:
        return columns[name]
    except KeyError:
        raise MissingColumnError(name) from None


def minute_of_day(hhmm: np.ndarray) -> np.ndarray:
    """Return minutes after midnight for local times written as numbers, such as 1745.

    >>> minute_of_day(np.array([0, 59, 100, 2359]))
    array([   0.,   59.,   60., 1439.])
    """
    times = np.asarray(hhmm).astype(float)
    hours, minutes = np.floor_divide(times, 100), np.mod(times, 100)
    wrong = ~((times == np.floor(times)) & (hours >= 0) & (hours < 24) & (minutes < 60))
    if wrong.any():
        raise ValueError(f"not a time of day: {times[wrong][0]:g}")
    return hours * 60 + minutes


def weekday(days: np.ndarray) -> np.ndarray:
    """Return 0 for Monday to 6 for Sunday.

    >>> weekday(np.array(["2013-12-31"], dtype="datetime64[D]"))
    array([1.])

    A missing day is an error: as a number it would have a weekday like any other.
    """
    known = np.asarray(days).astype("datetime64[D]")
    if np.isnat(known).any():
        raise ValueError("a day is missing")
    since_epoch = known.astype("int64")
    return np.mod(since_epoch + 3, 7).astype(float)  # 1970-01-01 was a Thursday


def smoothed_share(late: Any, flights: Any) -> Any:
    """Return the share of late flights, drawn to 25 % where there are few flights.

    >>> smoothed_share(0, 0), smoothed_share(400, 400)
    (0.25, 0.9642857142857143)
    """
    return (late + PRIOR_LATE) / (flights + PRIOR_FLIGHTS)


def vocabulary(features: Columns) -> dict[str, list[str]]:
    """Return the names that each category takes in the training data, sorted.

    What is no name is an error: one that is missing here has been lost on the way.
    """
    return {name: _words(name, _column(features, name)) for name in CATEGORIES if name in features}


def _words(name: str, values: Any) -> list[str]:
    words = set(values)
    if strange := [word for word in words if not isinstance(word, str)]:
        raise ValueError(f"{name}: {strange[0]!r} is no name")
    return sorted(words)


def encode(
    features: Columns, names: Sequence[str], words: Mapping[str, Sequence[str]]
) -> np.ndarray:
    """Return the matrix that the trees see: one column a feature, in the order of `names`.

    A category becomes its place in the vocabulary; one that training never saw becomes NaN, which
    the trees treat as missing.
    """
    columns = []
    for name in names:
        values = np.asarray(_column(features, name))
        if name in words:
            codes = {word: float(code) for code, word in enumerate(words[name])}
            columns.append(np.array([codes.get(value, np.nan) for value in values], dtype=float))
        else:
            columns.append(values.astype(float))
    return np.column_stack(columns)

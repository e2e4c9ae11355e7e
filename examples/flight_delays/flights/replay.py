"""Play months of 2013 through the running server, so that there is a log of served predictions.

A seeded share of each day is asked for (100 flights of about 900), hour by hour: one request holds
the drawn flights that leave in the same hour. The log is what the monitoring tests look at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from flights.client import RunningServer
from flights.data import KEY

PER_DAY = 100
SEED = 2013


def draw(rows: pd.DataFrame, per_day: int = PER_DAY, seed: int = SEED) -> pd.DataFrame:
    """Return the drawn flights, in the order in which they leave."""
    drawn = rows.sample(frac=1.0, random_state=seed).groupby("day").head(per_day)
    return drawn.sort_values(["day", "sched_dep_time", "carrier", "flight", "origin"])


def requests(rows: pd.DataFrame) -> Iterator[list[dict[str, Any]]]:
    """Yield the requests for some flights, an hour of a day each."""
    days = rows["day"].dt.strftime("%Y-%m-%d")
    flights = rows[KEY].assign(day=days).to_dict("records")
    for _hour, group in groupby(flights, key=lambda f: (f["day"], f["sched_dep_time"] // 100)):
        yield list(group)


def replay(server: RunningServer, rows: pd.DataFrame) -> int:
    """Send all flights and return how many were answered; the server keeps the log."""
    answered = 0
    for flights in requests(rows):
        answered += len(server.predict(flights)["probabilities"])
    server.hang_up()  # what comes next is training, which takes its time on a slow machine
    return answered


def read_log(path: Path) -> pd.DataFrame:
    """Return the log: a row a prediction, its flight, features, version and probability.

    The columns of the flight's key have the prefix `flight.`, except that `day` is a date; those of
    the features have the prefix `feature.`.
    """
    with path.open(encoding="utf-8") as stream:
        lines = [json.loads(line) for line in stream]
    log = pd.DataFrame(
        {name: [line[name] for line in lines] for name in ("probability", "version", "at")}
        | {"latency_ms": [line["latency_ms"] for line in lines]}
    )
    for prefix, part in (("flight", "flight"), ("feature", "features")):
        values = pd.DataFrame([line[part] for line in lines])
        log = log.join(values.add_prefix(f"{prefix}."))
    log["flight.day"] = pd.to_datetime(log["flight.day"])
    return log

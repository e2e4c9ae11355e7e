"""What the log of served predictions is compared with: offline features, arrivals, the calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from flights.data import KEY
from flights.train import Table

LOG_KEY = [f"flight.{name}" for name in KEY]


def offline(log: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return, for each line of the log in its order, the training side's features and the label.

    A line whose flight is not in the table has missing values throughout.
    """
    rows = table.columns.assign(late=table.rows["late"])
    rows.index = pd.MultiIndex.from_frame(_key(table.rows[KEY]))
    wanted = pd.MultiIndex.from_frame(_key(log[LOG_KEY].set_axis(KEY, axis=1)))
    return rows.reindex(wanted).reset_index(drop=True)


def _key(flights: pd.DataFrame) -> pd.DataFrame:
    return flights.assign(day=flights["day"].to_numpy().astype("datetime64[D]").astype("int64"))


def served_features(log: pd.DataFrame) -> pd.DataFrame:
    """Return the logged features under their own names."""
    names = [name for name in log if name.startswith("feature.")]
    return log[names].rename(columns=lambda name: name.removeprefix("feature."))


def ages(log: pd.DataFrame, metadata: dict[str, dict[str, Any]]) -> np.ndarray:
    """Return how many days after the last day of its training each prediction was made for."""
    learned = {
        name: np.datetime64(dt.date.fromisoformat(known["trained_through"]))
        for name, known in metadata.items()
    }
    through = log["version"].map(learned).to_numpy().astype("datetime64[D]")
    days = log["flight.day"].to_numpy().astype("datetime64[D]")
    return (days - through).astype("int64")


def bias(log: pd.DataFrame) -> float:
    """Return mean probability minus share of late flights."""
    return float((log["probability"] - log["late"]).mean())

"""Features that were tried and left out, and what each would have brought.

    python -m flights.rejected

adds one at a time to the features in use and judges five months, each by a model of all months
before it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

from flights import data
from flights import features as ft
from flights.model import LateClassifier, late_probability
from flights.train import Table, make_table

HOLIDAYS = np.array(
    [
        "2013-01-01",
        "2013-01-21",
        "2013-02-18",
        "2013-05-27",
        "2013-07-04",
        "2013-09-02",
        "2013-11-28",
        "2013-12-25",
        "2014-01-01",
    ],
    dtype="datetime64[D]",
)
MONTHS = (8, 9, 10, 11, 12)


def rejected(sources: data.Sources) -> pd.DataFrame:
    """Return the rejected columns of every flight that landed, in the order of the table."""
    flights = data.landed(sources.flights)
    weather = sources.weather[["origin", "time_hour", "temp", "wind_dir", "wind_gust"]]
    joined = flights.merge(weather, on=["origin", "time_hour"], how="left", validate="many_to_one")
    days = joined["day"].to_numpy().astype("datetime64[D]")
    away = np.abs((days[:, None] - HOLIDAYS[None, :]).astype("int64")).min(axis=1)
    made = joined[["distance", "temp", "wind_dir", "wind_gust"]].astype(float)
    arrival = ft.minute_of_day(joined["sched_arr_time"].to_numpy() % 2400)
    return made.assign(arrival_minute=arrival, days_to_holiday=np.minimum(away, 7).astype(float))


def scores(table: Table, columns: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return AUC and log loss of each month for a model with these features."""
    months, late = table.rows["month"].to_numpy(), table.rows["late"].to_numpy()
    lines = []
    for month in MONTHS:
        known, judged = months < month, months == month
        model = LateClassifier(features=names).fit(columns[known], late[known])
        found = late_probability(model, columns[judged])
        auc, loss = roc_auc_score(late[judged], found), log_loss(late[judged], found)
        lines.append({"month": month, "auc": auc, "log_loss": loss})
    return pd.DataFrame(lines).set_index("month")


def main() -> None:
    """Print what each rejected feature changes."""
    sources = data.read_sources()
    table = make_table(sources)
    columns = table.columns.join(rejected(sources))
    without = scores(table, columns, ft.FEATURES)
    for name in columns.columns.difference(ft.FEATURES):
        change = scores(table, columns, (*ft.FEATURES, name)) - without
        gain, loss = change["auc"].round(4).tolist(), round(change["log_loss"].mean(), 4)
        print(f"{name}: AUC {gain}, mean {change['auc'].mean():+.4f}; log loss {loss:+.4f}")


if __name__ == "__main__":
    main()

"""The nightly job: the weather by hour and the lateness by day, as small tables for the server."""

from __future__ import annotations

import csv
from pathlib import Path

from flights import data
from flights.online import DAILY_FILE, WEATHER_FILE


def write_store(folder: Path, sources: data.Sources) -> None:
    """Write both tables, for all days that the sources have."""
    folder.mkdir(parents=True, exist_ok=True)
    weather = data.clean_weather(sources.weather)
    weather.to_csv(folder / WEATHER_FILE, index=False, lineterminator="\n")
    flights = data.landed(sources.flights)
    with (folder / DAILY_FILE).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["day", "by", "name", "late", "flights"])
        for by in ("origin", "carrier"):
            counts = data.daily_counts(flights, by)
            days = counts["day"].dt.strftime("%Y-%m-%d")
            for line in zip(days, counts[by], counts["late"], counts["flights"], strict=True):
                writer.writerow([line[0], by, *line[1:]])

"""The clients of a bank in Taiwan, April to September 2005, and who defaulted in October."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import polars as pl

SOURCE = Path(__file__).parent.parent / "data" / "clients.csv.gz"
MONTHS = ("apr", "may", "jun", "jul", "aug", "sep")
LABEL = "default"
GROUPS = ("sex", "education", "marriage", "age")
"""What is known of the person. No model sees it; quality is judged by it."""


class Parts(NamedTuple):
    """Clients by what they are used for; nobody is in two parts."""

    train: pl.DataFrame
    holdout: pl.DataFrame
    served: pl.DataFrame


def load() -> pl.DataFrame:
    """Return all 30,000 clients, one a row."""
    return pl.read_csv(SOURCE)


def split(clients: pl.DataFrame) -> Parts:
    """Divide clients by the last digit of their number, which says nothing of them."""
    digit = pl.col("client") % 10
    return Parts(
        clients.filter(digit < 6), clients.filter(digit.is_in([6, 7])), clients.filter(digit > 7)
    )

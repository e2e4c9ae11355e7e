"""The features: how the account was used. Nothing about the person.

Training and serving call the same functions, each of which takes clients and gives one column.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from credit.data import MONTHS

Feature = Callable[[pl.DataFrame], pl.Series]

_STATUS = [f"status_{month}" for month in MONTHS]
INPUTS = ("limit", "bill_sep", *_STATUS)
"""Columns that a client must come with, all of them known."""


def limit(clients: pl.DataFrame) -> pl.Series:
    """Return the credit limit in New Taiwan dollars.

    >>> limit(pl.DataFrame({"limit": [20_000]})).to_list()
    [20000.0]
    """
    return clients["limit"].cast(pl.Float64)


def last_status(clients: pl.DataFrame) -> pl.Series:
    """Return how many months September's payment was late; 0 and below is in time."""
    return clients["status_sep"].cast(pl.Float64)


def worst_status(clients: pl.DataFrame) -> pl.Series:
    """Return the longest delay of any month, in months."""
    return clients.select(pl.max_horizontal(_STATUS)).to_series().cast(pl.Float64)


def months_late(clients: pl.DataFrame) -> pl.Series:
    """Return in how many of six months the payment was late."""
    late = pl.sum_horizontal((pl.col(name) > 0).cast(pl.Int64) for name in _STATUS)
    return clients.select(late).to_series().cast(pl.Float64)


def usage(clients: pl.DataFrame) -> pl.Series:
    """Return September's bill as a share of the limit.

    >>> usage(pl.DataFrame({"bill_sep": [5_000], "limit": [20_000]})).to_list()
    [0.25]
    """
    return clients["bill_sep"] / clients["limit"]


FEATURES: dict[str, Feature] = {
    "limit": limit,
    "last_status": last_status,
    "worst_status": worst_status,
    "months_late": months_late,
    "usage": usage,
}


def build(clients: pl.DataFrame) -> pl.DataFrame:
    """Return the features of clients, in the order that the model sees.

    Raises
    ------
    ValueError
        If an input is missing: the largest of five months is not the largest of six.
    """
    unknown = [name for name in INPUTS if clients[name].null_count()]
    if unknown:
        raise ValueError(f"not known of every client: {', '.join(unknown)}")
    return pl.DataFrame({name: feature(clients) for name, feature in FEATURES.items()})

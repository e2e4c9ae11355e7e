"""Run records in one place for all machines: a folder, a bucket or a database, chosen by URL.

`open_store` is where to begin.
"""

from __future__ import annotations

import os

from ._address import masked
from ._ahead import AHEAD, begun, is_ahead
from ._backend import Backend, Sent, Window
from ._entry import Entry, short_branch
from ._gathering import Gathered, Scope, gather
from ._history import History, Step, history, on_branch, trend
from ._lookup import Found, Reference, newest_record, reference
from ._opening import open_backend
from ._retention import Pruned, prune
from ._store import Listing, Skipped, Store, StoredRecord

STORE_VARIABLE = "MLSCORE_STORE"
"""The variable of the environment that names a store where nothing else does."""

__all__ = [
    "AHEAD",
    "STORE_VARIABLE",
    "Backend",
    "Entry",
    "Found",
    "Gathered",
    "History",
    "Listing",
    "Pruned",
    "Reference",
    "Scope",
    "Sent",
    "Skipped",
    "Step",
    "Store",
    "StoredRecord",
    "Window",
    "begun",
    "gather",
    "history",
    "is_ahead",
    "masked",
    "newest_record",
    "on_branch",
    "open_store",
    "prune",
    "reference",
    "short_branch",
    "trend",
]


def open_store(url: str | os.PathLike[str]) -> Store:
    """Return the store at a place. It is reached when it is first read or written.

    Parameters
    ----------
    url
        A folder, `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX`, `az://CONTAINER/PREFIX`,
        `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/DATABASE`.

    Raises
    ------
    ConfigError
        If it is not the URL of a store.
    MissingDependencyError
        If a library that it needs is not installed.

    Examples
    --------
    >>> open_store("build/scores")
    <Store build/scores>
    >>> open_store("s5://bucket")
    Traceback (most recent call last):
    pytest_mltestscore.domain.errors.ConfigError: store 's5://bucket': unknown scheme 's5'; ...
    """
    text = os.fspath(url)
    return Store(open_backend(text), text)

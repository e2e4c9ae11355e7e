"""Both metrics of each release, from a ledger of any kind."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from ...domain.errors import InputError
from .._frames import collected, column_values, is_missing, read_frame, require_columns
from .._optional import load


class Pairs(NamedTuple):
    """Both metrics of each release, shape (n,), as they are compared."""

    names: list[str]
    offline: np.ndarray
    online: np.ndarray

    def independent(self) -> float:
        """Return how many independent pairs these are worth (Bartlett 1935, first lag)."""
        return len(self.offline) / max(1.0, 1 + 2 * _lag(self.offline) * _lag(self.online))


def read_releases(releases: Any) -> nw.DataFrame[Any]:
    """Return the rows in memory: a release is no big data."""
    if isinstance(releases, str | PathLike):
        releases = _read_csv(Path(releases))
    elif isinstance(releases, Mapping):
        releases = _from_arrays(releases)
    return collected(read_frame(releases, "releases"), "releases", max_rows=100_000)


def _read_csv(path: Path) -> Any:
    pandas = load("pandas", extra="checks")
    try:
        return pandas.read_csv(path)
    except OSError as error:
        problem = f"{path} cannot be read ({error.strerror}); give the path of a CSV file"
        raise InputError("releases", problem) from error
    except ValueError as error:  # pandas raises its own kinds of it: empty, ragged, other encoding
        raise InputError("releases", f"{path} is no CSV file: {error}") from error


def _from_arrays(columns: Mapping[str, Any]) -> Any:
    pandas = load("pandas", extra="checks")
    try:
        return pandas.DataFrame({name: np.asarray(values) for name, values in columns.items()})
    except ValueError as error:
        raise InputError("releases", f"{error}; give columns of equal length") from error


def complete_pairs(
    frame: nw.DataFrame[Any], offline: str, online: str, release: str | None, time: str | None
) -> tuple[Pairs, int]:
    """Return the rows that have both metrics, in the order of time if there is one."""
    wanted = [name for name in (offline, online, release, time) if name is not None]
    require_columns(frame, wanted, "releases")
    for name in (offline, online):
        if not frame[name].dtype.is_numeric():
            problem = f"column {name!r} is of type {frame[name].dtype}; give numbers"
            raise InputError("releases", problem)
    if time is not None:
        frame = _ordered(frame, time)
    gone = [is_missing(name, frame[name].dtype) for name in (offline, online)]
    kept = frame.filter(~gone[0], ~gone[1])
    names = [f"row {n + 1}" for n in range(len(kept))]
    if release is not None:
        names = [str(value) for value in column_values(kept, release).tolist()]
    values = [column_values(kept, name).astype(float) for name in (offline, online)]
    for name, found in zip((offline, online), values, strict=True):
        if not np.isfinite(found).all():
            raise InputError("releases", f"column {name!r} holds infinite values; correct them")
    return Pairs(names, *values), len(frame) - len(kept)


def _ordered(frame: nw.DataFrame[Any], time: str) -> nw.DataFrame[Any]:
    if frame[time].null_count():
        raise InputError("time", f"column {time!r} has missing values; give each release its time")
    values = column_values(frame, time).tolist()
    try:
        order = sorted(range(len(values)), key=values.__getitem__)
    except TypeError as error:
        problem = f"column {time!r} cannot be ordered: {error}; use one type and one time zone"
        raise InputError("time", problem) from error
    if len(set(values)) < len(values):
        problem = f"column {time!r} has releases at the same time; give one row a release"
        raise InputError("time", problem)
    return frame[order]


def changes(pairs: Pairs) -> Pairs:
    return Pairs(pairs.names[1:], np.diff(pairs.offline), np.diff(pairs.online))


def require_variation(pairs: Pairs, offline: str, online: str) -> None:
    if len(pairs.names) < 2:
        problem = f"has {len(pairs.names)} to compare, with both metrics; give two releases or more"
        raise InputError("releases", problem)
    for name, values in ((offline, pairs.offline), (online, pairs.online)):
        if np.ptp(values) == 0:
            problem = f"column {name!r} is constant, so nothing can go with it"
            raise InputError("releases", f"{problem}; give releases that differ")


def _lag(values: np.ndarray) -> float:
    """Return the autocorrelation of neighbours; 0 for too few or constant ones."""
    centred = values - values.mean()
    total = float(centred @ centred)
    return float(centred[1:] @ centred[:-1]) / total if total > 0 else 0.0

"""When features were begun and when they shipped, from git or from a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from ...domain.errors import InputError
from ...provenance import History
from .._frames import collected, read_frame, require_columns, require_rows
from .._repository import whole_history


class LeadTime(NamedTuple):
    """A feature's way. Times are in UTC, as are those that came without a zone."""

    name: str
    started: dt.datetime
    released: dt.datetime | None
    release: str = ""

    def days(self, now: dt.datetime) -> float:
        """Return days until release, or until now."""
        return ((self.released or now) - self.started) / dt.timedelta(days=1)


def from_git(
    root: Path, features: str | Mapping[str, str | Sequence[str]], releases: str
) -> list[LeadTime]:
    """Return the lead times of features from the commits and tags of a repository.

    Raises
    ------
    InputError
        If the past is not all there, or does not have what was asked for.
    """
    history = whole_history(root, "history")
    if not history.releases(releases):
        problem = f"{releases!r} is the name of no tag"
        raise InputError("releases", f"{problem}; tag releases, or fetch tags (git fetch --tags)")
    return [
        _from_commits(history, name, paths, releases)
        for name, paths in _paths(history, features).items()
    ]


def _paths(
    history: History, features: str | Mapping[str, str | Sequence[str]]
) -> dict[str, list[str]]:
    if isinstance(features, str):
        files = history.tracked(f":(glob){features}")
        if not files:
            raise InputError("features", f"{features!r} is the path of no tracked file")
        names = [PurePosixPath(f).stem for f in files]
        unique = len(set(names)) == len(names)
        return {n if unique else f: [f] for n, f in zip(names, files, strict=True)}
    if not features:
        raise InputError("features", "is empty; name features and their files")
    return {n: [paths] if isinstance(paths, str) else list(paths) for n, paths in features.items()}


def _from_commits(history: History, name: str, paths: Sequence[str], releases: str) -> LeadTime:
    first = history.beginning(paths) if paths else None
    if first is None:
        raise InputError("features", f"{name!r} has no commit to {', '.join(paths) or 'no files'}")
    release = next(iter(history.releases(releases, containing=first.hash)), None)
    if release is None:
        return LeadTime(name, first.written, None)
    return LeadTime(name, first.written, release.made, release.name)


def from_table(data: Any, started: str, released: str, name: str | None) -> list[LeadTime]:
    """Return the lead times of features from a table of dates.

    Raises
    ------
    InputError
        If a column is missing or holds no dates, some are missing, or only some have a zone.
    """
    frame = read_frame(data, "history")
    named = [] if name is None else [name]
    require_columns(frame, [started, released, *named], "history")
    require_rows(frame, "history")
    rows = collected(frame.select(started, released, *named), "history")
    begun = [_moment(value, started) for value in rows[started].to_list()]
    ended = [_moment(value, released) for value in rows[released].to_list()]
    if None in begun:
        raise InputError("history", f"{begun.count(None)} values in {started!r} are missing")
    zones = {value.tzinfo is None for value in [*begun, *ended] if value is not None}
    if len(zones) > 1:
        problem = f"only one of {started!r} and {released!r} has a time zone"
        raise InputError("history", f"{problem}; convert both to UTC")
    names = rows[name].to_list() if name else [f"feature {n}" for n in range(1, len(begun) + 1)]
    return [
        LeadTime(str(n), _in_utc(b), None if e is None else _in_utc(e))
        for n, b, e in zip(names, begun, ended, strict=True)
        if b is not None
    ]


def _moment(value: Any, column: str) -> dt.datetime | None:
    if value is None or value != value:  # noqa: PLR0124 - NaT and NaN
        return None
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    problem = f"{column!r} holds {type(value).__name__}"
    raise InputError("history", f"{problem}; parse it into dates first")


def _in_utc(value: dt.datetime) -> dt.datetime:
    if value.tzinfo is None:
        return value.replace(tzinfo=dt.UTC)
    return value.astimezone(dt.UTC)

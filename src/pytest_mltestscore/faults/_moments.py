"""What a moment is, and how it is moved without changing its kind."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from ._fault import NothingToDamageError
from ._functions import DamagedFunction, is_function
from ._hooks import Output

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d\S*)?")


def is_moment(value: Any) -> bool:
    """Whether a value is a datetime, a date, or a text in ISO 8601 of one."""
    if isinstance(value, str):
        return is_iso(value)
    return isinstance(value, dt.date) and value == value  # noqa: PLR0124 - NaT is a datetime too


def is_iso(text: str) -> bool:
    """Whether a text is a date or a time as ISO 8601 writes it, and nothing else."""
    if len(text) > 40 or not _ISO.fullmatch(text):
        return False
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_clock(value: Any) -> bool:
    """Whether a value is a moment, or a function, which may tell the time."""
    return is_moment(value) or is_function(value)


def on_moments(move: Callable[[Any], Any]) -> Callable[[Any, np.random.Generator], Any]:
    """Let a change of moments work on functions that return one, too."""

    def told(first: Any, result: Any) -> Any:
        return move(result) if is_moment(result) else result

    def inject(value: Any, rng: np.random.Generator) -> Any:
        return DamagedFunction(value, Output(told)) if is_function(value) else move(value)

    return inject


def moved(value: Any, days: int) -> Any:
    """Return a moment so many days later, or earlier, as the kind that it is."""
    by = dt.timedelta(days=days)
    try:
        if not isinstance(value, str):
            return value + by
        if len(value) == len("2026-01-31"):
            return (dt.date.fromisoformat(value) + by).isoformat()
        return (dt.datetime.fromisoformat(value) + by).isoformat(sep=value[10])
    except OverflowError as error:
        raise NothingToDamageError("there is no such time") from error

"""Bounds that people wrote, such as `<= 0.1`, as places on a scale."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..domain.evidence import CheckEvidence, Scalar
from ._html_columns import finite

_NUMBER = r"-?\d[\d,]{0,20}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?"
_BOUND = re.compile(rf"(<=|>=|<|>|=|within )? ?({_NUMBER})(?: to ({_NUMBER}))?", re.ASCII)


class Bound(NamedTuple):
    """The places on a scale that a bound marks, and whether it only says what was expected."""

    places: tuple[float, ...]
    plain: bool = False
    """A number without a sign: what was expected, or the most that may be."""


def bound(limit: Scalar) -> Bound:
    """Read a bound; one that is written in any other way marks no place.

    >>> bound("<= 0.1").places, bound("within 0.05").places, bound("2 to 10").places
    ((0.1,), (-0.05, 0.05), (2.0, 10.0))
    >>> bound("finite").places, bound(""), bound(30.0)
    ((), Bound(places=(), plain=False), Bound(places=(30.0,), plain=True))
    """
    if not isinstance(limit, str):
        return Bound((float(limit),), plain=True) if finite(limit) else Bound(())
    found = _BOUND.fullmatch(limit)
    if not found:
        return Bound(())
    sign, first, second = found.groups()
    numbers = [float(text.replace(",", "")) for text in (first, second) if text]
    if not all(map(finite, numbers)):
        return Bound(())
    if sign == "within ":
        numbers = [-numbers[0], *numbers]
    return Bound(tuple(numbers), plain=sign is None and second is None)


def measured_bound(check: CheckEvidence, column: str, values: Sequence[float]) -> Bound:
    """Return the bound of the measured value that is the largest or smallest of a column.

    Columns are rounded, and a measured value is not. Its name has to speak of the column, since
    other numbers may be equal by chance.
    """
    ends = {f"{value:.4f}" for value in (min(values), max(values))} if values else set()
    for measured in check.measurements:
        if measured.limit and finite(measured.value) and f"{measured.value:.4f}" in ends:
            name = measured.name.lower()
            if column in name.split() or (column == "score" and name.startswith("lowest ")):
                return bound(measured.limit)
    return Bound(())

"""What a limit beside a measurement asks, read from the words in which people write it."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

LONGEST = 100
"""Characters of a limit. Who writes more writes about more than a number."""

_NUMBER = r"([-+]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)(?:e[-+]?[0-9]+)?)"
_COMPARISON = re.compile(rf"(>=|<=|==|>|<|=|≥|≤|at least |at most |within )?\s*{_NUMBER}", re.ASCII)
_RANGE = re.compile(rf"{_NUMBER} to {_NUMBER}|between {_NUMBER} and {_NUMBER}", re.ASCII)
_AND = re.compile(r",? and |, ")


class Limit(NamedTuple):
    """The numbers that a limit allows: an interval, which may be without end."""

    low: float = -math.inf
    high: float = math.inf
    low_itself: bool = True
    high_itself: bool = True

    def allows(self, number: float) -> bool:
        """Whether a number is within the limit. NaN never is."""
        above = self.low < number or (self.low_itself and self.low == number)
        return above and (number < self.high or (self.high_itself and self.high == number))

    @property
    def is_one_number(self) -> bool:
        """Whether it asks for one number, as counts of what there is do."""
        return self.low == self.high


@lru_cache(maxsize=1024)
def read_limit(text: str, unit: str = "") -> Limit | None:
    """Read a limit as checks and people write it; None where it is not only about one number.

    >>> read_limit(">= 0.7").allows(0.65), read_limit("10 to 20").allows(20)
    (False, True)
    >>> read_limit("<= 1.2 beyond chance") is None
    True
    """
    if len(text) > LONGEST:
        return None
    words = text.strip().casefold()
    if unit:
        words = words.removesuffix(unit.casefold()).rstrip()
    if match := _RANGE.fullmatch(words):
        low, high = (_number(found) for found in match.groups() if found)
        return Limit(low, high)
    limits = [_comparison(part) for part in _AND.split(words)]
    known = [limit for limit in limits if limit is not None]
    return known[0] if len(limits) == 1 and known else _all_of(limits)


def _all_of(limits: list[Limit | None]) -> Limit | None:
    """Join what must hold together, such as `> 0 and <= 1`."""
    if len(limits) != 2:
        return None
    one, other = limits
    if one is None or other is None:
        return None
    below = next((limit for limit in (one, other) if math.isinf(limit.low)), None)
    above = next((limit for limit in (one, other) if math.isinf(limit.high)), None)
    if below is None or above is None:
        return None
    return Limit(above.low, below.high, above.low_itself, below.high_itself)


def _comparison(words: str) -> Limit | None:
    match = _COMPARISON.fullmatch(words)
    if match is None:
        return None
    number = _number(match[2])
    match (match[1] or "=").strip():
        case ">=" | "≥" | "at least":
            return Limit(low=number)
        case "<=" | "≤" | "at most":
            return Limit(high=number)
        case ">":
            return Limit(low=number, low_itself=False)
        case "<":
            return Limit(high=number, high_itself=False)
        case "within":
            return Limit(-number, number)
        case _:
            return Limit(number, number)


def _number(text: str) -> float:
    return float(text.replace(",", ""))

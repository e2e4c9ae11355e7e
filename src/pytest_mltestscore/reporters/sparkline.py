"""A line of scores as a row of characters, for a terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
PLAIN = "_.-=+*%@"
"""For streams that hold nothing but ASCII. Without what CI servers take for commands."""


def sparkline(values: Sequence[float], width: int, encoding: str = "utf-8") -> str:
    """Draw values from the lowest to the highest of them, the first one on the left.

    Where there are more of them than columns, each column is the last of several.

    >>> print(sparkline([1, 2, 3, 4.5], 20))
    ▁▃▅█
    >>> sparkline([1, 2, 3, 4.5], 2, "ascii"), sparkline([3, 3], 9, "ascii")
    ('_@', '==')
    """
    ramp = BLOCKS if _holds(encoding) else PLAIN
    shown = thinned(values, width)
    lowest = min(shown, default=0.0)
    span = max(shown, default=0.0) - lowest
    if not span:
        return ramp[3] * len(shown)
    return "".join(ramp[round((value - lowest) / span * (len(ramp) - 1))] for value in shown)


def thinned(values: Sequence[float], most: int) -> Sequence[float]:
    """Return at most so many of the values, evenly spread, the last one among them.

    >>> thinned([1, 2, 3, 4, 5, 6], 3)
    [2, 4, 6]
    """
    number = len(values)
    if number <= most:
        return values
    return [values[(n + 1) * number // most - 1] for n in range(most)]


def _holds(encoding: str) -> bool:
    try:
        BLOCKS.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True

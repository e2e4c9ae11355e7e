"""Numbers with their nouns."""

from __future__ import annotations

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun.

    >>> count(1, "test"), count(2, "test"), count(1, "item is", "items are")
    ('1 test', '2 tests', '1 item is')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {plural or noun + 's'}"


def age_in_words(seconds: float) -> str:
    """Return an age as people say it, rounded down.

    >>> age_in_words(200_000)
    '2 days'
    """
    for size, unit in _UNITS:
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
    return "less than a minute"

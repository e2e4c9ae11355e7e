"""Up to which age the result of a test counts, in a score that a store takes part in."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.record import Policy

DEFAULT_MAX_AGE_DAYS = 7.0
"""Where a project says nothing: what runs at least once a week is run on a repeated basis."""
DEFAULT = "default"
DAY_S = 86_400


def max_age_days(policy: Policy, item: str, section: str) -> float:
    """Return the age limit of an item: its own, that of its section, or the default.

    >>> max_age_days(Policy(max_age_days={"data": 1.5}), "data-1", "data")
    1.5
    """
    ages = policy.max_age_days
    return ages.get(item, ages.get(section, ages.get(DEFAULT, DEFAULT_MAX_AGE_DAYS)))


def longest_age_days(policy: Policy, sections: Iterable[str]) -> float:
    """Return the greatest age limit that any item has."""
    ages = policy.max_age_days
    default = ages.get(DEFAULT, DEFAULT_MAX_AGE_DAYS)
    by_section = [ages.get(section, default) for section in sections]
    return max([*ages.values(), *by_section])

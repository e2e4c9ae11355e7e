"""A tag: the item that a test serves, and the system for which it does.

It is one string, so that the ledger keeps fifty thousand tests in little memory and a run of one
system pays for nothing: a tag of the project's own system is the id of the item and no more.
"""

from __future__ import annotations

OWN = ""
"""What stands for the project's own system in tags."""

_SEPARATOR = "\x1f"


def tag(item: str, system: str = OWN) -> str:
    r"""Return the tag of an item for a system.

    >>> tag("data-1"), tag("data-1", "churn")
    ('data-1', 'churn\x1fdata-1')
    """
    return f"{system}{_SEPARATOR}{item}" if system else item


def system_of(tag: str) -> str:
    """Return the system of a tag, `OWN` for that of the project.

    >>> system_of(tag("data-1", "churn"))
    'churn'
    """
    return tag.partition(_SEPARATOR)[0] if _SEPARATOR in tag else OWN


def item_of(tag: str) -> str:
    """Return the id of the item of a tag.

    >>> item_of(tag("data-1", "churn"))
    'data-1'
    """
    return tag.rpartition(_SEPARATOR)[2]

"""What is wrong with the guarding of data: where, what and how much, and never the data itself."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """One line of a report that everybody may read."""

    where: str
    what: str
    found: int
    of: str
    """How many of what there are, such as `200 rows`."""
    allowed: bool = False

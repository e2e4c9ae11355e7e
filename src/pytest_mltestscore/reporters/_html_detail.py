"""How much the page shows, and how many bytes that may take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

from ..domain.evidence import CheckEvidence
from ..domain.sink import MAX_ROWS as TABLE_ROWS

MAX_ROWS = 50
"""Evidence rows of an item, on the fullest page."""

SMALL = 300
"""Tests up to which a page is to be light."""

LIGHT = 100_000
"""Bytes of the page of a small suite."""

COMFORTABLE = 500_000
"""Bytes of any other page, unless the barest one is larger; that is below 1 MB in any case."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How much the page shows. A page that comes out too long is made again with less."""

    rows: int
    """Evidence rows an item."""
    entries: int
    """Checks, and measured values, a test."""
    text: int
    """Characters of any one text."""
    listed: int
    """Entries of any list beside the items."""
    items: int
    trials: int
    """Lines on the trials of an item."""
    table: int
    """Rows of the table of a check."""
    quiet_table: int
    """The same where the check came out as its test expects."""
    drawn: bool = True
    """Draw what is in the tables of checks."""
    snippets: bool = True
    """Show a test to paste for all items that lack one, not for the next steps alone."""
    quiet: bool = True
    """Leave out trials of tests that were seen to fail."""

    def rows_of(self, check: CheckEvidence) -> int:
        """Return how many rows of a check's table to show."""
        return self.quiet_table if check.as_expected else self.table

    @property
    def shortened(self) -> bool:
        """Whether tests may be missing, not only what stands beside them."""
        return self.rows < MAX_ROWS or self.text < FULLEST.text


FULLEST = Detail(
    rows=MAX_ROWS,
    entries=20,
    text=2_000,
    listed=100,
    items=500,
    trials=4,
    table=TABLE_ROWS,
    quiet_table=TABLE_ROWS,
)

_LEAN = replace(FULLEST, table=10, quiet_table=0, snippets=False)
_LEANER = replace(_LEAN, entries=6, text=600, trials=2, drawn=False)

_OF_SMALL_SUITES = (
    replace(FULLEST, trials=40, quiet=False),
    replace(FULLEST, trials=10, quiet=False, quiet_table=10),
    replace(FULLEST, table=20, quiet_table=5, snippets=False),
    _LEAN,
    replace(_LEAN, trials=0, drawn=False),
    # Tests that passed go before tables of checks that failed.
    replace(_LEANER, rows=12, trials=0),
    replace(_LEANER, rows=4, entries=3, trials=0, table=5),
    replace(_LEANER, rows=1, entries=2, trials=0, table=0, listed=20),
)

_OF_ANY_SUITE = (
    FULLEST,
    replace(FULLEST, entries=6, text=600, listed=60, items=300, table=20, quiet_table=5),
    replace(_LEANER, rows=20, entries=3, text=240, listed=40, items=200, table=5),
    replace(_LEANER, rows=8, entries=2, text=160, listed=20, items=100, trials=0, table=0),
)

_BAREST = replace(_LEANER, rows=0, entries=0, text=100, listed=10, items=50, trials=0, table=0)
"""What it makes of the largest record stays below 1 MB."""


def details(tests: int) -> Iterator[tuple[float, Detail]]:
    """Yield what to try for a suite of so many tests, and the bytes that each may take.

    From the fullest to the barest; what fits first is the page.
    """
    if tests <= SMALL:
        for detail in _OF_SMALL_SUITES:
            yield LIGHT, detail
    for detail in _OF_ANY_SUITE:
        yield COMFORTABLE, detail
    yield inf, _BAREST

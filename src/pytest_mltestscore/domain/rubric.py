"""A rubric: sections of items, the credit an item can earn, and the bands of the final score."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import msgspec

from .errors import UnknownItemError

Effort = Literal["low", "medium", "high"]
Aggregate = Literal["minimum"]

BY_HAND: dict[Effort, Effort] = {"low": "low", "medium": "low", "high": "medium"}
"""What it takes to do by hand, once, what a test of that effort would do."""

EXAMPLE_LIMIT = 4_000
"""Characters of an example, which every record holds for every item that can still be raised."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One of the things a rubric asks to be shown. The paper calls it a test; pytest has those."""

    id: str
    """Stable id such as `data-1`."""
    name: str
    """Readable name such as `feature-schema`."""
    section: str
    title: str
    long_title: str
    holds: str
    """The sentence that is true when the item is shown."""
    fails: str
    """The sentence that is true when it is not."""
    why: str
    manual: str
    """How to earn the credit for work by hand."""
    automate: str
    """How to earn the full credit."""
    remedy: str
    effort: Effort
    builds_on: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    """Names of the damages that a test of it must notice, the most telling first."""
    example: str = ""
    """A test module to paste and adapt, as it stands; nothing here runs it. Empty if there is none.
    """


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A group of items. The lowest section sum is the final score."""

    id: str
    title: str
    long_title: str


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """What a final score means. Closed on the right: `up_to` itself belongs to the band."""

    key: str
    up_to: float
    text: str


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """Points of one item: by hand and documented, or run automatically. Multiples of 0.5."""

    manual: float
    automated: float


class Rubric(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Items in their order, with everything that scoring needs."""

    id: str
    version: str
    title: str
    source: str
    aggregate: Aggregate
    credit: Credit
    bands: tuple[Band, ...]
    sections: tuple[Section, ...]
    items: tuple[Item, ...]

    @cached_property
    def _by_word(self) -> dict[str, Item]:
        return {word: item for item in self.items for word in (item.id, item.name)}

    def find(self, word: str) -> Item:
        """Return the item with this id or name; case and surrounding blanks do not matter.

        Raises
        ------
        UnknownItemError
            If there is none; it carries the nearest id or name.
        """
        try:
            return self._by_word[word.strip().casefold()]
        except KeyError:
            raise UnknownItemError(word, self._by_word) from None

    @property
    def section_maximum(self) -> float:
        """The most points that the smallest section can have, so the highest final score."""
        sizes = [sum(i.section == s.id for i in self.items) for s in self.sections]
        return min(sizes) * self.credit.automated

"""A sign by which a test is taken to serve an item, and how much it is worth.

A clue is a line of words that must all occur in one place: the name of a test, its file, a call.
`a|b` is either, `a*` any word that begins so. Weights of about 2 are signs that rarely mislead;
1 supports. Negative ones speak against.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache


@dataclass(frozen=True)
class Clue:
    """Words that must occur together, or a call or a library, and what that is worth."""

    words: str
    weight: float

    @cached_property
    def _groups(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(group.split("|")) for group in self.words.split())

    def found_in(self, said: frozenset[str]) -> bool:
        """Whether every group of the clue has a word among these, which `all_said_by` returned.

        >>> Clue("slice* quality|accuracy", 2).found_in(all_said_by({"accuracy", "slices"}))
        True
        """
        return not any(group.isdisjoint(said) for group in self._groups)


def all_said_by(words: Iterable[str]) -> frozenset[str]:
    """Return all that a clue can ask for and that these words have: them and their beginnings.

    >>> sorted(all_said_by(["age"]))
    ['a*', 'ag*', 'age', 'age*']
    """
    return frozenset().union(*map(_said_by, words))


@lru_cache(maxsize=4096)
def _said_by(word: str) -> frozenset[str]:
    return frozenset((word, *(f"{word[:end]}*" for end in range(1, len(word) + 1))))


def clues(*pairs: tuple[str, float]) -> tuple[Clue, ...]:
    """Return clues from words and weights."""
    return tuple(Clue(words, weight) for words, weight in pairs)

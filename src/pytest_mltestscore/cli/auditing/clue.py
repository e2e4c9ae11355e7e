"""A sign by which a test is taken to serve an item, and how much it is worth.

A clue is a line of words that must all occur in one place: the name of a test, its file, a call.
`a|b` is either, `a*` any word that begins so. Weights of about 2 are signs that rarely mislead;
1 supports. Negative ones speak against.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Clue:
    """Words that must occur together, or a call or a library, and what that is worth."""

    words: str
    weight: float

    @cached_property
    def _groups(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(group.split("|")) for group in self.words.split())

    def found_in(self, words: frozenset[str]) -> bool:
        """Whether every group of the clue has a word among these.

        >>> Clue("slice* quality|accuracy", 2).found_in(frozenset({"accuracy", "slices"}))
        True
        """
        return all(any(_has(words, word) for word in group) for group in self._groups)


def _has(words: frozenset[str], wanted: str) -> bool:
    if wanted.endswith("*"):
        return any(word.startswith(wanted[:-1]) for word in words)
    return wanted in words


def clues(*pairs: tuple[str, float]) -> tuple[Clue, ...]:
    """Return clues from words and weights."""
    return tuple(Clue(words, weight) for words, weight in pairs)

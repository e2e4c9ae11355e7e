"""A guess at the item that a test without a tag may serve: one whose whole name is in its own.

Fewer words would do in more tests, and be wrong in most of them. It works for any rubric, and
misses much: `mlscore audit` reads what the tests do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..domain.record import ItemScore

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LONGEST = 500
_EVERYWHERE = frozenset({"test", "tests"})


@dataclass(frozen=True, slots=True)
class Likely:
    """A test without a tag, and the item that it may serve."""

    nodeid: str
    item: ItemScore


def likely_items(nodeids: Sequence[str], items: Sequence[ItemScore]) -> list[Likely]:
    """Return the tests that look as if they served an item, in their order."""
    return list(_likely(nodeids, items))


def _likely(nodeids: Sequence[str], items: Sequence[ItemScore]) -> Iterator[Likely]:
    by_a_word: dict[str, list[tuple[frozenset[str], ItemScore]]] = {}
    for item in items:
        if words := _words(item.name):
            by_a_word.setdefault(min(words), []).append((words, item))
    for nodeid in nodeids:
        said = _words(_telling(nodeid))
        named = [pair for word in said for pair in by_a_word.get(word, ()) if pair[0] <= said]
        if named:  # the longest name, as one may be a part of another
            yield Likely(nodeid, max(named, key=lambda pair: (len(pair[0]), pair[1].id))[1])


def _telling(nodeid: str) -> str:
    """Return what a person named: file, class and function, without folders and parameters.

    >>> _telling("tests/test_a.py::TestB::test_c[x]")
    'test_a TestB::test_c'
    """
    path, _, rest = nodeid[:_LONGEST].partition("::")
    file = path.rpartition("/")[2].removesuffix(".py")
    return f"{file} {rest.partition('[')[0]}"


def _words(text: str) -> frozenset[str]:
    """Return the words of a name, in small letters and without the s of a plural.

    >>> sorted(_words("TestSlices::test_recall_by_slice"))
    ['by', 'recall', 'slice']
    """
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(w.removesuffix("s") for w in words if w not in _EVERYWHERE)

"""Tags from outside the code: node-id globs and the items that the tests below them serve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ..domain.nodeids import compiled
from ..domain.rubric import Rubric
from ..domain.tables import shown
from ._items import item_id
from ._problems import Problems


@dataclass(frozen=True, slots=True)
class TagPattern:
    """A glob over node ids, and the ids of the items that the tests it matches serve."""

    glob: str
    items: tuple[str, ...]


class TagMatcher:
    """Says which items a test serves by its node id, and which patterns were of no use.

    What a pattern matches is laid down in `domain.nodeids.compiled`.

    >>> matcher = TagMatcher([TagPattern("tests/data", ("data-1",)), TagPattern("*[[]cpu]", ())])
    >>> matcher.items("tests/data/test_rows.py::test_nulls")
    ('data-1',)
    >>> matcher.unused()
    ('*[[]cpu]',)
    """

    def __init__(self, tags: Iterable[TagPattern]) -> None:
        self._tags = tuple(tags)
        self._matches = tuple(compiled(tag.glob).match for tag in self._tags)
        self._used: set[int] = set()

    def items(self, nodeid: str) -> tuple[str, ...]:
        """Return the ids of the items for this test, each once, in the order of the patterns."""
        hits = [index for index, match in enumerate(self._matches) if match(nodeid)]
        if not hits:  # most tests of most suites
            return ()
        self._used.update(hits)
        return tuple(dict.fromkeys(item for hit in hits for item in self._tags[hit].items))

    def unused(self) -> tuple[str, ...]:
        """Return the globs that have matched no test so far."""
        return tuple(tag.glob for i, tag in enumerate(self._tags) if i not in self._used)


def matching_items(tags: Iterable[TagPattern], nodeid: str) -> frozenset[str]:
    """Return the ids of the items for this node id; see `TagMatcher` for what a pattern matches."""
    return frozenset(_matcher(tuple(tags)).items(nodeid))


@lru_cache(maxsize=8)
def _matcher(tags: tuple[TagPattern, ...]) -> TagMatcher:
    return TagMatcher(tags)


def check_pattern(pattern: str, key: str, problems: Problems) -> None:
    """Note a pattern that cannot match a node id."""
    if not pattern.strip("./ "):
        problems.add(key, "matches nothing; name a folder, a file, a test, or use wildcards")


def read_tags(value: object, rubric: Rubric, problems: Problems) -> tuple[TagPattern, ...]:
    """Read the table `tags`, noting every problem."""
    if not isinstance(value, dict):
        problems.add("tags", f'is {shown(value)}; give a table of lines such as "tests/x.py" = "y"')
        return ()
    read = (_read_tag(glob, words, rubric, problems) for glob, words in value.items())
    return tuple(tag for tag in read if tag.items)


def _read_tag(glob: str, words: object, rubric: Rubric, problems: Problems) -> TagPattern:
    key = f"tags.{shown(glob)}"
    check_pattern(glob, key, problems)
    if isinstance(words, dict):
        problems.add(key, "is a table; put the whole glob in quotes, dots included")
        return TagPattern(glob, ())
    if not isinstance(words, list):
        words = [words]
    elif not words:
        problems.add(key, "is an empty list; name an item, or remove the line")
    items = [item_id(word, rubric, problems, key) for word in words]
    return TagPattern(glob, tuple(dict.fromkeys(item for item in items if item)))

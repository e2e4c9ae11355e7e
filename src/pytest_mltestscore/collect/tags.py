"""Which rubric items a test serves: by its markers, its parents' markers, the configuration.

Where a project has several systems, a marker says of which it speaks by `system=`; one that does
not, and a tag of the configuration, speak of the system below whose paths the test is.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from ..config import Systems, TagMatcher
from ..domain.errors import ConfigError, UnknownItemError
from ..domain.rubric import Rubric
from ..domain.tags import OWN, item_of, system_of, tag

MARKER = "mlscore"
TAGS = pytest.StashKey[tuple[str, ...]]()
"""Where a test keeps the tags that the controller knows it to have; without it, it knows none."""
KEYWORD = "system"
"""The one keyword of the marker."""

_NAMED_OWN = "\0"
"""The own system where a marker names it; a marker that names none leaves it to the path."""


class Tagger:
    """Reads tags and keeps every mistake that it meets, once each, with its place."""

    def __init__(self, rubric: Rubric, matcher: TagMatcher, systems: Systems) -> None:
        self.errors: list[str] = []
        self._rubric = rubric
        self._matcher = matcher
        self._systems = systems
        # Parents are shared by many tests, so their markers are read once.
        self._inherited: dict[pytest.Collector | pytest.Session, tuple[str, ...]] = {}
        # Arguments of markers that were read without a mistake; suites repeat them a lot.
        self._understood: dict[tuple[object, ...], tuple[str, ...]] = {}
        # Tests that serve the same items of the same systems share one tuple.
        self._addressed: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, ...]] = {}

    def tags_of(self, test: pytest.Item) -> tuple[str, ...]:
        """Return a tag for each item that a test serves, each once, in the rubric's order.

        Markers on function, class, base class and module add up. A doctest has no marker of its
        own, and one on its module was hardly meant for it, so only the configuration tags it.
        Systems that are not to be scored are left out.
        """
        found = self._found(test)
        if self._systems.several:
            return self._to_systems(found, test.nodeid) if found else found
        if len(found) < 2:
            return found
        return tuple(item.id for item in self._rubric.items if item.id in found)

    def serves_others(self, test: pytest.Item) -> bool:
        """Whether a test without a tag serves systems that are not to be scored, and only those."""
        return self._systems.several and bool(self._found(test))

    def _found(self, test: pytest.Item) -> tuple[str, ...]:
        found = self._matcher.items(test.nodeid)
        if not _is_doctest(test):
            # With `+`, tests that serve the same items share one tuple.
            found = self._own(test) + self._from_parents(test.parent) + found
        return found

    def _to_systems(self, found: tuple[str, ...], nodeid: str) -> tuple[str, ...]:
        """Say of each tag of which system it speaks: the one it names, else that of the path."""
        by_path = self._systems.of_path(nodeid)
        known = self._addressed.get((found, by_path))
        if known is None:
            known = self._addressed[found, by_path] = tuple(self._in_order(found, by_path))
        return known

    def _in_order(self, found: tuple[str, ...], by_path: tuple[str, ...]) -> Iterable[str]:
        served = {
            (key, item_of(tagged))
            for tagged in found
            for key in (_named(system_of(tagged)) or by_path)
        }
        for key in self._systems.keys:
            yield from (tag(i.id, key) for i in self._rubric.items if (key, i.id) in served)

    def unused_patterns(self) -> tuple[str, ...]:
        """Return the patterns of the configuration that matched no test so far."""
        return self._matcher.unused()

    def _from_parents(self, parent: pytest.Collector | None) -> tuple[str, ...]:
        if parent is None:
            return ()
        if parent not in self._inherited:
            above = parent.parent
            self._inherited[parent] = (
                *self._own(parent),
                *self._from_parents(above if isinstance(above, pytest.Collector) else None),
            )
        return self._inherited[parent]

    def _own(self, node: pytest.Item | pytest.Collector) -> tuple[str, ...]:
        found: tuple[str, ...] = ()
        for mark in node.own_markers:
            if mark.name == MARKER:
                found += self._items(mark, node)
        return found

    def _items(self, mark: pytest.Mark, node: pytest.Item | pytest.Collector) -> tuple[str, ...]:
        key = (*mark.args, *mark.kwargs.items()) if mark.kwargs else mark.args
        try:
            return self._understood[key]
        except (KeyError, TypeError):  # new, or nothing that could be a key
            pass
        mistakes = len(self.errors)
        items = tuple(self._read(mark, node))
        if items and len(self.errors) == mistakes and _is_hashable(key):
            self._understood[key] = items
        return items

    def _read(self, mark: pytest.Mark, node: pytest.Item | pytest.Collector) -> Iterable[str]:
        for keyword in mark.kwargs:
            if keyword != KEYWORD:
                problem = f"the marker takes no keyword {keyword!r}, only items and system="
                self._mistake(node, keyword, problem)
        systems = list(self._read_systems(mark, node))
        if not mark.args:
            self._mistake(node, MARKER, 'the marker names no item: write @mlscore("data-1")')
        for word in mark.args:
            if not isinstance(word, str):
                self._mistake(node, MARKER, f"an item is a string, not {type(word).__name__}")
                continue
            try:
                item = self._rubric.find(word).id
            except UnknownItemError as error:
                self._mistake(node, word, str(error))
            else:
                yield from (tag(item, system) for system in systems)

    def _read_systems(
        self, mark: pytest.Mark, node: pytest.Item | pytest.Collector
    ) -> Iterable[str]:
        """Yield the systems that a marker names; nothing named is left to the path of the test."""
        if KEYWORD not in mark.kwargs:
            yield OWN
            return
        value = mark.kwargs[KEYWORD]
        words = value if isinstance(value, list | tuple | set | frozenset) else [value]
        if not words:
            self._mistake(node, KEYWORD, "system= names no system; name one, or leave it out")
        for word in words:
            if not isinstance(word, str):
                self._mistake(node, KEYWORD, f"a system is a string, not {type(word).__name__}")
                continue
            try:
                key = self._systems.find(word)
            except ConfigError as error:
                self._mistake(node, word, str(error))
            else:
                yield key or (_NAMED_OWN if self._systems.several else OWN)

    def _mistake(self, node: pytest.Item | pytest.Collector, word: str, problem: str) -> None:
        message = f"{_place(node, word)}: {problem}"
        if message not in self.errors:
            self.errors.append(message)


def _named(system: str) -> tuple[str, ...]:
    """Return the system that a marker named, none if it named none."""
    return (OWN,) if system == _NAMED_OWN else (system,) if system else ()


def _is_hashable(key: tuple[object, ...]) -> bool:
    try:
        hash(key)
    except TypeError:  # such as a list of systems
        return False
    return True


def _is_doctest(test: pytest.Item) -> bool:
    return type(test).__name__ == "DoctestItem"


def _place(node: pytest.Item | pytest.Collector, word: str) -> str:
    """Return file and line of a marker: its node's first line, or the next one with its word."""
    reportinfo = getattr(node, "reportinfo", None)
    path, line, _ = reportinfo() if reportinfo else (node.path, None, "")
    start = line or 0
    try:
        source = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        source = []
    found = next((n for n, text in enumerate(source[start:], start) if word in text), start)
    try:
        shown: Path | str = Path(path).relative_to(node.config.rootpath)
    except ValueError:
        shown = path
    return f"{shown}:{found + 1}"

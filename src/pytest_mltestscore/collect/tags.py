"""Which rubric items a test serves: by its markers, its parents' markers, the configuration."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from ..config import TagMatcher
from ..domain.errors import UnknownItemError
from ..domain.rubric import Rubric

MARKER = "mlscore"
TAGS = pytest.StashKey[tuple[str, ...]]()
"""Where a test keeps the items that the controller knows it to serve; without it, it knows none."""


class Tagger:
    """Reads tags and keeps every mistake that it meets, once each, with its place."""

    def __init__(self, rubric: Rubric, matcher: TagMatcher) -> None:
        self.errors: list[str] = []
        self._rubric = rubric
        self._matcher = matcher
        # Parents are shared by many tests, so their markers are read once.
        self._inherited: dict[pytest.Collector | pytest.Session, tuple[str, ...]] = {}
        # Arguments of markers that were read without a mistake; suites repeat them a lot.
        self._understood: dict[tuple[object, ...], tuple[str, ...]] = {}

    def items_of(self, test: pytest.Item) -> tuple[str, ...]:
        """Return the ids of the items that a test serves, each once, in the rubric's order.

        Markers on function, class, base class and module add up. A doctest has no marker of its
        own, and one on its module was hardly meant for it, so only the configuration tags it.
        """
        found = self._matcher.items(test.nodeid)
        if not _is_doctest(test):
            # With `+`, tests that serve the same items share one tuple.
            found = self._own(test) + self._from_parents(test.parent) + found
        if len(found) < 2:
            return found
        return tuple(item.id for item in self._rubric.items if item.id in found)

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
        try:
            if not mark.kwargs:
                return self._understood[mark.args]
        except (KeyError, TypeError):  # new, or nothing that could be a key
            pass
        mistakes = len(self.errors)
        items = tuple(self._read(mark, node))
        if items and len(self.errors) == mistakes and not mark.kwargs:
            self._understood[mark.args] = items
        return items

    def _read(self, mark: pytest.Mark, node: pytest.Item | pytest.Collector) -> Iterable[str]:
        for keyword in mark.kwargs:
            self._mistake(node, keyword, f"the marker takes no keyword {keyword!r}, only items")
        if not mark.args:
            self._mistake(node, MARKER, 'the marker names no item: write @mlscore("data-1")')
        for word in mark.args:
            if not isinstance(word, str):
                self._mistake(node, MARKER, f"an item is a string, not {type(word).__name__}")
                continue
            try:
                yield self._rubric.find(word).id
            except UnknownItemError as error:
                self._mistake(node, word, str(error))

    def _mistake(self, node: pytest.Item | pytest.Collector, word: str, problem: str) -> None:
        message = f"{_place(node, word)}: {problem}"
        if message not in self.errors:
            self.errors.append(message)


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

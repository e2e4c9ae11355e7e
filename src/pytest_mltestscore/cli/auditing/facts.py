"""What a syntax tree says about a test: names only, nothing that was run."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Marker:
    """A pytest marker: its name, and the strings that it is given."""

    name: str
    arguments: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    """Those given by keyword."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestFacts:
    """One test function, as its source tells it."""

    __test__ = False

    path: str
    """From the root, with slashes."""
    name: str
    classes: tuple[str, ...] = ()
    """The classes around it, outermost first."""
    line: int = 1
    doc: tuple[str, ...] = ()
    """The words of the first line of its docstring, each once."""
    references: tuple[str, ...] = ()
    """Items that its docstrings name, such as `data-3` for "Data 3: ..."."""
    imports: tuple[str, ...] = ()
    """Top-level modules that its file imports."""
    calls: tuple[str, ...] = ()
    """Dotted names of what it calls, import aliases resolved."""
    fixtures: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Other names in its body."""
    markers: tuple[Marker, ...] = ()
    """Its own, then those of its classes and of its module."""
    properties: tuple[str, ...] = ()
    """Strings given to `record_property`."""
    can_fail: bool = True
    """Whether something in it, or in a function of its file that it calls, can turn it red."""

    @property
    def nodeid(self) -> str:
        """As pytest writes it, without parameters."""
        return "::".join((self.path, *self.classes, self.name))


@dataclass(frozen=True, slots=True)
class Hook:
    """A pytest hook that a file defines."""

    name: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """One file: its tests, and what stands beside them."""

    path: str
    tests: tuple[TestFacts, ...] = ()
    suites: tuple[str, ...] = ()
    """Node ids of classes that inherit the ready-made suite."""
    hooks: tuple[Hook, ...] = ()
    words: frozenset[str] = frozenset()
    """Words of all names in a file with hooks, to tell what these count."""


def words_of(name: str) -> tuple[str, ...]:
    """Split a name into its words.

    >>> words_of("test_meanROCAuc2")
    ('test', 'mean', 'roc', 'auc', '2')
    """
    return tuple(word.casefold() for word in _WORD.findall(name[:_LONGEST_NAME]))

"""How teams score themselves: markers, names, docstrings and hooks of their own.

Each way that is seen is listed. Where it names an item, the test can be given our marker; the old
one stays where it is, so that what counts by it goes on working, until a migration takes it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from .facts import FileFacts, TestFacts
from .references import item_of, named_in_name, named_in_text, section_of

Kind = Literal[
    "item-marker", "section-marker", "item-name", "item-docstring", "item-property", "counting"
]

_OURS = frozenset({"mlscore", "mlscore_data", "mlscore_model", "mlscore_infra", "mlscore_monitor"})
_PYTESTS = frozenset({"parametrize", "skip", "skipif", "xfail", "usefixtures", "filterwarnings"})
_OF_PLUGINS = frozenset(
    {
        *("anyio", "asyncio", "benchmark", "dependency", "django_db", "flaky", "issue", "jira"),
        *("order", "run", "testrail", "timeout", "vcr", "xdist_group"),
    }
)
NOT_SCORING = _OURS | _PYTESTS | _OF_PLUGINS
"""Markers that are no team's own way of scoring, whatever they are given."""
_COUNTING_HOOKS = frozenset(
    {
        "pytest_runtest_logreport",
        "pytest_runtest_makereport",
        "pytest_sessionfinish",
        "pytest_terminal_summary",
    }
)
_FEWEST_BY_NAME = 2
"""Items that names must number before a number in a name is taken for an item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeMade:
    """One place where a suite scores itself."""

    kind: Kind
    text: str
    """What is there, such as `data_1` or a hook's name."""
    path: str
    nodeid: str = ""
    item: str = ""
    """Id of the item that it names, or an empty string."""
    section: str = ""
    line: int = 0
    """Where a hook is, or the test."""


def found_in(files: Sequence[FileFacts]) -> tuple[HomeMade, ...]:
    """Return every place where these files score themselves, in their order."""
    tests = [test for file in files for test in file.tests]
    by_name = [found for test in tests for found in _names(test)]
    if len({found.item for found in by_name}) < _FEWEST_BY_NAME:
        by_name = []
    return (
        *(found for test in tests for found in _markers(test)),
        *by_name,
        *(found for test in tests for found in _docstrings(test)),
        *(found for test in tests for found in _properties(test)),
        *(found for file in files for found in _counting(file)),
    )


def _markers(test: TestFacts) -> Iterator[HomeMade]:
    for marker in test.markers:
        if marker.name in NOT_SCORING:
            continue
        section = section_of(marker.name)
        if section:
            yield _at(test, "section-marker", marker.name, section=section)
        words = (marker.name, *marker.arguments, *marker.keywords)
        for item, word in ((item_of(word), word) for word in words):
            if item:
                text = word if word == marker.name else f'{marker.name}("{word}")'
                yield _at(test, "item-marker", text, item=item)


def _names(test: TestFacts) -> Iterator[HomeMade]:
    for name in (test.name, *test.classes, PurePosixPath(test.path).stem):
        item = named_in_name(name)
        if item:
            yield _at(test, "item-name", name, item=item)
            return


def _docstrings(test: TestFacts) -> Iterator[HomeMade]:
    for item in test.references:
        yield _at(test, "item-docstring", item, item=item)


def _properties(test: TestFacts) -> Iterator[HomeMade]:
    for value in test.properties:
        for item in dict.fromkeys([*filter(None, [item_of(value)]), *named_in_text(value)]):
            yield _at(test, "item-property", value, item=item)


def _counting(file: FileFacts) -> Iterator[HomeMade]:
    """Yield hooks that see results, in a file that speaks of a score and of sections."""
    sections = {section_of(word) for word in file.words} - {None}
    if "score" in file.words and len(sections) > 1:
        for hook in file.hooks:
            if hook.name in _COUNTING_HOOKS:
                yield HomeMade(kind="counting", text=hook.name, path=file.path, line=hook.line)


def _at(test: TestFacts, kind: Kind, text: str, *, item: str = "", section: str = "") -> HomeMade:
    return HomeMade(
        kind=kind,
        text=text,
        path=test.path,
        nodeid=test.nodeid,
        item=item,
        section=section,
        line=test.line,
    )

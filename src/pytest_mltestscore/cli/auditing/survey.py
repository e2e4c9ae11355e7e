"""All that an audit finds, put together from the facts of every file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...config import TagMatcher, TagPattern
from ...domain.asked import ASKED
from ...domain.errors import UnknownItemError
from ...domain.rubric import Rubric
from . import sources
from .facts import FileFacts, TestFacts
from .homemade import HomeMade, found_in
from .judging import Suggestion, judge
from .reading import read


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that could not be read, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """A test and the items that it is tagged with."""

    test: TestFacts
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownTag:
    """A tag that is no item of the rubric."""

    test: TestFacts
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What a suite shows without being run."""

    rubric: Rubric
    files: tuple[FileFacts, ...]
    paths: Mapping[str, Path]
    """Where each file is, by its name."""
    tagged: tuple[Tagged, ...]
    suggestions: tuple[Suggestion, ...]
    homemade: tuple[HomeMade, ...]
    unknown: tuple[UnknownTag, ...]
    passed_over: tuple[PassedOver, ...]
    cut: bool
    """Whether there were more files than are read."""

    @property
    def tests(self) -> int:
        """How many tests were read."""
        return sum(len(file.tests) for file in self.files)

    @property
    def suites(self) -> tuple[str, ...]:
        """Classes that inherit a test for every item."""
        return tuple(suite for file in self.files for suite in file.suites)

    @property
    def inherited(self) -> frozenset[str]:
        """Items whose tests come with such a class, and are not replaced in each of them."""
        own = {test.nodeid for file in self.files for test in file.tests}
        return frozenset(
            item.id
            for item in self.rubric.items
            if item.name in ASKED
            and any(
                f"{suite}::test_{item.name.replace('-', '_')}" not in own for suite in self.suites
            )
        )

    @property
    def toothless(self) -> tuple[Tagged, ...]:
        """Tagged tests in which nothing can fail but by an error."""
        return tuple(tagged for tagged in self.tagged if not tagged.test.can_fail)


def audit(paths: Sequence[str], root: Path, rubric: Rubric, tags: Sequence[TagPattern]) -> Audit:
    """Read the tests below these paths and say what they show.

    Raises
    ------
    CommandError
        If a path is not there.
    """
    found = sources.find(paths, root)
    files, passed_over = _read(found.sources)
    tests = [test for file in files for test in file.tests]
    matcher = TagMatcher(tags)
    tagged, unknown = [], []
    for test in tests:
        items, problems = _items(test, rubric, matcher)
        unknown += [UnknownTag(test, problem) for problem in problems]
        if items:
            tagged.append(Tagged(test, items))
    homemade = found_in(files)
    done = {entry.test.nodeid for entry in tagged} | {entry.test.nodeid for entry in unknown}
    untagged = [test for test in tests if test.nodeid not in done]
    return Audit(
        rubric=rubric,
        files=tuple(files),
        paths={source.name: source.path for source in found.sources},
        tagged=tuple(tagged),
        suggestions=tuple(_suggestions(untagged, homemade, rubric)),
        homemade=homemade,
        unknown=tuple(unknown),
        passed_over=tuple(passed_over),
        cut=found.cut,
    )


def _read(found: Sequence[sources.Source]) -> tuple[list[FileFacts], list[PassedOver]]:
    files, passed_over = [], []
    for source in found:
        try:
            files.append(read(sources.content(source), source.name))
        except SyntaxError as error:
            place = f"line {error.lineno}: " if error.lineno else ""
            passed_over.append(PassedOver(source.name, f"{place}{error.msg}"))
        except OSError as error:
            passed_over.append(PassedOver(source.name, error.strerror or str(error)))
        except ValueError as error:
            passed_over.append(PassedOver(source.name, str(error)))
    return files, passed_over


def _items(
    test: TestFacts, rubric: Rubric, matcher: TagMatcher
) -> tuple[tuple[str, ...], list[str]]:
    items, problems = list(matcher.items(test.nodeid)), []
    for marker in test.markers:
        for word in marker.arguments if marker.name == "mlscore" else ():
            try:
                items.append(rubric.find(word).id)
            except UnknownItemError as error:
                problems.append(str(error))
    return tuple(dict.fromkeys(items)), problems


def _suggestions(
    untagged: Sequence[TestFacts], homemade: Sequence[HomeMade], rubric: Rubric
) -> Iterator[Suggestion]:
    """Yield what the suite's own way of scoring says; where that is silent, what clues say."""
    known = {item.id for item in rubric.items}
    named: dict[str, dict[str, str]] = {}
    for found in homemade:
        if found.nodeid and found.item in known:
            where = f"{found.kind.removeprefix('item-')} {found.text}"
            named.setdefault(found.nodeid, {}).setdefault(found.item, where)
    for test in untagged:
        own = named.get(test.nodeid)
        if own:
            for item, where in own.items():
                yield Suggestion(test, item, "high", (where,), homemade=True)
        else:
            suggestion = judge(test, rubric)
            if suggestion:
                yield suggestion

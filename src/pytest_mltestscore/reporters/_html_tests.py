"""Folds the tests of an item into the few rows that a person reads: problems first, cases together.

A test parametrised 500 times is one row ("499 of 500 passed") with a row for each case that has
something to say. Everything here is linear in the number of tests, since a run may hold 50,000.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import get_args

from ..domain.counting import count
from ..domain.evidence import Outcome, TestEvidence

NAMED_CASES = 8
"""Cases of a parametrised test that are named although they only passed."""

CASES_LISTED = 30
"""Cases of one test that get a row of their own, so that one test cannot crowd out the others."""

RERUN_LIMIT = 6
"""Arguments in the command that people paste; more than this and it names whole files instead."""

PROBLEMS = frozenset({"crashed", "incomplete", "error", "failed", "xpassed"})
_RANK: dict[str, int] = {outcome: rank for rank, outcome in enumerate(get_args(Outcome))}
_WORDS = {"not-run": "not run"}


@dataclass(frozen=True, slots=True)
class Row:
    """A test, a case of a parametrised test, or (`cases`) all cases of one together."""

    file: str
    name: str
    outcome: Outcome
    """The worst one, where the row stands for several cases."""
    result: str
    duration_s: float
    covers: int
    """Tests that this row accounts for."""
    test: TestEvidence | None = None
    cases: str = ""
    unlisted: int = 0
    """Cases with something to say that have no row of their own."""
    is_case: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """The tests of an item, folded. `rows` is in reading order and may leave tests out."""

    total: int = 0
    summary: str = ""
    rows: tuple[Row, ...] = ()
    rerun: tuple[str, ...] = ()
    """What to give to pytest to run these tests again: those with a problem if there are any."""
    rerun_left: int = 0
    """Files with such tests that did not fit."""

    def first(self, limit: int) -> Shown:
        """Return at most `limit` rows, and how many tests that leaves out."""
        rows = self.rows[:limit]
        blocks = [(file, list(group)) for file, group in groupby(rows, key=lambda row: row.file)]
        return Shown(blocks, self.total - sum(row.covers for row in rows))


@dataclass(frozen=True, slots=True)
class Shown:
    """The rows that made it onto the page, under the file that they come from."""

    blocks: list[tuple[str, list[Row]]]
    left: int


@dataclass(slots=True)
class _Group:
    """The cases of one test function, or one test without parameters."""

    file: str
    name: str
    order: int
    members: list[tuple[str, TestEvidence]] = field(default_factory=list)
    worst: Outcome = "passed"

    def add(self, case: str, test: TestEvidence) -> None:
        """Take in one more case."""
        self.members.append((case, test))
        if _RANK[test.outcome] < _RANK[self.worst]:
            self.worst = test.outcome

    @property
    def nodeid(self) -> str:
        """What runs all cases."""
        return f"{self.file}::{self.name}" if self.name else self.file


def fold(tests: Sequence[TestEvidence], limit: int) -> Evidence:
    """Fold the tests of one item into at most `limit` rows."""
    if not tests:
        return Evidence()
    groups = _group(tests)
    rows = (row for group in groups for row in _rows(group))
    again = _rerun(groups)
    return Evidence(
        total=len(tests),
        summary=_summary(tests),
        rows=tuple(islice(rows, limit)),
        rerun=tuple(again[:RERUN_LIMIT]),
        rerun_left=max(len(again) - RERUN_LIMIT, 0),
    )


def _summary(tests: Sequence[TestEvidence]) -> str:
    counts = Counter(test.outcome for test in tests)
    parts = [f"{counts[o]:,} {_WORDS.get(o, o)}" for o in sorted(counts, key=_RANK.__getitem__)]
    return f"{count(len(tests), 'test')}: {', '.join(parts)}"


def _group(tests: Sequence[TestEvidence]) -> list[_Group]:
    """Gather cases; groups with a problem come first, and those of one file stay together."""
    groups: dict[tuple[str, str], _Group] = {}
    files: dict[str, int] = {}
    for test in tests:
        file, _, rest = test.nodeid.partition("::")
        name, bracket, case = rest.partition("[")
        key = (file, name)
        if key not in groups:
            groups[key] = _Group(file, name, files.setdefault(file, len(files)))
        groups[key].add(bracket + case, test)
    return sorted(groups.values(), key=lambda g: (g.worst not in PROBLEMS, g.order))


def _rows(group: _Group) -> Iterator[Row]:
    if len(group.members) == 1:
        case, test = group.members[0]
        yield _row(group, f"{group.name}{case}" or group.file, test)
        return
    telling = [(case, test) for case, test in group.members if _tells(test)]
    telling.sort(key=lambda pair: _RANK[pair[1].outcome])
    plain = [case for case, test in group.members if not _tells(test)]
    passed = sum(test.outcome == "passed" for _, test in group.members)
    unlisted = max(len(telling) - CASES_LISTED, 0)
    yield Row(
        file=group.file,
        name=group.name or group.file,
        outcome=group.worst,
        result=_share(passed, len(group.members)),
        duration_s=sum(test.duration_s for _, test in group.members),
        covers=len(plain) + unlisted,
        cases=_name_some(plain),
        unlisted=unlisted,
    )
    for case, test in telling[:CASES_LISTED]:
        yield _row(group, case, test, is_case=True)


def _row(group: _Group, name: str, test: TestEvidence, *, is_case: bool = False) -> Row:
    return Row(
        file=group.file,
        name=name,
        outcome=test.outcome,
        result=_WORDS.get(test.outcome, test.outcome),
        duration_s=test.duration_s,
        covers=1,
        test=test,
        is_case=is_case,
    )


def _tells(test: TestEvidence) -> bool:
    """Whether a case has more to say than that it passed."""
    return bool(
        test.outcome != "passed"
        or test.measurements
        or test.checks
        or test.flaky
        or test.note
        or test.message
        or test.subtests
    )


def _share(passed: int, total: int) -> str:
    return f"all {total:,} passed" if passed == total else f"{passed:,} of {total:,} passed"


def _name_some(cases: Sequence[str]) -> str:
    named = " ".join(cases[:NAMED_CASES])
    left = len(cases) - NAMED_CASES
    return f"{named} and {left:,} more" if left > 0 else named


def _rerun(groups: Sequence[_Group]) -> list[str]:
    """Name the tests as exactly as a short command can: cases, else functions, else files."""
    wanted = [group for group in groups if group.worst in PROBLEMS] or groups
    cases = [
        test.nodeid
        for group in wanted
        for _, test in group.members
        if test.outcome in PROBLEMS or group.worst not in PROBLEMS
    ]
    functions = [
        group.nodeid if len(group.members) > 1 else group.members[0][1].nodeid for group in wanted
    ]
    files = list(dict.fromkeys(group.file for group in wanted))
    exact = functions if wanted[0].worst not in PROBLEMS else cases
    return next((ids for ids in (exact, functions) if len(ids) <= RERUN_LIMIT), files)

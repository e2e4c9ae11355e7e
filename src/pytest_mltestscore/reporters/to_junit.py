"""The score as JUnit XML, which every CI server shows: a test case an item, and one for the gate.

The file is apart from pytest's own JUnit file, whose cases are tests. Here a case is an item of the
rubric, in a suite a section. It follows the schema that pytest checks its own file against.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Literal, NamedTuple

from ..domain.counting import count
from ..domain.record import ItemScore, Record, State
from ..domain.text import clean, clean_line
from . import _wording as words

TESTS_AN_ITEM = 20

_Kind = Literal["failure", "skipped", "error"]

_KINDS: dict[State, _Kind] = {
    "failing": "failure",
    "withheld": "skipped",
    "expired": "skipped",
    "skipped": "skipped",
    "not-run": "skipped",
    "missing": "skipped",
}
"""What a server should show. Only a failing test is red: a score below 7 is not a failure."""


class _Problem(NamedTuple):
    kind: _Kind
    type: str
    message: str
    details: str = ""


class _Case(NamedTuple):
    name: str
    seconds: float
    problem: _Problem | None


class _Suite(NamedTuple):
    name: str
    cases: Sequence[_Case]
    timestamp: str

    def count(self, kind: _Kind) -> int:
        return sum(c.problem is not None and c.problem.kind == kind for c in self.cases)

    @property
    def seconds(self) -> float:
        return sum(c.seconds for c in self.cases)


def render(record: Record) -> str:
    """Return the record as JUnit XML."""
    return _document(_suites(record), f"ML Test Score of {record.system}")


def render_all(records: Sequence[Record]) -> str:
    """Return several systems as one JUnit XML file, with suites of each."""
    suites = [suite for r in records for suite in _suites(r, prefix=f"mlscore.{r.system}")]
    return _document(suites, f"ML Test Score of {', '.join(r.system for r in records)}")


def _suites(record: Record, prefix: str = "mlscore") -> list[_Suite]:
    started = record.run.started_at
    suites = [
        _Suite(f"{prefix}.{section.id}", [_item_case(i) for i in items], started)
        for section, items in words.by_section(record)
    ]
    gate = [_Case("gate", 0.0, _gate_problem(record))]
    return [*suites, _Suite(f"{prefix}.gate", gate, started)]


def _document(suites: Sequence[_Suite], name: str) -> str:
    return "\n".join(_lines(suites, name)) + "\n"


def _lines(suites: Sequence[_Suite], name: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield f"<testsuites {_attributes(name=name)}>"
    for suite in suites:
        facts = _attributes(
            name=suite.name,
            errors=suite.count("error"),
            failures=suite.count("failure"),
            skipped=suite.count("skipped"),
            tests=len(suite.cases),
            time=_seconds(suite.seconds),
            timestamp=suite.timestamp,
        )
        yield f" <testsuite {facts}>"
        for case in suite.cases:
            yield from _case(suite, case)
        yield " </testsuite>"
    yield "</testsuites>"


def _case(suite: _Suite, case: _Case) -> Iterator[str]:
    facts = _attributes(classname=suite.name, name=case.name, time=_seconds(case.seconds))
    if case.problem is None:
        yield f"  <testcase {facts} />"
        return
    kind, type_, message, details = case.problem
    yield f"  <testcase {facts}>"
    yield f"   <{kind} {_attributes(type=type_, message=message)}>{_text(details)}</{kind}>"
    yield "  </testcase>"


def _item_case(item: ItemScore) -> _Case:
    seconds = sum(t.duration_s for t in item.tests)
    problem = None
    if item.state in _KINDS:
        kind = _KINDS[item.state]
        details = "\n".join(_details(item)) if kind == "failure" else ""
        problem = _Problem(kind, item.state, item.reason, details)
    return _Case(f"{item.id} {item.name}", seconds, problem)


def _details(item: ItemScore) -> Iterator[str]:
    tests = words.blocking(item)
    for test in tests[:TESTS_AN_ITEM]:
        yield f"{clean_line(test.nodeid)} {words.outcome(test)}"
        yield from (f"    | {line}" for line in test.message.splitlines())
    if len(tests) > TESTS_AN_ITEM:
        yield f"and {count(len(tests) - TESTS_AN_ITEM, 'more test')}"


def _gate_problem(record: Record) -> _Problem | None:
    gate = record.gate
    details = "\n".join(f"{_OK[check.ok]}: {clean_line(check.message)}" for check in gate.checks)
    if words.unfinished(record) == "in progress":  # whatever gate was asked for
        return _Problem("error", "in-progress", words.reasons(record), details)
    if gate.status == "passed":
        return None
    kinds: dict[str, _Kind] = {"failed": "failure", "undecided": "error"}
    return _Problem(kinds.get(gate.status, "skipped"), gate.status, gate.verdict, details)


_OK = {True: "ok", False: "FAILED", None: "unknown"}


def _seconds(value: float) -> str:
    return f"{value:.3f}"


def _attributes(**values: str | int) -> str:
    return " ".join(f'{name}="{_attribute(str(value))}"' for name, value in values.items())


def _attribute(text: str) -> str:
    return escape(clean_line(text))


def _text(text: str) -> str:
    return escape(clean(text), quote=False)

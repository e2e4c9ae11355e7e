"""The score as JSON of the Common Test Report Format, CTRF (https://ctrf.io).

As in `to_junit`, a test is an item of the rubric, and one is the gate. What the format has no key
for stands in `extra`, under names that begin with `mlscore.`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from ..domain.counting import count
from ..domain.moments import moment
from ..domain.record import GateStatus, ItemScore, Record, State
from ..domain.text import clean, clean_line
from . import _wording as words

SPEC_VERSION = "0.0.0"
"""Of the specification that this follows; it is a draft of that number."""

TESTS_AN_ITEM = 20

_Status = Literal["passed", "failed", "skipped", "pending", "other"]

_STATUSES: tuple[_Status, ...] = ("passed", "failed", "skipped", "pending", "other")

_OF_ITEMS: dict[State, _Status] = {
    "automated": "passed",
    "manual": "passed",
    "failing": "failed",
    "withheld": "other",
    "expired": "other",
    "skipped": "skipped",
    "not-run": "pending",
    "missing": "skipped",
}
"""Only a failing test is red: a score below 7 is not a failure."""

_OF_GATES: dict[GateStatus, _Status] = {
    "passed": "passed",
    "failed": "failed",
    "undecided": "failed",
    "not-evaluated": "skipped",
    "not-asked": "skipped",
}


def render(record: Record) -> str:
    """Return the record as a CTRF document."""
    tests = [*(_item(record, item) for item in record.items), _gate(record)]
    document = {
        "reportFormat": "CTRF",
        "specVersion": SPEC_VERSION,
        "generatedBy": _generator(record),
        "results": {
            "tool": {
                "name": clean_line(record.generator.name) or "pytest-mltestscore",
                "version": clean_line(record.generator.version),
            },
            "summary": _summary(record, tests),
            "tests": tests,
            "environment": _environment(record),
            "extra": {"mlscore.score": _score(record)},
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _generator(record: Record) -> str:
    return clean_line(f"{record.generator.name} {record.generator.version}")


def _summary(record: Record, tests: Sequence[dict[str, Any]]) -> dict[str, int]:
    counts = Counter(test["status"] for test in tests)
    started = moment(record.run.started_at)
    start = round(started.timestamp() * 1000) if started else 0
    return {
        "tests": len(tests),
        **{status: counts[status] for status in _STATUSES},
        "flaky": sum(test.get("flaky", False) for test in tests),
        "suites": len({tuple(test["suite"]) for test in tests}),
        "start": start,
        "stop": start + _milliseconds(record.run.duration_s),
    }


def _environment(record: Record) -> dict[str, str]:
    run = record.run
    facts = {
        "appName": record.system,
        "branchName": run.branch,
        "commit": run.commit,
        "buildUrl": run.ci.url if run.ci else "",
    }
    return {name: clean_line(value) for name, value in facts.items() if value}


def _score(record: Record) -> dict[str, Any]:
    """Return the score; while a run is in progress there is none."""
    facts: dict[str, Any] = {
        "system": clean_line(record.system),
        "complete": not words.unfinished(record),
        "gate": record.gate.status,
    }
    if words.unfinished(record) != "in progress":
        facts["final"], facts["max"] = record.score.final, record.score.max
        facts["sections"] = {section.id: section.score for section in record.sections}
    return facts


def _item(record: Record, item: ItemScore) -> dict[str, Any]:
    title = next((s.title for s in record.sections if s.id == item.section), item.section)
    status = _OF_ITEMS[item.state]
    test: dict[str, Any] = {
        "name": clean_line(f"{item.id} {item.name}"),
        "suite": [clean_line(record.system), clean_line(title)],
        "status": status,
        "rawStatus": item.state,
        "duration": _milliseconds(sum(t.duration_s for t in item.tests)),
        "extra": {"mlscore.item": {"id": item.id, "points": item.points}},
    }
    if item.state != "automated":
        test["message"] = clean_line(item.reason)
    if status == "passed" and any(t.flaky for t in item.tests):
        test["flaky"] = True
    if status == "failed":
        test["trace"] = "\n".join(_trace(item))
    return test


def _trace(item: ItemScore) -> Iterator[str]:
    tests = words.blocking(item)
    for test in tests[:TESTS_AN_ITEM]:
        yield f"{clean_line(test.nodeid)} {words.outcome(test)}"
        yield from (f"    | {line}" for line in clean(test.message).splitlines())
    if len(tests) > TESTS_AN_ITEM:
        yield f"and {count(len(tests) - TESTS_AN_ITEM, 'more test')}"


def _gate(record: Record) -> dict[str, Any]:
    gate = record.gate
    test: dict[str, Any] = {
        "name": "gate",
        "suite": [clean_line(record.system), "gate"],
        "status": _OF_GATES[gate.status],
        "rawStatus": gate.status,
        "duration": 0,
        "message": clean_line(gate.verdict),
    }
    if words.unfinished(record) == "in progress":  # whatever gate was asked for
        reasons = clean_line(words.reasons(record))
        return {**test, "status": "failed", "rawStatus": "in-progress", "message": reasons}
    if gate.checks:
        lines = (f"{_OK[check.ok]}: {clean_line(check.message)}" for check in gate.checks)
        test["trace"] = "\n".join(lines)
    return test


_OK = {True: "ok", False: "FAILED", None: "unknown"}


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)

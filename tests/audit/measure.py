"""The labelled tests, and how many suggestions about them are right."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pytest_mltestscore import catalog
from pytest_mltestscore.cli.auditing.facts import TestFacts
from pytest_mltestscore.cli.auditing.judging import CONFIDENCES, judge

LABELLED = Path(__file__).with_name("labelled.json")
PARTS = ("tuning", "held-out")
COUNTED = ("high", "medium")
"""Suggestions that are shown unless somebody asks for all."""


@dataclass(frozen=True)
class Judged:
    """A labelled test, and what the audit says."""

    part: str
    items: tuple[str, ...]
    item: str
    confidence: str

    @property
    def is_right(self) -> bool:
        return self.item in self.items


@cache
def rows() -> tuple[dict[str, Any], ...]:
    """Return the labelled tests."""
    return tuple(json.loads(LABELLED.read_text("utf-8")))


def facts(row: dict[str, Any]) -> TestFacts:
    """Return the facts of a labelled test."""
    *classes, name = row["test"].split("::")
    lists = ("doc", "calls", "fixtures", "names")
    return TestFacts(
        path=row["path"],
        name=name,
        classes=tuple(classes),
        can_fail=row["can_fail"],
        **{key: tuple(row[key]) for key in lists},
    )


@cache
def judged() -> tuple[Judged, ...]:
    """Return what the audit says of every labelled test."""
    rubric = catalog.load()
    found = []
    for row in rows():
        said = judge(facts(row), rubric)
        item, confidence = (said.item, said.confidence) if said else ("", "")
        found.append(Judged(row["part"], tuple(row["items"]), item, confidence))
    return tuple(found)


def precision(part: str, *confidences: str) -> tuple[int, int]:
    """Return how many suggestions of a part are right, of how many."""
    said = [j for j in judged() if j.part == part and j.confidence in confidences]
    return sum(j.is_right for j in said), len(said)


def recall(part: str, *confidences: str) -> tuple[int, int]:
    """Return how many tests that serve an item are found, of how many."""
    serving = [j for j in judged() if j.part == part and j.items]
    return sum(j.is_right and j.confidence in confidences for j in serving), len(serving)


def table() -> str:
    """Return the table of the documentation."""
    return "\n".join([*_head(), *_lines(), ""])


def _head() -> Iterator[str]:
    yield "| | tuning | held out |\n| --- | --- | --- |"
    yield _line("tests", (f"{_size(part)}" for part in PARTS))
    yield _line("of them serving no item", (f"{_size(part, serving=False)}" for part in PARTS))


def _lines() -> Iterator[str]:
    for confidence in reversed(CONFIDENCES):
        yield _line(f"right of *{confidence}*", (_share(precision(p, confidence)) for p in PARTS))
    yield _line("**right of *high* and *medium***", (_share(precision(p, *COUNTED)) for p in PARTS))
    yield _line("found by *high* and *medium*", (_share(recall(p, *COUNTED)) for p in PARTS))


def _size(part: str, *, serving: bool = True) -> int:
    return sum(j.part == part and (serving or not j.items) for j in judged())


def _line(title: str, cells: Iterator[str]) -> str:
    return f"| {title} | {' | '.join(cells)} |"


def _share(counts: tuple[int, int]) -> str:
    right, of = counts
    low, high = wilson(right, of)
    return f"{right} of {of}, {right / of:.0%} ({low:.0%} to {high:.0%})"


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share."""
    z = 1.959964
    middle = (count + z * z / 2) / (of + z * z)
    half = z / (of + z * z) * (count * (of - count) / of + z * z / 4) ** 0.5
    return max(middle - half, 0.0), min(middle + half, 1.0)


def repositories(part: str) -> Sequence[str]:
    """Return the repositories of a part."""
    return sorted({row["repo"] for row in rows() if row["part"] == part})

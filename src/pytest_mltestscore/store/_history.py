"""Which of the stored runs make a history, and which of them can be compared.

All of it is told by a listing: no record is read.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from ..domain.record import SCORING_VERSION, TrendPoint
from ..domain.rubric import Rubric
from ._entry import Entry, short_branch, yardstick

TREND_POINTS = 100


class Step(NamedTuple):
    """A complete run, and what came before it."""

    entry: Entry
    final: float
    before: Entry | None
    """The newest earlier run that it can be compared with, if there is one."""
    breaks: bool
    """Whether it cannot be compared with the run right before it."""

    @property
    def gain(self) -> float | None:
        """Points that the score gained; None if there is nothing to compare it with."""
        if self.before is None or self.before.final is None:
            return None
        return self.final - self.before.final


class History(NamedTuple):
    """The complete runs of one system."""

    steps: tuple[Step, ...]
    """In order of time."""
    passed_over: Mapping[str, int]
    """How many other runs there are: `partial`, `cut-short` and `unscored` ones."""


def history(entries: Iterable[Entry]) -> History:
    """Return the history that entries of one system make; they come in order of time.

    A partial run has left tests out by choice and one that was cut short ends where it ended, so
    their scores say nothing of how a system developed.
    """
    steps: list[Step] = []
    passed_over: Counter[str] = Counter()
    newest: dict[str, Entry] = {}
    last: Entry | None = None
    for entry in entries:
        if entry.completeness != "complete":
            passed_over[entry.completeness] += 1
        elif entry.final is None:
            passed_over["unscored"] += 1
        else:
            breaks = last is not None and last.yardstick != entry.yardstick
            steps.append(Step(entry, entry.final, newest.get(entry.yardstick), breaks))
            newest[entry.yardstick] = last = entry
    return History(tuple(steps), dict(passed_over))


def on_branch(entries: Iterable[Entry], pattern: str) -> list[Entry]:
    """Return the entries of runs on branches that match a pattern, such as `release/*`.

    An entry has a long branch in short, so a pattern can match no more than its first characters;
    the whole name of a branch always does.
    """
    whole = short_branch(pattern)
    known: dict[str | None, bool] = {None: False}
    found = []
    for entry in entries:
        branch = entry.branch
        if branch is not None and branch not in known:
            known[branch] = branch == whole or fnmatchcase(branch, pattern)
        if known[branch]:
            found.append(entry)
    return found


def trend(
    entries: Iterable[Entry], rubric: Rubric, *, before: dt.datetime, most: int = TREND_POINTS
) -> tuple[TrendPoint, ...]:
    """Return the scores of complete runs that a run which is scored now can be compared with.

    Parameters
    ----------
    entries
        Of its system, in order of time.
    rubric
        By which it is scored.
    before
        When it began.
    most
        So many points at most, the newest.
    """
    terms = yardstick(rubric, SCORING_VERSION)
    ids = [section.id for section in rubric.sections]
    steps = [
        step
        for step in history(entries).steps
        if step.entry.yardstick == terms and step.entry.started_at < before
    ]
    return tuple(
        TrendPoint(
            started_at=step.entry.started_at.isoformat(),
            final=step.final,
            sections=dict(zip(ids, step.entry.sections, strict=False)),
            commit=step.entry.commit,
        )
        for step in (steps[-most:] if most else ())
    )

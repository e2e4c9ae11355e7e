"""What is read of records for a history: names of sections, and the items that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from ..domain.record import BaselineItem, Change
from ..scoring.diff import baseline_items, changes
from ..store import Skipped, Step, Store

YARDSTICKS = 8
"""Rubrics and scoring versions of which a record is read, to learn what their sections are called.
"""

Names = Mapping[str, Sequence[str]]
"""Ids of sections by yardstick."""

FACTS = (
    *("started_at", "run", "commit", "branch", "ci", "dirty", "completeness", "yardstick"),
    "final",
)
"""Columns of a table of runs, before those of the sections."""


class Explained(NamedTuple):
    """Which items changed between a run and the one before it."""

    changes: tuple[Change, ...] = ()
    problem: str = ""
    """Why nobody knows."""


def section_names(store: Store, steps: Sequence[Step]) -> Names:
    """Read what the sections are called from the newest record of each yardstick."""
    newest = {step.entry.yardstick: step.entry for step in steps}
    wanted = sorted(newest.values(), key=lambda entry: entry.started_at)[-YARDSTICKS:]
    names: dict[str, Sequence[str]] = {}
    for each in store.read(wanted):
        if isinstance(each, Skipped):
            continue
        ids = [section.id for section in each.record.sections]
        if len(ids) == len(each.entry.sections):
            names[each.entry.yardstick] = ids
    return names


def sections_of(step: Step, names: Names) -> dict[str, float]:
    """Return the section scores of a run by id, or by position where no id is known."""
    scores = step.entry.sections
    ids = names.get(step.entry.yardstick, ())
    if len(ids) != len(scores):
        ids = [str(number) for number in range(1, len(scores) + 1)]
    return dict(zip(ids, scores, strict=True))


def section_columns(steps: Sequence[Step], names: Names) -> list[str]:
    """Return the ids of all sections, those of the newest run first."""
    found: dict[str, None] = {}
    for step in reversed(steps):
        found |= dict.fromkeys(sections_of(step, names))
    return list(found)


def explained(store: Store, steps: Sequence[Step]) -> dict[str, Explained]:
    """Read the records of these runs and of those before them; say by key what changed."""
    before = {step.entry.key: step.before for step in steps}
    wanted = {e.key: e for step in steps for e in (step.before, step.entry) if e is not None}
    items: dict[str, Mapping[str, BaselineItem]] = {}
    found: dict[str, Explained] = {}
    # A run before another one is older, so it has been seen when its turn comes.
    for each in store.read(sorted(wanted.values(), key=lambda e: (e.started_at, e.key))):
        if isinstance(each, Skipped):
            continue
        key = each.entry.key
        items[key] = baseline_items(each.record)
        older = before.get(key)
        if older is not None and older.key in items:
            found[key] = Explained(changes(items[older.key], each.record.items))
    for key, older in before.items():
        if older is not None and key not in found:
            which = "before it" if key in items else "of this run"
            found[key] = Explained(problem=f"the record {which} cannot be read")
    return found


def facts(step: Step) -> dict[str, object]:
    """Return what a listing tells of a run."""
    entry = step.entry
    return {name: getattr(entry, name) for name in FACTS}


def csv_rows(steps: Sequence[Step], names: Names) -> Iterator[dict[str, object]]:
    """Yield a row a run. Sections have columns of their own, which no other can be mistaken for."""
    for step in steps:
        scores = sections_of(step, names)
        yield facts(step) | {column(section): score for section, score in scores.items()}


def column(section: str) -> str:
    """Return the name of the column of a section."""
    return f"section_{section}"


def json_rows(
    steps: Sequence[Step], names: Names, found: Mapping[str, Explained] | None
) -> Iterator[dict[str, object]]:
    """Yield an object a run, with the items that changed if these were asked for."""
    for step in steps:
        row = facts(step) | {"failing": step.entry.failing, "sections": sections_of(step, names)}
        if found is not None:
            known = found.get(step.entry.key)
            listed = [_change(c) for c in known.changes] if known and not known.problem else None
            row["changes"] = listed
        yield row


def _change(change: Change) -> dict[str, object]:
    return {**msgspec.structs.asdict(change), "gain": change.gain}

"""What changed between two records, item by item, and whether they may be compared at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from ..domain.record import (
    SCORING_VERSION,
    Baseline,
    BaselineItem,
    Change,
    ItemScore,
    Record,
    RubricFacts,
)
from ..domain.rubric import Rubric


class Yardstick(NamedTuple):
    """What two records must share to be compared."""

    system: str
    rubric: str
    scoring_version: str


def yardstick(system: str, rubric: Rubric | RubricFacts) -> Yardstick:
    """Return the yardstick of a run that is being scored now."""
    return Yardstick(system, f"{rubric.id} {rubric.version}", SCORING_VERSION)


def yardstick_of(record: Record) -> Yardstick:
    """Return the yardstick that a record was scored by."""
    return yardstick(record.system, record.rubric)._replace(scoring_version=record.scoring_version)


def incomparable(old: Yardstick, new: Yardstick) -> str:
    """Return why two records cannot be compared, or an empty string."""
    for what, one, other in zip(("systems", "rubrics", "scoring versions"), old, new, strict=True):
        if one != other:
            return f"different {what}: {one} and {other}"
    return ""


def baseline_from(old: Record, source: str, new: Yardstick) -> Baseline:
    """Take a baseline from a record read from `source`. A partial or cut-short run is none."""
    reason = incomparable(yardstick_of(old), new)
    if not reason and not old.run.complete:
        reason = "the baseline run was not complete"
    if reason:
        return Baseline(
            source=source, status="not-comparable", reason=reason, commit=old.run.commit
        )
    return Baseline(
        source=source,
        status="compared",
        commit=old.run.commit,
        final=old.score.final,
        sections={s.id: s.score for s in old.sections},
        items=baseline_items(old),
    )


def baseline_items(record: Record) -> dict[str, BaselineItem]:
    """Reduce a record to what a comparison needs."""
    return {i.id: BaselineItem(state=i.state, points=i.points) for i in record.items}


def missing_baseline(source: str) -> Baseline:
    """Stand for a baseline that does not exist, as on a first run."""
    return Baseline(source=source, status="missing", reason=f"{source} does not exist yet")


def recompare(baseline: Baseline, items: Sequence[ItemScore]) -> Baseline:
    """Return the baseline with its changes worked out against these items."""
    return msgspec.structs.replace(baseline, changes=changes(baseline.items, items))


def changes(before: Mapping[str, BaselineItem], after: Sequence[ItemScore]) -> tuple[Change, ...]:
    """List the items whose state or points differ, losses first, each with its reason."""
    found = [
        Change(
            item=item.id,
            before=old.state if old else None,
            after=item.state,
            points_before=old.points if old else 0.0,
            points_after=item.points,
            reason=item.reason,
        )
        for item in after
        for old in [before.get(item.id)]
        if old is None or (old.state, old.points) != (item.state, item.points)
    ]
    return tuple(sorted(found, key=lambda change: change.gain))

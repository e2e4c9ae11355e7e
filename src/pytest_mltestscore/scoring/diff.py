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
    ProofChange,
    Record,
    RubricFacts,
    State,
)
from ..domain.rubric import Rubric
from ..domain.text import clean_line


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
    return {i.id: _baseline_item(i) for i in record.items}


def _baseline_item(item: ItemScore) -> BaselineItem:
    return BaselineItem(state=item.state, points=item.points, proven=_proven(item))


def _proven(item: ItemScore) -> bool | None:
    """Return whether an item is proven, None if no fault was tried, such as for want of time."""
    proof = item.proof
    if proof is None or not (proof.caught + proof.missed + proof.accepted + proof.no_verdict):
        return None
    return proof.proven


def baseline_among(
    records: Sequence[Record], source: str, new: Yardstick, *, several: bool, instead: str = ""
) -> tuple[Baseline, Record | None]:
    """Take a baseline from what was read from `source`, with the record that it is of.

    Parameters
    ----------
    records
        Those of a file may be of several systems; only the one of the same name can be compared.
    source
        What the baseline is called.
    new
        Of the run that is compared.
    several
        A system that is not among the records is new, and compared with nothing, as on a first run.
        Without it the record of another system is taken, and cannot be compared, which is said.
    instead
        What there is where there is no record.
    """
    if not records:
        return missing_baseline(source, instead), None
    old = next((record for record in records if record.system == new.system), None)
    if old is None and several:
        return missing_baseline(f"{source} (system {clean_line(new.system)})"), None
    old = old or records[0]
    return baseline_from(old, source, new), old


def missing_baseline(source: str, instead: str = "") -> Baseline:
    """Stand for a baseline that does not exist, as on a first run."""
    reason = f"{source} does not exist yet"
    return Baseline(
        source=source, status="missing", reason=f"{reason}; {instead}" if instead else reason
    )


def recompare(baseline: Baseline, items: Sequence[ItemScore]) -> Baseline:
    """Return the baseline with its changes worked out against these items."""
    return msgspec.structs.replace(baseline, changes=changes(baseline.items, items))


_OF_TESTS: frozenset[State] = frozenset({"failing", "automated", "withheld", "skipped"})
"""What only an item with tests can be."""

_REASONS: dict[ProofChange, str] = {
    "lost": "no test of it was seen to fail, with the faults that were tried",
    "won": "a test of it was seen to fail",
}


def changes(before: Mapping[str, BaselineItem], after: Sequence[ItemScore]) -> tuple[Change, ...]:
    """List the items whose state, points or proof differ, losses first, each with its reason."""
    found = [change for item in after if (change := _change(before.get(item.id), item))]
    return tuple(sorted(found, key=lambda change: (change.gain, change.proof != "lost")))


def _change(old: BaselineItem | None, item: ItemScore) -> Change | None:
    proof = _proof_change(old, item)
    moved = old is None or (old.state, old.points) != (item.state, item.points)
    if not moved and proof is None:
        return None
    return Change(
        item=item.id,
        before=old.state if old else None,
        after=item.state,
        points_before=old.points if old else 0.0,
        points_after=item.points,
        reason=_REASONS[proof] if proof and not moved else _reason(old, item),
        proof=proof,
    )


def _reason(old: BaselineItem | None, item: ItemScore) -> str:
    """Return why an item changed: that its tests are gone is no part of its own reason."""
    had_tests = old is not None and old.state in _OF_TESTS
    if had_tests and not item.tests and item.attestation:
        return f"no test of it was seen; {item.reason}"
    return item.reason


def newly_ending(old: Record, new: Record) -> tuple[ItemScore, ...]:
    """Return the items whose attestation still counts, and runs out soon as it did not before."""
    before = {i.id: i.attestation.freshness for i in old.items if i.attestation}
    return tuple(
        item
        for item in new.items
        if item.attestation
        and item.attestation.freshness == "expiring"
        and before.get(item.id) == "fresh"
    )


def _proof_change(old: BaselineItem | None, item: ItemScore) -> ProofChange | None:
    """Compare proofs where there are two: an item that was not tried has lost nothing."""
    before, now = old.proven if old else None, _proven(item)
    if before is None or now is None or before == now:
        return None
    return "won" if now else "lost"

"""Fold the records of shards into the record that one run of everything would have given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from ..domain.errors import MergeError
from ..domain.evidence import TestEvidence
from ..domain.record import Baseline, ItemScore, Reason, ReasonKind, Record, Run
from ..domain.rubric import Rubric
from .card import Evidence, rubric_of, scorecard
from .fold import worst
from .gaps import missing_shards, shards_of

T = TypeVar("T")

NO_COMMIT = "the parts name no commit, so nobody knows that they are of one state"
UNCOMMITTED = "a part was run on uncommitted changes, which the others may lack"
DOUBTS = frozenset({NO_COMMIT, UNCOMMITTED})
"""Notes of a merged record that say why its parts may not be of one state of the system."""


def merge(records: Sequence[Record], *, whole: bool = False) -> Record:
    """Merge records of parts of one run. Order and repetition of the parts do not matter.

    Parameters
    ----------
    records
        At least one.
    whole
        The caller vouches that the parts make a whole, so files and node ids named on their
        command lines no longer leave the result partial. Tests known to be left out still do.

    Raises
    ------
    MergeError
        If the records are not of one commit, rubric, configuration and system.
    """
    if not records:
        raise MergeError("nothing to merge: give at least one run record")
    first = records[0]
    _agree(records)
    tests = {item.id: _rows(r.item(item.id) for r in records) for item in first.items}
    tagged = {row.nodeid for rows in tests.values() for row in rows}
    ran_or_stuck = {
        row.nodeid for rows in tests.values() for row in rows if row.outcome != "not-run"
    }
    untagged = {nodeid for r in records for nodeid in r.untagged} - tagged
    selected = len(ran_or_stuck) + len(untagged)
    reasons = _reasons(records, left_out=len(tagged - ran_or_stuck), selected=selected, whole=whole)
    return scorecard(
        rubric=_rubric(records),
        evidence=Evidence(
            tests=tests,
            untagged=list(untagged),
            attestations=[i.attestation.statement for i in first.items if i.attestation],
            waivers=[i.waiver.decision for i in first.items if i.waiver],
            accepted_faults=[a.statement for a in first.accepted_faults],
        ),
        policy=first.policy,
        config={name: _any_of(r.config[name] for r in records) for name in first.config},
        run=_run(records, reasons, selected=selected),
        system=first.system,
        today=max(r.date for r in records),
        generator=_any_of(r.generator for r in records),
        baseline=_baseline(records),
        notes=[*(note for r in records for note in r.notes), *_doubts(records)],
    )


_MUST_AGREE: dict[str, Callable[[Record], Any]] = {
    "system": lambda r: r.system,
    "rubric": lambda r: _with_examples(rubric_of(r), {}),
    "scoring version": lambda r: r.scoring_version,
    "commit": lambda r: r.run.commit,
    "policy": lambda r: r.policy,
    "configuration": lambda r: {name: setting.value for name, setting in r.config.items()},
    "attestations": lambda r: [i.attestation and i.attestation.statement for i in r.items],
    "waivers": lambda r: [i.waiver and i.waiver.decision for i in r.items],
    "accepted faults": lambda r: [a.statement for a in r.accepted_faults],
}


def _agree(records: Sequence[Record]) -> None:
    first = records[0]
    for other in records[1:]:
        for what, of in _MUST_AGREE.items():
            if of(first) != of(other):
                raise MergeError(
                    f"cannot merge runs {first.run.id} and {other.run.id}: different {what}"
                    + _detail(of(first), of(other))
                )


def _detail(one: object, other: object) -> str:
    return f" ({one} and {other})" if isinstance(one, str | None) else ""


def _rubric(records: Sequence[Record]) -> Rubric:
    """Return the rubric of all; a part has examples only of what it could not show by itself."""
    examples = {
        item.id: max(r.item(item.id).texts.example for r in records) for item in records[0].items
    }
    return _with_examples(rubric_of(records[0]), examples)


def _with_examples(rubric: Rubric, examples: Mapping[str, str]) -> Rubric:
    items = (replace(item, example=examples.get(item.id, "")) for item in rubric.items)
    return replace(rubric, items=tuple(items))


def _rows(parts: Iterable[ItemScore]) -> list[TestEvidence]:
    seen: dict[str, list[TestEvidence]] = {}
    for part in parts:
        for row in part.tests:
            seen.setdefault(row.nodeid, []).append(row)
    return [worst(rows) for rows in seen.values()]


def _reasons(
    records: Sequence[Record], *, left_out: int, selected: int, whole: bool
) -> tuple[Reason, ...]:
    reasons = {reason for r in records for reason in r.run.incomplete_reasons}
    settled: set[ReasonKind] = {"arguments"} if whole else set()
    recounted: set[Reason] = set()
    if len({r.run.id for r in records}) > 1:
        reasons = {_as_a_part(reason, r) for r in records for reason in r.run.incomplete_reasons}
        # What one part left out another may have run, so only what nobody ran is left out now.
        settled |= {"deselected", "no-tests"} if selected else {"deselected"}
        settled |= {"shard-missing"} if any(shards_of(r.run) for r in records) else set()
        if left_out and reasons:
            tests = "1 tagged test" if left_out == 1 else f"{left_out} tagged tests"
            recounted = {Reason(kind="deselected", detail=f"{tests} did not run in any part")}
    missing = missing_shards(r.run for r in records)
    return tuple(sorted({*(r for r in reasons if r.kind not in settled), *recounted, *missing}))


def _as_a_part(reason: Reason, record: Record) -> Reason:
    """Tell a part that left all its tests to the others from one that never saw any."""
    if reason.kind != "no-tests" or any(item.tests for item in record.items):
        return reason
    return Reason(kind="collection-errors", detail=f"run {record.run.id}: {reason.detail}")


def _run(records: Sequence[Record], reasons: tuple[Reason, ...], *, selected: int) -> Run:
    runs = list({_bytes(r.run): r.run for r in records}.values())
    first = _any_of(runs)
    ids = sorted({run.id for run in runs})
    return Run(
        id=ids[0] if len(ids) == 1 else hashlib.sha256("\n".join(ids).encode()).hexdigest()[:32],
        started_at=min(run.started_at for run in runs),
        duration_s=round(sum(run.duration_s for run in runs), 6),
        commit=first.commit,
        dirty=None if any(run.dirty is None for run in runs) else any(run.dirty for run in runs),
        branch=first.branch if len({run.branch for run in runs}) == 1 else None,
        # Evidence of a part outside CI must not pass for CI evidence.
        ci=None if any(run.ci is None for run in runs) else first.ci,
        selected=selected,
        complete=not reasons,
        incomplete_reasons=reasons,
        versions=first.versions,
        folders=tuple(sorted({folder for run in runs for folder in run.folders})),
        collected=tuple(sorted({folder for run in runs for folder in run.collected})),
        merged_shards=tuple(sorted({shard for run in runs for shard in shards_of(run)})),
    )


def _doubts(records: Sequence[Record]) -> Iterator[str]:
    """Say what agreement on the commit does not tell. One run alone is of one state."""
    if len({r.run.id for r in records}) < 2:
        return
    if records[0].run.commit is None:
        yield NO_COMMIT
    if any(r.run.dirty for r in records):
        yield UNCOMMITTED


def _baseline(records: Sequence[Record]) -> Baseline | None:
    given = [r.baseline for r in records]
    found = [b and replace(b, changes=(), loosened=()) for b in given]
    if all(b == found[0] for b in found):
        moved = {bound for b in given if b for bound in b.loosened}
        # Of bounds in tests each part knows its own; only the old record tells of the others.
        return found[0] and replace(found[0], loosened=tuple(sorted(moved, key=_bytes)))
    sources = {source for b in found if b for source in b.source.split(", ")}
    return Baseline(
        source=", ".join(sorted(sources)),
        status="not-comparable",
        reason="the parts were compared with different baselines",
    )


def _any_of(values: Iterable[T]) -> T:
    """Pick one of several values that say the same, whichever way the records come."""
    return min(values, key=_bytes)


def _bytes(value: object) -> bytes:
    return msgspec.json.encode(value, order="deterministic")

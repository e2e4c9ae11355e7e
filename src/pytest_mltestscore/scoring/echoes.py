"""Failures of runs that are out of sight, as runs in sight had pooled them.

A store is looked back on for some time, and a failure is to stay until the test is seen again. A
run that pooled it has its row in the own record, with when and on which commit it was seen. So it
is handed on from record to record, and nothing more is read for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from ..domain.evidence import TestEvidence
from ..domain.moments import moment
from ..domain.record import Record, Run, Source
from .items import BLOCKING
from .parts import Part


def echoes(records: Iterable[Record]) -> list[Part]:
    """Return what records tell of failures in other runs, as a part for each of these.

    Of a run that is among the records itself nothing is returned: its own word is the better one.
    """
    listed = list(records)
    known = {record.run.id for record in listed}
    sources: dict[str, Source] = {}
    failed: dict[str, dict[str, dict[str, TestEvidence]]] = {}
    for record in listed:
        told = {s.run: s for s in record.pool.sources} if record.pool else {}
        for item, row in _failed_elsewhere(record):
            run = row.seen.run if row.seen else ""
            if run in known or run not in told or moment(told[run].started_at) is None:
                continue
            sources.setdefault(run, told[run])
            rows = failed.setdefault(run, {}).setdefault(item, {})
            rows.setdefault(row.nodeid, replace(row, seen=None, proof=None))
    return [
        Part(_run(sources[run]), {item: list(rows.values()) for item, rows in by_item.items()})
        for run, by_item in failed.items()
    ]


def _failed_elsewhere(record: Record) -> Iterator[tuple[str, TestEvidence]]:
    for item in record.items:
        for row in item.tests:
            if row.outcome in BLOCKING and row.seen and row.seen.run != record.run.id:
                yield item.id, row


def _run(source: Source) -> Run:
    """Return what is known of a run; it lists nothing, and nothing of it is missing."""
    return Run(
        id=source.run,
        started_at=source.started_at,
        duration_s=0.0,
        commit=source.commit,
        dirty=False,  # or it would not have been pooled
        branch=source.branch,
        ci=source.ci,
        selected=0,
        complete=True,
        incomplete_reasons=(),
        versions={},
    )

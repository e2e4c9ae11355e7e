"""What of a record says something about the run, and nothing about the system that was scored."""

from __future__ import annotations

from msgspec.structs import replace

from .evidence import CheckEvidence, Measurement, TestEvidence
from .record import Generator, Record, Run

_NO_RUN = Run(
    id="",
    started_at="",
    duration_s=0.0,
    commit=None,
    dirty=None,
    branch=None,
    ci=None,
    selected=0,
    complete=True,
    incomplete_reasons=(),
    versions={},
)


def strip_run_facts(record: Record) -> Record:
    """Return the record without what differs between two equal runs, so that `==` compares them.

    Gone are `run`, `generator`, `notes`, `pool`, `trend`, the durations of tests and where they
    were seen, volatile measurements, the texts and tables of volatile checks, and how many trials
    are remembered from an earlier run.
    """
    items = (replace(i, tests=tuple(_stripped(t) for t in i.tests)) for i in record.items)
    return replace(
        record,
        run=_NO_RUN,
        generator=Generator(name="", version=""),
        items=tuple(items),
        notes=(),
        pool=None,
        trend=(),
    )


def _stripped(test: TestEvidence) -> TestEvidence:
    return replace(
        test,
        duration_s=0.0,
        seen=None,
        measurements=_lasting(test.measurements),
        checks=tuple(_stripped_check(c) for c in test.checks),
        proof=test.proof and replace(test.proof, remembered=0),
    )


def _stripped_check(check: CheckEvidence) -> CheckEvidence:
    kept = replace(check, measurements=_lasting(check.measurements))
    return replace(kept, summary="", table=(), notes=()) if check.volatile else kept


def _lasting(measurements: tuple[Measurement, ...]) -> tuple[Measurement, ...]:
    return tuple(m for m in measurements if not m.volatile)

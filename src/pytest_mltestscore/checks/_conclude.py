"""How every check ends: a result that explains itself, recorded as evidence of the running test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias

from ..domain.checkresult import CheckResult
from ..domain.evidence import Measurement
from ..domain.sink import current_sink, open_sink, push_check

Expect: TypeAlias = Literal["holds", "fails"]
"""What a test says will come out. A result that differs fails the test, assertion or not."""


def conclude(
    name: str,
    *,
    item: str,
    holds: bool,
    summary: str,
    expect: Expect,
    measurements: Sequence[Measurement] = (),
    table: Sequence[Mapping[str, Any]] = (),
    rows_seen: int | None = None,
    rows_total: int | None = None,
    notes: Sequence[str] = (),
    volatile: bool = False,
    details: Mapping[str, Any] | None = None,
) -> CheckResult:
    """Build the result of a check, record it, return it. See `CheckResult` for the parts."""
    result = CheckResult(
        name=name,
        item=item,
        holds=bool(holds),
        summary=summary,
        measurements=tuple(measurements),
        table=tuple(table),
        rows_seen=rows_seen,
        rows_total=rows_total,
        notes=tuple(notes),
        volatile=volatile,
        details=dict(details or {}),
    )
    return push_check(result, expect=expect)


@contextmanager
def unrecorded() -> Iterator[None]:
    """Keep checks out of the record that run on something which was broken on purpose."""
    sink = current_sink()
    open_sink(None)
    try:
        yield
    finally:
        open_sink(sink)

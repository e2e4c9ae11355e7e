"""What a check says: whether something holds, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .evidence import Measurement

SHOWN_ROWS = 20
"""Rows of a table in the repr; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The outcome of a check. Truthy when it holds; its repr explains itself in an assertion.

    Parameters
    ----------
    name
        The check, such as `slice_quality`.
    holds
        Whether the property holds.
    summary
        One sentence with the decisive numbers.
    measurements
        Values with their limits, shown in every report.
    table
        Rows of equal keys for people to read, such as one row a slice, worst first.
    item
        Name of the rubric item that the check was made for, such as `slice-quality`.
    rows_seen, rows_total
        Rows of data that were looked at, and rows that there are. None where the check is not
        about rows.
    notes
        What a reader must know to judge the result: a sample with its share and seed, parts that
        could not be looked at.
    volatile
        The numbers differ from run to run, as timings do; summary and table are left out when two
        records are compared.
    details
        Further results for use in Python, such as a drafted schema. Never recorded.

    Examples
    --------
    >>> bool(CheckResult(name="row_count", holds=False, summary="3 rows, at least 10 wanted"))
    False
    """

    name: str
    holds: bool
    summary: str
    measurements: tuple[Measurement, ...] = ()
    table: Sequence[Mapping[str, Any]] = field(default=())
    item: str = ""
    rows_seen: int | None = None
    rows_total: int | None = None
    notes: tuple[str, ...] = ()
    volatile: bool = False
    details: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __bool__(self) -> bool:
        return self.holds

    def __repr__(self) -> str:
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        return "\n".join([f"{self.name}: {verdict} - {self.summary}", *self._lines()])

    def _lines(self) -> Iterator[str]:
        for m in self.measurements:
            limit = f"  (limit {m.limit})" if m.limit else ""
            value = m.nonfinite or _cell(m.value)
            yield f"  {m.name} = {value}{' ' + m.unit if m.unit else ''}{limit}"
        yield from (f"  {line}" for line in _aligned(self.table[:SHOWN_ROWS]))
        if len(self.table) > SHOWN_ROWS:
            yield f"  ... and {len(self.table) - SHOWN_ROWS} more rows"
        if self.rows_seen is not None and self.rows_seen != self.rows_total:
            yield f"  looked at {self.rows_seen:,} of {self.rows_total or 0:,} rows"
        yield from (f"  note: {note}" for note in self.notes)


def _aligned(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a header and the rows of a table, in columns."""
    if not rows:
        return
    names = list(rows[0])
    cells = [names, *([_cell(row.get(name)) for name in names] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(names))]
    for line in cells:
        yield "  ".join(_padded(line, widths)).rstrip()


def _padded(line: Iterable[str], widths: Iterable[int]) -> Iterator[str]:
    return (cell.ljust(width) for cell, width in zip(line, widths, strict=True))


def _cell(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)

"""What a check says: whether something holds, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .evidence import Measurement


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
        Rows of equal keys for people to read, such as one row a slice.

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

    def __bool__(self) -> bool:
        return self.holds

    def __repr__(self) -> str:
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        lines = [f"{self.name}: {verdict} - {self.summary}"]
        for m in self.measurements:
            limit = f"  (limit {m.limit})" if m.limit else ""
            lines.append(f"  {m.name} = {m.value}{' ' + m.unit if m.unit else ''}{limit}")
        return "\n".join(lines)

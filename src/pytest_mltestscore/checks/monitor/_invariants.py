"""Invariants of served inputs that are exact: their schema, how many, and how fresh."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from ...domain.errors import InputError
from ...domain.evidence import Measurement
from ...domain.sink import measurement
from .._frames import Frame
from .._schema_sources import validate_by_any
from .._timestamps import age_of, current, days, newest


class Part(NamedTuple):
    """What came of one of the invariants."""

    rows: list[Mapping[str, Any]]
    """Of the table, the worst first."""
    broken: str
    """In words; empty where the invariant holds."""
    measurements: list[Measurement]
    notes: tuple[str, ...] = ()


def row(invariant: str, subject: str, found: str, limit: str, verdict: str) -> dict[str, Any]:
    """Return a row of the table that all invariants share."""
    return {
        "invariant": invariant,
        "subject": subject,
        "found": found,
        "limit": limit,
        "verdict": verdict,
    }


def volume(total: int, rows: tuple[int, int | None]) -> Part:
    """Hold the number of rows against the fewest and the most."""
    try:
        low, high = rows
    except (TypeError, ValueError) as error:
        raise InputError("rows", f"is {rows!r}; give the fewest and the most") from error
    if low < 0 or (high is not None and high < low):
        raise InputError("rows", f"is {rows!r}; give the fewest and then the most")
    limit = f">= {low}" if high is None else f"{low} to {high}"
    broken = total < low or (high is not None and total > high)
    verdict = "broken" if broken else "ok"
    return Part(
        [row("volume", "rows", str(total), limit, verdict)],
        f"{total:,} rows where {limit} are expected" if broken else "",
        [measurement("rows", total, limit=limit)],
    )


def freshness(
    frame: Frame, time: str, limit: dt.timedelta, timezone: dt.tzinfo | None, now: Any
) -> Part:
    """Hold the age of the newest row against its limit."""
    last = newest(frame, time, "data", timezone)
    age = age_of(last, current(now, timezone), "data")
    broken = age > limit
    found, bound = f"{days(age):.3g} days", f"<= {days(limit):g}"
    return Part(
        [row("freshness", time, found, bound, "broken" if broken else "ok")],
        f"the newest row is {found} old, at most {days(limit):g} allowed" if broken else "",
        [
            measurement(
                "age of the newest row",
                round(days(age), 4),
                limit=bound,
                unit="days",
                volatile=now is None,
            )
        ],
    )


def schema_holds(data: Any, schema: Any, tolerance: float) -> Part:
    """Hold the data against a schema of any kind."""
    if not 0 <= tolerance < 1:
        raise InputError("max_violations", f"is {tolerance}; give a share from 0, less than 1")
    found = validate_by_any(data, schema)
    broken = [v for v in found.violations if not (v.of_values and v.share <= tolerance)]
    excused = len(found.violations) - len(broken)
    shown = "; ".join(f"{v.column} {v.expectation} ({v.found})".strip() for v in broken[:3])
    more = f" and {len(broken) - 3} more" if len(broken) > 3 else ""
    notes = [f"{excused} expectations are broken within max_violations"] if excused else []
    return Part(
        [
            row(
                "schema",
                v.column or "(frame)",
                f"{v.found}, {v.rows} rows",
                v.expectation,
                "broken",
            )
            for v in broken
        ],
        f"{len(broken)} of {found.expectations} expectations broken: {shown}{more}"
        if broken
        else "",
        [measurement("expectations broken", len(broken), limit="0")],
        (*found.notes, *notes),
    )

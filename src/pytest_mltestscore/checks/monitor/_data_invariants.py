"""monitor-2: what is true of the training data stays true of the inputs that are served."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._arguments import listed
from .._conclude import Expect, conclude
from .._frames import Frame, column_names, read_frame, require_columns, require_rows, row_count
from .._histograms import Distance
from .._timestamps import Age, age_limit, zone
from ._drift import Drift, columns_to_compare, drifts, require_distance
from ._invariants import Part, freshness, row, schema_holds, volume

ITEM = "data-invariants"

_NAMES = {"psi": "PSI", "js": "Jensen-Shannon distance"}
_LIMITS: dict[Distance, float] = {"psi": 0.1, "js": 0.1}


def data_invariants(
    data: Any,
    *,
    schema: Any = None,
    max_violations: float = 0.0,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    distance: Distance = "psi",
    max_drift: float | Mapping[str, float] | None = None,
    bins: int = 10,
    min_rows: int = 200,
    confidence: float = 0.95,
    rows: tuple[int, int | None] | None = None,
    time: str | None = None,
    max_age: Age | None = None,
    timezone: str | dt.tzinfo | None = None,
    now: dt.datetime | None = None,
    expect: Expect = "holds",
) -> CheckResult:
    """Check inputs that are served: their schema, how many, how fresh, and how they are spread.

    Give what is to be checked: `schema`, `reference`, `rows`, or `time` with `max_age`.

    Parameters
    ----------
    data
        Data frame of inputs that were served, such as the log of a day.
    schema
        What each value must be: any schema that `data.feature_schema` takes.
    max_violations
        Largest share of rows that may break an expectation of the schema on single values.
    reference
        Data frame that the inputs are to resemble, such as the training data.
    columns
        Columns compared with the reference; by default all that both have, of numbers, words or
        truth values, and the result names the others.
    distance
        `"psi"`, the population stability index: above 0.1 is often called a small shift, above 0.25
        a large one. Or `"js"`, the Jensen-Shannon distance in bits, from 0 to 1.
    max_drift
        Bound on the distance, one for all or by column; 0.1 where none is given. The part that
        chance alone gives is taken off, and the distance must be above the bound by more than
        chance explains, at `confidence`, corrected for the number of columns (Benjamini and
        Hochberg 1995).
    bins
        How many a column of numbers is cut into, at quantiles of the reference. Missing values and
        those beyond the reference have bins of their own.
    min_rows
        Fewer rows than this, in the data or in the reference, are too few to compare: an error.
    confidence
        One minus the share of false alarms that is accepted among alarms, between 0.5 and 1.
    rows
        Fewest and most rows expected; the latter may be None.
    time
        Column with the time of each row, whose newest value is the age of the data.
    max_age
        Largest age of the newest row, in days or as a `timedelta`.
    timezone
        Zone of times that carry none. Without it such a time is an error.
    now
        Aware time up to which the age counts; by default the clock's.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row an invariant that is broken, then the others: drift of each column with the bin that
        moved most. A verdict `unsure` is a distance above its bound within chance. Of words, only
        those with 20 rows of the reference are named.

    Raises
    ------
    InputError
        If nothing to check is given; for frames without rows or with too few, missing columns, a
        column that is of numbers in one frame and of words in the other, a time in the future or
        without a timezone.

    Notes
    -----
    Schema, volume and freshness are exact. A PSI of 0.3 in one of eight columns is found in 1,000
    rows. Each column is compared by itself: a change in how columns go together is not seen, nor
    one within a bin, nor in columns of times or lists.

    All columns are counted in one pass where the data is. The distribution of distances by chance
    is that of Yurdakul and Naranjo 2020, Journal of Risk Model Validation.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from pytest_mltestscore import checks
    >>> trained = pd.DataFrame({"km": np.arange(1000.0), "zone": ["a", "b"] * 500})
    >>> served = pd.DataFrame({"km": np.arange(500.0), "zone": ["a", "b"] * 250})
    >>> checks.monitor.data_invariants(served, reference=trained, rows=(100, None))
    data_invariants: DOES NOT HOLD - 1 of 2 columns drifted: km PSI 2.6 ([0, 99.9): 10.0% -> 20.0%)
      rows = 500  (limit >= 100)
      largest PSI = 2.598  (limit <= 0.1)
      invariant  subject  found                               limit   verdict
      drift      km       PSI 2.6, [0, 99.9): 10.0% -> 20.0%  <= 0.1  drifted
      volume     rows     500                                 >= 100  ok
      drift      zone     PSI 0, a: 50.0% -> 50.0%            <= 0.1  ok
    """
    frame = read_frame(data)
    _require_something(schema, reference, rows, time, max_age)
    total = require_rows(frame)
    zoned = zone(timezone)
    parts = [] if rows is None else [volume(total, rows)]
    if time is not None and max_age is not None:
        parts.append(freshness(frame, time, age_limit(max_age), zoned, now))
    if schema is not None:
        parts.append(schema_holds(data, schema, max_violations))
    if reference is not None:
        before = read_frame(reference, "reference")
        _require_enough(before, total, min_rows)
        chosen, notes = _columns(before, frame, columns)
        limits = _limits(max_drift, distance, chosen)
        found = drifts(
            before,
            frame,
            chosen,
            distance=distance,
            limits=limits,
            confidence=confidence,
            bins=bins,
        )
        parts.append(_drifted(found, distance, limits, notes))
    broken = [part.broken for part in parts if part.broken]
    return conclude(
        "data_invariants",
        item=ITEM,
        holds=not broken,
        summary="; ".join(broken) or f"{total:,} rows meet what was asked of them",
        expect=expect,
        measurements=[m for part in parts for m in part.measurements],
        table=sorted(
            (row for part in parts for row in part.rows), key=lambda row: row["verdict"] == "ok"
        ),
        rows_seen=total,
        rows_total=total,
        notes=tuple(note for part in parts for note in part.notes),
        volatile=max_age is not None and now is None,
    )


def _require_something(schema: Any, reference: Any, rows: Any, time: Any, max_age: Any) -> None:
    if (time is None) != (max_age is None):
        absent = "time" if time is None else "max_age"
        raise InputError(absent, "is missing; freshness needs both time and max_age")
    if schema is None and reference is None and rows is None and time is None:
        problem = "is missing, and so are reference, rows and max_age"
        raise InputError("schema", f"{problem}; give what is to be checked")


def _require_enough(reference: Frame, total: int, min_rows: int) -> None:
    for argument, count in (("data", total), ("reference", row_count(reference))):
        if count < max(1, min_rows):
            problem = f"has {count} rows, too few to compare how they are spread"
            raise InputError(argument, f"{problem}; give {max(1, min_rows)}, or a lower min_rows")


def _columns(
    reference: Frame, data: Frame, given: Sequence[str] | None
) -> tuple[list[str], tuple[str, ...]]:
    notes: tuple[str, ...] = ()
    if given is None:
        known = column_names(data)
        chosen = [c for c in column_names(reference) if c in known]
        absent = [c for c in column_names(reference) if c not in known]
        if absent:
            notes = (f"not compared, in the reference only: {', '.join(absent[:10])}",)
    else:
        chosen = listed(given, "columns")
        require_columns(reference, chosen, "reference")
        require_columns(data, chosen, "data")
    both, more = columns_to_compare(
        reference, data, chosen, explicit=given is not None, argument="columns"
    )
    return both, (*notes, *more)


def _limits(
    given: float | Mapping[str, float] | None, distance: Distance, columns: Sequence[str]
) -> dict[str, float]:
    default = _LIMITS.get(distance, 0.1)
    if not isinstance(given, Mapping):
        limits = dict.fromkeys(columns, default if given is None else given)
    else:
        for name in given:
            if name not in columns:
                raise InputError("max_drift", f"there is no column {name!r} to compare")
        limits = {c: given.get(c, default) for c in columns}
    for limit in limits.values():
        require_distance(distance, limit, "max_drift")
    return limits


def _drifted(
    found: Sequence[Drift], distance: Distance, limits: Mapping[str, float], notes: tuple[str, ...]
) -> Part:
    name = _NAMES[distance]
    drifted = [d for d in found if d.verdict == "drifted"]
    shown = ", ".join(
        f"{d.column} {name} {getattr(d.shift, distance):.3g} ({d.where})" for d in drifted[:3]
    )
    more = f" and {len(drifted) - 3} more" if len(drifted) > 3 else ""
    largest = max(getattr(d.shift, distance) for d in found)
    bounds = sorted(set(limits.values()))
    limit = f"<= {bounds[0]:g}" if len(bounds) == 1 else "by column"
    return Part(
        list(_drift_rows(found, distance, limits)),
        f"{len(drifted)} of {len(found)} columns drifted: {shown}{more}" if drifted else "",
        [measurement(f"largest {name}", largest, limit=limit)],
        notes,
    )


def _drift_rows(
    found: Sequence[Drift], distance: Distance, limits: Mapping[str, float]
) -> Iterator[dict[str, Any]]:
    for d in found:
        value = getattr(d.shift, distance)
        words = f"{_NAMES[distance]} {value:.3g}, {d.where}"
        yield row("drift", d.column, words, f"<= {limits[d.column]:g}", d.verdict)

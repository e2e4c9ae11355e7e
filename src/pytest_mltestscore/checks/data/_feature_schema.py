"""data-1: every feature has written expectations, and the data meets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._conclude import Expect, conclude
from .._schema_sources import validate_by_any
from .._schema_validation import Validation, Violation

ITEM = "feature-schema"


def feature_schema(
    data: Any,
    schema: Any,
    *,
    max_violations: float = 0.0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check data against a schema, its values included.

    Parameters
    ----------
    data
        Data frame of any library. For a schema of ours it is read in one aggregate, where it is.
    schema
        One of ours: a TOML or JSON file or a mapping, see below. Or a `DataFrameSchema` or
        `DataFrameModel` of pandera, for the library of the frame. Or a suite of Great
        Expectations, as an object or as its saved JSON.
    max_violations
        Largest share of rows, from 0 up to but without 1, that may break an expectation on single
        values. Expectations on a column as a whole (there, of its type, not too often missing)
        have no tolerance.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row an expectation that is broken, gravest first: column, expectation, what was found,
        number and share of rows. Of text, no value is shown.

    Raises
    ------
    InputError
        For a schema with mistakes (all are named), an empty frame, or what is no frame.

    Notes
    -----
    A schema of ours has the keys `min_rows`, `max_rows`, `other_columns` and, for each column in
    `columns`, any of `dtype` (`number`, `integer`, `text`, `boolean`, `datetime`, `category`),
    `required`, `max_missing` (a share), `min`, `max`, `allowed`, `pattern`, `unique` and
    `min_distinct`.

    Exact: one bad value among all rows is found. Null and NaN are missing values, and none are
    allowed where the schema does not say so; infinite numbers always break it; a column that the
    schema does not name breaks it unless `other_columns = "allowed"`. Cannot see a wrong value
    within the bounds, nor relations between columns. Columns of Python objects in pandas have no
    type, so they break any `dtype`. What a pattern says of a line break at the end of a text
    differs between libraries.

    pandera collects a polars LazyFrame; its values are looked at, also where an environment
    variable says otherwise. Great Expectations gets frames other than pandas and Spark as a copy
    in pandas, and no telemetry is sent. Of both, the number of rows is what they report.

    Examples
    --------
    >>> import pandas as pd
    >>> from pytest_mltestscore import checks
    >>> people = pd.DataFrame({"height_m": [1.7, 170.0, 1.6, None], "plan": list("abac")})
    >>> checks.data.feature_schema(
    ...     people,
    ...     {
    ...         "columns": {
    ...             "height_m": {"dtype": "number", "min": 0.3, "max": 3, "max_missing": 0.5},
    ...             "plan": {"dtype": "category", "allowed": ["a", "b"]},
    ...         }
    ...     },
    ... )
    feature_schema: DOES NOT HOLD - 2 of 11 expectations broken: height_m max 3 (found max 170, \
1 of 4 rows); plan allowed a, b (found 1 value, 1 of 4 rows)
      expectations broken = 2  (limit 0)
      expectations = 11
      column    expectation   found    rows  share
      height_m  max 3         max 170  1     0.25
      plan      allowed a, b  1 value  1     0.25
    """
    if not 0 <= max_violations < 1:
        problem = f"is {max_violations}; give a share of rows from 0, less than 1"
        raise InputError("max_violations", problem)
    return _concluded(validate_by_any(data, schema), max_violations, expect)


def _concluded(validation: Validation, tolerance: float, expect: Expect) -> CheckResult:
    broken = [v for v in validation.violations if not (v.of_values and v.share <= tolerance)]
    excused = len(validation.violations) - len(broken)
    notes = list(validation.notes)
    if excused:
        notes.append(f"{excused} broken by at most {tolerance:.4g} of the rows, which is allowed")
    return conclude(
        "feature_schema",
        item=ITEM,
        holds=not broken,
        summary=_summary(broken, validation),
        expect=expect,
        measurements=[
            measurement("expectations broken", len(broken), limit="0"),
            measurement("expectations", validation.expectations),
        ],
        table=[
            {
                "column": v.column or "(frame)",
                "expectation": v.expectation,
                "found": v.found,
                "rows": v.rows,
                "share": round(v.share, 6),
            }
            for v in broken
        ],
        rows_seen=validation.rows,
        rows_total=validation.rows,
        notes=notes,
    )


def _summary(broken: Sequence[Violation], validation: Validation) -> str:
    if not broken:
        return f"{validation.rows:,} rows meet {validation.expectations} expectations"
    shown = "; ".join(_words(v, validation.rows) for v in broken[:3])
    more = f" and {len(broken) - 3} more" if len(broken) > 3 else ""
    return f"{len(broken)} of {validation.expectations} expectations broken: {shown}{more}"


def _words(violation: Violation, rows: int) -> str:
    subject = f"{violation.column} {violation.expectation}".strip()
    counted = f", {violation.rows:,} of {rows:,} rows" if violation.of_values else ""
    return f"{subject} (found {violation.found}{counted})"

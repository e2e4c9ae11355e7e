"""Errors that pandera raised, or did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._conclude import Expect, conclude
from .._frames import Frame, read_frame, require_rows
from .._optional import load
from .._schema_pandera import (
    expectation_count,
    is_pandera,
    schema_of,
    spark_violations,
    violation_of,
)
from .._schema_validation import Violation
from ._outcomes import counted

ITEM = "feature-schema"


def pandera_errors(
    errors: Any,
    *,
    schema: Any,
    data: Any,
    item: str = ITEM,
    expect: Expect = "holds",
) -> CheckResult:
    """Turn what pandera raised for data, or that it raised nothing, into a check result.

    Parameters
    ----------
    errors
        The `SchemaErrors` or `SchemaError` that `schema.validate(data)` raised; None if it raised
        none. For Spark, `validated.pandera.errors`.
    schema
        The schema that the data was validated by: a `DataFrameSchema` or `DataFrameModel`.
    data
        The data frame that was validated.
    item
        Name of the item that it is evidence for.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a broken expectation, with how many values break it. Holds if there was no error.

    Raises
    ------
    InputError
        If `errors` is something else, the schema expects nothing, or the data has no rows. Without
        errors also if pandera's validation is switched off, or if the data is lazy and pandera is
        not told to look at values: it then looks at names and types only.

    Notes
    -----
    Schema and data are asked for so that no error is known to mean something. Nothing is validated
    here: `checks.data.feature_schema` does that. Values that break an expectation are counted and
    not shown. Without `lazy=True` pandera stops at the first error.

    Cannot see that there is no error because `validate` was not called, or on other data.

    Examples
    --------
    >>> import pandas as pd, pandera.pandas as pa
    >>> from pytest_mltestscore import checks
    >>> schema = pa.DataFrameSchema({"distance": pa.Column(float, pa.Check.gt(0))})
    >>> rows = pd.DataFrame({"distance": [100.0, -1.0, 0.0]})
    >>> errors = None
    >>> try:
    ...     _ = schema.validate(rows, lazy=True)
    ... except pa.errors.SchemaErrors as raised:
    ...     errors = raised
    >>> checks.adapters.pandera_errors(errors, schema=schema, data=rows)
    pandera_errors: DOES NOT HOLD - 1 expectation broken: distance greater_than(0): 2 values
      expectations broken = 1  (limit <= 0)
      expectations = 4
      column    expectation      found     rows
      distance  greater_than(0)  2 values  2
    """
    frame = read_frame(data)
    rows = require_rows(frame)
    if not is_pandera(schema):
        problem = f"is of type {type(schema).__name__}"
        raise InputError("schema", f"{problem}; give a schema or model of pandera")
    expected = expectation_count(schema_of(schema))
    if not expected:
        raise InputError("schema", "expects nothing; give columns or checks")
    broken = _violations(errors, rows)
    if not broken:
        _require_validation(frame)
    return conclude(
        "pandera_errors",
        item=item,
        holds=not broken,
        summary=_summary(broken, expected, rows),
        expect=expect,
        measurements=[
            measurement("expectations broken", len(broken), limit="<= 0"),
            measurement("expectations", max(expected, len(broken))),
        ],
        table=[
            {"column": v.column, "expectation": v.expectation, "found": v.found, "rows": v.rows}
            for v in broken
        ],
        rows_seen=rows,
        rows_total=rows,
    )


def _violations(errors: Any, rows: int) -> list[Violation]:
    if errors is None:
        return []
    if isinstance(errors, Mapping):
        return list(spark_violations(errors, rows))
    kinds = load("pandera.errors", extra="pandera")
    if isinstance(errors, kinds.SchemaErrors):
        found = [violation_of(error, rows) for error in errors.schema_errors]
        return sorted(found, key=lambda v: (v.of_values, -v.share))
    if isinstance(errors, kinds.SchemaError):
        return [violation_of(errors, rows)]
    problem = f"is of type {type(errors).__name__}"
    raise InputError("errors", f"{problem}; give SchemaErrors, SchemaError, or None")


def _require_validation(frame: Frame) -> None:
    """Refuse the absence of errors where pandera would not have raised any."""
    # Without a default: left open, it depends on the kind of frame.
    settings = load("pandera.config", extra="pandera").get_config_context(None)
    if not settings.validation_enabled:
        problem = "is None, but pandera's validation is switched off"
        raise InputError("errors", f"{problem}; unset PANDERA_VALIDATION_ENABLED")
    depth = settings.validation_depth
    sees_values = depth is None or depth.name != "SCHEMA_ONLY"
    lazy = isinstance(frame, nw.LazyFrame) and frame.implementation.is_polars()
    if not sees_values or (lazy and depth is None):
        problem = "is None, but pandera looked at names and types only"
        mend = "collect the data first, or set PANDERA_VALIDATION_DEPTH=SCHEMA_AND_DATA"
        raise InputError("errors", f"{problem}; {mend}")


def _summary(broken: Sequence[Violation], expected: int, rows: int) -> str:
    if not broken:
        return f"no error from {counted(expected, 'expectation')} on {counted(rows, 'row')}"
    shown = "; ".join(f"{v.column or 'frame'} {v.expectation}: {v.found}" for v in broken[:3])
    more = f"; and {len(broken) - 3} more" if len(broken) > 3 else ""
    return f"{counted(len(broken), 'expectation')} broken: {shown}{more}"

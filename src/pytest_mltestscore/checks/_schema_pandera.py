"""Holding data against a schema of pandera, values included, whatever its settings would skip."""

from __future__ import annotations

import copy
import inspect
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import narwhals as nw

from ..domain.errors import InputError
from ..domain.text import clean_line
from ._frames import aggregate, column_names, read_frame, row_count
from ._optional import load
from ._schema_validation import Validation, Violation

_ABOUT_COLUMNS = {"COLUMN_NOT_IN_SCHEMA", "COLUMN_NOT_IN_DATAFRAME"}
_EXPECTED = {
    "COLUMN_NOT_IN_SCHEMA": "named in the schema",
    "COLUMN_NOT_IN_DATAFRAME": "required",
    "SERIES_CONTAINS_NULLS": "not nullable",
    "SERIES_CONTAINS_DUPLICATES": "unique",
}


def is_pandera(schema: Any) -> bool:
    """Whether a schema is pandera's: a DataFrameSchema, or a DataFrameModel as a class."""
    kind = schema if inspect.isclass(schema) else type(schema)
    return any(base.__module__.split(".")[0] == "pandera" for base in kind.__mro__)


def validate_by_pandera(data: Any, schema: Any) -> Validation:
    """Hold data against a schema of pandera.

    A LazyFrame is collected by pandera. Environment variables that switch its validation off, or
    look at types only, and schemas that drop invalid rows are overruled. Checks that only warn
    are notes.

    Raises
    ------
    InputError
        If the schema expects nothing, or is for frames of another library.
    """
    config = load("pandera.config", extra="pandera")
    errors = load("pandera.errors", extra="pandera")
    frame = read_frame(data)
    rows = row_count(frame)
    schema = _keeping_rows(schema_of(schema))
    expectations = expectation_count(schema)
    if not expectations:
        raise InputError("schema", "expects nothing; give columns or checks")
    depth = config.ValidationDepth.SCHEMA_AND_DATA
    with (
        config.config_context(validation_enabled=True, validation_depth=depth),
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        try:
            validated = schema.validate(data, lazy=True)
        except errors.SchemaErrors as error:
            found = [violation_of(e, rows) for e in error.schema_errors]
        except errors.BackendNotFoundError as error:
            problem = f"is for frames of another library than {type(data).__module__.split('.')[0]}"
            raise InputError("schema", f"{problem}; import pandera's module for it") from error
        else:
            report = getattr(getattr(validated, "pandera", None), "errors", None) or {}
            found = list(spark_violations(report, rows))
    notes = [f"pandera: {_warned(w)}" for w in caught if w.category is errors.SchemaWarning]
    return Validation(
        rows, max(expectations, len(found)), tuple(_gravest_first(found)), tuple(notes)
    )


def schema_of(model: Any) -> Any:
    """Return the schema that a model, which is a class, stands for."""
    made = getattr(model, "to_schema", None)
    return made() if inspect.isclass(model) and made is not None else model


def _keeping_rows(schema: Any) -> Any:
    """Return a schema that reports invalid rows instead of dropping them."""
    schema = copy.deepcopy(schema)
    for part in (schema, *_columns(schema).values()):
        if getattr(part, "drop_invalid_rows", False):
            part.drop_invalid_rows = False
    return schema


def _columns(schema: Any) -> Mapping[str, Any]:
    return getattr(schema, "columns", None) or {}


def expectation_count(schema: Any) -> int:
    """Count types, prohibited nulls and repeats, and checks."""
    columns = _columns(schema).values()
    own = sum(
        1 + (c.dtype is not None) + (not c.nullable) + bool(c.unique) + len(c.checks)
        for c in columns
    )
    return own + len(schema.checks or ()) + bool(schema.strict) + bool(schema.unique)


def violation_of(error: Any, rows: int) -> Violation:
    """Return what an error of pandera says; values of the data are counted and not named."""
    reason = error.reason_code.name if error.reason_code else ""
    count = _failing_rows(error.failure_cases)
    broken = rows if count is None else min(count, rows)
    found = "1 value" if count == 1 else f"{count:,} values" if count else _spelled(reason)
    return Violation(
        column=_column(error, reason),
        expectation=_EXPECTED.get(reason, _check_name(error.check)),
        found=found,
        rows=broken,
        share=broken / rows if rows else 0.0,
        of_values=count is not None and reason != "SERIES_CONTAINS_NULLS",
    )


def _column(error: Any, reason: str) -> str:
    if reason in _ABOUT_COLUMNS:
        return clean_line(str(error.failure_cases), limit=80)
    of_frame = hasattr(error.schema, "columns")
    return "" if of_frame else clean_line(str(getattr(error.schema, "name", "") or ""), limit=80)


def _spelled(reason: str) -> str:
    return reason.lower().replace("_", " ")


def _failing_rows(cases: Any) -> int | None:
    """Return how many rows fail; None where it is not about single rows."""
    if not hasattr(cases, "columns"):
        return None
    frame = read_frame(cases)  # for data in a database, a question to it
    has_places = "index" in column_names(frame)
    if has_places and aggregate(frame, [nw.col("index").null_count().alias("nulls")])["nulls"]:
        return None
    return row_count(frame) or None


def _check_name(check: Any) -> str:
    words = getattr(check, "error", None) or getattr(check, "name", None) or check
    return clean_line(str(words), limit=120)


def spark_violations(report: Mapping[str, Any], rows: int) -> Iterator[Violation]:
    """Yield what pandera attaches to a frame of Spark, as `pandera.errors`, and does not raise."""
    for group in report.values():
        for reason, entries in group.items():
            for entry in entries:
                yield Violation(
                    column=clean_line(str(entry.get("column") or ""), limit=80),
                    expectation=_EXPECTED.get(reason, _check_name(entry.get("check"))),
                    found=_spelled(str(reason)),
                    rows=rows,  # pandera does not say how many
                    share=1.0,
                    of_values=False,
                )


def _warned(warning: warnings.WarningMessage) -> str:
    """Return the first line of a warning: values of the data come after it."""
    return clean_line(str(warning.message).split("failure cases")[0].splitlines()[0], limit=200)


def _gravest_first(found: list[Violation]) -> list[Violation]:
    return sorted(found, key=lambda v: (v.of_values, -v.share))

"""Holding data against a schema of any kind: ours, pandera's, or a Great Expectations suite."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

from ..domain.errors import InputError
from ._frames import read_frame
from ._schema import Schema, read_schema
from ._schema_gx import is_suite, validate_by_gx
from ._schema_pandera import is_pandera, validate_by_pandera
from ._schema_validation import Validation, validate
from ._tables import read_source


def validate_by_any(data: Any, schema: Any, argument: str = "schema") -> Validation:
    """Hold data against a schema of whatever kind; see `feature_schema` for the kinds.

    Raises
    ------
    InputError
        If the schema is of no known kind or has mistakes, or the data has no rows.
    """
    if isinstance(schema, Schema):
        found = validate(read_frame(data), schema)
    elif is_pandera(schema):
        found = validate_by_pandera(data, schema)
    elif is_suite(schema):
        found = validate_by_gx(data, schema)
    elif isinstance(schema, Mapping | str | PathLike):
        table, _ = read_source(schema, argument)
        if is_suite(table):
            found = validate_by_gx(data, table)
        else:
            found = validate(read_frame(data), read_schema(schema, argument))
    else:
        problem = f"is of type {type(schema).__name__}; give a TOML or JSON file, a mapping"
        raise InputError(argument, f"{problem}, a schema of pandera, or a Great Expectations suite")
    if found.rows == 0:
        raise InputError("data", "has no rows; give data to look at")
    return found

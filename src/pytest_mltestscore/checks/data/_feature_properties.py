"""data-7: feature functions keep their promises on any input that the schema allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError, nearest
from ...domain.sink import measurement
from ...domain.text import clean_line
from .._arguments import listed
from .._conclude import Expect, conclude
from .._schema import Schema, read_schema
from ._frame_strategies import Library, frame_maker, tables
from ._property_search import Found, Property, Trial, broken_by

ITEM = "feature-code-tests"

PROPERTIES: tuple[Property, ...] = ("total", "deterministic", "row_order", "input_kept", "schema")


def feature_properties(
    functions: Callable[[Any], Any] | Mapping[str, Callable[[Any], Any]],
    schema: Any,
    *,
    output: Any = None,
    properties: Sequence[Property] = PROPERTIES,
    library: Library = "pandas",
    max_rows: int = 6,
    max_examples: int = 60,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check by hypothesis that feature functions behave on whatever input a schema allows.

    Parameters
    ----------
    functions
        A function of a data frame that returns a frame, series, array or list with one row for
        each row of the input; or several, by name.
    schema
        Of the input, in our own format (see `feature_schema`): file, mapping, or what
        `draft_schema` returned.
    output
        Schema of the output, in our own format; for several functions, a mapping of schemas by
        name of the function. A single unnamed column takes the name of the schema's only one.
    properties
        `total`: never raises; always looked for. `deterministic`: the same input gives the same
        output. `row_order`: rows in another order give the same rows in that order. `input_kept`:
        the input is not changed. `schema`: the output meets `output`. And, when asked for,
        `rows_alone`: a row by itself gives what it gives among others, which a statistic over the
        batch breaks.
    library
        Of the frames that the functions get: `pandas`, `polars` or `pyarrow`.
    max_rows
        Rows of an input; the smallest is one row.
    max_examples
        Inputs for each function, and again for each property that breaks.
    seed
        Of the inputs.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a broken property: function, property, reason, and the smallest input found. All
        inputs are made up, none is from your data.

    Raises
    ------
    InputError
        For a bad schema, an unknown property, or no function.

    Notes
    -----
    Finds an input that one draw in twenty would meet, with the default number of examples. Cannot
    see that values are right; hand-worked examples do. Numbers are the same if they differ by at
    most 1e-9 of the largest in input or output. Unbounded numbers are drawn up to 1e12, integers
    up to 2^31: bound them in the schema. Where the schema lets values be missing, any may be.
    Row counts, shares of missing values in the output, `unique` and `min_distinct` of it are not
    judged: inputs are too small. Without `output`, the property `schema` is left out, and the
    result says so. Warnings that functions emit are ignored.

    Examples
    --------
    >>> from pytest_mltestscore import checks
    >>> def speed(rows):
    ...     return [60 * km / minutes for km, minutes in zip(rows["km"], rows["minutes"])]
    >>> whole = {"dtype": "integer", "min": 0, "max": 9}
    >>> checks.data.feature_properties(speed, {"columns": {"km": whole, "minutes": whole}})
    feature_properties: DOES NOT HOLD - 1 of 4 properties broken: speed is not total (raised \
ZeroDivisionError: division by zero)
      properties broken = 1  (limit 0)
      functions = 1
      examples = 60 each
      function  property  reason                                      input
      speed     total     raised ZeroDivisionError: division by zero  {'km': [0], 'minutes': [0]}
      note: no schema of the output given, so the output was not held against one
    """
    named = _named(functions)
    inputs = read_schema(schema)
    outputs = _outputs(output, named)
    asked = _asked(properties, outputs)
    make = frame_maker(inputs, library)
    found: list[Found] = []
    for name, function in named.items():
        trial = Trial(name, function, make, outputs.get(name))
        found += broken_by(trial, tables(inputs, max_rows), asked, max_examples, seed)
    judged = sum(p != "schema" or name in outputs for p in asked for name in named)
    without = [name for name in named if name not in outputs]
    return conclude(
        "feature_properties",
        item=ITEM,
        holds=not found,
        summary=_summary(found, judged, max_examples),
        expect=expect,
        measurements=[
            measurement("properties broken", len(found), limit="0"),
            measurement("functions", len(named)),
            measurement("examples", max_examples, unit="each"),
        ],
        table=[
            {
                "function": f.function,
                "property": f.property,
                "reason": f.reason,
                "input": clean_line(str(dict(f.table)), limit=300),
            }
            for f in found
        ],
        notes=list(_notes(without, named, properties)),
    )


def _named(functions: Any) -> dict[str, Callable[[Any], Any]]:
    if callable(functions):
        functions = {getattr(functions, "__name__", "feature"): functions}
    if not isinstance(functions, Mapping) or not functions:
        raise InputError("functions", "is no function; give one, or several by name")
    for name, function in functions.items():
        if not callable(function):
            raise InputError("functions", f"{name!r} is of type {type(function).__name__}")
    return dict(functions)


def _outputs(output: Any, named: Mapping[str, Any]) -> dict[str, Schema]:
    """Return the schema of each function's output, as far as small frames can be held against."""
    if output is None:
        return {}
    several = isinstance(output, Mapping) and bool(output) and set(output) <= set(named)
    given = output if several else dict.fromkeys(named, output)
    return {name: _loosened(read_schema(schema, "output")) for name, schema in given.items()}


def _loosened(schema: Schema) -> Schema:
    from msgspec.structs import replace

    columns = {
        name: replace(
            column,
            max_missing=1.0 if column.max_missing else 0.0,
            unique=False,
            min_distinct=None,
        )
        for name, column in schema.columns.items()
    }
    return replace(schema, columns=columns, min_rows=1, max_rows=None)


def _asked(properties: Sequence[Property], outputs: Mapping[str, Schema]) -> list[Property]:
    known = (*PROPERTIES, "rows_alone")
    properties = listed(properties, "properties", of="names")
    for name in properties:
        if name not in known:
            closest = nearest(str(name), known)
            hint = f"did you mean {closest!r}?" if closest else f"give of {', '.join(known)}"
            raise InputError("properties", f"knows no {name!r}; {hint}")
    others = [p for p in properties if p != "total" and (p != "schema" or outputs)]
    return ["total", *others]  # a function that raises has no other property


def _notes(
    without: Sequence[str], named: Mapping[str, Any], properties: Sequence[Property]
) -> Iterator[str]:
    if "schema" not in properties or not without:
        return
    which = "" if len(without) == len(named) else f" for {', '.join(without)}"
    yield f"no schema of the output given{which}, so the output was not held against one"


def _summary(found: Sequence[Found], judged: int, max_examples: int) -> str:
    if not found:
        return f"{judged} properties hold on {max_examples} inputs each"
    shown = "; ".join(f"{f.function} {_spelled(f.property)} ({f.reason})" for f in found[:2])
    more = f" and {len(found) - 2} more" if len(found) > 2 else ""
    return f"{len(found)} of {judged} properties broken: {shown}{more}"


def _spelled(name: Property) -> str:
    return {
        "total": "is not total",
        "deterministic": "is not deterministic",
        "row_order": "depends on the order of rows",
        "input_kept": "changes its input",
        "schema": "breaks its schema",
        "rows_alone": "depends on other rows",
    }[name]

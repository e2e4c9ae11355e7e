"""Looking for an input that shows a property of a feature function to be broken."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from ...domain.errors import InputError
from ...domain.text import clean_line
from .._frames import read_frame
from .._optional import load
from .._schema import Schema
from .._schema_validation import validate
from ._frame_outputs import Columns, as_columns, difference, largest, rows_in

Property: TypeAlias = Literal[
    "total", "deterministic", "row_order", "input_kept", "schema", "rows_alone"
]
Table: TypeAlias = "Mapping[str, list[Any]]"


class Broken(Exception):  # noqa: N818 - a finding, not an error
    """A property that does not hold for an input."""

    def __init__(self, name: Property, reason: str) -> None:
        self.property, self.reason = name, reason
        super().__init__(reason)


class Found(NamedTuple):
    """A property that does not hold, with the smallest input that shows it."""

    function: str
    property: Property
    reason: str
    table: Table


class Trial(NamedTuple):
    """A function with all that is needed to try it on an input."""

    name: str
    function: Callable[[Any], Any]
    frame: Callable[[Table], Any]
    output: Schema | None


def broken_by(
    trial: Trial, strategy: Any, asked: Sequence[Property], max_examples: int, seed: int
) -> list[Found]:
    """Return the properties that break; each is looked for without those found before."""
    found: list[Found] = []
    left = list(asked)
    while left:
        broken = _search(trial, strategy, left, max_examples, seed)
        if broken is None:
            break
        found.append(broken)
        # What raises, or answers by chance, cannot be asked for more.
        if broken.property in ("total", "deterministic"):
            break
        left.remove(broken.property)
    return found


def _search(
    trial: Trial, strategy: Any, asked: Sequence[Property], max_examples: int, seed: int
) -> Found | None:
    """Look for an input that breaks a property, and make it small."""
    hypothesis = load("hypothesis", extra="properties")
    last: list[Found] = []

    def tried(table: Table) -> None:
        try:
            _try(trial, table, asked)
        except Broken as broken:
            last[:] = [Found(trial.name, broken.property, broken.reason, table)]
            raise

    settings = hypothesis.settings(
        max_examples=max_examples,
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
    )
    errors = hypothesis.errors
    try:
        hypothesis.seed(seed)(settings(hypothesis.given(table=strategy)(tried)))()
    except Broken:
        pass
    except errors.Flaky:
        # It broke once and not again: that is the mark of a function that is not deterministic.
        reason = f"{last[-1].property} broke once and not again: {last[-1].reason}"
        return last[-1]._replace(property="deterministic", reason=clean_line(reason, limit=200))
    except (errors.Unsatisfiable, errors.InvalidArgument) as error:
        raise InputError("schema", f"allows no input that can be drawn: {error}") from error
    return last[-1] if last else None


def _try(trial: Trial, table: Table, asked: Sequence[Property]) -> None:
    """Raise `Broken` with the first property that does not hold."""
    rows = len(next(iter(table.values())))
    frame = trial.frame(table)
    name = _output_name(trial.output)
    first = _call(trial, frame, name)
    scale = max(largest(table), largest({n: v.tolist() for n, v in first.items()}))
    if "input_kept" in asked:
        changed = difference(as_columns(trial.frame(table)), as_columns(frame), scale=0)
        _require(changed is None, "input_kept", f"changed its input: {changed}")
    if "deterministic" in asked:
        again = _call(trial, trial.frame(table), name)
        differs = difference(first, again, scale=0)
        _require(differs is None, "deterministic", f"gave {differs}")
    if "row_order" in asked:
        _require(rows_in(first) == rows, "row_order", f"gave {rows_in(first)} rows for {rows}")
        order = list(range(rows))[::-1]
        turned = _call(trial, trial.frame(_taken(table, order)), name)
        differs = difference(first, turned, scale=scale, order=order)
        _require(differs is None, "row_order", f"in reverse order gave {differs}")
    if "rows_alone" in asked and rows_in(first) == rows:
        alone = _call(trial, trial.frame(_taken(table, [0])), name)
        differs = difference(first, alone, scale=scale, order=[0])
        _require(differs is None, "rows_alone", f"among others and alone gave {differs}")
    if "schema" in asked and trial.output is not None:
        _require_schema(first, trial.output)


def _call(trial: Trial, frame: Any, name: str) -> Columns:
    """Return what a function gives; `Broken` where it raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return as_columns(trial.function(frame), name)
    except Exception as error:  # whatever it is, it is the function's
        reason = clean_line(f"raised {type(error).__name__}: {error}", limit=200)
        raise Broken("total", reason) from error


def _taken(table: Table, rows: Sequence[int]) -> dict[str, list[Any]]:
    return {name: [values[row] for row in rows] for name, values in table.items()}


def _require(holds: bool, name: Property, reason: str) -> None:
    if not holds:
        raise Broken(name, clean_line(reason, limit=200))


def _require_schema(columns: Columns, schema: Schema) -> None:
    pandas = load("pandas", extra="checks")
    if not columns or rows_in(columns) == 0:
        raise Broken("schema", "gave no rows")
    frame = pandas.DataFrame({name: _typed(values) for name, values in columns.items()})
    for violation in validate(read_frame(frame), schema).violations:
        words = f"{violation.column} {violation.expectation} (found {violation.found})"
        raise Broken("schema", clean_line(words.strip(), limit=200))


def _typed(values: np.ndarray) -> Any:
    """Return values with the type that pandas finds in them, missing ones left out of account."""
    if values.dtype.kind != "O":
        return values
    return load("pandas", extra="checks").Series(values.tolist())


def _output_name(output: Schema | None) -> str:
    return next(iter(output.columns)) if output and len(output.columns) == 1 else "feature"

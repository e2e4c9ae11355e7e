"""Results of Great Expectations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from .._conclude import Expect
from .._tables import read_source
from ._outcomes import Outcome, Status, conclude_outcomes

ITEM = "feature-schema"

_SUBJECTS = ("column", "column_A", "column_B", "column_list", "column_set")


def great_expectations_result(
    result: Any,
    *,
    item: str = ITEM,
    allow_warnings: bool = False,
    expect: Expect = "holds",
) -> CheckResult:
    """Turn what a checkpoint, or a single validation, found into a check result.

    Parameters
    ----------
    result
        What `Checkpoint.run`, `ValidationDefinition.run` or `Batch.validate` returned, or its
        JSON as a mapping or the path of a `.json` file: `to_json_dict()` of a validation,
        `describe_dict()` of a checkpoint.
    item
        Name of the item that it is evidence for.
    allow_warnings
        Let expectations fail whose severity is `warning` or `info`; they are noted. Not every JSON
        has the severity, without which an expectation matters.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row an expectation, failed ones first. Holds if all were met.

    Raises
    ------
    InputError
        If it is no such result, or no expectation was judged.

    Notes
    -----
    An expectation that raised, or that Great Expectations calls failed, fails. One that met no
    value, as on no rows or on missing values only, is `not run`, though Great Expectations calls
    it a success. Values of the data that it lists are not shown.

    Cannot see how old a saved result is, nor which data it is about.

    Examples
    --------
    >>> from pytest_mltestscore import checks
    >>> saved = {
    ...     "success": False,
    ...     "results": [
    ...         {
    ...             "success": False,
    ...             "expectation_config": {
    ...                 "type": "expect_column_values_to_not_be_null",
    ...                 "kwargs": {"column": "carrier"},
    ...             },
    ...             "result": {"element_count": 400, "unexpected_count": 3},
    ...         }
    ...     ],
    ... }
    >>> checks.adapters.great_expectations_result(saved)
    great_expectations_result: DOES NOT HOLD - 1 of 1 expectation not passed: carrier: values_to_not_be_null: 3 of 400 values
      expectations not passed = 1  (limit <= 0)
      expectations judged = 1
      expectation                     status  found
      carrier: values_to_not_be_null  failed  3 of 400 values
    """  # noqa: E501 - a result as it prints
    outcomes = [_outcome(entry) for entry in _entries(result)]
    return conclude_outcomes(
        "great_expectations_result",
        outcomes,
        noun="expectation",
        item=item,
        expect=expect,
        argument="result",
        allow_warnings=allow_warnings,
    )


def _entries(result: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the results of single expectations, in whichever shape they come."""
    if isinstance(result, str | PathLike | Mapping):
        table, _ = read_source(result, "result")
        yield from _entries_of_table(table)
    elif isinstance(getattr(result, "run_results", None), Mapping):  # a checkpoint
        for validation in result.run_results.values():
            yield from _entries(validation)
    elif hasattr(result, "to_json_dict"):
        yield from _entries_of_table(result.to_json_dict())
    else:
        problem = f"is of type {type(result).__name__}"
        raise InputError("result", f"{problem}; give what a checkpoint or validation returned")


def _entries_of_table(table: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if isinstance(table.get("validation_results"), list):  # a checkpoint's describe_dict()
        for validation in table["validation_results"]:
            yield from _each(validation.get("expectations"))
    else:
        yield from _each(table.get("results", table.get("expectations")))


def _each(entries: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(entries, list):
        problem = "has no list of results; give what a checkpoint or validation returned"
        raise InputError("result", problem)
    for entry in entries:
        if not isinstance(entry, Mapping) or "success" not in entry:
            problem = "has entries without `success`, as a suite that was not run has"
            raise InputError("result", f"{problem}; give what its validation returned")
        yield entry


def _outcome(entry: Mapping[str, Any]) -> Outcome:
    config = entry.get("expectation_config") or entry
    kind = str(config.get("type") or config.get("expectation_type") or "expectation")
    kwargs = config.get("kwargs") or {}
    name = kind.removeprefix("expect_").removeprefix("column_")
    columns = ", ".join(_spelled(kwargs[key]) for key in _SUBJECTS if key in kwargs)
    status, found = _judged(entry, config)
    return Outcome(f"{columns}: {name}" if columns else name, status, found)


def _spelled(columns: Any) -> str:
    return columns if isinstance(columns, str) else ", ".join(map(str, columns))


def _judged(entry: Mapping[str, Any], config: Mapping[str, Any]) -> tuple[Status, str]:
    details = entry.get("result") or {}
    if _raised(entry.get("exception_info") or {}):
        # Its message may hold values of the data.
        return "error", "raised; `exception_message` in the result says why"
    total, unexpected = details.get("element_count"), details.get("unexpected_count")
    met = None if total is None else total - (details.get("missing_count") or 0)
    if entry["success"] is True and met == 0:
        return "not run", "there was no value"
    found = "" if unexpected is None or total is None else f"{unexpected:,} of {total:,} values"
    if entry["success"] is True:
        return "passed", found
    is_light = config.get("severity") in ("warning", "info")
    return "warned" if is_light else "failed", found or _observed(details)


def _observed(details: Mapping[str, Any]) -> str:
    observed = details.get("observed_value")
    # Text and lists may hold values of the data.
    return f"observed {observed:.6g}" if isinstance(observed, int | float) else "not met"


def _raised(info: Mapping[str, Any]) -> bool:
    """Whether an expectation raised, by itself or in one of its metrics."""
    entries = [info, *(value for value in info.values() if isinstance(value, Mapping))]
    return any(entry.get("raised_exception") for entry in entries)

"""Tests in a snapshot of Evidently."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from .._conclude import Expect
from .._tables import read_source
from ._outcomes import Outcome, Status, conclude_outcomes

ITEM = "data-invariants"

_STATUSES: dict[str, Status] = {
    "SUCCESS": "passed",
    "FAIL": "failed",
    "WARNING": "warned",
    "ERROR": "error",
    "SKIPPED": "not run",
}


def evidently_snapshot(
    snapshot: Any,
    *,
    item: str = ITEM,
    allow_warnings: bool = False,
    expect: Expect = "holds",
) -> CheckResult:
    """Turn the tests in a snapshot of Evidently into a check result.

    Parameters
    ----------
    snapshot
        What `Report.run` returned, its `dict()`, or the path of a `.json` file saved by
        `save_json`. Of Evidently 0.6 or later.
    item
        Name of the item that it is evidence for.
    allow_warnings
        Let tests fail that were made with `is_critical=False`; they are noted.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a test, failed ones first. Holds if all passed.

    Raises
    ------
    InputError
        If it is no snapshot, has metrics only, has a status that is not known, or all its tests
        were skipped.

    Notes
    -----
    A test that ended in an error fails. Metrics without a test are not judged: give
    `include_tests=True` or tests to the report.

    Cannot see more than Evidently did: its defaults test for drift by p-value on few rows, so that
    small samples pass; `checks.monitor.data_invariants` goes by effect size. Cannot see how old a
    saved snapshot is.

    Examples
    --------
    >>> from pytest_mltestscore import checks
    >>> snapshot = {
    ...     "metrics": [],
    ...     "tests": [
    ...         {
    ...             "name": "Row count in dataset: Greater or Equal 100.000",
    ...             "description": "Row count in dataset: Actual value 12.000 < 100.000",
    ...             "status": "FAIL",
    ...         }
    ...     ],
    ... }
    >>> result = checks.adapters.evidently_snapshot(snapshot)
    >>> print(result.summary)
    1 of 1 test not passed: Row count in dataset: Greater or Equal 100.000: Actual value 12.000 < 100.000
    """  # noqa: E501 - a result as it prints
    table = snapshot
    if not isinstance(snapshot, str | PathLike | Mapping):
        if not hasattr(snapshot, "dict"):
            problem = f"is of type {type(snapshot).__name__}"
            raise InputError("snapshot", f"{problem}; give what Report.run returned, or its JSON")
        table = snapshot.dict()
    table, _ = read_source(table, "snapshot")
    tests = table.get("tests")
    if not isinstance(tests, list):
        raise InputError("snapshot", "has no list of tests; give what Report.run returned")
    return conclude_outcomes(
        "evidently_snapshot",
        [_outcome(test) for test in tests],
        noun="test",
        item=item,
        expect=expect,
        argument="snapshot",
        allow_warnings=allow_warnings,
    )


def _outcome(test: Any) -> Outcome:
    status = test.get("status") if isinstance(test, Mapping) else None
    known = _STATUSES.get(str(getattr(status, "value", status)).upper())
    if known is None:
        problem = f"has a test of status {status!r}"
        raise InputError("snapshot", f"{problem}; known are {', '.join(_STATUSES)}")
    name = str(test.get("name") or test.get("id") or "test")
    return Outcome(name, known, _found(name, str(test.get("description") or "")))


def _found(name: str, description: str) -> str:
    """Leave out of a description what the name says already."""
    subject = name.rpartition(": ")[0]
    return description.removeprefix(f"{subject}: ") if subject else description

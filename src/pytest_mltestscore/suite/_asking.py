"""What every test of the suite does: ask for its parts, or skip; show a result, or fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..domain.asked import lacking
from ..domain.checkresult import CheckResult
from ..domain.errors import MLTestScoreError
from ..domain.mlsystem import MLSystem
from ..domain.sink import push_needs


def require(system: MLSystem, item: str) -> None:
    """Skip the test of an item unless it has its parts and options, and say all that is lacking."""
    __tracebackhide__ = True
    lacks = dict(lacking(system, item))
    if lacks:
        push_needs(lacks)
        # `-rs` shows neither the test nor its item, only where the code of the test is.
        pytest.skip(f"{item}: add to MLSystem: {' and '.join(lacks.values())}")


def items_of(suite: type) -> tuple[str, ...]:
    """Return the names of the items that a suite has tests for."""
    tests = (getattr(suite, name) for name in dir(suite) if name.startswith("test_"))
    marks = (mark for test in tests for mark in getattr(test, "pytestmark", ()))
    return tuple(str(mark.args[0]) for mark in marks if mark.name == "mlscore")


def demand(check: Callable[..., CheckResult], system: MLSystem, item: str, **parts: Any) -> None:
    """Fail the test with all that the check of an item says, unless it holds.

    The check gets parts of the system under the names of its arguments, and the system's options
    for the item. An option replaces a part of the same name; parts that are None are left out.
    """
    __tracebackhide__ = True
    given_parts = {name: part for name, part in parts.items() if part is not None}
    try:
        result = check(**{**given_parts, **system.options_of(item)})
    except MLTestScoreError as error:
        # It says what to mend; the code of the check does not. No failure of the test, though:
        # a fault that a check stumbles over is not one that it caught.
        error.add_note(f"options of this check: MLSystem(options={{{item!r}: {{...}}}})")
        raise error.with_traceback(None) from None
    if not result:
        pytest.fail(repr(result), pytrace=False)

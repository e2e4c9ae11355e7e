"""What every test of the suite does: take its parts, or skip; show a result, or fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from ..domain.checkresult import CheckResult
from ..domain.mlsystem import MLSystem


def given(system: MLSystem, *names: str) -> tuple[Any, ...]:
    """Return parts of a system; skip the test, saying what to add, if one is not given."""
    __tracebackhide__ = True
    missing = system.missing(*names)
    if missing:
        _skip(_in_words(missing, " and "))
    return tuple(getattr(system, name) for name in names)


def given_one(system: MLSystem, *names: str) -> str:
    """Return the name of the first part that is given; skip the test if none of them is."""
    __tracebackhide__ = True
    found = next((name for name in names if not system.missing(name)), None)
    if found is None:
        _skip(_in_words(names, " or "))
    return found


def given_options(system: MLSystem, item: str, wanted: str) -> None:
    """Skip the test if there are no options for its item: no default would mean anything there."""
    __tracebackhide__ = True
    if not system.options_of(item):
        _skip(f"options={{{item!r}: {{...}}}} with {wanted}")


def _in_words(names: tuple[str, ...], joined: str) -> str:
    known = MLSystem.parts()
    return joined.join(f"{name}= ({known[name]})" for name in names)


def _skip(wanted: str) -> NoReturn:
    __tracebackhide__ = True  # so that the place that is shown is that of the suite's test
    pytest.skip(f"add to MLSystem: {wanted}")


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
    result = check(**{**given_parts, **system.options_of(item)})
    if not result:
        pytest.fail(repr(result), pytrace=False)

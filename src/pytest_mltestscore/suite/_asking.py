"""What every test of the suite does: take its parts, or skip; show a result, or fail."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest

from ..domain.checkresult import CheckResult
from ..domain.mlsystem import MLSystem


def given(system: MLSystem, *names: str) -> tuple[Any, ...]:
    """Return parts of a system; skip the test, saying what to add, if one is not given."""
    __tracebackhide__ = True
    missing = system.missing(*names)
    if missing:
        _skip(missing)
    return tuple(getattr(system, name) for name in names)


def given_one(system: MLSystem, *names: str) -> str:
    """Return the name of the first part that is given; skip the test if none of them is."""
    __tracebackhide__ = True
    found = next((name for name in names if not system.missing(name)), None)
    if found is None:
        _skip(names, " or ")
    return found


def _skip(names: tuple[str, ...], joined: str = " and ") -> NoReturn:
    known = MLSystem.parts()
    wanted = joined.join(f"{name}= ({known[name]})" for name in names)
    pytest.skip(f"add to MLSystem: {wanted}")


def items_of(suite: type) -> tuple[str, ...]:
    """Return the names of the items that a suite has tests for."""
    tests = (getattr(suite, name) for name in dir(suite) if name.startswith("test_"))
    marks = (mark for test in tests for mark in getattr(test, "pytestmark", ()))
    return tuple(str(mark.args[0]) for mark in marks if mark.name == "mlscore")


def demand(result: CheckResult) -> None:
    """Fail the test with all that a result says, unless it holds."""
    __tracebackhide__ = True
    if not result:
        pytest.fail(repr(result), pytrace=False)


def options(system: MLSystem, item: str, *, needed: str = "", **parts: Any) -> dict[str, Any]:
    """Return keyword arguments for the check of an item: parts of the system, and its options.

    An option replaces a part of the same name; parts that are not given are left out. With
    `needed`, skip the test if there are no options: no default would mean anything there.
    """
    __tracebackhide__ = True
    found = system.options_of(item)
    if needed and not found:
        pytest.skip(f"add to MLSystem: options={{{item!r}: {{...}}}} with {needed}")
    return {**{name: part for name, part in parts.items() if part is not None}, **found}

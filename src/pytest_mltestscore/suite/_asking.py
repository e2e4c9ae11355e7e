"""What every test of the suite does: take its parts, or skip; show a result, or fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from ..domain.checkresult import CheckResult
from ..domain.errors import MLTestScoreError
from ..domain.evidence import ALTERNATIVE
from ..domain.mlsystem import MLSystem
from ..domain.sink import push_needs


class Options(NamedTuple):
    """Options that a test cannot do without: no default would mean anything for its item."""

    item: str
    wanted: str
    """What has to be among them, in words."""


def given(
    system: MLSystem,
    *names: str,
    one_of: tuple[str, ...] = (),
    options: Options | None = None,
) -> tuple[Any, ...]:
    """Return parts of a system, then the first that is given of `one_of`.

    If any of it is not given, or no options for the item are, the test skips and says all that is
    to be added.
    """
    __tracebackhide__ = True
    found = next((name for name in one_of if not system.missing(name)), None)
    lacking = dict(_lacking(system, names, () if found else one_of, options))
    if lacking:
        push_needs(lacking)
        pytest.skip(f"add to MLSystem: {' and '.join(lacking.values())}")
    wanted = names if found is None else (*names, found)
    return tuple(getattr(system, name) for name in wanted)


def _lacking(
    system: MLSystem, names: tuple[str, ...], one_of: tuple[str, ...], options: Options | None
) -> Iterator[tuple[str, str]]:
    """Yield what is to be added: as it is typed, and with what it is."""
    known = MLSystem.parts()
    for name in system.missing(*names):
        yield f"{name}=", f"{name}= ({known[name]})"
    if one_of:
        typed = ALTERNATIVE.join(f"{name}=" for name in one_of)
        yield typed, ALTERNATIVE.join(f"{name}= ({known[name]})" for name in one_of)
    if options and not system.options_of(options.item):
        wanted = f"options={{{options.item!r}: {{...}}}} with {options.wanted}"
        yield wanted, wanted


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
        raise error.with_traceback(None) from None
    if not result:
        pytest.fail(repr(result), pytrace=False)

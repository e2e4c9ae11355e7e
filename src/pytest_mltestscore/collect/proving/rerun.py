"""Running a test once more: set up, called with other values, and torn down again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias, cast

import pytest

from .dice import Dice, set_dice
from .drawn import drawn
from .quiet import unreported
from .received import Change, changed


class Before(NamedTuple):
    """What there was before a test was torn down, and has to be there again for a re-run."""

    dice: Dice
    """States of random generators, as they were before the test was set up."""
    stash: dict[Any, Any]
    """What plugins keep with the test: some take it away in tear-down, and miss it in the next."""


class Ended(NamedTuple):
    """How a re-run came out."""

    error: BaseException | None
    """What its call raised; None if it passed."""
    broken: BaseException | None
    """What set-up or tear-down raised, after which nothing can be said."""


Again: TypeAlias = Callable[[Change], Ended]
"""Runs a test once more, with a change of what it is given."""


class _OnlyParents:
    """Stands for a next test that shares all collectors with a test, so that those stay set up.

    With the test itself for next one pytest would tear down nothing, and set up nothing anew.
    """

    def __init__(self, item: pytest.Item) -> None:
        self._chain = [*item.listchain()[:-1], self]

    def listchain(self) -> list[Any]:
        """Return what stays set up, and itself."""
        return self._chain


def tear_down(item: pytest.Item) -> None:
    """Finish what belongs to the test alone: its own fixtures, and not those that others share."""
    item.session._setupstate.teardown_exact(cast("pytest.Item", _OnlyParents(item)))


def rerun(item: pytest.Function, before: Before, change: Change) -> Ended:
    """Run a test that was torn down once more, with other values, and tear it down."""
    item._initrequest()  # as pytest-rerunfailures does
    set_dice(before.dice)
    item.stash._storage.update(before.stash)
    error = None
    with unreported(item) as of_subtests:
        broken = _raised(lambda: item.session._setupstate.setup(item))
        if broken is None:
            error = _called(item, change)
        broken = _raised(lambda: tear_down(item)) or broken
    return Ended(error or _together(of_subtests), broken)


def _together(errors: Sequence[BaseException]) -> BaseException | None:
    return BaseExceptionGroup("errors of subtests", errors) if errors else None


def _raised(function: Callable[[], object]) -> BaseException | None:
    """Return what a function raises, be it a skip, which is no Exception.

    Only a person ends the whole run: `pytest.exit` may be called for the fault alone.
    """
    try:
        function()
    except KeyboardInterrupt:
        raise
    except BaseException as raised:  # noqa: BLE001
        return raised
    return None


def _called(item: pytest.Function, change: Change) -> BaseException | None:
    def call() -> None:
        with drawn(item, change), changed(item, change):
            item.runtest()

    raised = _raised(call)
    # unittest reports to the item in place of raising.
    reported = vars(item).pop("_excinfo", None)
    return reported[0].value if reported else raised

"""When tests are proved, unnoticed by everybody else: between their call and their tear-down."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import NoReturn, TypeAlias

import pytest

from ...domain.proof import Proof
from ..shipping import attach_proof
from .dice import Dice, dice, set_dice
from .memory import Memory
from .proof import Enough, ProvingError, in_turn, proof_of
from .quiet import unnoticed, untimed, without_aftermath
from .received import Change
from .rerun import Before, Ended, rerun, tear_down
from .terms import Terms
from .trying import Subject

QUICK_RERUNS = 7
"""Re-runs with a fault; two without come on top, so that proving takes ten times a plain run."""
MOST_RERUNS = QUICK_RERUNS + 2
_OUTCOMES = (Exception, pytest.fail.Exception, pytest.skip.Exception)
_DICE = pytest.StashKey[Dice]()
_FOUND = pytest.StashKey[Proof | str]()
_PASSED = pytest.StashKey[bool]()
_PLAIN = pytest.StashKey[float]()
_SPENT = pytest.StashKey[float]()
Groups: TypeAlias = Sequence[tuple[str, ...]]
"""Names of faults, for each item that a test serves."""


class ProverPlugin:
    """Proves each tagged test that passed, between its call and its tear-down.

    Parameters
    ----------
    faults_of
        Tells which faults a test is tried with: for each item that it serves, those of the item.
    terms
        How far to go.
    memory
        What is known from earlier runs.
    beat
        Called before each trial with the test's node id, to show that something goes on.
    """

    def __init__(
        self,
        faults_of: Callable[[pytest.Item], Groups],
        terms: Terms,
        memory: Memory,
        beat: Callable[[str], None],
    ) -> None:
        self._faults_of = faults_of
        self._terms = terms
        self._memory = memory
        self._beat = beat
        self._left_s = terms.budget_s

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Note what the test is going to draw, after pytest-randomly and before its fixtures."""
        item.stash[_DICE] = dice()
        item.stash[_PLAIN] = 0.0

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note whether the test passed; add the proof to its tear-down, and not the time of it."""
        report = yield
        item.stash[_PLAIN] = item.stash.get(_PLAIN, 0.0) + report.duration
        if call.when == "call":
            item.stash[_PASSED] = report.passed and not hasattr(report, "wasxfail")
        elif call.when == "teardown":
            spent = item.stash.get(_SPENT, 0.0)
            report.duration -= spent
            if _FOUND in item.stash:
                attach_proof(report, item.stash[_FOUND], spent)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None]:
        """Let re-runs come right before the test's tear-down, after everyone else's hooks.

        Fixtures that others share are still there, so that no model is trained anew.
        """
        if not item.stash.get(_PASSED, False):
            return (yield)
        groups = [names for names in self._faults_of(item) if names]
        if not groups:
            return (yield)
        state = item.session._setupstate
        finish = state.teardown_exact

        def proved_first(following: pytest.Item | None) -> None:
            vars(state).pop("teardown_exact")
            self._prove(item, groups, lambda: finish(following))

        vars(state)["teardown_exact"] = proved_first
        try:
            return (yield)
        finally:
            vars(state).pop("teardown_exact", None)

    def _prove(self, item: pytest.Item, groups: Groups, finish: Callable[[], None]) -> None:
        before = Before(item.stash[_DICE], dict(item.stash._storage))
        try:
            tear_down(item)
        except _OUTCOMES as own:
            _raise_with(own, finish)
        began = time.perf_counter()
        sections, stash, drawn = list(item._report_sections), dict(item.stash._storage), dice()
        given = {n: v for n, v in vars(item).items() if n in ("funcargs", "_request")}
        found: Proof | str
        try:
            with untimed(item), without_aftermath(item.config):
                found = self._proof(item, groups, before)
        except ProvingError as error:
            found = f"proving {item.nodeid} {error}"
        except Exception as error:  # noqa: BLE001 - no fault of ours may cost a result
            found = f"proving {item.nodeid}: {type(error).__name__}: {error}"
        finally:
            vars(item).update(given)
            item._report_sections[:] = sections
            item.stash._storage.clear()
            item.stash._storage.update(stash)
            set_dice(drawn)
            item.stash[_SPENT] = spent = time.perf_counter() - began
            self._left_s -= spent
        item.stash[_FOUND] = found
        finish()

    def _proof(self, item: pytest.Item, groups: Groups, before: Before) -> Proof:
        terms = self._terms
        names = (terms.only,) if terms.only else tuple(dict.fromkeys(in_turn(groups)))
        if not isinstance(item, pytest.Function):
            kind = type(item).__name__
            return Proof(why=f"a {kind} is given nothing that could be damaged")
        if self._left_s <= 0:
            return Proof(why="the budget was spent before it", left_out=len(names))
        subject = Subject(
            nodeid=item.nodeid,
            again=_quietly(item, before),
            beat=partial(self._beat, item.nodeid),
            plain_s=item.stash[_PLAIN],
            isolated=terms.isolated,
            validation_errors=terms.validation_errors,
            every_place=bool(terms.only),
        )
        if terms.full or terms.only:
            enough = Enough(seconds=self._left_s)
        else:
            enough = Enough(groups, QUICK_RERUNS, self._left_s)
        return proof_of(subject, names, enough, self._memory.of(item))


def _quietly(item: pytest.Function, before: Before) -> Callable[[Change], Ended]:
    def again(change: Change) -> Ended:
        with unnoticed(item):
            return rerun(item, before, change)

    return again


def _raise_with(own: BaseException, finish: Callable[[], None]) -> NoReturn:
    """Tear down what else there is, and raise all errors together, as pytest would have done."""
    try:
        finish()
    except _OUTCOMES as further:
        errors = [further, own]
        raise BaseExceptionGroup("errors during test teardown", errors) from None
    raise own

"""When tests are proved, and what is done to each: a control, one re-run a fault, a control."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Generator, Sequence
from functools import partial
from itertools import zip_longest
from math import inf
from typing import Any, NoReturn, TypeAlias

import msgspec
import pytest

from ...domain.mlsystem import MLSystem
from ...domain.proof import Proof, Trial, better
from ..shipping import attach_proof
from .dice import Dice, dice, set_dice
from .judging import judge
from .quiet import unnoticed
from .received import Change, Read, Received
from .rerun import STOPS, Before, Ended, rerun, tear_down
from .trials import Injection, Planned, plan

QUICK_RERUNS = 7
"""Re-runs with a fault; two without come on top, so that proving takes ten times a plain run."""
_OUTCOMES = (Exception, pytest.fail.Exception, pytest.skip.Exception)
Again: TypeAlias = Callable[[Change], Ended]
"""Runs the test once more, with a change of what it is given."""
_DICE = pytest.StashKey[Dice]()
_FOUND = pytest.StashKey[Proof | str]()
_PASSED = pytest.StashKey[bool]()
_SPENT = pytest.StashKey[float]()


class ProverPlugin:
    """Proves each tagged test that passed, between its call and its tear-down.

    Parameters
    ----------
    faults_of
        Tells which faults a test is tried with: for each item that it serves, those of the item.
    full
        Try every fault wherever it fits. Otherwise a test is done with once it caught one fault of
        each of its items, or was run again `QUICK_RERUNS` times.
    budget_s
        Seconds that may be spent in all, None for as many as it takes. Controls count, too.
    """

    def __init__(
        self,
        faults_of: Callable[[pytest.Item], Sequence[tuple[str, ...]]],
        *,
        full: bool = False,
        budget_s: float | None = None,
    ) -> None:
        self._faults_of = faults_of
        self._full = full
        self._left_s = inf if budget_s is None else budget_s

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Note what the test is going to draw, after pytest-randomly and before its fixtures."""
        item.stash[_DICE] = dice()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note whether the test passed; add the proof to its tear-down, and not the time of it."""
        report = yield
        if call.when == "call":
            item.stash[_PASSED] = report.passed and not hasattr(report, "wasxfail")
        elif call.when == "teardown":
            report.duration -= item.stash.get(_SPENT, 0.0)
            if _FOUND in item.stash:
                attach_proof(report, item.stash[_FOUND])
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

    def _prove(
        self, item: pytest.Item, groups: Sequence[tuple[str, ...]], finish: Callable[[], None]
    ) -> None:
        before = Before(item.stash[_DICE], dict(item.stash._storage))
        try:
            tear_down(item)
        except _OUTCOMES as own:
            _raise_with(own, finish)
        began = time.perf_counter()
        sections, stash, drawn = list(item._report_sections), dict(item.stash._storage), dice()
        found: Proof | str
        try:
            found = self._proof(item, groups, before)
        except STOPS:
            raise
        except Exception as error:  # noqa: BLE001 - no fault of ours may cost a result
            found = f"proving {item.nodeid}: {type(error).__name__}: {error}"
        finally:
            item._report_sections[:] = sections
            item.stash._storage.clear()
            item.stash._storage.update(stash)
            set_dice(drawn)
            item.stash[_SPENT] = spent = time.perf_counter() - began
            self._left_s -= spent
        item.stash[_FOUND] = found
        finish()

    def _proof(self, item: pytest.Item, groups: Sequence[tuple[str, ...]], before: Before) -> Proof:
        in_turn = (name for some in zip_longest(*groups) for name in some if name is not None)
        names = tuple(dict.fromkeys(in_turn))
        if not isinstance(item, pytest.Function):
            kind = type(item).__name__
            return Proof(why=f"a {kind} is given nothing that could be damaged")
        if self._left_s <= 0:
            return Proof(why="the budget was spent before it", left_out=len(names))
        with unnoticed(item):
            if self._full:
                enough = Enough([], inf, self._left_s)
            else:
                enough = Enough(groups, QUICK_RERUNS, self._left_s)
            return proof_of(partial(rerun, item, before), item.nodeid, names, enough)


def _raise_with(own: BaseException, finish: Callable[[], None]) -> NoReturn:
    """Tear down what else there is, and raise all errors together, as pytest would have done."""
    try:
        finish()
    except _OUTCOMES as further:
        errors = [further, own]
        raise BaseExceptionGroup("errors during test teardown", errors) from None
    raise own


class Enough:
    """Tells when a test has been tried enough: it proved itself, or nothing more may be spent.

    `groups` are the faults of each item that the test serves; without them, no proof is enough.
    """

    def __init__(self, groups: Sequence[tuple[str, ...]], reruns: float, seconds: float) -> None:
        self._groups = groups
        self._reruns = reruns
        self._end = time.perf_counter() + seconds

    def __call__(self, trials: Collection[Trial]) -> bool:
        """Whether each group has a fault that was caught, or no re-run is left; counts one."""
        proven = bool(self._groups) and not self._open(trials)
        self._reruns -= 1
        return proven or self._reruns < 0 or time.perf_counter() > self._end

    def adds(self, fault: str, trials: Collection[Trial]) -> bool:
        """Whether a trial of a fault could prove a group that is not proven yet."""
        return not self._groups or any(fault in group for group in self._open(trials))

    def _open(self, trials: Collection[Trial]) -> list[tuple[str, ...]]:
        caught = {trial.fault for trial in trials if trial.verdict == "caught"}
        return [group for group in self._groups if not caught & {*group}]


def proof_of(again: Again, nodeid: str, names: Sequence[str], enough: Enough) -> Proof:
    """Run a test again: without a fault, with these faults until it is enough, and without.

    The first run looks at what the test is given; the last one tells whether a fault left traces.
    """
    seen: Received = {}
    read: Read = {}
    control = again(_looking(seen, read))
    if reason := _red(control):
        return Proof(why=f"without any fault, a second run {reason}")
    planned = plan(names, nodeid, seen, read)
    if not planned:
        return Proof(why=_nothing_fits(seen, names))
    seen.clear()  # values may be large
    trials = _trials(again, planned, enough)
    proof = Proof(trials=trials, left_out=len(planned) - len(trials))
    if reason := _red(again(lambda _: {})):
        why = f"without any fault, a run after the faults {reason}"
        return msgspec.structs.replace(proof, why=why)
    return proof


def _trials(
    again: Again, planned: Sequence[Sequence[Planned]], enough: Enough
) -> tuple[Trial, ...]:
    """Try each fault at its first place, then each that was not caught at its second, and so on.

    What is left of a fault is its best trial.
    """
    best: dict[str, Trial] = {}
    for in_turn in zip_longest(*planned):
        for place in filter(None, in_turn):
            name = place.fault.name
            if name in best and best[name].verdict == "caught":
                continue
            if not enough.adds(name, best.values()):
                continue
            if enough(best.values()):
                return tuple(best.values())
            best[name] = better(best.get(name), _trial(again, place))
    return tuple(best.values())


def _looking(seen: Received, read: Read) -> Callable[[Received], Received]:
    """Note what a test is given, and hand it systems that tell which of their parts it reads."""

    def look(received: Received) -> Received:
        seen.update(received)
        watched = {n: v.watched() for n, v in received.items() if isinstance(v, MLSystem)}
        read.update({name: parts for name, (_, parts) in watched.items()})
        return {name: system for name, (system, _) in watched.items()}

    return look


def _red(ended: Ended) -> str:
    """Return how a run without a fault went wrong, empty if it did not."""
    if ended.broken is not None:
        return f"could not be set up or torn down ({type(ended.broken).__name__})"
    if ended.error is not None:
        return f"failed ({type(ended.error).__name__})"
    return ""


def _nothing_fits(seen: Received, names: Sequence[str]) -> str:
    if not seen:
        return "it is given nothing that could be damaged; let fixtures hand it data and models"
    kinds = ", ".join(f"{name} ({type(value).__name__})" for name, value in seen.items())
    return f"none of {len(names)} faults fits what it is given: {kinds}"


def _trial(again: Again, planned: Planned) -> Trial:
    injection = Injection(planned)
    ended = again(injection)
    facts: dict[str, Any] = {
        "fault": planned.fault.name,
        "site": planned.site,
        "severity": planned.fault.damage,
        "seed": planned.seed,
    }
    if ended.broken is not None:
        why = f"could not be set up or torn down: {type(ended.broken).__name__}"
        return Trial(verdict="no-verdict", why=why, **facts)
    if injection.why_not:
        return Trial(verdict="no-verdict", why=injection.why_not, **facts)
    judged = judge(ended.error)
    return Trial(**facts, **judged._asdict())

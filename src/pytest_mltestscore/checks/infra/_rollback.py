"""infra-7: serving goes back to the version before, in time, and says what that version said."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from ...domain.text import clean_line
from .._conclude import Expect, conclude
from .._http import require_loopback
from .._processes import run_program, words
from ._servers import (
    Read,
    Serving,
    ask_server,
    change,
    predictions_in,
    predictions_of,
    require_bodies,
)

ITEM = "rollback"
Action = Callable[[], Any] | Sequence[str]
POLL_S = 0.05


class _Phase(NamedTuple):
    """One move of the drill: to a version, and whether its answers came."""

    name: str
    ok: bool
    seconds: float
    found: str


def rollback(
    roll_back: Action,
    ask: Callable[[], Any] | str,
    golden: Any,
    *,
    deploy: Action | None = None,
    restore: Action | None = None,
    requests: Sequence[Any] | None = None,
    path: str = "/predict",
    read: Read = None,
    tolerance: float = 1e-9,
    max_seconds: float = 60.0,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    expect: Expect = "holds",
) -> CheckResult:
    """Rehearse a rollback: from version N to N-1 by the project's own command, timed, and back.

    Serving must answer as version N at first, as the golden predictions of N-1 after the rollback,
    within the limit, and as N again after it was restored. Restoring is tried whatever happened,
    also when the drill is interrupted.

    Parameters
    ----------
    roll_back
        Goes back to N-1: a function without arguments, such as one that moves the alias of a model
        registry, or a command as a list of words.
    ask
        Asks serving for predictions on the golden inputs: a function without arguments that returns
        them, shape (n,), or the address of a server on this machine, which is sent `requests`.
    golden
        Predictions of N-1 on those inputs, stored when it was released, shape (n,).
    deploy
        Deploys version N first. Without it, N has to be what is served now.
    restore
        Goes to N again; by default `deploy` once more.
    requests
        Bodies for the address, sent as JSON by POST; each answer may hold several predictions.
    path, read
        For the address: where predictions are asked for, and where they are in an answer (a key or
        a function). `read` serves for what the function returns, too.
    tolerance
        Mean absolute difference of numbers, or share of differing words, up to which predictions
        are the same.
    max_seconds
        From the start of the rollback to golden answers; also the deadline of each command.
    cwd, env
        Folder and added environment variables of commands.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a phase: whether it came about, after how many seconds, and what was found.
        Predictions are not shown.

    Raises
    ------
    InputError
        If there is no way to restore, the golden predictions are none, N does not answer before the
        drill, or answers as the golden ones do: then no rollback could be seen.

    Notes
    -----
    Rehearse on a copy of the model store or in a test environment: this really moves what is
    served. Sees a rollback that fails, takes too long, does nothing, or leads to a version that is
    missing, corrupt or has changed since its release. After the action it asks again every 0.05 s
    until the deadline, since servers take a while to notice. Functions are timed and not ended.
    Cannot see whether data and features of N-1 are still made, beyond what the golden inputs need.

    Examples
    --------
    >>> from pytest_mltestscore import checks
    >>> versions, serving = {1: [0.2, 0.7], 2: [0.3, 0.6]}, {"version": 2}
    >>> result = checks.infra.rollback(
    ...     lambda: serving.update(version=1),
    ...     lambda: versions[serving["version"]],
    ...     golden=versions[1],
    ...     restore=lambda: serving.update(version=2),
    ... )
    >>> bool(result), serving["version"]
    (True, 2)
    """
    back_again = restore or deploy
    if back_again is None:
        raise InputError("restore", "is missing; give what goes to version N again, or deploy")
    for argument, action in (("roll_back", roll_back), ("restore", back_again)):
        _require_action(action, argument)
    if not 0 < max_seconds < np.inf:
        raise InputError("max_seconds", f"is {max_seconds}; give a number above 0")
    if not 0 <= tolerance < np.inf:
        raise InputError("tolerance", f"is {tolerance}; give 0 or more")
    expected, problem = predictions_in(golden, None)
    if expected is None:
        raise InputError("golden", f"{problem}; give the predictions stored with N-1")
    drill = _Drill(_asker(ask, requests, path, read, max_seconds), tolerance, max_seconds, cwd, env)
    before = drill.before(deploy, expected)
    phases: list[_Phase] = []
    try:
        phases.append(drill.move("back to N-1", roll_back, "roll_back", expected, before))
    finally:
        phases.append(drill.move("restored to N", back_again, "restore", before, expected))
    return _concluded(phases, len(expected), max_seconds, expect)


def _require_action(action: Any, argument: str) -> None:
    if not callable(action):
        words(action, argument)


def _asker(
    ask: Any,
    requests: Sequence[Any] | None,
    path: str,
    read: Read,
    max_seconds: float,
) -> Callable[[], tuple[np.ndarray | None, str]]:
    """Return a function that gives the predictions served now, or what is wrong with them."""
    if callable(ask):
        return lambda: _asked(ask, read)
    if not isinstance(ask, str):
        problem = f"is of type {type(ask).__name__}; give a function, or the address of a server"
        raise InputError("ask", problem)
    url = require_loopback(ask, "ask")
    bodies = require_bodies(requests)
    how = Serving(path, "", max_seconds, max_seconds, read)

    def asked() -> tuple[np.ndarray | None, str]:
        found = []
        for body in bodies:
            predictions, problem = predictions_of(ask_server(url, body, how), read)
            if predictions is None:
                return None, problem
            found.append(predictions)
        return np.concatenate(found), ""

    return asked


def _asked(ask: Callable[[], Any], read: Read) -> tuple[np.ndarray | None, str]:
    try:
        answer = ask()
    except Exception as error:  # noqa: BLE001 - serving does not answer, however
        return None, clean_line(f"{type(error).__name__}: {error}", limit=200)
    return predictions_in(answer, read)


class _Drill(NamedTuple):
    ask: Callable[[], tuple[np.ndarray | None, str]]
    tolerance: float
    max_seconds: float
    cwd: str | Path | None
    env: Mapping[str, str] | None

    def before(self, deploy: Action | None, golden: np.ndarray) -> np.ndarray:
        """Deploy N, if asked to, and return what it answers."""
        if deploy is not None:
            _require_action(deploy, "deploy")
            problem = self._act(deploy, "deploy")
            if problem:
                raise InputError("deploy", f"failed: {problem}")
        deadline = time.perf_counter() + (self.max_seconds if deploy is not None else 0)
        while True:
            found, problem = self.ask()
            if found is not None and not self._same(found, golden):
                return found
            if time.perf_counter() >= deadline:
                break
            time.sleep(POLL_S)
        if found is None:
            raise InputError("ask", f"version N does not answer: {problem}")
        mend = "deploy N first, or take inputs on which the versions differ"
        raise InputError("golden", f"is what is served before the rollback; {mend}")

    def move(
        self, name: str, action: Action, argument: str, wanted: np.ndarray, left: np.ndarray
    ) -> _Phase:
        """Act, and ask until serving answers as wanted, or the time is up."""
        began = time.perf_counter()
        problem = self._act(action, argument)
        if problem:
            return _Phase(name, False, time.perf_counter() - began, problem)
        while True:
            found, problem = self.ask()
            seconds = time.perf_counter() - began
            if found is not None and self._same(found, wanted):
                said = "the expected predictions"
                late = seconds > self.max_seconds
                return _Phase(name, not late, seconds, f"{said}, too late" if late else said)
            if seconds > self.max_seconds:
                return _Phase(name, False, seconds, self._described(found, wanted, left, problem))
            # Serving may take a while to notice.
            time.sleep(min(POLL_S, self.max_seconds))

    def _act(self, action: Action, argument: str) -> str:
        """Run a function or a command; return what went wrong, empty if nothing did."""
        if callable(action):
            try:
                action()
            except Exception as error:  # noqa: BLE001 - the finding, whatever it is
                return clean_line(f"raised {type(error).__name__}: {error}", limit=200)
            return ""
        finished = run_program(
            action, timeout_s=self.max_seconds, argument=argument, cwd=self.cwd, env=self.env,
            leave_running=True,
        )  # fmt: skip
        return finished.trouble

    def _same(self, one: np.ndarray, other: np.ndarray) -> bool:
        return change(one, other) <= self.tolerance

    def _described(
        self, found: np.ndarray | None, wanted: np.ndarray, left: np.ndarray, problem: str
    ) -> str:
        if found is None:
            return f"no usable answer: {problem}"
        if self._same(found, left):
            return "still the predictions of the other version"
        if found.shape != wanted.shape:
            return f"{len(found)} predictions, {len(wanted)} expected"
        return f"predictions that are off by {change(found, wanted):.3g} on average"


def _concluded(
    phases: Sequence[_Phase], predictions: int, max_seconds: float, expect: Expect
) -> CheckResult:
    back, again = phases
    failed = [p for p in phases if not p.ok]
    notes = [] if again.ok else ["version N IS NOT BEING SERVED: the drill could not restore it"]
    said = "; ".join(f"not {p.name} after {p.seconds:.3g} s: {p.found}" for p in failed)
    good = f"N-1 served its {predictions} golden predictions after {back.seconds:.3g} s"
    return conclude(
        "rollback",
        item=ITEM,
        holds=not failed,
        summary=said or f"{good}; N was restored",
        expect=expect,
        measurements=[
            measurement(
                "seconds to golden predictions",
                back.seconds if back.ok else float("nan"),
                limit=f"<= {max_seconds:g}",
                unit="s",
                volatile=True,
            ),
            measurement("golden predictions", predictions),
        ],
        table=[
            {
                "phase": p.name,
                "verdict": "ok" if p.ok else "FAILED",
                "seconds": round(p.seconds, 3),
                "found": p.found,
            }
            for p in phases
        ],
        notes=notes,
        volatile=True,
    )

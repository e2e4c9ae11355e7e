"""infra-6: a new model meets recorded requests in the real server before it meets users."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._conclude import Expect, conclude
from .._http import Reply
from .._statistics import bootstrap_interval, require_confidence
from ._servers import (
    Read,
    ServerNotHealthyError,
    Serving,
    ask_server,
    change,
    predictions_in,
    predictions_of,
    require_bodies,
    running,
)

ITEM = "canary"
Server = Sequence[str] | str
FEW = 5
"""Requests below which the ratio of latencies is not judged."""


class _Pair(NamedTuple):
    """One request, and what both said to it."""

    problem: str
    change: float
    seconds: float
    before_s: float


def canary(
    candidate: Server,
    requests: Sequence[Any],
    *,
    incumbent: Server | None = None,
    answers: Sequence[Any] | None = None,
    path: str = "/predict",
    health: str = "/health",
    read: Read = None,
    max_errors: float = 0.0,
    max_change: float = 0.1,
    max_latency_ratio: float = 2.0,
    max_latency_s: float | None = None,
    start_s: float = 60.0,
    request_s: float = 10.0,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    confidence: float = 0.95,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Start the real serving command, send recorded requests, and compare with the incumbent.

    Both are asked in turn, so that what slows the machine slows both. All that was started is
    stopped at the end, also after a failure.

    Parameters
    ----------
    candidate
        Serving command as a list of words, in which `{port}` is replaced by a free port (it is also
        in the variable `PORT`) and `{host}` by 127.0.0.1; or the address of a server that runs on
        this machine.
    requests
        Recorded bodies, sent as JSON by POST.
    incumbent
        The server of today: a command or an address, as `candidate`.
    answers
        Recorded answers of the incumbent, one a request, in place of `incumbent`.
    path, health
        Where predictions are asked for, and where 2xx says that the server is ready.
    read
        Where predictions are in an answer: a key, or a function of the answer that returns a
        number, a word, or a list. By default the whole answer is one.
    max_errors
        Share of requests that the candidate may fail: no answer, a status other than 2xx, no JSON,
        predictions missing or not finite.
    max_change
        Of predictions, on average over requests: absolute difference of numbers, share of words.
    max_latency_ratio
        Of the median request against the incumbent's, beyond chance. Not judged below 5 requests.
    max_latency_s
        Of the median request, in seconds.
    start_s, request_s
        Seconds until the server must be healthy, and for one request.
    cwd, env
        Folder and added environment variables of the commands.
    confidence
        Of the interval of the latency ratio.
    seed
        Of the bootstrap.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a question, with limits. Volatile, since latencies are. Bodies and predictions are
        not shown.

    Raises
    ------
    InputError
        If there are no requests, nothing to compare with, an address of another machine, a command
        that cannot be started, or an incumbent that does not start or answer.

    Notes
    -----
    A canary before the roll-out: it sees a model that does not load in the serving binary, fails on
    requests as users send them, answers otherwise, or is slow. It does not see load, memory, or
    what only live traffic shows, and does not test the roll-out script. The first request to each
    is not timed. A port that was free can be taken by another before the server has it; the server
    then does not start. A server that leaves its process group is not stopped.

    Examples
    --------
    >>> import sys
    >>> from pytest_mltestscore import checks
    >>> broken = [sys.executable, "-c", "raise SystemExit('no model')"]
    >>> result = checks.infra.canary(broken, [{"x": 1}], answers=[2.0])
    >>> result.summary.startswith("the candidate did not start: exit status 1 after")
    True
    """
    require_confidence(confidence)
    bodies = require_bodies(requests)
    _require_limits(max_errors, max_change, max_latency_ratio)
    recorded = _recorded(answers, len(bodies), read)
    if (incumbent is None) == (recorded is None):
        raise InputError("incumbent", "give either the incumbent or its recorded answers")
    if incumbent == candidate:
        raise InputError("incumbent", "is the candidate; give the command of the version before it")
    how = Serving(path, health, start_s, request_s, read, cwd, env)
    try:
        with running(incumbent, how, "incumbent") if incumbent else nullcontext("") as old:
            pairs, trouble = _replayed(candidate, old, bodies, recorded, how)
    except ServerNotHealthyError as error:
        raise InputError("incumbent", f"did not start: {error}") from error
    if trouble:
        return _conclude_not_started(trouble, len(bodies), expect)
    found = _Found(pairs, incumbent is not None, confidence, seed)
    rows = list(found.judged(max_errors, max_change, max_latency_ratio, max_latency_s))
    return _concluded(found, rows, expect)


def _require_limits(max_errors: float, max_change: float, max_latency_ratio: float) -> None:
    if not 0 <= max_errors < 1:
        raise InputError("max_errors", f"is {max_errors}; give a share from 0 to below 1")
    if not max_change >= 0:
        raise InputError("max_change", f"is {max_change}; give 0 or more")
    if not max_latency_ratio > 0:
        raise InputError("max_latency_ratio", f"is {max_latency_ratio}; give a number above 0")


def _recorded(answers: Any, count: int, read: Read) -> list[np.ndarray] | None:
    if answers is None:
        return None
    if len(answers) != count:
        raise InputError("answers", f"has {len(answers)} answers to {count} requests")
    found = []
    for place, answer in enumerate(answers):
        predictions, problem = predictions_in(answer, read)
        if predictions is None:
            raise InputError("answers", f"answer {place}: {problem}; give what `read` can read")
        found.append(predictions)
    return found


def _replayed(
    candidate: Server,
    old: str,
    bodies: Sequence[Any],
    recorded: Sequence[np.ndarray] | None,
    how: Serving,
) -> tuple[list[_Pair], str]:
    """Return what both said to each request, or why the candidate did not start."""
    try:
        with running(candidate, how, "candidate") as new:
            for url in filter(None, (new, old)):
                ask_server(url, bodies[0], how)  # not timed: what is loaded at first use
            return [_pair(n, new, old, b, recorded, how) for n, b in enumerate(bodies)], ""
    except ServerNotHealthyError as error:
        return [], str(error)


def _pair(
    place: int,
    new: str,
    old: str,
    body: Any,
    recorded: Sequence[np.ndarray] | None,
    how: Serving,
) -> _Pair:
    before: Reply | None = None
    if old and place % 2:
        before = ask_server(old, body, how)
    reply = ask_server(new, body, how)
    if old and not place % 2:
        before = ask_server(old, body, how)
    if before is None:
        assert recorded is not None
        expected, before_s = recorded[place], np.nan
    else:
        told, problem = predictions_of(before, how.read)
        if told is None:
            raise InputError("incumbent", f"failed on request {place}: {problem}")
        expected, before_s = told, before.seconds
    predictions, problem = predictions_of(reply, how.read)
    if predictions is None:
        return _Pair(problem, np.nan, reply.seconds, before_s)
    return _Pair("", change(expected, predictions), reply.seconds, before_s)


class _Row(NamedTuple):
    question: str
    found: float
    limit: str
    ok: bool | None


class _Found:
    """What was found over all requests."""

    def __init__(self, pairs: Sequence[_Pair], timed: bool, confidence: float, seed: int) -> None:
        self.pairs = pairs
        self.problems = Counter(p.problem for p in pairs if p.problem)
        answered = [p for p in pairs if not p.problem]
        self.errors = 1 - len(answered) / len(pairs)
        self.change = float(np.mean([p.change for p in answered])) if answered else np.nan
        self.largest = max((p.change for p in answered), default=np.nan)
        self.median_s = float(np.median([p.seconds for p in answered])) if answered else np.nan
        self.ratio = self.ratio_low = np.nan
        self.judges_ratio = timed and len(answered) >= FEW
        if timed and answered:
            self._compare_latencies(answered, confidence, seed)

    def _compare_latencies(self, pairs: Sequence[_Pair], confidence: float, seed: int) -> None:
        new = np.array([p.seconds for p in pairs])
        old = np.array([p.before_s for p in pairs])

        def ratio(places: np.ndarray) -> float:
            return float(np.median(new[places]) / np.median(old[places]))

        self.ratio = ratio(np.arange(len(pairs)))
        # One-sided: the chance that the true ratio is below the lower end is 1 - confidence.
        double = 2 * confidence - 1
        interval = bootstrap_interval(ratio, len(pairs), seed=seed, confidence=double)
        self.ratio_low = interval.low

    def judged(
        self,
        max_errors: float,
        max_change: float,
        max_latency_ratio: float,
        max_latency_s: float | None,
    ) -> Iterator[_Row]:
        """Yield a row for each question; NaN passes none."""
        yield _Row("share of errors", self.errors, f"<= {max_errors:g}", self.errors <= max_errors)
        ok = self.change <= max_change
        yield _Row("mean change of predictions", self.change, f"<= {max_change:g}", ok)
        yield _Row("largest change of a request", self.largest, "", None)
        limit = "" if max_latency_s is None else f"<= {max_latency_s:g} s"
        in_time = None if max_latency_s is None else self.median_s <= max_latency_s
        yield _Row("median seconds", self.median_s, limit, in_time)
        if not np.isnan(self.ratio):
            fast = self.ratio_low <= max_latency_ratio if self.judges_ratio else None
            limit = f"<= {max_latency_ratio:g} beyond chance"
            yield _Row("latency against incumbent", self.ratio, limit, fast)


def _concluded(found: _Found, rows: Sequence[_Row], expect: Expect) -> CheckResult:
    failed = [r for r in rows if r.ok is False]
    verdicts = {True: "ok", False: "FAILED", None: "not judged"}
    total = len(found.pairs)
    said = "; ".join(f"{r.question} {r.found:.3g} (limit {r.limit})" for r in failed)
    if found.problems and failed:
        said += f"; most often: {found.problems.most_common(1)[0][0]}"
    good = f"{total} requests: {found.errors:.1%} errors, mean change {found.change:.3g}"
    return conclude(
        "canary",
        item=ITEM,
        holds=not failed,
        summary=f"the candidate is not fit: {said}" if failed else good,
        expect=expect,
        measurements=[
            measurement("requests", total),
            *(measurement(r.question, r.found, limit=r.limit, volatile=True) for r in rows),
        ],
        table=[
            {"question": r.question, "found": r.found, "limit": r.limit, "verdict": verdicts[r.ok]}
            for r in sorted(rows, key=lambda r: r.ok is not False)
        ],
        notes=_notes(found),
        volatile=True,
    )


def _notes(found: _Found) -> list[str]:
    notes = [f"{count} requests: {problem}" for problem, count in found.problems.most_common(5)]
    if np.isnan(found.ratio):
        notes.append("latencies were not compared: there are recorded answers only")
    elif not found.judges_ratio:
        notes.append(f"latencies were not judged: fewer than {FEW} requests were answered")
    return notes


def _conclude_not_started(trouble: str, requests: int, expect: Expect) -> CheckResult:
    return conclude(
        "canary",
        item=ITEM,
        holds=False,
        summary=f"the candidate did not start: {trouble}",
        expect=expect,
        measurements=[measurement("requests answered", 0, limit=f"= {requests}")],
        volatile=True,
    )

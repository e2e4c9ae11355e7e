"""Trying one fault on a test, in this process or, where it may do harm, in one of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from ...domain.proof import Trial
from ...domain.text import clean, clean_line
from .children import ChildDiedError, can_fork, in_child
from .judging import judge
from .limits import at_most
from .rerun import Again, Ended
from .trials import Injection, Planned

CONTROL_S = 10.0
"""Seconds that a run without a fault may take at least, in a process of its own."""


class Subject(NamedTuple):
    """A test that is to be proved, and how that is done."""

    nodeid: str
    again: Again
    """Runs it once more, with a change of what it is given."""
    beat: Callable[[], None]
    """Called before each trial, to show that something goes on."""
    plain_s: float
    """Seconds that it took when it passed."""
    isolated: bool = False
    """Run it in a process of its own for each fault."""
    validation_errors: tuple[str, ...] = ()
    every_place: bool = False
    """Keep each trial, and not only the best one of each fault; tell what each fault changed."""


class Tries:
    """Runs one test again with one fault after another, none for longer than `limit_s` seconds.

    A fault that may crash or hang goes into a child process. That works for most tests, and not
    for those that need threads which stayed behind, as those of polars do: so the first such run
    is one without any fault.
    """

    def __init__(self, subject: Subject, limit_s: float, *, apart: bool = False) -> None:
        self.subject = subject
        self.limit_s = limit_s
        self._all_apart = apart
        self._no_child: str | None = None
        self.left_traces = False
        """Whether a fault was tried in this process, where it may have left traces."""

    def apart(self) -> Tries:
        """Return the same, but for each fault in a process of its own."""
        return Tries(self.subject, self.limit_s, apart=True)

    def __call__(self, planned: Planned) -> Trial:
        """Return what came of one fault."""
        self.subject.beat()
        if self._all_apart or planned.fault.may_crash:
            return self._apart(planned)
        self.left_traces = True
        return self._trial(planned)

    def _apart(self, planned: Planned) -> Trial:
        if self._no_child is None:
            self._no_child = self._why_no_child()
        if self._no_child:
            return _undecided(planned, self._no_child)
        try:
            answer = in_child(lambda: msgspec.json.encode(self._trial(planned)), self.limit_s)
        except ChildDiedError as died:
            return _undecided(planned, str(died))
        return msgspec.json.decode(answer, type=Trial)

    def _why_no_child(self) -> str:
        """Return why the test cannot be run in a process of its own, empty if it can."""
        if not can_fork():
            return "needs a process of its own, which cannot be made on this system"
        try:
            said = in_child(self._plainly, max(CONTROL_S, self.limit_s / 10)).decode()
        except ChildDiedError as died:
            said = str(died)
        return said and f"without any fault, it {said}"

    def _plainly(self) -> bytes:
        ended = self.subject.again(lambda _: {})
        error = ended.broken or ended.error
        if error is None:
            return b""
        return f"failed in a process of its own ({type(error).__name__})".encode()

    def _trial(self, planned: Planned) -> Trial:
        injection = Injection(planned, explains=self.subject.every_place)
        ended = Ended(None, None)
        with at_most(self.limit_s) as fired:
            ended = self.subject.again(injection)
        if injection.mistake is not None:
            raise injection.mistake
        if fired:
            return _undecided(planned, fired[0])
        if ended.broken is not None:
            kind = type(ended.broken).__name__
            return _undecided(planned, f"could not be set up or torn down: {kind}")
        if injection.why_not:
            return _undecided(planned, injection.why_not)
        judged = judge(ended.error, self.subject.validation_errors)
        return msgspec.structs.replace(
            _undecided(planned, judged.why),
            verdict=judged.verdict,
            error_type=clean_line(judged.error_type),
            origin=clean_line(judged.origin),
            difference=clean(injection.difference),
        )


def _undecided(planned: Planned, why: str) -> Trial:
    return Trial(
        fault=planned.fault.name,
        site=planned.site,
        verdict="no-verdict",
        severity=planned.fault.damage,
        seed=planned.seed,
        why=clean_line(why),
    )

"""What other libraries say of single tests, made into one check result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.evidence import Measurement
from ...domain.sink import measurement
from ...domain.text import clean_line
from .._conclude import Expect, conclude

Status: TypeAlias = Literal["failed", "error", "warned", "passed", "not run"]

_ORDER = ("failed", "error", "warned", "passed", "not run")
_SHOWN = 3


class Outcome(NamedTuple):
    """One test of another library."""

    name: str
    status: Status
    """`error`: it could not be decided. `warned`: it failed, and was said not to matter much.
    `not run`: nothing was looked at, so it counts for nothing."""
    found: str = ""
    """What was found, in words or numbers, and no single value of the data."""


def conclude_outcomes(
    name: str,
    outcomes: Sequence[Outcome],
    *,
    noun: str,
    item: str,
    expect: Expect,
    argument: str,
    allow_warnings: bool = False,
    measurements: Sequence[Measurement] = (),
    notes: Sequence[str] = (),
    volatile: bool = False,
) -> CheckResult:
    """Build a result that holds if all outcomes that count are passes.

    Raises
    ------
    InputError
        If none of them counts: a result in which nothing was looked at shows nothing.
    """
    counts = Counter(outcome.status for outcome in outcomes)
    judged = len(outcomes) - counts["not run"]
    if not judged:
        held = f"has {counted(len(outcomes), noun)}, but ran none" if outcomes else f"has no {noun}"
        raise InputError(argument, f"{held}; give a result in which something was looked at")
    bad_statuses = {"failed", "error"} | (set() if allow_warnings else {"warned"})
    ordered = sorted(outcomes, key=lambda outcome: _ORDER.index(outcome.status))
    bad = [outcome for outcome in ordered if outcome.status in bad_statuses]
    return conclude(
        name,
        item=item,
        holds=not bad,
        summary=_summary(bad, judged, noun),
        expect=expect,
        measurements=[
            measurement(f"{noun}s not passed", len(bad), limit="<= 0"),
            measurement(f"{noun}s judged", judged),
            *measurements,
        ],
        table=[
            {
                noun: clean_line(outcome.name, limit=120),
                "status": outcome.status,
                "found": clean_line(outcome.found, limit=200),
            }
            for outcome in ordered
        ],
        notes=[*notes, *_notes(counts, noun)],
        volatile=volatile,
    )


def _summary(bad: Sequence[Outcome], judged: int, noun: str) -> str:
    if not bad:
        return f"{counted(judged, noun)} judged, all passed"
    shown = "; ".join(
        clean_line(f"{outcome.name}: {outcome.found or outcome.status}", limit=160)
        for outcome in bad[:_SHOWN]
    )
    more = f"; and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
    return f"{len(bad)} of {counted(judged, noun)} not passed: {shown}{more}"


def _notes(counts: Counter[Status], noun: str) -> list[str]:
    notes = []
    if counts["not run"]:
        notes.append(f"{counted(counts['not run'], noun)} not run, which counts for nothing")
    if counts["warned"]:
        notes.append(f"{counted(counts['warned'], noun)} failed with a warning")
    return notes


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "test"), counted(2, "test")
    ('1 test', '2 tests')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

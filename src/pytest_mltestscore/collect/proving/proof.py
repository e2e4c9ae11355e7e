"""Proving one test: a control, one re-run a fault, and a control again."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from math import inf
from typing import NamedTuple, TypeAlias, TypeVar

import msgspec

from ...domain.mlsystem import MLSystem
from ...domain.proof import Proof, Trial, better
from .children import Spare
from .limits import at_most, limit_of
from .received import Read, Received
from .rerun import Again, Ended
from .trials import Planned, plan
from .trying import Subject, Tries

T = TypeVar("T")
Plan: TypeAlias = Sequence[Sequence[Planned]]
"""Faults, each with the places where it is tried."""
Key: TypeAlias = tuple[str, str, int]
"""Of a trial: fault, site and seed."""


class ProvingError(Exception):
    """Our own code failed at a trial; the text names the fault and its place."""


class Known(NamedTuple):
    """What is known of a test from earlier runs."""

    trials: Mapping[Key, Trial]
    keep: Callable[[Collection[Trial]], None]
    """Keeps trials for later runs."""


Recall: TypeAlias = Callable[[Received, Read], Known]
"""Tells what is known of a test that is given these values."""


class Enough:
    """Tells when a test has been tried enough: it proved itself, or nothing more may be spent.

    `groups` are the faults of each item that the test serves; without them, no proof is enough.
    """

    def __init__(
        self, groups: Sequence[tuple[str, ...]] = (), reruns: float = inf, seconds: float = inf
    ) -> None:
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


def proof_of(subject: Subject, names: Sequence[str], enough: Enough, recall: Recall) -> Proof:
    """Run a test again: without a fault, with these faults until it is enough, and without.

    The first run looks at what the test is given; the last one tells whether a fault left traces.
    If one did, the test is judged a second time as it was before, each re-run in a process of its
    own. Trials that are known from earlier runs are not tried again, and count all the same.
    """
    seen: Received = {}
    read: Read = {}
    began = time.perf_counter()
    if reason := _red(subject.again, _looking(seen, read), limit_of(subject.plain_s)):
        return Proof(why=f"without any fault, a second run {reason}")
    limit_s = limit_of(time.perf_counter() - began)
    planned = plan(names, subject.nodeid, seen, read)
    if not planned:
        return Proof(why=_nothing_fits(seen, names))
    known = recall(seen, read)
    seen.clear()  # values may be large
    if subject.isolated:
        proof = _proof(planned, Tries(subject, limit_s, apart=True), enough, known.trials)
    else:
        proof = _proof_here(planned, Tries(subject, limit_s), enough, known.trials)
    if not proof.why:
        known.keep(proof.trials)
    return proof


def _proof_here(planned: Plan, tries: Tries, enough: Enough, known: Mapping[Key, Trial]) -> Proof:
    """Try faults in this process, and again in a copy of it if one of them left traces."""

    def second_opinion() -> bytes:
        return msgspec.json.encode(_proof(planned, tries.apart(), enough, {}))

    with Spare(second_opinion) as spare:
        proof = _proof(planned, tries, enough, known)
        subject, limit_s = tries.subject, tries.limit_s
        reason = _red(subject.again, _unchanged, limit_s) if tries.left_traces else ""
        answer = spare.answer(limit_s * (2 + sum(map(len, planned)))) if reason else None
    if answer is not None:
        second = msgspec.json.decode(answer, type=Proof)
        if any(trial.verdict != "no-verdict" for trial in second.trials):
            return second
    why = reason and f"without any fault, a run after the faults {reason}"
    return msgspec.structs.replace(proof, why=why)


def _proof(planned: Plan, tries: Tries, enough: Enough, known: Mapping[Key, Trial]) -> Proof:
    """Try each fault at its first place, then each that was not caught at its second, and so on.

    What is left of a fault is its best trial.
    """
    every_place = tries.subject.every_place
    done: list[Trial] = []
    remembered = 0
    for place in in_turn(planned):
        name = place.fault.name
        if not every_place and any(t.fault == name and t.verdict == "caught" for t in done):
            continue
        if not enough.adds(name, done):
            continue
        if enough(done):
            break
        trial = known.get((name, place.site, place.seed))
        remembered += trial is not None
        done.append(trial or _tried(tries, place))
    tried = {trial.fault for trial in done}
    return Proof(
        trials=tuple(done if every_place else _best(done)),
        left_out=len(planned) - len(tried),
        remembered=remembered,
    )


def _tried(tries: Tries, place: Planned) -> Trial:
    try:
        return tries(place)
    except Exception as error:  # a mistake of ours: whoever reads of it needs to know the fault
        why = f"with {place.fault.name} in {place.site}: {type(error).__name__}: {error}"
        raise ProvingError(why) from error


def in_turn(sequences: Iterable[Sequence[T]]) -> Iterator[T]:
    """Yield the first entry of each, then the second one of each, and so on.

    >>> "".join(in_turn(["abc", "x", "12"]))
    'ax1b2c'
    """
    for entries in zip_longest(*sequences):
        yield from (entry for entry in entries if entry is not None)


def _best(trials: Sequence[Trial]) -> Collection[Trial]:
    best: dict[str, Trial] = {}
    for trial in trials:
        best[trial.fault] = better(best.get(trial.fault), trial)
    return best.values()


def _looking(seen: Received, read: Read) -> Callable[[Received], Received]:
    """Note what a test is given, and hand it systems that tell which of their parts it reads."""

    def look(received: Received) -> Received:
        seen.update(received)
        watched = {n: v.watched() for n, v in received.items() if isinstance(v, MLSystem)}
        read.update({name: parts for name, (_, parts) in watched.items()})
        return {name: system for name, (system, _) in watched.items()}

    return look


def _unchanged(_: Received) -> Received:
    return {}


def _red(again: Again, change: Callable[[Received], Received], limit_s: float) -> str:
    """Run a test without a fault and return how it went wrong, empty if it did not."""
    ended = Ended(None, None)
    with at_most(limit_s) as fired:
        ended = again(change)
    if fired:
        return fired[0]
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

"""What happened when what a test is given was damaged on purpose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

Verdict = Literal["caught", "missed", "accepted", "no-verdict"]
"""`accepted`: missed, and the project says why that is fine."""

_MOST_TELLING_FIRST: tuple[Verdict, ...] = ("caught", "missed", "accepted", "no-verdict")
"""What one test may miss another one may not, so `missed` is told before `accepted`."""


class Trial(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One re-run of a test with one fault."""

    fault: str
    """Name of the damage, such as `null_burst`."""
    site: str
    """What was damaged, such as `flights` or `system.model`; empty where nothing was."""
    verdict: Verdict
    severity: str = ""
    """How large the damage was, in words, such as `30 % of one column`."""
    seed: int = 0
    error_type: str = ""
    """Type of the exception that ended the re-run."""
    origin: str = ""
    """Where it was raised, as `file:line`."""
    why: str = ""
    """Why there is no verdict, or why the test may miss it."""
    difference: str = ""
    """What the fault changed, in lines; told only of a fault that was asked for by name."""


class Proof(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All trials of one test."""

    trials: tuple[Trial, ...] = ()
    why: str = ""
    """Why the test could not be judged at all, such as that it fails without any fault."""
    left_out: int = 0
    """Faults that were not tried: the budget was spent, or the test had proved itself before."""
    remembered: int = 0
    """Trials that are known from an earlier run, since nothing changed."""

    def count(self, verdict: Verdict) -> int:
        """Return how many trials ended so."""
        return sum(trial.verdict == verdict for trial in self.trials)

    @property
    def proven(self) -> bool:
        """Whether the test was seen to fail for a fault, which shows that it can."""
        return not self.why and any(trial.verdict == "caught" for trial in self.trials)


def best_trials(proofs: Iterable[Proof], faults: Sequence[str]) -> list[Trial]:
    """Return the best trial of each fault that was tried, in the order of `faults`.

    Proofs that could not be judged, such as of a test that fails without any fault, are left out,
    and so are other faults: a test may serve several items.
    """
    best: dict[str, Trial] = {}
    for trial in (trial for proof in proofs if not proof.why for trial in proof.trials):
        best[trial.fault] = better(best.get(trial.fault), trial)
    return [best[fault] for fault in faults if fault in best]


def better(one: Trial | None, other: Trial) -> Trial:
    """Return the trial that says more for the test, the first one if both say the same."""
    if one is None:
        return other
    return min(one, other, key=lambda trial: _MOST_TELLING_FIRST.index(trial.verdict))

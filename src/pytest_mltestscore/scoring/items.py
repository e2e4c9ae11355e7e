"""The state of one item: the first of eight that applies, with the reason in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import inf

from ..domain.counting import age_in_words
from ..domain.evidence import Outcome, TestEvidence
from ..domain.record import AttestationStatus, ItemProof, Policy, State
from ..domain.rubric import Credit
from ..domain.text import shorten
from .ages import DAY_S

BLOCKING: frozenset[Outcome] = frozenset({"crashed", "incomplete", "error", "failed"})
"""One such test keeps an item from earning anything, whatever its other tests show."""

_NAMED = 2
"""Modules that a reason names."""

_WORDS: dict[Outcome, str] = {
    "crashed": "crashed",
    "incomplete": "did not come to its end",
    "error": "had an error",
    "failed": "failed",
}


def judge(
    tests: Sequence[TestEvidence],
    attestation: AttestationStatus | None,
    *,
    policy: Policy,
    in_ci: bool,
    unlisted: bool,
    skipped_modules: Sequence[str] = (),
    proof: ItemProof | None = None,
    max_age_days: float = inf,
) -> tuple[State, str]:
    """Return the state of an item and the reason for it.

    Parameters
    ----------
    tests
        One row a test that serves the item.
    attestation
        The attestation for the item, if there is one.
    policy, in_ci
        What the project asks beyond the paper, and whether this run was a CI job.
    unlisted
        Tests may exist that this run does not know of, so an item without any is `not-run`
        and not `missing`.
    skipped_modules
        Modules that skipped themselves, so that nobody knows which tests are in them.
    proof
        What its tests did about faults; None if none was tried.
    max_age_days
        Up to which age the pass of a test in another run counts.
    """
    blocking = [t for t in tests if t.outcome in BLOCKING]
    if blocking:
        return "failing", _failing(blocking, len(tests))
    counts = Counter(t.outcome for t in tests)
    passed = counts["passed"] > 0 and not counts["not-run"]
    withheld = ""
    if passed:
        passes = [t for t in tests if t.outcome == "passed"]
        withheld = _too_old(passes, max_age_days) or _withheld(policy, passes, in_ci, proof)
    if passed and not withheld:
        return "automated", _automated(counts)
    if attestation and attestation.in_force:
        return "manual", _attested(attestation)
    if withheld:
        return "withheld", withheld
    return _without_credit(counts, attestation, unlisted, skipped_modules)


def _without_credit(
    counts: Counter[Outcome],
    attestation: AttestationStatus | None,
    unlisted: bool,
    skipped_modules: Sequence[str],
) -> tuple[State, str]:
    if attestation:
        return "expired", _lapsed(attestation)
    if counts["not-run"]:
        left_out, total = counts["not-run"], counts.total()
        return "not-run", f"{left_out} of {_count(total, 'test')} did not run"
    if counts:
        return "skipped", f"{_count(counts.total(), 'test')}, none earned: {_list(counts)}"
    if unlisted:
        return "not-run", "no test of it was seen, and this run did not look everywhere"
    return "missing", _missing(skipped_modules)


def _missing(skipped_modules: Sequence[str]) -> str:
    if not skipped_modules:
        return "no test and no attestation"
    named = [shorten(module, 200) for module in skipped_modules[:_NAMED]]
    if more := len(skipped_modules) - len(named):
        named.append(f"{more} more")
    themselves = "itself" if len(skipped_modules) == 1 else "themselves"
    listed = " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
    return f"no test was collected and no attestation; {listed} skipped {themselves}"


def _failing(blocking: Sequence[TestEvidence], total: int) -> str:
    first = blocking[0]
    reason = f"{shorten(first.nodeid, 200)} {_WORDS[first.outcome]}"
    if first.phase in ("setup", "teardown"):
        reason += f" in {first.phase}"
    if total > 1:
        reason += f" ({len(blocking)} of {_count(total, 'test')})"
    return f"{reason}; {first.note}" if first.note else reason


def _automated(counts: Counter[Outcome]) -> str:
    passed = counts["passed"]
    others = _list(Counter({k: n for k, n in counts.items() if k != "passed"}))
    return f"{_count(passed, 'test')} passed" + (f" ({others})" if others else "")


def _attested(attestation: AttestationStatus) -> str:
    statement = attestation.statement
    return f"attested by {statement.owner} on {statement.date}, valid until {statement.expires}"


def _lapsed(attestation: AttestationStatus) -> str:
    statement = attestation.statement
    if attestation.freshness == "future":
        return f"attestation by {statement.owner} is dated {statement.date}, in the future"
    return f"attestation by {statement.owner} expired on {statement.expires}"


def _too_old(passes: Sequence[TestEvidence], limit_days: float) -> str:
    """Say which pass was too long ago. One is enough: nobody knows what the test would say now."""
    aged = [(t.seen.age_s, t.nodeid) for t in passes if t.seen]
    age_s, nodeid = max(aged, default=(0, ""))
    if age_s <= limit_days * DAY_S:
        return ""
    within = age_in_words(limit_days * DAY_S)
    return (
        f"{shorten(nodeid, 200)} passed {age_in_words(age_s)} ago, which counts for {within}"
        " (policy max_age_days)"
    )


def _withheld(
    policy: Policy, passes: Sequence[TestEvidence], in_ci: bool, proof: ItemProof | None
) -> str:
    if policy.require_ci:
        passes = [t for t in passes if (t.seen.ci if t.seen else in_ci)]
    if not passes:
        return "tests passed, but not in CI (policy require_ci)"
    runs = max(t.seen.runs if t.seen else 1 for t in passes)
    if runs < policy.min_runs:
        seen = f"in {_count(runs, 'run')}" if passes[0].seen else "in this run alone"
        return f"tests passed {seen}, {policy.min_runs} are wanted (policy min_runs)"
    if policy.require_proof and proof is None:
        return "tests passed, but were not proved with --mlscore-prove (policy require_proof)"
    if policy.require_proof and proof is not None and not proof.proven:
        return "tests passed, and did so with every fault, too (policy require_proof)"
    return ""


def _list(counts: Counter[Outcome]) -> str:
    return ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items()) if n)


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def points(state: State, credit: Credit) -> float:
    """Return what an item in this state earns."""
    return {"automated": credit.automated, "manual": credit.manual}.get(state, 0.0)


def implemented_points(
    tests: Sequence[TestEvidence], attestation: AttestationStatus | None, credit: Credit
) -> float:
    """Return what the literal paper gives: credit for a test that runs, whatever it finds."""
    if any(finished_its_call(t) for t in tests):
        return credit.automated
    if attestation and attestation.in_force:
        return credit.manual
    return 0.0


def finished_its_call(test: TestEvidence) -> bool:
    """Whether the body of the test ran to a result, good or bad."""
    if test.outcome in ("passed", "failed", "xpassed", "xfailed"):
        return test.phase != "setup"
    return test.outcome == "error" and test.phase == "teardown"

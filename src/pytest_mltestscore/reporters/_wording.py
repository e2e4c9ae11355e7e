"""The words that the terminal, Markdown, JUnit and the badge share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ..domain.counting import count
from ..domain.evidence import AcceptedFault, Outcome, TestEvidence
from ..domain.proof import Trial, best_trials
from ..domain.record import (
    AttestationStatus,
    Change,
    Gate,
    GateStatus,
    ItemProof,
    ItemScore,
    NextStep,
    Record,
    SectionScore,
    State,
    WaiverStatus,
)

BLOCKING: frozenset[Outcome] = frozenset({"crashed", "incomplete", "error", "failed"})
"""Outcomes that keep an item from earning anything."""

STATES: dict[State, str] = {
    "automated": "automated",
    "manual": "manual",
    "failing": "FAILING",
    "withheld": "withheld",
    "expired": "expired",
    "skipped": "skipped",
    "not-run": "not run",
    "missing": "missing",
}
"""The states in the order in which reports count them."""

WORST_FIRST: tuple[State, ...] = (
    "failing",
    "withheld",
    "expired",
    "skipped",
    "not-run",
    "missing",
    "manual",
    "automated",
)

GATES: dict[GateStatus, str] = {
    "passed": "gate passed",
    "failed": "GATE FAILED",
    "not-asked": "no gate asked for",
    "not-evaluated": "gate not evaluated",
    "undecided": "GATE UNDECIDED",
}


def moved(change: Change) -> str:
    """Say from what to what an item changed.

    >>> facts = {"points_before": 1, "points_after": 1, "reason": ""}
    >>> moved(Change(item="data-1", before="automated", after="automated", proof="lost", **facts))
    'data-1 no longer proven'
    """
    if change.proof and change.before == change.after:
        return f"{change.item} {change.proof_in_words}"
    states = f"{change.item} {change.before or 'absent'} -> {change.after or 'absent'}"
    return ", ".join(filter(None, (states, change.proof_in_words)))


def points(value: float) -> str:
    """Write points without trailing zeros.

    >>> points(3.0), points(2.5)
    ('3', '2.5')
    """
    return f"{value:g}"


def change(before: float, after: float) -> str:
    """Write a difference with its sign.

    >>> change(2.0, 2.5), change(3.0, 3.0), change(1.0, 0.5)
    ('+0.5', 'unchanged', '-0.5')
    """
    return f"{after - before:+g}" if after != before else "unchanged"


def unfinished(record: Record) -> str:
    """Say in a word or two why the score is not the whole truth; empty if it is."""
    run = record.run
    if any(r.kind == "in-progress" for r in run.incomplete_reasons):
        return "in progress"
    if run.cut_short:
        return "cut short"
    if run.partial:
        return "partial"
    return "" if run.complete else "incomplete"


def reasons(record: Record) -> str:
    """Say why the run does not show everything."""
    return "; ".join(r.detail for r in record.run.incomplete_reasons) or "no reason is known"


def headline(record: Record) -> str:
    """Write the score. A run that was cut short shows the least that the score can be."""
    score = record.score
    known = f"{points(score.final)} of {points(score.max)}"
    return {
        "": known,
        "in progress": "not known yet",
        "cut short": f"at least {known}",
    }.get(unfinished(record), f"{known}, {unfinished(record)}")


def lowest(record: Record) -> str:
    """Say which sections hold the score where it is."""
    titles = [s.title for s in record.sections if s.id in record.score.limiting_sections]
    if len(titles) == len(record.sections):
        return "all sections are equal"
    return f"lowest: {', '.join(titles)}"


def verdict(gate: Gate) -> str:
    """Return the verdict without the words that every report puts in front of it itself."""
    for opening in GATES.values():
        text = gate.verdict.removeprefix(f"{opening.lower()}: ")
        if text != gate.verdict:
            return text
    return gate.verdict


def by_section(record: Record) -> Iterator[tuple[SectionScore, list[ItemScore]]]:
    """Yield each section with its items."""
    for section in record.sections:
        yield section, [i for i in record.items if i.section == section.id]


def state_counts(items: Iterable[ItemScore]) -> dict[State, int]:
    """Count items by state, in the order of `STATES`; states that do not occur are left out."""
    counts = Counter(i.state for i in items)
    return {state: counts[state] for state in STATES if counts[state]}


def in_state(record: Record, *states: State) -> list[ItemScore]:
    """Return the items in any of these states, in the order of the rubric."""
    return [i for i in record.items if i.state in states]


def blocking(item: ItemScore) -> list[TestEvidence]:
    """Return the tests that make an item failing."""
    return [t for t in item.tests if t.outcome in BLOCKING]


def trials_of(item: ItemScore) -> tuple[Trial, ...]:
    """Return what became of each fault that belongs to an item."""
    proofs = (test.proof for test in item.tests if test.proof is not None)
    return tuple(best_trials(proofs, item.texts.faults))


def tried(record: Record) -> list[tuple[ItemScore, ItemProof]]:
    """Return the automated items of which a test was tried with faults, and what came of it."""
    return [(i, i.proof) for i in in_state(record, "automated") if i.proof is not None]


def seen_to_fail(record: Record) -> str:
    """Say how many automated items have a test that was seen to fail."""
    proven = sum(proof.proven for _, proof in tried(record))
    items = count(len(in_state(record, "automated")), "automated item")
    return f"{proven} of {items} seen to fail"


def missed_first(item: ItemScore) -> tuple[TestEvidence, Trial] | None:
    """Return the first fault of an item that was missed, and the first test that missed it."""
    missed = next((t for t in trials_of(item) if t.verdict == "missed"), None)
    if missed is None:
        return None
    return next((t, missed) for t in item.tests if t.proof and missed in t.proof.trials)


def open_questions(record: Record) -> Iterator[tuple[ItemScore, tuple[TestEvidence, Trial]]]:
    """Yield the automated items that are not proven, with what `missed_first` says of them."""
    for item, proof in tried(record):
        missed = None if proof.proven else missed_first(item)
        if missed is not None:
            yield item, missed


def unproven(item: ItemScore) -> str:
    """Say why nothing is proven of an item: by the first fault that was missed, if there is one."""
    missed = missed_first(item)
    if missed is not None:
        trial = missed[1]
        return f"still passes with {trial.fault} in {trial.site}, which {trial.severity}"
    accepted = next((t for t in trials_of(item) if t.verdict == "accepted"), None)
    if accepted is not None:
        return f"still passes with {accepted.fault} in {accepted.site}, accepted: {accepted.why}"
    proofs = [test.proof for test in item.tests if test.proof is not None]
    said = (proof.why or next((t.why for t in proof.trials), "") for proof in proofs)
    return next(filter(None, said), "none of its faults was tried")


def judged(record: Record) -> str:
    """Say how many faults were caught, of those that somebody should catch.

    With it stands how many trials are of an earlier run, since nothing changed.
    """
    proofs = [proof for _, proof in tried(record)]
    caught = sum(proof.caught for proof in proofs)
    faults = count(caught + sum(proof.missed for proof in proofs), "fault")
    accepted = sum(proof.accepted for proof in proofs)
    text = f"{caught} of {faults} caught" + (f", {accepted:,} accepted" if accepted else "")
    known = remembered(record)
    return f"{text} ({count(known, 'trial')} remembered from an earlier run)" if known else text


def remembered(record: Record) -> int:
    """Return how many trials were not made in this run; a test may serve several items."""
    proofs = {t.nodeid: t.proof for item in record.items for t in item.tests if t.proof}
    return sum(proof.remembered for proof in proofs.values())


def accepted(statement: AcceptedFault) -> str:
    """Name a fault that tests may miss, and the tests.

    >>> accepted(AcceptedFault(fault="nulls", reason="", test="tests/test_a.py", item="data-1"))
    'nulls, missed by tests/test_a.py for data-1'
    """
    item = f" for {statement.item}" if statement.item else ""
    return f"{statement.fault}, missed by {statement.test or 'tests'}{item}"


def notes(record: Record) -> list[str]:
    """Return what a person should know of a run, with the accepted faults that are stale."""
    stale = (
        f"accepted fault {accepted(status.statement)}: {status.stale}, so remove the entry"
        for status in record.accepted_faults
        if status.stale
    )
    return [*record.notes, *stale]


def outcome(test: TestEvidence) -> str:
    """Say how a test ended, and where.

    >>> outcome(TestEvidence(nodeid="t.py::t", outcome="error", phase="teardown"))
    'error in teardown'
    """
    at_its_edge = test.phase in ("setup", "teardown") and test.outcome in BLOCKING
    return f"{test.outcome} in {test.phase}" if at_its_edge else test.outcome.replace("-", " ")


def standing(status: AttestationStatus | WaiverStatus) -> str:
    """Say how far a statement is from its last day."""
    if isinstance(status, AttestationStatus):
        expires, signed = status.statement.expires, status.statement.date
        if status.freshness == "future":
            return f"dated {signed}, in the future"
    else:
        expires = status.decision.expires
    if status.freshness == "expired":
        return f"expired on {expires}"
    if status.days_left == 0:
        return f"expires after today ({expires})"
    return f"expires in {count(status.days_left, 'day')} ({expires})"


def ending(record: Record) -> Iterator[tuple[ItemScore, str, AttestationStatus | WaiverStatus]]:
    """Yield attestations and waivers that are over or nearly so, with the word for what it is."""
    for item in record.items:
        if item.attestation and item.attestation.freshness != "fresh":
            yield item, "attestation", item.attestation
        if item.waiver and item.waiver.freshness != "fresh":
            yield item, "waiver", item.waiver


def owner(status: AttestationStatus | WaiverStatus) -> str:
    """Return whom to ask about a statement."""
    statement = status.statement if isinstance(status, AttestationStatus) else status.decision
    return statement.owner


def flaky(record: Record) -> list[tuple[ItemScore, TestEvidence]]:
    """Return the tests that needed more than one attempt, each with the first item it serves."""
    found: dict[str, tuple[ItemScore, TestEvidence]] = {}
    for item in record.items:
        for test in item.tests:
            if test.flaky:
                found.setdefault(test.nodeid, (item, test))
    return list(found.values())


def lifts(step: NextStep, record: Record) -> bool:
    """Whether the score rises by a step, if those listed before it are done."""
    place = record.next_steps.index(step)
    before = record.next_steps[place - 1].score_after if place else record.score.final
    return step.score_after > before


def effect(step: NextStep, record: Record) -> str:
    """Say what a step brings: the new score if it rises, else what each section gains."""
    passing = "" if not step.provides else " if they pass" if step.also else " if it passes"
    if lifts(step, record):
        return f"lifts the score to {points(step.score_after)}{passing}"
    return gains(step, record) + passing


def gains(step: NextStep, record: Record) -> str:
    """Say what each section gains by a step."""
    own = next((item.section for item in record.items if item.id == step.item), step.item)
    found = {own: step.gain, **step.elsewhere}
    titles = {section.id: section.title for section in record.sections}
    return ", ".join(f"{titles.get(section, section)} {gain:+g}" for section, gain in found.items())

"""The fault matrix of the page: items by the faults that belong to them, with what tests did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ..domain.counting import count
from ..domain.evidence import TestEvidence
from ..domain.proof import Proof, Trial, Verdict
from ..domain.record import ItemProof, ItemScore, Record
from ._commands import reproduce
from ._wording import trials_of

Found = Verdict | Literal["not-tried"]

VERDICTS: dict[Found, str] = {
    "caught": "caught",
    "missed": "missed",
    "accepted": "accepted",
    "no-verdict": "no verdict",
    "not-tried": "not tried",
}
"""What came of a fault, in the order of the key."""

MEANINGS: dict[Found, str] = {
    "caught": "a test of the item went red",
    "missed": "its tests stayed green",
    "accepted": "missed, and the project says why that is fine",
    "no-verdict": "something else broke before a test could tell",
    "not-tried": "fits nothing that its tests are given, or others were enough",
}

LINES = 2
"""The fewest that say something: one for the test, one for a trial."""

_RANK = {"missed": 0, "accepted": 1, "no-verdict": 2, "caught": 3}
"""What asks for somebody's attention comes first."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A fault of an item, and the best that a test of it did."""

    fault: str
    verdict: Found


@dataclass(frozen=True, slots=True)
class TriedTest:
    """A test of an item, with its trials of faults that belong to the item."""

    nodeid: str
    proven: bool
    trials: tuple[Trial, ...]
    why: str
    """Why it could not be judged at all."""
    left_out: int
    command: str
    """What shows the first fault that it missed, if it is not proven."""


@dataclass(frozen=True, slots=True)
class ProofRow:
    """An item of which some test was tried."""

    item: ItemScore
    proof: ItemProof
    cells: tuple[Cell, ...]
    tests: tuple[TriedTest, ...]
    """Those that caught nothing come first."""
    summary: str

    @property
    def judged(self) -> int:
        """Faults that were caught, or should have been."""
        return self.proof.caught + self.proof.missed

    def first(self, limit: int, quiet: bool) -> Shown:
        """Return the first tests and trials, in at most so many lines, and what that leaves out.

        With `quiet`, tests that were seen to fail are left out: they ask for nobody's attention.
        """
        found: list[tuple[TriedTest, tuple[Trial, ...]]] = []
        for test in self.tests:
            if limit < LINES or (quiet and test.proven):
                break
            found.append((test, test.trials[: limit - 1]))
            limit -= 1 + len(found[-1][1])
        whole = sum(len(trials) == len(test.trials) for test, trials in found)
        return Shown(found, len(self.tests) - whole)


@dataclass(frozen=True, slots=True)
class Shown:
    """The tests and trials that made it onto the page."""

    tests: list[tuple[TriedTest, tuple[Trial, ...]]]
    left: int
    """Tests that are left out, in whole or in part."""


def rows(record: Record) -> tuple[ProofRow, ...]:
    """Return a row for each item of which a test was tried, in the order of the rubric."""
    return tuple(_row(item, item.proof) for item in record.items if item.proof is not None)


def _row(item: ItemScore, proof: ItemProof) -> ProofRow:
    best = {trial.fault: trial.verdict for trial in trials_of(item)}
    tests = sorted(_tests(item), key=lambda test: test.proven)
    trials = sum(len(test.trials) for test in tests)
    return ProofRow(
        item=item,
        proof=proof,
        cells=tuple(Cell(fault, best.get(fault, "not-tried")) for fault in item.texts.faults),
        tests=tuple(tests),
        summary=f"{count(len(tests), 'test')}, {count(trials, 'trial')}",
    )


def _tests(item: ItemScore) -> Iterator[TriedTest]:
    for test in item.tests:
        if test.proof is not None:
            yield _test(test, test.proof, item.texts.faults)


def _test(test: TestEvidence, proof: Proof, faults: Sequence[str]) -> TriedTest:
    own = [trial for trial in proof.trials if trial.fault in faults]
    own.sort(key=lambda trial: (_RANK[trial.verdict], faults.index(trial.fault)))
    proven = not proof.why and any(trial.verdict == "caught" for trial in own)
    missed = next((trial for trial in own if trial.verdict == "missed"), None)
    command = "" if proven or missed is None else reproduce(test.nodeid, missed.fault)
    return TriedTest(test.nodeid, proven, tuple(own), proof.why, proof.left_out, command)

"""What was to run, and what was heard of it. Knows nothing of pytest; the score depends on it.

The ledger decides by itself whether a run came to its end: exit codes differ for one event with
and without xdist, so they are not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from ..domain.evidence import CheckEvidence, Measurement, Phase, TestEvidence
from ..domain.proof import Proof
from ..domain.tags import OWN, item_of, system_of
from ..scoring.fold import Attempts, evidence_of, evidence_of_a_pass, worst

Account: TypeAlias = Attempts | float
"""Of a test that passed plainly the seconds are all that is kept: there may be fifty thousand."""


class Recorded(NamedTuple):
    """What the last attempt at a test brought, besides how it ended."""

    measurements: Sequence[Measurement]
    checks: Sequence[CheckEvidence]
    proof: Proof | None
    needs: Sequence[str]


class Ledger:
    """All selected tests of a run, with the reports of the tagged ones.

    `mask` hides secrets in the node ids of what it returns: variants are named after their values.
    """

    def __init__(self, mask: Callable[[str], str] = str) -> None:
        self._mask = mask
        self.collected = False
        """Whether collection came to its end."""
        self._tags: dict[str, tuple[str, ...]] = {}
        self._left_out: set[str] = set()
        self._untagged: set[str] = set()
        self._open_untagged: set[str] = set()
        self._of_others: set[str] = set()
        self._accounts: defaultdict[str, dict[str, Account]] = defaultdict(dict)
        self._recorded: dict[tuple[str, str], Recorded] = {}

    def select(self, tests: Mapping[str, tuple[str, ...]], of_others: Iterable[str] = ()) -> None:
        """Note tests that are going to run, with their tags.

        Those `of_others` serve systems that are not scored, so nobody misses a tag of theirs.
        """
        self.collected = True
        self._of_others.update(of_others)
        tagged = {nodeid: tags for nodeid, tags in tests.items() if tags}
        self._tags.update(tagged)
        self._untagged -= tagged.keys()
        self._open_untagged -= tagged.keys()
        new = tests.keys() - self._tags.keys() - self._untagged
        self._untagged |= new
        self._open_untagged |= new

    def leave_out(self, tests: Mapping[str, tuple[str, ...]]) -> None:
        """Note tests that were collected and will not run. Only tagged ones matter."""
        for nodeid, tags in tests.items():
            if tags:
                self._tags[nodeid] = tags
                self._left_out.add(nodeid)

    def retag(self, nodeid: str, tags: tuple[str, ...]) -> None:
        """Replace the tags of a test, for those that become known while it is set up, or later."""
        if tags:
            self._tags[nodeid] = tags
            self._untagged.discard(nodeid)
            self._open_untagged.discard(nodeid)

    def is_tagged(self, nodeid: str) -> bool:
        """Whether reports of this test matter to the score."""
        return nodeid in self._tags

    def knows(self, nodeid: str) -> bool:
        """Whether this test was selected or left out."""
        return nodeid in self._tags or nodeid in self._untagged

    def attempts(self, nodeid: str, worker: str, when: str | None) -> Attempts:
        """Return the account of a tagged test on one worker, to enter a report of that phase."""
        if when == "setup" and self._recorded:  # an attempt thrown away takes its records with it
            self._recorded.pop((nodeid, worker), None)
        accounts = self._accounts[worker]
        account = accounts.get(nodeid)
        if isinstance(account, Attempts):
            return account
        opened = Attempts() if account is None else Attempts.of_a_pass(account)
        accounts[nodeid] = opened
        return opened

    def add_pass(self, nodeid: str, worker: str, when: Phase, duration_s: float) -> None:
        """Note that a phase of a tagged test passed and said no more."""
        attempts = self.attempts(nodeid, worker, when)
        attempts.add_pass(when, duration_s)
        if when == "teardown" and attempts.passed_plainly:
            self._accounts[worker][nodeid] = attempts.duration_s

    def close_untagged(self, nodeid: str) -> None:
        """Note that an untagged test has come to its end."""
        self._open_untagged.discard(nodeid)

    def record(
        self,
        nodeid: str,
        worker: str,
        measurements: Sequence[Measurement],
        checks: Sequence[CheckEvidence],
        proof: Proof | None = None,
        needs: Sequence[str] = (),
    ) -> None:
        """Keep what the last attempt of a test recorded, and what became of its re-runs."""
        self._recorded[nodeid, worker] = Recorded(measurements, checks, proof, needs)

    @property
    def selected(self) -> int:
        """How many tests were going to run."""
        return len(self._tags) - len(self._left_out) + len(self._untagged)

    def left_out(self, system: str = OWN) -> int:
        """Return how many tests of a system were collected and left out."""
        return sum(any(system_of(t) == system for t in self._tags[n]) for n in self._left_out)

    @property
    def unfinished(self) -> int:
        """How many selected tests have no final report."""
        ended = {
            nodeid
            for accounts in self._accounts.values()
            for nodeid, account in accounts.items()
            if not isinstance(account, Attempts) or account.finished
        }
        tagged = len(self._tags) - len(self._left_out) - len(ended - self._left_out)
        return tagged + len(self._open_untagged)

    def untagged(self, holds: Callable[[str], bool] = lambda _: True) -> list[str]:
        """Return the node ids of selected tests that serve no item, sorted; of those it `holds`."""
        listed = self._untagged - self._of_others
        return sorted({self._mask(nodeid) for nodeid in listed if holds(nodeid)})

    def tagged_tests(self) -> list[str]:
        """Return the node ids of selected tests that serve an item."""
        return [nodeid for nodeid in self._tags if nodeid not in self._left_out]

    def tags(self) -> frozenset[str]:
        """Return the tags of selected tests."""
        return frozenset(
            t for n, tags in self._tags.items() if n not in self._left_out for t in tags
        )

    def systems(self) -> frozenset[str]:
        """Return the systems that tests serve, those left out too."""
        return frozenset(map(system_of, {t for tags in {*self._tags.values()} for t in tags}))

    def evidence(self, system: str = OWN) -> dict[str, list[TestEvidence]]:
        """Return one row a test of a system, by the item that it serves.

        Tests whose names differ in nothing but a secret share a row, with the worst outcome.
        """
        rows: dict[str, dict[str, TestEvidence]] = {}
        alone = system == OWN and self.systems() <= {OWN}
        for nodeid, tags in self._tags.items():
            items = tags if alone else [item_of(tag) for tag in tags if system_of(tag) == system]
            if not items:
                continue
            row = self._row(nodeid)
            for item in items:
                of_item = rows.setdefault(item, {})
                twin = of_item.get(row.nodeid)
                of_item[row.nodeid] = row if twin is None else worst((twin, row))
        return {item: list(of_item.values()) for item, of_item in rows.items()}

    def _row(self, nodeid: str) -> TestEvidence:
        shown = self._mask(nodeid)
        seen = list(self._seen(nodeid, shown))
        return worst(seen) if seen else TestEvidence(nodeid=shown, outcome="not-run")

    def _seen(self, nodeid: str, shown: str) -> Iterator[TestEvidence]:
        """Yield what each worker has seen of a test."""
        for worker, accounts in self._accounts.items():
            account = accounts.get(nodeid)
            if account is None:
                continue
            recorded = self._recorded.get((nodeid, worker))
            if isinstance(account, Attempts):
                yield evidence_of(shown, account, *(recorded or ()))
            elif recorded is None:
                yield evidence_of_a_pass(shown, account)
            else:
                yield evidence_of(shown, Attempts.of_a_pass(account), *recorded)

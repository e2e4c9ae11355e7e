"""What was to run, and what was heard of it. Knows nothing of pytest; the score depends on it.

The ledger decides by itself whether a run came to its end: exit codes differ for one event with
and without xdist, so they are not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ..domain.evidence import CheckEvidence, Measurement, TestEvidence
from ..scoring.fold import Attempts, evidence_of, worst


class Ledger:
    """All selected tests of a run, with the reports of the tagged ones.

    `mask` hides secrets in the node ids of what it returns: variants are named after their values.
    """

    def __init__(self, mask: Callable[[str], str] = str) -> None:
        self._mask = mask
        self.collected = False
        """Whether collection came to its end."""
        self._items: dict[str, tuple[str, ...]] = {}
        self._left_out: set[str] = set()
        self._untagged: set[str] = set()
        self._open_untagged: set[str] = set()
        self._attempts: dict[str, dict[str, Attempts]] = {}
        self._recorded: dict[
            tuple[str, str], tuple[Sequence[Measurement], Sequence[CheckEvidence]]
        ] = {}

    def select(self, tests: Mapping[str, tuple[str, ...]]) -> None:
        """Note tests that are going to run, with the items that each serves."""
        self.collected = True
        for nodeid, items in tests.items():
            if items:
                self.retag(nodeid, items)
            elif nodeid not in self._untagged and nodeid not in self._items:
                self._untagged.add(nodeid)
                self._open_untagged.add(nodeid)

    def leave_out(self, tests: Mapping[str, tuple[str, ...]]) -> None:
        """Note tests that were collected and will not run. Only tagged ones matter."""
        for nodeid, items in tests.items():
            if items:
                self._items[nodeid] = items
                self._left_out.add(nodeid)

    def retag(self, nodeid: str, items: tuple[str, ...]) -> None:
        """Replace the items of a test, for tags that become known while it is set up, or later."""
        if items:
            self._items[nodeid] = items
            self._untagged.discard(nodeid)
            self._open_untagged.discard(nodeid)

    def is_tagged(self, nodeid: str) -> bool:
        """Whether reports of this test matter to the score."""
        return nodeid in self._items

    def knows(self, nodeid: str) -> bool:
        """Whether this test was selected or left out."""
        return nodeid in self._items or nodeid in self._untagged

    def attempts(self, nodeid: str, worker: str) -> Attempts:
        """Return the running account of a tagged test on one worker."""
        of_worker = self._attempts.setdefault(worker, {})
        found = of_worker.get(nodeid)
        if found is None:
            found = of_worker[nodeid] = Attempts()
        return found

    def close_untagged(self, nodeid: str) -> None:
        """Note that an untagged test has come to its end."""
        self._open_untagged.discard(nodeid)

    def record(
        self,
        nodeid: str,
        worker: str,
        measurements: Sequence[Measurement],
        checks: Sequence[CheckEvidence],
    ) -> None:
        """Keep what the last attempt of a test recorded."""
        if measurements or checks:
            self._recorded[nodeid, worker] = measurements, checks
        else:
            self._recorded.pop((nodeid, worker), None)

    @property
    def selected(self) -> int:
        """How many tests were going to run."""
        return len(self._items) - len(self._left_out) + len(self._untagged)

    @property
    def left_out(self) -> int:
        """How many tagged tests were collected and left out."""
        return len(self._left_out)

    @property
    def unfinished(self) -> int:
        """How many selected tests have no final report."""
        ended = {
            n for of_worker in self._attempts.values() for n, a in of_worker.items() if a.finished
        }
        tagged = len(self._items) - len(self._left_out) - len(ended - self._left_out)
        return tagged + len(self._open_untagged)

    @property
    def untagged(self) -> Iterable[str]:
        """Node ids of selected tests that serve no item."""
        return {self._mask(nodeid) for nodeid in self._untagged}

    def tagged_items(self) -> frozenset[str]:
        """Return the items that selected tests serve."""
        served = (i for n, items in self._items.items() if n not in self._left_out for i in items)
        return frozenset(served)

    def evidence(self) -> dict[str, list[TestEvidence]]:
        """Return one row a tagged test, by the item that it serves.

        Tests whose names differ in nothing but a secret share a row, with the worst outcome.
        """
        rows: dict[str, dict[str, TestEvidence]] = {}
        for nodeid, items in self._items.items():
            row = self._row(nodeid)
            for item in items:
                of_item = rows.setdefault(item, {})
                twin = of_item.get(row.nodeid)
                of_item[row.nodeid] = row if twin is None else worst((twin, row))
        return {item: list(of_item.values()) for item, of_item in rows.items()}

    def _row(self, nodeid: str) -> TestEvidence:
        seen = list(self._rows(nodeid))
        return worst(seen) if seen else TestEvidence(nodeid=self._mask(nodeid), outcome="not-run")

    def _rows(self, nodeid: str) -> Iterator[TestEvidence]:
        for worker, of_worker in self._attempts.items():
            attempts = of_worker.get(nodeid)
            if attempts is not None:
                recorded = self._recorded.get((nodeid, worker), ((), ()))
                yield evidence_of(self._mask(nodeid), attempts, *recorded)

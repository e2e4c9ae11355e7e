"""The part that listens: feeds the ledger from reports, and notes how and why a run ended.

It runs where results come together: in the only process, or on xdist's controller.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from ..domain.evidence import CheckEvidence, Measurement, Scalar
from ..domain.notes import not_collected
from ..domain.proof import Proof
from ..domain.record import Reason, ReasonKind
from ..domain.tags import OWN, system_of
from ..domain.text import MESSAGE_LIMIT, clean, clean_line
from . import collection, reading, shipping
from .collection import Collected, CollectionReader
from .extent import collected_folders
from .ledger import Ledger
from .selection import Typed, partial_reasons
from .worker import FINDING_KEY, FOLDER_KEY

_SHOWN = 3


class ControllerPlugin:
    """Keeps the ledger of a run. `mask` hides secrets in all that tests say."""

    def __init__(self, config: pytest.Config, mask: Callable[[str], str]) -> None:
        self.ledger = Ledger(mask)
        self.notes: list[str] = []
        self.unused_tags: set[str] | None = None
        self.collection_known = True
        """Whether it is known which of the selected tests are tagged."""
        self.call_s: dict[str, float] = {}
        """Seconds that tagged tests took which passed, without their fixtures."""
        self._config = config
        self._typed = Typed(config)
        self._left_out_by: defaultdict[str, set[str]] = defaultdict(set)
        self._lists_everything = True
        self._mask = mask
        self._renamed: dict[str, str] = {}
        self._end: tuple[ReasonKind, str] | None = None
        self._broken_modules: list[str] = []
        self._internal_error = ""

    def take(self, found: Collected) -> None:
        """Enter what collection found; a mistake in a tag ends the run as a usage error."""
        if found.errors:
            raise pytest.UsageError(*(f"mlscore: {error}" for error in found.errors))
        if found.fault:
            self.fault(found.fault)
        self.ledger.select(found.selected, found.of_others)
        for who, tests in found.left_out.items():
            if not any(tests.values()):
                continue
            if self._typed.asked_for(who):
                self.ledger.leave_out(tests)
                for system in {system_of(tag) for tags in tests.values() for tag in tags}:
                    self._left_out_by[system].add(self._typed.name_of(who))
            else:
                self._lists_everything = False
        self._renamed.update(found.renamed)
        unused = set(found.unused_tags)
        self.unused_tags = unused if self.unused_tags is None else self.unused_tags & unused

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note modules that could not be collected, or that skipped themselves whole."""
        # Each xdist worker sends its own, so the same module comes several times.
        if report.failed:
            _add(self._broken_modules, report.nodeid or "the session")
        elif report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            reason = str(reason).removeprefix("Skipped: ")
            _add(self.notes, self._line(not_collected(report.nodeid, reason), limit=300))
            self._lists_everything = False  # what is in that module nobody knows

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take one report into account. A fault of ours makes the run incomplete, no more."""
        try:
            self._enter(report)
        except Exception as error:  # noqa: BLE001 - whatever it is, results come first
            self.fault(error)

    def fault(self, error: Exception | str) -> None:
        """Note an error in our own code: it must not cost anyone a test result."""
        text = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
        self._internal_error = self._internal_error or self._line(f"mlscore: {text}")

    def _enter(self, report: pytest.TestReport) -> None:
        nodeid = report.nodeid
        if self._renamed:
            nodeid = self._renamed.get(nodeid, nodeid)
        worker = reading.worker_of(report)
        seconds = getattr(report, "duration", 0.0)
        # Three of these a test, in most suites.
        if reading.is_plain_pass(report) and self.ledger.is_tagged(nodeid):
            self.ledger.add_pass(nodeid, worker, report.when, seconds)
            if report.when == "call":
                self.call_s[nodeid] = seconds
            return
        shipment = shipping.unpack(report)
        if shipment is not None:
            self._enter_tags(nodeid, shipment)
        if not self.ledger.is_tagged(nodeid):
            self._enter_untagged(nodeid, report)
            return
        self.ledger.attempts(nodeid, worker, report.when).add(
            report.when,
            report.outcome,
            expected_failure=reading.is_expected_failure(report),
            subtest=reading.is_subtest(report),
            duration_s=seconds,
            message=reading.message_of(report, self._mask),
            note=reading.note_of(report, self._mask),
        )
        if shipment is not None:
            self._enter_records(nodeid, worker, shipment)

    def _enter_tags(self, nodeid: str, shipment: shipping.Shipment) -> None:
        if shipment.error:
            self.fault(shipment.error)
        if shipment.items is not None:
            self.ledger.retag(nodeid, shipment.items)

    def _enter_untagged(self, nodeid: str, report: pytest.TestReport) -> None:
        """Untagged tests only tell that they ended."""
        if report.when in ("setup", "call"):
            return
        self.ledger.close_untagged(nodeid)
        if report.when != "teardown" and not self.ledger.knows(nodeid):
            self._end = ("worker-lost", f"a worker died in {self._line(nodeid)}")

    def _enter_records(self, nodeid: str, worker: str, shipment: shipping.Shipment) -> None:
        measurements = [self._masked(m) for m in shipment.measurements]
        checks = [self._masked_check(c) for c in shipment.checks]
        proof = None if shipment.proof is None else self._masked_proof(shipment.proof)
        needs = [self._mask(need) for need in shipment.needs]
        if measurements or checks or proof or needs:
            self.ledger.record(nodeid, worker, measurements, checks, proof, needs)

    def _masked(self, measurement: Measurement) -> Measurement:
        value = measurement.value
        return replace(
            measurement,
            name=self._mask(measurement.name),
            value=self._mask(value) if isinstance(value, str) else value,
            limit=self._mask(measurement.limit),
            unit=self._mask(measurement.unit),
        )

    def _masked_check(self, check: CheckEvidence) -> CheckEvidence:
        return replace(
            check,
            name=self._mask(check.name),
            summary=self._mask(check.summary),
            measurements=tuple(self._masked(m) for m in check.measurements),
            table=tuple(self._masked_row(row) for row in check.table),
            notes=tuple(self._mask(note) for note in check.notes),
        )

    def _masked_proof(self, proof: Proof) -> Proof:
        """Return a proof as it may be shown: names and errors are those of tests, so hostile."""
        trials = (
            replace(
                trial,
                site=self._line(trial.site),
                error_type=self._line(trial.error_type),
                origin=self._line(trial.origin),
                why=self._line(trial.why),
                difference=clean(self._mask(trial.difference), limit=MESSAGE_LIMIT),
            )
            for trial in proof.trials
        )
        return replace(proof, trials=tuple(trials), why=self._line(proof.why))

    def _masked_row(self, row: dict[str, Scalar]) -> dict[str, Scalar]:
        cells = ((name, self._mask(v) if isinstance(v, str) else v) for name, v in row.items())
        return {self._mask(name): value for name, value in cells}

    def _line(self, text: str, *, limit: int = 200) -> str:
        """Return a line of what others said: secrets masked, then cleaned and cut."""
        return clean_line(self._mask(text), limit=limit)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note who ended the run early: a person, `pytest.exit`, or pytest itself."""
        error = excinfo.value
        if type(error).__name__ == "Interrupted":  # pytest's own, or the one of xdist
            self._end = self._end or ("stopped", self._line(str(error)))
        elif isinstance(error, pytest.exit.Exception):
            self._end = ("exit", f"pytest.exit: {self._line(str(error.msg))}")
        else:
            self._end = ("interrupted", "interrupted")

    def pytest_internalerror(self, excrepr: object) -> None:
        """Note an error in pytest or a plugin."""
        last_line = str(excrepr).strip().splitlines()[-1:]
        self._internal_error = self._line("".join(last_line))

    @property
    def folders(self) -> tuple[str, ...]:
        """Where the run looked for tests."""
        return collected_folders(self._config)

    @property
    def collected(self) -> tuple[str, ...]:
        """Folders of which the ledger has every tagged test, unless collection failed."""
        return self.folders if self._lists_everything else ()

    @property
    def ended_by_exit(self) -> bool:
        """Whether `pytest.exit` ended the run, with whatever exit status it was given."""
        return self._end is not None and self._end[0] == "exit"

    def reasons(self, session: pytest.Session, system: str = OWN) -> tuple[Reason, ...]:
        """Return why this run does not show everything of a system, empty for a complete run.

        What was left out by choice is counted for each system; a run is cut short for all of them.
        """
        cut = list(self._cut_short(session))
        left_out, by = self.ledger.left_out(system), self._left_out_by[system]
        partial = partial_reasons(self._config, left_out, by, self._mask)
        return tuple(sorted([*partial, *(Reason(kind=k, detail=d) for k, d in cut)]))

    def _cut_short(self, session: pytest.Session) -> list[tuple[ReasonKind, str]]:
        found: list[tuple[ReasonKind, str]] = []
        if self._broken_modules:
            shown = ", ".join(self._line(m, limit=120) for m in self._broken_modules[:_SHOWN])
            found.append(("collection-errors", f"collection failed: {shown}"))
        if self._internal_error:
            found.append(("internal-error", f"internal error: {self._internal_error}"))
        if self._end and self._end[0] == "worker-lost":
            found.append(self._end)
        elif not self.collection_known:
            found.append(("worker-lost", "what the workers collected never arrived"))
        if unfinished := self.ledger.unfinished:
            kind, why = self._end or self._stop(session)
            tests = "1 selected test" if unfinished == 1 else f"{unfinished} selected tests"
            found.append((kind, f"{why}: {tests} without a result"))
        elif not found and not self.ledger.collected:
            # Not "no tests": nobody knows which there are, as when all workers died.
            found.append(self._end or ("collection-errors", "collection did not come to its end"))
        elif not found and not self.ledger.selected:
            found.append(("no-tests", "no test was selected"))
        return found

    def _stop(self, session: pytest.Session) -> tuple[ReasonKind, str]:
        if stop := session.shouldfail or session.shouldstop:
            return "stopped", self._line(str(stop))
        return "unfinished", "the run ended early"


def _add(lines: list[str], line: str) -> None:
    if line not in lines:
        lines.append(line)


class InProcessPlugin:
    """Hands what this process collected to the listener."""

    def __init__(self, reader: CollectionReader, controller: ControllerPlugin) -> None:
        self._reader = reader
        self._controller = controller

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Enter the final selection."""
        self._controller.take(self._reader.finish(session))


class XdistPlugin:
    """Gives each worker a folder for what it collects, and reads it from there."""

    def __init__(self, controller: ControllerPlugin) -> None:
        self._controller = controller
        try:
            self._folder = tempfile.mkdtemp(prefix="mlscore-")
        except OSError:  # then workers send what they collected when they end
            self._folder = ""

    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where to write, before it starts."""
        node.workerinput[FOLDER_KEY] = self._folder

    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        """Enter what a worker collected; without its finding, tags come with the reports."""
        found = collection.load(self._folder, node.gateway.id) if self._folder else None
        self._controller.take(found or Collected(selected=dict.fromkeys(ids, ())))
        self._controller.collection_known = found is not None

    def pytest_testnodedown(self, node: Any) -> None:
        """Enter the finding of a worker that could not leave it in the folder."""
        data = getattr(node, "workeroutput", {}).get(FINDING_KEY)
        if data is not None:
            self._controller.take(collection.decode(data))
            self._controller.collection_known = True

    def pytest_unconfigure(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

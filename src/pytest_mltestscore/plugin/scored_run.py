"""One scored run: a stub at the start, the record at the end, the verdict as the last line."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Generator, Iterator, Sequence
from datetime import UTC
from functools import partial
from importlib.metadata import version

import pytest

from ..collect.controller import ControllerPlugin, XdistPlugin
from ..collect.selection import names_tests
from ..domain.notes import skipped_modules
from ..domain.record import Baseline, Reason, Record, Run
from ..domain.record import Generator as RecordGenerator
from ..domain.tags import OWN
from ..reporters.to_terminal import Line
from ..scoring.card import Evidence, scorecard
from ..scoring.gate import GATE_UNDECIDED, GateRules, exit_code, worst_exit
from ..scoring.parts import Part
from ..store import Scope
from . import screen
from .inputs import Inputs
from .options import runs_tests
from .outputs import Earlier, Outputs, Written, earlier_reports, put_back, remove, write_all
from .pooling import Together, alone, append, with_store

IN_PROGRESS = Reason(kind="in-progress", detail="the run has not come to its end")


class ScoredRun:
    """Follows a session from start to end. Lives on the controller only."""

    def __init__(
        self,
        config: pytest.Config,
        inputs: Inputs,
        outputs: Outputs,
        controller: ControllerPlugin,
    ) -> None:
        self._config = config
        self._inputs = inputs
        self._outputs = outputs
        self._controller = controller
        self._id = uuid.uuid4().hex
        self._started = time.perf_counter()
        self._session: pytest.Session | None = None
        self._finished = False
        self._earlier: list[Earlier] = []
        self._scored: list[str] = []
        self._records: list[Record] = []
        """One for each system, in the order of their names."""
        self._written = Written()
        self._problems: list[str] = []
        self._unstored = False
        self._runs_tests = runs_tests(config)
        # A test that forks may let its child run on to the end of the session, too.
        self._process = os.getpid()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Replace every report of an earlier run by a stub, before anything can go wrong.

        A killed process then leaves "in progress" behind and never yesterday's score.
        """
        self._session = session
        if self._config.pluginmanager.has_plugin("dsession"):
            workers = XdistPlugin(self._controller)
            self._config.pluginmanager.register(workers, "mlscore-xdist")
        if self._runs_tests:
            self._earlier = earlier_reports(self._outputs.files)
            self._write(None)

    def pytest_report_header(self) -> str:
        """Say what is scored by which rubric and gated how."""
        rubric = self._inputs.rubric
        settings = [asked.settings for asked in self._inputs.of.values()]
        asked = {name: [s[name].value for s in settings] for name in GateRules.__struct_fields__}
        # A floor of 0 is a gate too: a run that is cut short does not pass it.
        gates = [
            name.replace("_", "-")
            for name, values in asked.items()
            if any(v or (v == 0 and v is not False) for v in values)
        ]
        gated = f", gate: {', '.join(gates)}" if gates else ""
        known = self._inputs.systems
        names = [name for name in known.scored if name in known.certain] or known.scored
        systems = f"{'systems' if len(names) > 1 else 'system'} {', '.join(names)}"
        return f"mlscore: rubric {rubric.id} {rubric.version}, {systems}{gated}"

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Score before anybody else's summary, and set the exit status after all others."""
        if not self._runs_tests or os.getpid() != self._process:
            yield
            return
        if self._was_refused(session):
            self._problems = put_back(self._earlier)
        else:
            if self._outputs.streams:
                screen.fresh_line(self._config)
            self._records = self._write(session)
        try:
            yield
        finally:
            self._finish(session)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Have the last word: pytest tells only now that `pytest.exit` was called."""
        session = self._session
        if session is None or not self._runs_tests or os.getpid() != self._process:
            return
        if not self._finished:  # the start of another plugin failed
            if not self._was_refused(session):
                return
            self._problems = put_back(self._earlier)
        problems = [self._inputs.mask(problem) for problem in self._problems]
        screen.close(
            self._config, self._records, int(session.exitstatus), problems, undone=self._undone()
        )

    def _undone(self) -> str:
        """Say what was not written where all else went well, for the verdict."""
        reports = "report not written" if self._written.problems else ""
        return ", ".join(filter(None, [reports, "record not stored" if self._unstored else ""]))

    def _was_refused(self, session: pytest.Session) -> bool:
        """Whether something that was asked for is wrong, so that nothing is to be overwritten."""
        is_usage_error = session.exitstatus == pytest.ExitCode.USAGE_ERROR
        return is_usage_error and not self._controller.ended_by_exit

    def _write(self, session: pytest.Session | None) -> list[Record]:
        """Score and write all reports; without a session, what stands there until its end."""
        try:
            self._scored = self._to_score(session)
            records = [self._score(session, system) for system in self._scored]
            stubs, self._written = (
                self._written,
                write_all(self._outputs.files, records, preliminary=session is None),
            )
            # Of a system that turned out to have no test, and of which nothing is said.
            remove({*stubs.files} - {*self._written.files})
            self._problems = [*self._written.problems]
        except Exception as error:  # noqa: BLE001 - no fault of ours may cost results
            self._problems = [f"scoring failed: {type(error).__name__}: {error}"]
            return []
        if session is not None:
            for record in records:
                self._append(record)
        return records

    def _to_score(self, session: pytest.Session | None) -> list[str]:
        """Return the systems to score: the project's own only if anything speaks of it.

        Until the end of a run nobody knows, so at first it is one of them.
        """
        systems = self._inputs.systems
        served = self._controller.ledger.systems() if systems.several else ()
        return [
            name
            for name in systems.scored
            if session is None
            or name in systems.certain
            or systems.key(name) in served
            or self._inputs.of[name].project.states_something
        ]

    def _append(self, record: Record) -> None:
        """Send the record to the store; one that takes none costs no report."""
        use = self._inputs.store
        if use is not None and use.writes:
            problem = append(use, record)
            self._problems += [problem] if problem else []
            self._unstored = self._unstored or bool(problem)

    def _finish(self, session: pytest.Session) -> None:
        self._finished = True
        verdicts = [exit_code(record.gate.status) for record in self._records]
        wanted = worst_exit(verdicts) if verdicts else GATE_UNDECIDED
        wanted = wanted or (GATE_UNDECIDED if self._problems else 0)
        if session.exitstatus == pytest.ExitCode.OK and wanted:
            session.exitstatus = wanted

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the score, what holds it down, and what to do next."""
        try:
            lines = self._summary(terminalreporter)
        except Exception as error:  # noqa: BLE001 - pytest's own summary must still follow
            self._problems.append(f"the summary failed: {type(error).__name__}: {error}")
        else:
            screen.show(terminalreporter, lines)

    def _summary(self, reporter: pytest.TerminalReporter) -> Sequence[Line]:
        if self._config.getoption("collectonly", False):
            ledger, inputs = self._controller.ledger, self._inputs
            return screen.collected(ledger, inputs.rubric, inputs.systems)
        if not self._records:
            return ()
        return screen.summary(self._records, self._outputs.detail, self._written.shown, reporter)

    def _score(self, session: pytest.Session | None, system: str) -> Record:
        ledger, inputs = self._controller.ledger, self._inputs
        asked, key = inputs.of[system], inputs.systems.key(system)
        project = asked.project
        reasons = self._controller.reasons(session, key) if session else (IN_PROGRESS,)
        together = self._together(Part(self._run(reasons), ledger.evidence(key)), system)
        return scorecard(
            rubric=inputs.rubric,
            evidence=Evidence(
                tests=together.tests,
                untagged=ledger.untagged(partial(self._concerns, key)),
                attestations=project.attestations,
                waivers=project.waivers,
                accepted_faults=project.accepted_faults,
            ),
            policy=inputs.project.policy,
            config=asked.settings,
            run=together.run,
            system=system,
            today=inputs.now.date(),
            generator=RecordGenerator(
                name="pytest-mltestscore", version=version("pytest-mltestscore")
            ),
            baseline=asked.baseline,
            before=asked.before,
            notes=[*self._notes(key, asked.baseline), *together.notes],
            pool=together.pool,
            trend=together.trend,
        )

    def _together(self, own: Part, system: str) -> Together:
        """Return what the run shows, with what is still fresh in its store, if it has one."""
        inputs = self._inputs
        if inputs.store is None or own.run.incomplete_reasons == (IN_PROGRESS,):
            return alone(own)
        scope = Scope(
            system=system,
            rubric=inputs.rubric,
            policy=inputs.project.policy,
            now=inputs.began,
            root=self._config.rootpath,
            git=inputs.git,
        )
        return with_store(own, inputs.store.store, scope)

    def _concerns(self, system: str, nodeid: str) -> bool:
        """Whether a system is told of a test without an item, or of what is no test at all.

        That is the system below whose paths it is, else the project's own, or all if that is not
        scored.
        """
        systems = self._inputs.systems
        if not systems.several:
            return True
        below = systems.below_paths(nodeid)
        if below:
            return system in below
        return system == OWN or systems.own not in self._scored

    def _run(self, reasons: tuple[Reason, ...]) -> Run:
        inputs = self._inputs
        return Run(
            id=self._id,
            started_at=inputs.began.astimezone(UTC).isoformat(),
            duration_s=round(time.perf_counter() - self._started, 6),
            commit=inputs.git.commit,
            dirty=inputs.git.dirty,
            branch=inputs.git.branch,
            ci=inputs.ci,
            selected=self._controller.ledger.selected,
            complete=not reasons,
            incomplete_reasons=reasons,
            versions=inputs.versions,
            folders=self._controller.folders,
            collected=self._controller.collected,
            shard=inputs.shard,
        )

    def _notes(self, system: str, baseline: Baseline | None) -> Iterator[str]:
        for note in self._controller.notes:
            modules = skipped_modules([note])
            if not modules or self._concerns(system, modules[0]):
                yield note
        if not names_tests(self._config):  # elsewhere there may be tests that match
            for pattern in sorted(self._controller.unused_tags or ()):
                if self._concerns(system, pattern):
                    yield f"tag pattern {pattern!r} matched no test"
        commit = self._inputs.git.commit
        if baseline is not None and baseline.reason:
            yield f"no comparison: {baseline.reason}"
        elif baseline is not None and commit is not None and baseline.commit == commit:
            yield "the baseline is of this same commit"

"""One scored run: a stub at the start, the record at the end, the verdict as the last line."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Generator, Iterator, Sequence
from datetime import UTC
from importlib.metadata import version

import pytest

from ..collect.controller import ControllerPlugin, XdistPlugin
from ..collect.selection import names_tests
from ..domain.record import Generator as RecordGenerator
from ..domain.record import Reason, Record, Run
from ..reporters.to_terminal import Line
from ..scoring.card import Evidence, scorecard
from ..scoring.gate import GATE_UNDECIDED, GateRules, exit_code
from ..scoring.pool import Part
from ..store import Scope
from . import screen
from .inputs import Inputs
from .options import runs_tests
from .outputs import Earlier, Outputs, earlier_reports, put_back, write_all
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
        self._record: Record | None = None
        self._written: list[str] = []
        self._problems: list[str] = []
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
        settings = self._inputs.settings
        asked = {name: settings[name].value for name in GateRules.__struct_fields__}
        # A floor of 0 is a gate too: a run that is cut short does not pass it.
        gates = [n.replace("_", "-") for n, v in asked.items() if v or (v == 0 and v is not False)]
        gated = f", gate: {', '.join(gates)}" if gates else ""
        system = self._inputs.project.system
        return f"mlscore: rubric {rubric.id} {rubric.version}, system {system}{gated}"

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
            self._record = self._write(session)
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
        screen.close(self._config, self._record, int(session.exitstatus), problems)

    def _was_refused(self, session: pytest.Session) -> bool:
        """Whether something that was asked for is wrong, so that nothing is to be overwritten."""
        is_usage_error = session.exitstatus == pytest.ExitCode.USAGE_ERROR
        return is_usage_error and not self._controller.ended_by_exit

    def _write(self, session: pytest.Session | None) -> Record | None:
        """Score and write all reports; without a session, what stands there until its end."""
        try:
            reasons = self._controller.reasons(session) if session else (IN_PROGRESS,)
            record = self._score(reasons)
            self._written, self._problems = write_all(
                self._outputs.files, record, preliminary=session is None
            )
        except Exception as error:  # noqa: BLE001 - no fault of ours may cost results
            self._problems = [f"scoring failed: {type(error).__name__}: {error}"]
            return None
        if session is not None:
            self._append(record)
        return record

    def _append(self, record: Record) -> None:
        """Send the record to the store; one that takes none costs no report."""
        use = self._inputs.store
        if use is not None and use.writes:
            problem = append(use, record)
            self._problems += [problem] if problem else []

    def _finish(self, session: pytest.Session) -> None:
        self._finished = True
        wanted = exit_code(self._record.gate.status) if self._record else GATE_UNDECIDED
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
            return screen.collected(self._controller.ledger, self._inputs.rubric)
        if self._record is None:
            return ()
        return screen.summary(self._record, self._outputs.detail, self._written, reporter)

    def _score(self, reasons: tuple[Reason, ...]) -> Record:
        ledger, inputs = self._controller.ledger, self._inputs
        project = inputs.project
        together = self._together(Part(self._run(reasons), ledger.evidence()))
        return scorecard(
            rubric=inputs.rubric,
            evidence=Evidence(
                tests=together.tests,
                untagged=sorted(ledger.untagged),
                attestations=project.attestations,
                waivers=project.waivers,
                accepted_faults=project.accepted_faults,
            ),
            policy=project.policy,
            config=inputs.settings,
            run=together.run,
            system=project.system,
            today=inputs.now.date(),
            generator=RecordGenerator(
                name="pytest-mltestscore", version=version("pytest-mltestscore")
            ),
            baseline=inputs.baseline,
            before=inputs.before,
            notes=[*self._notes(), *together.notes],
            pool=together.pool,
            trend=together.trend,
        )

    def _together(self, own: Part) -> Together:
        """Return what the run shows, with what is still fresh in its store, if it has one."""
        inputs = self._inputs
        if inputs.store is None or own.run.incomplete_reasons == (IN_PROGRESS,):
            return alone(own)
        scope = Scope(
            system=inputs.project.system,
            rubric=inputs.rubric,
            policy=inputs.project.policy,
            now=inputs.now,
            root=self._config.rootpath,
            git=inputs.git,
        )
        return with_store(own, inputs.store.store, scope)

    def _run(self, reasons: tuple[Reason, ...]) -> Run:
        inputs = self._inputs
        return Run(
            id=self._id,
            started_at=inputs.now.astimezone(UTC).isoformat(),
            duration_s=round(time.perf_counter() - self._started, 6),
            commit=inputs.git.commit,
            dirty=inputs.git.dirty,
            branch=inputs.git.branch,
            ci=inputs.ci,
            selected=self._controller.ledger.selected,
            complete=not reasons,
            incomplete_reasons=reasons,
            versions=inputs.versions,
            collected=self._controller.collected,
            shard=inputs.shard,
        )

    def _notes(self) -> Iterator[str]:
        yield from self._controller.notes
        if not names_tests(self._config):  # elsewhere there may be tests that match
            for pattern in sorted(self._controller.unused_tags or ()):
                yield f"tag pattern {pattern!r} matched no test"
        baseline, commit = self._inputs.baseline, self._inputs.git.commit
        if baseline is not None and baseline.reason:
            yield f"no comparison: {baseline.reason}"
        elif baseline is not None and commit is not None and baseline.commit == commit:
            yield "the baseline is of this same commit"

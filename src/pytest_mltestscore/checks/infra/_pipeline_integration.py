"""infra-3: the pipeline runs end to end, and a stage that is given rubbish fails loudly."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._arguments import listed
from .._conclude import Expect, conclude
from .._parameters import first_difference, parameters_of
from ._broken_inputs import Break, Fault, default_faults, own_copy
from ._pipeline_stages import Ran, Stage, run_stages, stages_of

ITEM = "pipeline-integration"


class _Broken(NamedTuple):
    stage: str
    fault: str
    verdict: str
    """`caught`, `SILENT`, `late` or `no effect`."""
    caught_at: str
    reason: str


def pipeline_integration(
    stages: Mapping[str, Any],
    sample: Any = None,
    *,
    contracts: Mapping[str, Any] | None = None,
    faults: Mapping[str, Break] | None = None,
    within: int | None = None,
    may_be_missing: Sequence[str] = (),
    max_columns: int = 4,
    timeout_s: float = 300.0,
    expect: Expect = "holds",
) -> CheckResult:
    """Run a pipeline on a small sample, and check that it notices each input broken on purpose.

    First all stages run, each on what the one before it made, and what comes out of each has to
    keep its contract. Then the input of one stage at a time is broken, and the run goes on from
    there: that stage or a later one has to raise, or a contract to break, before the end.

    Parameters
    ----------
    stages
        Names and stages in order. A stage is a function of one argument, or a command as a list of
        words that reads the path `{input}` and writes a file or folder at `{output}`.
    sample
        What the first stage is given: a small data frame, a path, a tuple, or None.
    contracts
        By stage, what holds of its output: a function that returns true or false or raises, or a
        schema as `feature_schema` takes it. A stage without one has to return something with rows.
    faults
        By name, functions that return a broken copy of a stage's input, or `NotImplemented` where
        they do not fit. By default: no rows, a column of nulls, a column less, nothing at all; for
        files: missing, empty, half of it.
    within
        How many stages later than the broken one the fault must be noticed at the latest: 0 for the
        stage itself. By default any before the end will do.
    may_be_missing
        Columns that may be null or absent, and are not broken.
    max_columns
        How many columns of each input are broken, one at a time, spread evenly over it.
    timeout_s
        Seconds for one command. Functions are not ended.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a fault, silent ones first: stage, what was broken, where it was caught and how.

    Raises
    ------
    InputError
        For stages or contracts that are none, a fault that raises, or if no fault fits.

    Notes
    -----
    A fault that leaves the final output as it was has `no effect` and counts neither way; a
    pipeline that draws without a seed cannot show that, which is said. Faults are injected between
    stages, so what a stage reads by itself (a database, a clock) is not broken. Stages get copies
    of their inputs where those can be copied; effects on files and services are the caller's to
    keep in a scratch place. Texts of errors are shown for the clean run only.

    Examples
    --------
    >>> import pandas as pd
    >>> from pytest_mltestscore import checks
    >>> rows = pd.DataFrame({"distance": [1.0, 2.0, 3.0], "late": [0, 1, 1]})
    >>> result = checks.infra.pipeline_integration(
    ...     {"features": lambda rows: rows.assign(half=rows["distance"] / 2),
    ...      "mean": lambda rows: {"half": rows["half"].mean(), "late": rows["late"].mean()}},
    ...     rows,
    ...     contracts={"features": {"columns": {
    ...         "distance": {"min": 0}, "half": {"min": 0}, "late": {"allowed": [0, 1]}}}},
    ... )
    >>> result.summary.partition(": ")[0]
    '3 of 14 broken inputs were not noticed'
    >>> [row["broken by"] for row in result.table[:3]]
    ['no rows', 'nulls in late', 'nulls in half']
    """
    declared = stages_of(stages, contracts or {})
    if within is not None and within < 0:
        raise InputError("within", f"is {within}; give 0 or more")
    spared = listed(may_be_missing, "may_be_missing")
    if isinstance(sample, str | PathLike):
        sample = Path(sample)
    with tempfile.TemporaryDirectory(prefix="mlscore-pipeline-") as folder:
        clean = run_stages(declared, sample, Path(folder) / "clean", timeout_s)
        if clean.failed_at:
            return _conclude_failed(declared, clean, expect)
        if clean.output is None:
            problem = "end in a stage that returns nothing, so silent damage could not be told"
            raise InputError("stages", f"{problem}; let it return what it wrote, or its path")
        again = run_stages(declared, sample, Path(folder) / "again", timeout_s)
        trial = _Trial(declared, clean, Path(folder), timeout_s, within)
        chosen = [_faults_for(value, faults, spared, max_columns) for value in clean.inputs]
        broken = [b for place, found in enumerate(chosen) for b in trial.broken(place, found)]
        restless = not trial.same_output(again)
    if not any(b.verdict != "no effect" for b in broken):
        raise InputError("faults", "none changes what comes out; give faults that fit the inputs")
    return _conclude_broken(declared, clean, broken, restless, expect)


def _faults_for(
    value: Any, faults: Mapping[str, Break] | None, sparing: Sequence[str], max_columns: int
) -> list[Fault]:
    if faults is None:
        return list(default_faults(value, sparing, max_columns))
    return [Fault(name, apply) for name, apply in faults.items()]


class _Trial(NamedTuple):
    stages: Sequence[Stage]
    clean: Ran
    folder: Path
    timeout_s: float
    within: int | None

    def broken(self, place: int, faults: Sequence[Fault]) -> Iterator[_Broken]:
        """Break the input of one stage in each way, and run on from there."""
        stages = self.stages[place:]
        for number, fault in enumerate(faults):
            value = _apply(fault, own_copy(self.clean.inputs[place]))
            if value is NotImplemented:
                continue
            folder = self.folder / f"{place}-{number}"
            ran = run_stages(stages, value, folder, self.timeout_s)
            yield self._judged(stages, fault, ran)

    def _judged(self, stages: Sequence[Stage], fault: Fault, ran: Ran) -> _Broken:
        stage = stages[0].name
        if not ran.failed_at:
            verdict = "no effect" if self.same_output(ran) else "SILENT"
            return _Broken(stage, fault.name, verdict, "", "")
        later = [s.name for s in stages].index(ran.failed_at)
        late = self.within is not None and later > self.within
        return _Broken(
            stage, fault.name, "late" if late else "caught", ran.failed_at, type(ran.error).__name__
        )

    def same_output(self, ran: Ran) -> bool:
        """Whether a run made what the clean one made, to the last digit."""
        one, other = (parameters_of(_content(r.output)) for r in (self.clean, ran))
        return not first_difference(one, other, tolerance=0.0).what


def _content(output: Any) -> Any:
    if not isinstance(output, Path):
        return output
    files = [output] if output.is_file() else sorted(output.rglob("*"))
    return {str(f.relative_to(output)): f.read_bytes() for f in files if f.is_file()}


def _apply(fault: Fault, value: Any) -> Any:
    try:
        return fault.apply(value)
    except Exception as error:
        problem = f"{fault.name} raised {type(error).__name__}: {error}"
        raise InputError(
            "faults", f"{problem}; return NotImplemented if it does not fit"
        ) from error


def _conclude_failed(stages: Sequence[Stage], clean: Ran, expect: Expect) -> CheckResult:
    done = [s.name for s in stages][: len(clean.seconds)]
    rows = [{"stage": name, "verdict": "ran"} for name in done]
    return conclude(
        "pipeline_integration",
        item=ITEM,
        holds=False,
        summary=f"the pipeline failed at {clean.failed_at}: {clean.reason}",
        expect=expect,
        measurements=[measurement("stages that ran", len(done), limit=f"= {len(stages)}")],
        table=[{"stage": clean.failed_at, "verdict": "failed"}, *rows],
        notes=["nothing was broken on purpose, since the clean run failed"],
    )


def _conclude_broken(
    stages: Sequence[Stage],
    clean: Ran,
    broken: Sequence[_Broken],
    restless: bool,
    expect: Expect,
) -> CheckResult:
    order = ("SILENT", "late", "caught", "no effect")
    ranked = sorted(broken, key=lambda b: order.index(b.verdict))
    wrong = [b for b in ranked if b.verdict in ("SILENT", "late")]
    caught = sum(b.verdict == "caught" for b in broken)
    return conclude(
        "pipeline_integration",
        item=ITEM,
        holds=not wrong,
        summary=_summary(stages, broken, wrong),
        expect=expect,
        measurements=[
            measurement("stages that ran", len(stages), limit=f"= {len(stages)}"),
            measurement("faults caught", caught, limit=f"= {caught + len(wrong)}"),
            measurement("seconds of a run", sum(clean.seconds), unit="s", volatile=True),
        ],
        table=[
            {
                "input of": b.stage,
                "broken by": b.fault,
                "verdict": b.verdict,
                "caught at": b.caught_at,
                "by": b.reason,
            }
            for b in ranked
        ],
        notes=_notes(stages, broken, restless),
    )


def _summary(stages: Sequence[Stage], broken: Sequence[_Broken], wrong: Sequence[_Broken]) -> str:
    if not wrong:
        caught = sum(b.verdict == "caught" for b in broken)
        return f"{len(stages)} stages ran, and all {caught} broken inputs that matter were noticed"
    shown = ", ".join(f"{b.fault} (input of {b.stage})" for b in wrong[:3])
    more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    what = "not noticed" if any(b.verdict == "SILENT" for b in wrong) else "noticed too late"
    return f"{len(wrong)} of {len(broken)} broken inputs were {what}: {shown}{more}"


def _notes(stages: Sequence[Stage], broken: Sequence[_Broken], restless: bool) -> list[str]:
    notes = []
    bare = [s.name for s in stages if s.contract is None]
    if bare:
        notes.append(f"without a contract, so only asked for something: {', '.join(bare)}")
    idle = sum(b.verdict == "no effect" for b in broken)
    if idle:
        notes.append(f"{idle} faults changed nothing that came out")
    if restless:
        notes.append("two clean runs differ, so a fault without effect cannot be told")
    return notes

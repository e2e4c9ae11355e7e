"""The gate: the one verdict over all its conditions, and the exit code that it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ..domain.record import Gate, GateCheck, GateStatus, Run
from .floors import nudges
from .gate_checks import conditions
from .gate_rules import GateRules, Judged, requirement

__all__ = [
    "GATE_FAILED",
    "GATE_UNDECIDED",
    "GateRules",
    "Judged",
    "decide",
    "exit_code",
    "requirement",
    "worst_exit",
]

GATE_FAILED = 10
GATE_UNDECIDED = 11


def exit_code(status: GateStatus) -> int:
    """Return the exit code that a verdict asks for, where nothing else has gone wrong.

    >>> exit_code("failed")
    10
    """
    return {"failed": GATE_FAILED, "undecided": GATE_UNDECIDED}.get(status, 0)


def worst_exit(codes: Iterable[int]) -> int:
    """Return the exit code for several verdicts: a failed gate beats an undecided one.

    >>> worst_exit([0, 11, 10])
    10
    """
    found = {*codes}
    return next((code for code in (GATE_FAILED, GATE_UNDECIDED) if code in found), 0)


def decide(rules: GateRules, judged: Judged) -> Gate:
    """Judge a run. The only place where a verdict is made.

    Raises
    ------
    ConfigError
        If a rule names a section or an item that the rubric does not have.
    """
    checks = tuple(conditions(rules, judged))
    if not checks:
        return Gate(status="not-asked", verdict="no gate was asked for")
    status = _status(rules, checks, judged.run)
    if not _shows_everything(judged.run):
        checks = tuple(msgspec.structs.replace(check, ok=None) for check in checks)
    return Gate(
        status=status,
        verdict=_verdict(status, checks, judged.run),
        checks=checks,
        nudges=tuple(nudges(rules, judged)) if status == "passed" else (),
    )


def _shows_everything(run: Run) -> bool:
    return run.complete and not run.incomplete_reasons


def _status(rules: GateRules, checks: Sequence[GateCheck], run: Run) -> GateStatus:
    if run.partial and not run.cut_short:
        return "undecided" if rules.strict else "not-evaluated"
    if not _shows_everything(run):
        return "undecided"
    if any(check.ok is False for check in checks):
        return "failed"
    return "undecided" if any(check.ok is None for check in checks) else "passed"


def _verdict(status: GateStatus, checks: Sequence[GateCheck], run: Run) -> str:
    if status == "passed":
        return "gate passed: " + "; ".join(check.message for check in checks)
    if status == "failed":
        return "gate failed: " + "; ".join(c.message for c in checks if c.ok is False)
    if not _shows_everything(run):
        what = "undecided" if status == "undecided" else "not evaluated"
        why = "; ".join(r.detail for r in run.incomplete_reasons)
        return f"gate {what}: {why or 'the run was not complete'}"
    return "gate undecided: " + "; ".join(c.message for c in checks if c.ok is None)

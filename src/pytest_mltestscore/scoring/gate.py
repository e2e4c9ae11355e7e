"""The gate: every condition with what was expected and what was found, and one verdict over all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from ..domain.errors import ConfigError, nearest
from ..domain.record import (
    Baseline,
    Change,
    Gate,
    GateCheck,
    GateStatus,
    ItemScore,
    Policy,
    Requirement,
    Run,
    Score,
    SectionScore,
    Setting,
)
from ..domain.text import shorten
from .floors import exact, nudges, proven_of

GATE_FAILED = 10
GATE_UNDECIDED = 11

_SHOWN = 5


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


class GateRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the project asks of a run, beyond its policy."""

    fail_under: float | None = None
    fail_under_section: dict[str, float] = {}
    fail_under_proof: float | None = None
    """Share of the automated items that are proven, from 0 to 1."""
    require: tuple[Requirement, ...] = ()
    fail_on_regression: bool = False
    strict: bool = False

    @classmethod
    def from_config(cls, config: Mapping[str, Setting]) -> GateRules:
        """Read the rules back from the effective configuration in a record.

        Raises
        ------
        msgspec.ValidationError
            If a value is not of its type.
        """
        values: dict[str, Any] = {
            name: config[name].value for name in cls.__struct_fields__ if name in config
        }
        if "require" in values:
            values["require"] = [requirement(text) for text in values["require"]]
        return msgspec.convert(values, cls)


def requirement(text: str) -> Requirement:
    """Read `data-1` or `data-1:automated`; the item is not looked up.

    Raises
    ------
    ValueError
        If the level is neither `manual` nor `automated`.

    >>> requirement("data-1:automated").level
    'automated'
    """
    item, _, level = text.partition(":")
    match level.strip():
        case "" | "manual":
            return Requirement(item=item.strip())
        case "automated":
            return Requirement(item=item.strip(), level="automated")
    raise ValueError(f"level {level.strip()!r} is neither 'manual' nor 'automated'")


class Judged(NamedTuple):
    """Everything that a gate looks at."""

    score: Score
    sections: Sequence[SectionScore]
    items: Sequence[ItemScore]
    baseline: Baseline | None
    policy: Policy
    run: Run


def decide(rules: GateRules, judged: Judged) -> Gate:
    """Judge a run. The only place where a verdict is made.

    Raises
    ------
    ConfigError
        If a rule names a section or an item that the rubric does not have.
    """
    checks = tuple(_checks(rules, judged))
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


def _checks(rules: GateRules, judged: Judged) -> Iterator[GateCheck]:
    _know(rules.fail_under_section, [s.id for s in judged.sections], "fail_under_section")
    _know((r.item for r in rules.require), [i.id for i in judged.items], "require")
    if rules.fail_under is not None:
        yield _floor("fail_under", "score", judged.score.final, rules.fail_under)
    for section in judged.sections:
        if section.id in rules.fail_under_section:
            floor = rules.fail_under_section[section.id]
            yield _floor("fail_under_section", f"section {section.id}", section.score, floor)
    if rules.fail_under_proof is not None:
        yield _proof_floor(judged.items, rules.fail_under_proof)
    items = {item.id: item for item in judged.items}
    for wanted in rules.require:
        yield _required(wanted, items[wanted.item])
    if rules.fail_on_regression:
        yield _no_regression(judged, rules.strict)
    if judged.policy.max_waivers is not None:
        yield _waivers(judged.items, judged.policy.max_waivers)
    if rules.strict:
        yield from _strict(judged.items)
        if judged.baseline is not None:
            yield from _strict_on(judged.baseline, compared=rules.fail_on_regression)


def _know(asked: Iterable[str], known: Sequence[str], rule: str) -> None:
    """Refuse ids that are not there: a condition on nothing would never fail."""
    for name in asked:
        if name not in known:
            closest = nearest(name, known)
            mend = f"did you mean {closest!r}?" if closest else f"it has {_some(known)}"
            raise ConfigError(f"{rule}: {name!r} is not in the rubric; {mend}")


def _floor(rule: str, what: str, actual: float, floor: float) -> GateCheck:
    found, wanted = exact(actual), exact(floor)
    return GateCheck(
        rule=rule,
        expected=f">= {wanted}",
        actual=found,
        ok=actual >= floor,
        message=f"{what} {found}, required {wanted}",
    )


def _proof_floor(items: Sequence[ItemScore], floor: float) -> GateCheck:
    """Ask that a share of the automated items is proven; undecided where none was tried."""
    proven, automated = proven_of(items)
    tried = any(i.proof is not None for i in items if i.state == "automated")
    share = proven / automated if automated else 0.0
    found = f"{proven} of {automated} automated items"
    message = f"proven {found}, required {exact(floor)}"
    if not tried:
        message = "no test was proved; add --mlscore-prove"
    return GateCheck(
        rule="fail_under_proof",
        expected=f">= {exact(floor)}",
        actual=found,
        ok=share >= floor if tried else None,
        message=message,
    )


def _required(wanted: Requirement, item: ItemScore) -> GateCheck:
    expected = "automated" if wanted.level == "automated" else "automated or manual"
    ok = item.state == "automated" or (wanted.level == "manual" and item.state == "manual")
    message = f"{item.id} is {item.state}, required {expected}"
    if not ok and item.waiver and item.waiver.in_force:
        ok, message = True, f"{message}, waived until {item.waiver.decision.expires}"
    return GateCheck(rule="require", expected=expected, actual=item.state, ok=ok, message=message)


def _no_regression(judged: Judged, strict: bool) -> GateCheck:
    baseline, rule = judged.baseline, "fail_on_regression"
    expected = "no item lower than in the baseline"
    if baseline is None or baseline.status != "compared":
        reason = baseline.reason if baseline else "no baseline was given"
        # A first run has nothing to compare with. Any other baseline was meant to be compared.
        first_run = baseline is not None and baseline.status == "missing"
        return GateCheck(
            rule=rule,
            expected=expected,
            actual="no baseline",
            ok=True if first_run and not strict else None,
            message=f"no baseline to compare with ({reason})",
        )
    waived = {i.id for i in judged.items if i.waiver and i.waiver.in_force}
    lower = [c for c in baseline.changes if c.gain < 0]
    lost = [c for c in lower if c.item not in waived]
    if lost:
        names = _named(lost)
        return GateCheck(
            rule=rule, expected=expected, actual=names, ok=False, message=f"regressed: {names}"
        )
    return GateCheck(
        rule=rule,
        expected=expected,
        actual=_named(lower) or "none lower",
        ok=True,
        message=f"regressed, but waived: {_named(lower)}" if lower else "no item regressed",
    )


def _named(changes: Iterable[Change]) -> str:
    return ", ".join(f"{c.item} {c.before} -> {c.after}" for c in changes)


def _waivers(items: Sequence[ItemScore], allowed: int) -> GateCheck:
    count = sum(1 for i in items if i.waiver and i.waiver.in_force)
    return GateCheck(
        rule="max_waivers",
        expected=f"<= {allowed}",
        actual=str(count),
        ok=count <= allowed,
        message=f"{count} waived items, at most {allowed} allowed",
    )


def _strict(items: Sequence[ItemScore]) -> Iterator[GateCheck]:
    lapsed = [i.id for i in items if i.attestation and not i.attestation.in_force]
    yield _none_of("strict", "expired attestations", lapsed)
    waivers = [i.id for i in items if i.waiver and not i.waiver.in_force]
    yield _none_of("strict", "expired waivers", waivers)
    flaky = [t.nodeid for i in items for t in i.tests if t.flaky]
    yield _none_of("strict", "flaky tests", sorted(set(flaky)))


def _strict_on(baseline: Baseline, *, compared: bool) -> Iterator[GateCheck]:
    """Ask for a comparison, where no other rule does, and that it shows no bound loosened."""
    if baseline.status == "compared":
        yield _none_loosened(baseline)
    if not compared:
        yield _comparable(baseline)


def _none_loosened(baseline: Baseline) -> GateCheck:
    moved = _some([bound.in_words for bound in baseline.loosened])
    return GateCheck(
        rule="strict",
        expected="no bound loosened",
        actual=moved or "none",
        ok=not moved,
        message=f"loosened: {moved}" if moved else "no bound loosened",
    )


def _comparable(baseline: Baseline) -> GateCheck:
    compared = baseline.status == "compared"
    return GateCheck(
        rule="strict",
        expected="a baseline to compare with",
        actual=baseline.status,
        ok=True if compared else None,
        message="compared with the baseline" if compared else f"no comparison: {baseline.reason}",
    )


def _none_of(rule: str, what: str, found: Sequence[str]) -> GateCheck:
    names = _some(found)
    return GateCheck(
        rule=rule,
        expected=f"no {what}",
        actual=names or "none",
        ok=not found,
        message=f"{what}: {names}" if found else f"no {what}",
    )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(shorten(name, 120) for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown

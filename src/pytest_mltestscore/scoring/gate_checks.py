"""The conditions of a gate, each with what was expected and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..domain.errors import ConfigError, nearest
from ..domain.record import Baseline, Change, GateCheck, ItemScore, Requirement
from ..domain.text import shorten
from .floors import exact, proven_of
from .gate_rules import GateRules, Judged

_SHOWN = 5


def conditions(rules: GateRules, judged: Judged) -> Iterator[GateCheck]:
    """Yield every condition that is asked for.

    Raises
    ------
    ConfigError
        If a rule names a section or an item that the rubric does not have.
    """
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

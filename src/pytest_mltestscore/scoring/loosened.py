"""Bounds that were moved since the baseline, and without whose move a run would be worse.

A floor that is lowered, a limit in a test that gives way, a waiver for what has just broken: each
may be right, and none is a failure. But whoever reads "passed" is to know of it.

Each former bound is put to this run alone, all else being as it is now. What fails then, and does
not now, is listed. So a bound that was moved where nothing comes near it is not.

A rule that a run was given on its command line is one of its job, and no other job is bound by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from ..domain.record import (
    CI,
    COMMAND_LINE,
    Baseline,
    Gate,
    GateCheck,
    ItemScore,
    Loosened,
    Policy,
    Record,
    Setting,
)
from ..domain.text import shorten
from .accepted import with_accepted
from .diff import baseline_from, incomparable, recompare, yardstick_of
from .floors import exact
from .freshness import waiver_status
from .gate import GateRules, Judged, decide
from .loosened_policy import policies_moved
from .loosened_tests import limits_moved, tests_let_go

NONE = "none"


def loosened(old: Record, new: Record) -> tuple[Loosened, ...]:
    """List the bounds that were loosened between two records, to the gain of the later one.

    Nothing is listed of records that cannot be compared. What the gate asks is put to runs that
    show everything; tests that were let go are looked for where both runs do. Limits of volatile
    measurements are left alone: chance would decide whether they are listed.
    """
    if incomparable(yardstick_of(old), yardstick_of(new)):
        return ()
    baseline = baseline_from(old, "", yardstick_of(new))
    if baseline.status == "compared":
        baseline = recompare(baseline, new.items)
    known = replace(new, baseline=baseline)
    old = old if _of_one_job(old.run.ci, new.run.ci) else _without_typed_rules(old)
    found = (
        *_rules_moved(old, known),
        *policies_moved(old, known),
        *limits_moved(old, known),
        *_waivers_added(old, known),
        *_faults_accepted(old, known),
        *tests_let_go(old, known),
    )
    return (*found, *_no_longer_strict(old, known, found))


def with_loosened(record: Record, old: Record) -> Record:
    """Return a record that was compared with an old one, with what was loosened since.

    Its gate is decided anew.
    """
    if record.baseline is None or record.baseline.status != "compared":
        return record
    known = replace(record, baseline=replace(record.baseline, loosened=loosened(old, record)))
    return replace(known, gate=_decided(GateRules.from_config(record.config), known))


def _of_one_job(one: CI | None, other: CI | None) -> bool:
    """Whether two runs are of one CI job as far as its service says, or both at somebody's home."""
    if one is None or other is None:
        return one is other
    return (one.provider, one.job) == (other.provider, other.job)


def _without_typed_rules(record: Record) -> Record:
    config = {name: each for name, each in record.config.items() if each.origin != COMMAND_LINE}
    return replace(record, config=config)


class _Bound(NamedTuple):
    """One thing that a gate asks for, to be asked for alone."""

    what: str
    text: str
    rules: GateRules = GateRules()
    policy: Policy = Policy()
    item: str = ""


def _bounds(record: Record, known: Record) -> Iterator[_Bound]:
    """Yield what the gate of a record asks for, of sections and items that are known now."""
    rules = _rules(record.config)
    if (floor := rules.fail_under) is not None:
        yield _Bound("fail_under", exact(floor), GateRules(fail_under=floor))
    for section in (s.id for s in known.sections if s.id in rules.fail_under_section):
        floor = rules.fail_under_section[section]
        asked = GateRules(fail_under_section={section: floor})
        yield _Bound(f"fail_under_section {section}", exact(floor), asked)
    if (share := rules.fail_under_proof) is not None:
        yield _Bound("fail_under_proof", exact(share), GateRules(fail_under_proof=share))
    ids = {item.id for item in known.items}
    for wanted in (wanted for wanted in rules.require if wanted.item in ids):
        asked = GateRules(require=(wanted,))
        yield _Bound("require", wanted.level, asked, item=wanted.item)
    if rules.fail_on_regression:
        yield _Bound("fail_on_regression", "on", GateRules(fail_on_regression=True))
    if (most := record.policy.max_waivers) is not None:
        yield _Bound("max_waivers", str(most), policy=Policy(max_waivers=most))


def _rules(config: Mapping[str, Setting]) -> GateRules:
    """Read rules that may be anything, since others may have written the record."""
    try:
        return GateRules.from_config(config)
    except (msgspec.MsgspecError, ValueError, TypeError, AttributeError):
        return GateRules()


def _rules_moved(old: Record, new: Record) -> Iterator[Loosened]:
    now = {(bound.what, bound.item): bound for bound in _bounds(new, new)}
    for before in _bounds(old, new):
        after = now.get((before.what, before.item))
        failed = _failed(before.rules, new, policy=before.policy)
        if failed and not (after and _failed(after.rules, new, policy=after.policy)):
            yield Loosened(
                what=before.what,
                before=before.text,
                after=after.text if after else NONE,
                found=shorten(failed[0].actual, 200),
                item=before.item,
            )


def _waivers_added(old: Record, new: Record) -> Iterator[Loosened]:
    """Yield the waivers without which the gate would fail, and those that were prolonged."""
    rules, former = _rules(new.config), {item.id: item.waiver for item in old.items}
    for item in new.items:
        if item.waiver is None or not item.waiver.in_force:
            continue
        before = former.get(item.id)
        standing = waiver_status(before.decision, new.date) if before else None
        if standing and standing.in_force:
            continue
        without = [replace(i, waiver=standing) if i.id == item.id else i for i in new.items]
        if {*_failed(rules, new, items=without)} - {*_failed(rules, new)}:
            yield Loosened(
                what="waiver",
                before=f"until {standing.decision.expires}" if standing else NONE,
                after=f"until {item.waiver.decision.expires}",
                found=item.state,
                item=item.id,
            )


def _faults_accepted(old: Record, new: Record) -> Iterator[Loosened]:
    """Yield the faults that are accepted now, and would be missed by the former statements."""
    statements = [status.statement for status in old.accepted_faults]
    silenced: dict[str, dict[str, str]] = {}
    for item in new.items:
        for test in item.tests:
            if test.proof is None:
                continue
            before = with_accepted(test, item.id, statements).proof
            if before is None:
                continue
            for was, trial in zip(before.trials, test.proof.trials, strict=True):
                if (was.verdict, trial.verdict) == ("missed", "accepted"):
                    silenced.setdefault(trial.fault, {}).setdefault(test.nodeid, item.id)
    for fault, tests in silenced.items():
        nodeid, item_id = next(iter(tests.items()))
        yield Loosened(
            what=f"fault {fault}",
            before="missed",
            after="accepted",
            found="in 1 test" if len(tests) == 1 else f"in {len(tests)} tests",
            item=item_id,
            test=nodeid,
        )


def _no_longer_strict(old: Record, new: Record, found: tuple[Loosened, ...]) -> Iterator[Loosened]:
    if not _rules(old.config).strict or _rules(new.config).strict or new.baseline is None:
        return
    known = replace(new, baseline=replace(new.baseline, loosened=found))
    failed = _failed(GateRules(strict=True), known, policy=Policy())
    if failed:
        said = shorten("; ".join(check.message for check in failed), 200)
        yield Loosened(what="strict", before="on", after="off", found=said)


def _failed(
    rules: GateRules,
    record: Record,
    *,
    items: Sequence[ItemScore] | None = None,
    policy: Policy | None = None,
) -> list[GateCheck]:
    gate = _decided(rules, record, items=items, policy=policy)
    return [check for check in gate.checks if check.ok is False]


def _decided(
    rules: GateRules,
    record: Record,
    *,
    items: Sequence[ItemScore] | None = None,
    policy: Policy | None = None,
) -> Gate:
    baseline: Baseline | None = record.baseline
    return decide(
        rules,
        Judged(
            record.score,
            record.sections,
            record.items if items is None else items,
            baseline,
            record.policy if policy is None else policy,
            record.run,
        ),
    )

"""Tests that ask for less than they did: limits that gave way, and failing tests let go."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.evidence import Measurement, TestEvidence
from ..domain.notes import skipped_modules
from ..domain.record import ItemScore, Loosened, Record
from ..domain.text import shorten
from .items import BLOCKING
from .limits import read_limit
from .parts import Part

_Limits = dict[tuple[str, str], list[Measurement]]
"""Name of the check, if one made it, and of the measurement, to all of these in their order."""


def limits_moved(old: Record, new: Record) -> Iterator[Loosened]:
    """Yield the limits in tests that passed whose former text the value does not meet.

    A test that serves several items is told of once.
    """
    before = {item.id: {t.nodeid: t for t in item.tests if _measures(t)} for item in old.items}
    told: set[str] = set()
    for item in new.items:
        former = before.get(item.id, {})
        for test in item.tests:
            if test.outcome == "passed" and test.nodeid in former and test.nodeid not in told:
                told.add(test.nodeid)
                for was, now in _moved(_limits(former[test.nodeid]), _limits(test)):
                    yield Loosened(
                        what=f"{now.name} limit",
                        before=was.limit,
                        after=now.limit or "none",
                        found=_figure(now),
                        item=item.id,
                        test=test.nodeid,
                    )


def _measures(test: TestEvidence) -> bool:
    return bool(test.measurements or test.checks)


def _limits(test: TestEvidence) -> _Limits:
    found: _Limits = {}
    for measured in test.measurements:
        found.setdefault(("", measured.name), []).append(measured)
    for check in test.checks:
        if check.expect == "holds" and not check.volatile:
            for measured in check.measurements:
                found.setdefault((check.name, measured.name), []).append(measured)
    return found


def _moved(before: _Limits, after: _Limits) -> Iterator[tuple[Measurement, Measurement]]:
    for key, now in after.items():
        was = before.get(key, [])
        # Of several, such as of one check a region, only the order may be another.
        same = sorted(m.limit for m in was) == sorted(m.limit for m in now)
        if len(was) == len(now) and not same:
            yield from (pair for pair in zip(was, now, strict=True) if _is_loosened(*pair))


def _is_loosened(was: Measurement, now: Measurement) -> bool:
    value = now.value
    if now.volatile or was.limit == now.limit or not isinstance(value, int | float):
        return False
    former, limit = read_limit(was.limit, was.unit), read_limit(now.limit, now.unit)
    if former is None or isinstance(value, bool) or former.allows(value):
        return False
    if not now.limit:
        return True
    if limit is None or not limit.allows(value):
        return False
    # What is to be just so many is counted: `= 4` of four stages is no less than `= 5` of five.
    return not (former.is_one_number and limit.is_one_number)


def _figure(measured: Measurement) -> str:
    value = measured.value
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f"{text} {measured.unit}" if measured.unit else text


def tests_let_go(old: Record, new: Record) -> Iterator[Loosened]:
    """Yield the tests of items that earn now which failed, and no longer count for them.

    A test failed in the baseline, or fails now for another item alone. One that no longer exists
    is told of only where it has certainly no other name now.
    """
    if not (old.run.complete and new.run.complete):
        return
    known = {t.nodeid: t for item in new.items for t in item.tests}
    elsewhere = {*known, *new.untagged}
    former = {item.id: item for item in old.items}
    for item in new.items:
        if not item.points or item.id not in former:
            continue
        here = {t.nodeid: t for t in item.tests}
        before = former[item.id].tests
        has_new = not here.keys() <= {t.nodeid for t in before}
        for test in before:
            if test.nodeid in elsewhere or test.nodeid in here:
                fate = _fate(test, here.get(test.nodeid), known.get(test.nodeid))
            else:
                lost = test.outcome in BLOCKING and not has_new and _would_be_seen(test.nodeid, new)
                fate = "gone" if lost else ""
            if fate:
                yield _let_go(item, test, fate)


def _fate(before: TestEvidence, here: TestEvidence | None, now: TestEvidence | None) -> str:
    """Say what became of a test that still runs; empty if nothing did, or nothing to gain from."""
    failed = before.outcome in BLOCKING
    if here:
        return "xfailed" if failed and here.outcome == "xfailed" else ""
    fails = now is not None and now.outcome in BLOCKING
    return "no longer serves it" if failed or fails else ""


def _let_go(item: ItemScore, test: TestEvidence, fate: str) -> Loosened:
    function, bracket, variant = test.nodeid.partition("[")
    return Loosened(
        what=shorten(function.rpartition("::")[2] + bracket + variant, 120),
        before=test.outcome,
        after=fate,
        found=item.state,
        item=item.id,
        test=test.nodeid,
    )


def _would_be_seen(nodeid: str, record: Record) -> bool:
    """Whether a run would have listed a test if there was one of this name."""
    path = nodeid.partition("::")[0]
    if path in skipped_modules(record.notes):
        return False
    return Part(record.run, {}).covers(path)

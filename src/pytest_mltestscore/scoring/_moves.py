"""What can be done about an item, what it earns, and what else earns by it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from ..domain.evidence import ALTERNATIVE
from ..domain.record import ItemScore
from ..domain.rubric import BY_HAND, Credit, Effort

COST: dict[Effort, int] = {"low": 1, "medium": 2, "high": 3}

Needs: TypeAlias = tuple[str, ...]
"""All that one test lacks."""

NAMED = 3
"""Items that an action names; of more, the first and how many others there are."""


class Move(NamedTuple):
    """Something that can be done about an item, and all items that earn by it, that one first."""

    items: tuple[ItemScore, ...]
    action: str
    effort: Effort
    earns: float
    """Points that each of the items has afterwards."""
    provides: frozenset[str] = frozenset()
    """What tests that skipped have afterwards, and lacked before."""

    @property
    def waived(self) -> bool:
        """Whether somebody decided to live without the item, until a date that has not come."""
        return _waived(self.items[0])

    @property
    def cost(self) -> int:
        """Its effort as a number; those of several moves add up."""
        return COST[self.effort]

    def gains(self) -> dict[str, float]:
        """Return the points that each section gains."""
        gains: dict[str, float] = {}
        for item in self.items:
            gains[item.section] = gains.get(item.section, 0.0) + self.earns - item.points
        return gains


def moves(
    items: Collection[ItemScore], credit: Credit, provided: Collection[str]
) -> Iterator[Move]:
    """Yield all moves on items that have less than the full credit.

    Tests that skipped are taken to have by now what is `provided`.
    """
    lacks = {item.id: lacking for item in items if (lacking := _lacking(item, provided))}
    for item in items:
        for wanted in lacks.get(item.id, ()):
            yield _provide(wanted, item, items, lacks, credit)
        if item.id not in lacks:
            action, effort = _for_the_full_credit(item)
            yield Move((item,), action, effort, credit.automated)
        # A failing test beats an attestation.
        if item.state != "failing" and item.points < credit.manual:
            again = " again" if item.attestation else ""
            attest = f"do {item.name}{again} by hand and attest it"
            yield Move((item,), attest, BY_HAND[item.texts.effort], credit.manual)


def _waived(item: ItemScore) -> bool:
    return item.waiver is not None and item.waiver.in_force


def _provide(
    wanted: Needs,
    item: ItemScore,
    items: Collection[ItemScore],
    lacks: Mapping[str, Sequence[Needs]],
    credit: Credit,
) -> Move:
    """Return the move that gives a test what it lacks, with all items whose tests lack no more."""
    given = frozenset(wanted)
    others = (
        other
        for other in items
        if other is not item
        and not _waived(other)
        and any(all(_met(need, given) for need in needs) for needs in lacks.get(other.id, ()))
    )
    served = (item, *others)
    names = _named([each.name for each in served])
    action = f"add {' and '.join(wanted)} to MLSystem for {names}"
    # To provide a part of what some test lacks takes no more than to let that one run.
    efforts = (
        _to_wake(each)
        for each in items
        if any(given.issubset(needs) for needs in lacks.get(each.id, ()))
    )
    effort = min(efforts, key=COST.__getitem__)
    return Move(served, action, effort, credit.automated, given)


def _met(need: str, provided: Collection[str]) -> bool:
    return need in provided or any(part in provided for part in need.split(ALTERNATIVE))


def _named(names: Sequence[str]) -> str:
    *others, last = names
    if len(others) >= NAMED:
        return f"{names[0]} and {len(others)} more"
    return f"{', '.join(others)} and {last}" if others else last


def _lacking(item: ItemScore, provided: Collection[str]) -> tuple[Needs, ...]:
    """Return what each of an item's tests skipped for want of; one of them running is enough.

    Nothing where a test has to be mended or run, where none says what it lacks, or one has it now.
    """
    outcomes = {test.outcome for test in item.tests}
    if item.state in ("failing", "not-run") or outcomes & {"not-run", "passed"}:
        return ()
    lacking = [
        tuple(need for need in test.needs if not _met(need, provided))
        for test in item.tests
        if test.needs
    ]
    return tuple(dict.fromkeys(lacking)) if all(lacking) else ()


def _for_the_full_credit(item: ItemScore) -> tuple[str, Effort]:
    """Return what its tests still need; those of an item that is attested may need little."""
    outcomes = {test.outcome for test in item.tests}
    if item.state == "failing":
        # Making a red test green is work of unknown size; nothing else counts meanwhile.
        return f"fix the failing test of {item.name}", "medium"
    if "not-run" in outcomes or item.state == "not-run":
        return f"run the tests of {item.name}", "low"
    if "passed" in outcomes:
        return f"let {item.name} meet the policy", "low"
    if outcomes:
        return f"make a test of {item.name} run and pass", _to_wake(item)
    if item.state == "manual":
        return f"automate {item.name}, which is attested today", item.texts.effort
    return f"write a test for {item.name}", item.texts.effort


def _to_wake(item: ItemScore) -> Effort:
    """Return what it takes to let a test run: no more than another test, which would do as well."""
    return "low" if item.texts.effort == "low" else "medium"

"""Policies that withhold less than they did, and items that earn by that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from msgspec.structs import replace

from ..domain.evidence import TestEvidence
from ..domain.record import ItemScore, Loosened, Policy, Record
from .ages import max_age_days
from .items import judge, points

NAMED = 5
BY_STATE = ("require_ci", "require_proof", "min_runs", "max_age_days", "branches")
"""Which `commits` count no record can say of others: it does not know who descends from whom."""


def policies_moved(old: Record, new: Record) -> Iterator[Loosened]:
    """Yield the policies by whose former values some item would earn less."""
    for name in BY_STATE:
        before, after = getattr(old.policy, name), getattr(new.policy, name)
        if before == after:
            continue
        former = replace(new.policy, **{name: before})
        earning = [item.id for item in new.items if _earns_less(item, former, new)]
        if earning:
            yield Loosened(
                what=name,
                before=_shown(before),
                after=_shown(after),
                found=f"earned by {_some(earning)}",
            )


def _earns_less(item: ItemScore, former: Policy, new: Record) -> bool:
    # What is not judged now as it is in the record says nothing of how it was judged before.
    if not item.points or _earned(item, new.policy, new) != item.points:
        return False
    return _earned(item, former, new) < item.points


def _earned(item: ItemScore, policy: Policy, record: Record) -> float:
    state, _ = judge(
        _counting(item.tests, policy, record),
        item.attestation,
        policy=policy,
        in_ci=record.run.ci is not None,
        unlisted=False,
        proof=item.proof,
        max_age_days=max_age_days(policy, item.id, item.section),
    )
    return points(state, record.rubric.credit)


def _counting(
    tests: Sequence[TestEvidence], policy: Policy, record: Record
) -> Sequence[TestEvidence]:
    """Leave out results from branches that the policy does not let count."""
    if not policy.branches or record.pool is None:
        return tests
    own = record.run.branch
    others = {
        source.run
        for source in record.pool.sources
        if source.branch not in (None, own)
        and not any(fnmatchcase(source.branch or "", pattern) for pattern in policy.branches)
    }
    return [test for test in tests if test.seen is None or test.seen.run not in others]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {days:g}" for name, days in sorted(value.items())) or "none"
    if isinstance(value, tuple):
        return ", ".join(value) or "all"
    return str(value)


def _some(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:NAMED])
    return f"{shown} and {len(ids) - NAMED} more" if len(ids) > NAMED else shown

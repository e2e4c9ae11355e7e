"""Runs of one system that a store holds, and the score that they make together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from pytest_mltestscore.domain.evidence import TestEvidence
from pytest_mltestscore.domain.record import CI, Policy, Pool, Reason, Record, Shard
from pytest_mltestscore.domain.rubric import Rubric
from pytest_mltestscore.scoring.parts import of_the_whole, part_of
from pytest_mltestscore.scoring.pool import Files, Pooled, pool
from strategies import PAPER, run, score

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
IN_CI = CI(provider="GitHub")

Tests = Mapping[str, Sequence[TestEvidence]]


def at(hours_ago: float) -> str:
    """Return the time so many hours before now, as records have it."""
    return (NOW - dt.timedelta(hours=hours_ago)).isoformat()


def ran(
    hours_ago: float,
    tests: Tests,
    *reasons: Reason,
    shard: str = "",
    by: Rubric = PAPER,
    **facts: Any,
) -> Record:
    """Return the record of a run that began so many hours ago, of all folders if not said else."""
    known = {"id": f"run-{hours_ago:g}", "collected": (".",), **facts}
    if shard:
        known["shard"] = Shard(*map(int, shard.split("/")))
    return score(tests, by=by, of=run(*reasons, started_at=at(hours_ago), **known))


def pooled(
    records: Sequence[Record],
    own: Record | None = None,
    policy: Policy | None = None,
    files: Files | None = None,
) -> Pooled:
    """Pool records, and that of the run that is being scored."""
    return pool(
        records,
        part_of(own) if own else None,
        policy=policy or Policy(),
        sections=[section.id for section in PAPER.sections],
        now=NOW,
        files=files,
    )


def together(
    records: Sequence[Record],
    own: Record | None = None,
    *,
    policy: Policy | None = None,
    by: Rubric = PAPER,
    files: Files | None = None,
    **scored: Any,
) -> Record:
    """Score what records show together."""
    found = pooled(records, own, policy, files)
    facts = own.run if own else run(id="gate", started_at=NOW.isoformat(), ci=IN_CI)
    reasons = own.run.incomplete_reasons if own else ()
    return score(
        found.tests,
        by=by,
        of=of_the_whole(facts, found.reasons),
        policy=policy,
        added=Pool(store="here", sources=found.sources, own_reasons=reasons),
        **scored,
    )

"""Run records of many systems, as a company has them: few are good, some are old, some fail.

Made by a seeded generator, so that each is the same every time. Like `sample_records`, nothing
here calls the scoring code.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

from msgspec.structs import replace

import sample_records
from pytest_mltestscore.domain.record import CI, Gate, Record, Score, State, TrendPoint

NOW = dt.datetime(2026, 11, 28, 12, 0, tzinfo=dt.UTC)

_TEAMS = ("payments", "search", "ads", "logistics", "support", "risk", "growth", "catalogue")
_TASKS = (
    "churn",
    "fraud-detection",
    "ranking",
    "demand-forecast",
    "eta",
    "lifetime-value",
    "spam",
    "product-similarity",
    "invoice-ocr",
    "returns",
    "price-elasticity",
    "query-rewriting",
)
_OWNERS = ("Serving team", "ana@example.org", "Risk models", "bo@example.org", "Data platform")
_EARNED = {"automated": 1.0, "manual": 0.5}
_HARD = ("infra-6", "monitor-3", "model-2", "model-7")
"""Items that fewer systems have."""


def name(number: int) -> str:
    """Return the name of a system."""
    team = _TEAMS[number % len(_TEAMS)]
    task = _TASKS[number // len(_TEAMS) % len(_TASKS)]
    turn = number // (len(_TEAMS) * len(_TASKS))
    return f"{team}-{task}" + (f"-{turn + 1}" if turn else "")


def system(number: int, **run: Any) -> Record:
    """Return the newest record of a system."""
    dice = random.Random(number)
    age = dt.timedelta(days=dice.choice((0, 0, 1, 1, 2, 3, 5, 9, 20, 75)), minutes=number % 1440)
    facts = {
        "id": f"{number:032x}",
        "started_at": (NOW - age - dt.timedelta(minutes=5)).isoformat(),
        "branch": dice.choice(("main", "main", "main", "master")),
        "commit": f"{dice.getrandbits(160):040x}",
        "ci": CI(provider="GitHub Actions", url=f"https://ci.example.org/runs/{number}"),
    }
    record = scored(name(number), _states(dice, dice.betavariate(2.2, 1.4)), **{**facts, **run})
    status = dice.choices(("passed", "failed", "not-asked"), (5, 2, 2))[0]
    verdict = {
        "passed": f"gate passed: score {record.score.final:g}, required 0",
        "failed": f"gate failed: score {record.score.final:g}, required 5",
        "not-asked": "no gate was asked for",
    }[status]
    named = {"owners": dice.sample(_OWNERS, dice.choice((1, 1, 2)))}
    return replace(record, gate=Gate(status=status, verdict=verdict), extra=named)


def scored(name: str, states: dict[str, State], **run: Any) -> Record:
    """Return the record of a complete run that leaves these items in these states."""
    base = _base()
    items = tuple(
        replace(i, state=states[i.id], points=_EARNED.get(states[i.id], 0.0)) for i in base.items
    )
    sums = {s.id: sum(i.points for i in items if i.section == s.id) for s in base.sections}
    final = min(sums.values())
    return replace(
        base,
        system=name,
        run=replace(base.run, **run),
        items=items,
        sections=tuple(replace(s, score=sums[s.id], implemented=sums[s.id]) for s in base.sections),
        score=Score(
            final=final,
            implemented=final,
            max=7.0,
            band=next(b for b in base.rubric.bands if final <= b.up_to),
            limiting_sections=tuple(s for s, points in sums.items() if points == final),
        ),
    )


def systems(count: int) -> Iterator[Record]:
    """Yield the newest records of so many systems."""
    return map(system, range(count))


def trend(record: Record, runs: int = 24) -> list[TrendPoint]:
    """Return earlier scores of a system, a day apart, that lead to what it has."""
    dice = random.Random(repr(record.system))
    newest, final = dt.datetime.fromisoformat(record.run.started_at), record.score.final
    points = []
    for ago in range(1, runs + 1):
        final = min(max(final + dice.choice((0, 0, 0, 0, 0.5, -0.5, -0.5)), 0.0), 7.0)
        started_at = (newest - dt.timedelta(days=ago)).isoformat()
        points.append(TrendPoint(started_at=started_at, final=final, sections={}, commit=None))
    return points[::-1]


def _states(dice: random.Random, quality: float) -> dict[str, State]:
    return {
        fact.id: _state(dice, quality * (0.5 if fact.id in _HARD else 1.0))
        for fact in sample_records.FACTS
    }


def _state(dice: random.Random, quality: float) -> State:
    if dice.random() < quality:
        return "automated" if dice.random() < 0.85 else "manual"
    chances = (2, 12, 2, 1, 1)
    return dice.choices(("failing", "missing", "expired", "skipped", "withheld"), chances)[0]


@cache
def _base() -> Record:
    record = sample_records.perfect()
    return replace(record, items=tuple(replace(i, tests=()) for i in record.items))

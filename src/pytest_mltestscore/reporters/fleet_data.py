"""A fleet as data: JSON, and the rows of tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..domain.fleet import Fleet, FleetGroup, FleetSystem
from ._html_words import points
from ._wording import STATES
from .to_json import lines_of

Row = dict[str, object]


def to_json(fleet: Fleet) -> str:
    """Return all of it, a line a system and item. The same fleet gives the same bytes."""
    return lines_of(fleet)


def columns(fleet: Fleet) -> list[str]:
    """Return the columns of `rows`, in their order."""
    sections = dict.fromkeys(f"section_{s.id}" for g in fleet.groups for s in g.sections)
    return [
        *("system", "status", "score", "max_score", "band", *sections, "change", "trend"),
        *("gate", *map(_column, STATES), "owners", "last_scored", "age_days", "stale"),
        *("branch", "commit", "ci_url", "rubric", "rubric_version", "scoring_version"),
        "reason",
    ]


def rows(fleet: Fleet) -> Iterator[Row]:
    """Yield a row a system, in the order of the page; those without a score come last."""
    for group in fleet.groups:
        for system in group.systems:
            yield _row(system, group)
    for each in fleet.unscored:
        yield {
            "system": each.system,
            "status": "not scored",
            "last_scored": None,
            "reason": each.reason,
        }


def item_rows(fleet: Fleet) -> Iterator[Row]:
    """Yield a row for each system and item, with what is needed of the system."""
    for group in fleet.groups:
        names = {item.id: item.name for item in group.items}
        for system in group.systems:
            facts = {
                "system": system.system,
                "started_at": system.started_at,
                "branch": system.branch,
                "commit": system.commit,
                "final": system.score,
                "rubric": group.rubric,
                "rubric_version": group.rubric_version,
                "scoring_version": group.scoring_version,
            }
            for item in system.items:
                yield {
                    **facts,
                    "item": item.id,
                    "name": names[item.id],
                    "section": item.section,
                    "state": item.state,
                    "points": item.points,
                }


def _row(system: FleetSystem, group: FleetGroup) -> Row:
    states = Counter(item.state for item in system.items)
    return {
        "system": system.system,
        "status": "scored",
        "score": system.score,
        "max_score": group.max,
        "band": system.band,
        **{f"section_{section}": score for section, score in system.sections.items()},
        "change": system.change,
        "trend": " ".join(points(each.final) for each in system.trend),
        "gate": system.gate,
        **{_column(state): states[state] for state in STATES},
        "owners": "; ".join(system.owners),
        "last_scored": system.started_at,
        "age_days": system.age_days,
        "stale": system.stale,
        "branch": system.branch,
        "commit": system.commit,
        "ci_url": system.ci.url if system.ci else None,
        "rubric": group.rubric,
        "rubric_version": group.rubric_version,
        "scoring_version": group.scoring_version,
        "reason": None,
    }


def _column(state: str) -> str:
    return f"items_{state.replace('-', '_')}"

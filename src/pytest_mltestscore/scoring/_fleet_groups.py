"""Counting over systems whose scores can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean, median
from typing import NamedTuple, Self

import msgspec

from ..domain.fleet import (
    BandTally,
    FleetGroup,
    FleetSystem,
    ItemState,
    ItemTally,
    SectionTally,
)
from ..domain.record import Record, RubricFacts, SectionScore, TrendPoint
from ..domain.rubric import Band


class Terms(NamedTuple):
    """What scores must share to be compared."""

    rubric: str
    rubric_version: str
    scoring_version: str

    @classmethod
    def of(cls, record: Record) -> Self:
        """Return the terms of a record."""
        return cls(record.rubric.id, record.rubric.version, record.scoring_version)


class ItemFacts(NamedTuple):
    """What an item is called."""

    id: str
    name: str
    title: str
    section: str


class Candidate(NamedTuple):
    """The newest complete run of a system so far, without its tests."""

    system: FleetSystem
    terms: Terms
    rubric: RubricFacts
    max: float
    sections: tuple[SectionScore, ...]
    items: tuple[ItemFacts, ...]
    own_trend: tuple[TrendPoint, ...]


def by_terms(chosen: Iterable[Candidate]) -> Iterable[tuple[Terms, list[Candidate]]]:
    """Put the systems together that can be compared."""
    groups: dict[Terms, list[Candidate]] = {}
    for candidate in chosen:
        groups.setdefault(candidate.terms, []).append(candidate)
    return groups.items()


def group(terms: Terms, members: list[Candidate]) -> FleetGroup:
    """Count over the systems of a group."""
    newest = max(members, key=lambda c: (c.system.started_at, c.system.system))
    ladder = newest.rubric.bands
    systems = [_in_band(c.system, ladder) for c in members]
    systems.sort(key=lambda s: (s.score, s.system))
    sections = [_section(s, systems) for s in newest.sections]
    return FleetGroup(
        rubric=terms.rubric,
        rubric_version=terms.rubric_version,
        rubric_title=newest.rubric.title,
        scoring_version=terms.scoring_version,
        max=newest.max,
        median=float(median(s.score for s in systems)),
        stale=sum(s.stale for s in systems),
        gates=dict(Counter(s.gate for s in systems)),
        bands=tuple(_bands(ladder, systems)),
        sections=tuple(sections),
        weakest_section=min(sections, key=lambda s: s.mean / s.max if s.max else 1.0).id,
        items=tuple(_items(members)),
        systems=tuple(systems),
    )


def _in_band(system: FleetSystem, ladder: Sequence[Band]) -> FleetSystem:
    """Return a system with its band in the ladder of the group, as it is counted."""
    band = next((band.key for band in ladder if system.score <= band.up_to), None)
    if band is None and ladder:
        band = ladder[-1].key
    return system if band in (None, system.band) else msgspec.structs.replace(system, band=band)


def _bands(ladder: Sequence[Band], systems: Sequence[FleetSystem]) -> Iterator[BandTally]:
    below = 0
    for number, band in enumerate(ladder):
        last = number == len(ladder) - 1  # what is above the last band belongs to it
        upto = len(systems) if last else sum(s.score <= band.up_to for s in systems)
        within = upto - below
        yield BandTally(key=band.key, text=band.text, up_to=band.up_to, systems=within, below=below)
        below = upto


def _section(section: SectionScore, systems: Sequence[FleetSystem]) -> SectionTally:
    scores = [s.sections[section.id] for s in systems if section.id in s.sections]
    return SectionTally(
        id=section.id,
        title=section.title,
        max=section.max,
        mean=fmean(scores),
        limits=sum(section.id in s.limiting_sections for s in systems),
    )


def _items(members: Sequence[Candidate]) -> list[ItemTally]:
    """Return the items of a group, the weakest first; equals in the order of the rubric."""
    facts: dict[str, ItemFacts] = {}
    standings: dict[str, list[ItemState]] = {}
    for candidate in members:
        for each, standing in zip(candidate.items, candidate.system.items, strict=True):
            facts.setdefault(each.id, each)
            standings.setdefault(each.id, []).append(standing)
    tallies = [_item(facts[item], standings[item]) for item in facts]
    return sorted(tallies, key=lambda t: (t.mean_points, -t.states.get("failing", 0)))


def _item(facts: ItemFacts, standings: Sequence[ItemState]) -> ItemTally:
    return ItemTally(
        id=facts.id,
        name=facts.name,
        title=facts.title,
        section=facts.section,
        states=dict(Counter(s.state for s in standings)),
        mean_points=fmean(s.points for s in standings),
    )

"""Many records of many systems, reduced to what one table over all of them shows.

Records come one by one and are let go, so that a thousand of them need not be held at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from ..domain.fleet import (
    DEFAULT_TITLE,
    Fleet,
    FleetGroup,
    FleetSystem,
    ItemState,
    LeftOut,
    Unscored,
)
from ..domain.moments import moment
from ..domain.record import ItemScore, Record, TrendPoint
from ..domain.text import clean_line
from ._fleet_groups import Candidate, ItemFacts, Terms, by_terms, group

TREND_POINTS = 20
"""The shown run among them."""
STALE_AFTER_DAYS = 30.0
OWNERS = 20
"""That a record may name itself, beside those of its attestations."""


class _Seen(NamedTuple):
    """A complete run, as a point of a trend."""

    point: TrendPoint
    terms: Terms
    branch: str | None


def fleet_of(
    records: Iterable[Record],
    trends: Mapping[str, Sequence[TrendPoint]] | None = None,
    *,
    now: dt.datetime,
    stale_after_days: float = STALE_AFTER_DAYS,
    unscored: Sequence[Unscored] = (),
    title: str = DEFAULT_TITLE,
) -> Fleet:
    """Put systems beside each other, each by its newest complete run.

    Parameters
    ----------
    records
        Of any systems, in any order, any number of each.
    trends
        By system, scores of complete runs that are comparable with the newest one, where its
        records are not all there. Without any, the trend that the record itself holds serves.
    now
        Ages are told by it.
    stale_after_days
        A run that is older than this is stale.
    unscored
        Further systems of which no record can be shown. One that has a complete record among
        `records` is taken out.
    """
    found = _Found(now, stale_after_days)
    for record in records:
        found.add(record)
    chosen = [_with_trend(c, found, (trends or {}).get(name, ())) for name, c in found.shown()]
    groups = [group(terms, members) for terms, members in by_terms(chosen)]
    return Fleet(
        title=title,
        now=now.astimezone(dt.UTC),
        stale_after_days=stale_after_days,
        groups=tuple(sorted(groups, key=_largest_first)),
        unscored=tuple(found.unscored(unscored)),
        left_out=tuple(found.left_out),
    )


def _largest_first(group: FleetGroup) -> tuple[int, str, str, str]:
    terms = group.rubric, group.rubric_version, group.scoring_version
    return (-len(group.systems), *terms)


def reason_of(record: Record) -> str:
    """Say why a record shows no score of a whole system; empty if it does."""
    run = record.run
    if run.complete and not run.incomplete_reasons:
        return ""
    what = "cut short" if run.cut_short else "partial"
    details = "; ".join(r.detail or r.kind for r in run.incomplete_reasons[:3])
    return f"its newest run is {what}{': ' if details else ''}{clean_line(details, limit=300)}"


class _Found:
    """What is kept of the records that have passed by."""

    def __init__(self, now: dt.datetime, stale_after_days: float) -> None:
        self._now = now
        self._stale_after = stale_after_days
        self._newest: dict[str, Candidate] = {}
        self._seen: dict[str, list[_Seen]] = {}
        self._incomplete: dict[str, tuple[dt.datetime, str]] = {}
        self.left_out: list[LeftOut] = []

    def add(self, record: Record) -> None:
        started_at = moment(record.run.started_at)
        if started_at is None:
            said = clean_line(repr(record.run.started_at), limit=80)
            reason = f"run.started_at is {said}, not a time with its zone; score again"
            place = f"a record of {clean_line(record.system, limit=80)}"
            self.left_out.append(LeftOut(place=place, reason=reason))
        elif reason := reason_of(record):
            known = self._incomplete.get(record.system)
            if known is None or (started_at, reason) > known:
                self._incomplete[record.system] = (started_at, reason)
        else:
            self._add_complete(record, started_at)

    def _add_complete(self, record: Record, started_at: dt.datetime) -> None:
        point = _point(record, started_at)
        seen = _Seen(point, Terms.of(record), record.run.branch)
        self._seen.setdefault(record.system, []).append(seen)
        known = self._newest.get(record.system)
        order = (started_at, record.run.id)
        if known is None or order > (known.system.started_at, known.system.run):
            self._newest[record.system] = self._candidate(record, started_at)

    def shown(self) -> Iterator[tuple[str, Candidate]]:
        """Yield the systems that have a score, by name."""
        yield from sorted(self._newest.items())

    def seen(self, candidate: Candidate) -> list[TrendPoint]:
        """Return the runs of a system that the newest one continues."""
        system = candidate.system
        return [
            each.point
            for each in self._seen[system.system]
            if (each.terms, each.branch) == (candidate.terms, system.branch)
        ]

    def unscored(self, others: Sequence[Unscored]) -> Iterator[Unscored]:
        """Yield the systems without a score, by name."""
        known = {other.system: other for other in others}
        for name, (started_at, reason) in self._incomplete.items():
            other = known.get(name)
            if other is None or other.started_at is None or other.started_at < started_at:
                known[name] = Unscored(system=name, reason=reason, started_at=started_at)
        yield from (each for name, each in sorted(known.items()) if name not in self._newest)

    def _candidate(self, record: Record, started_at: dt.datetime) -> Candidate:
        age = max(self._now - started_at, dt.timedelta())  # clocks of other machines run ahead
        run = record.run
        system = FleetSystem(
            system=record.system,
            run=run.id,
            started_at=started_at,
            age_days=age.days,
            stale=age > dt.timedelta(days=self._stale_after),
            score=record.score.final,
            band=record.score.band.key,
            sections={s.id: s.score for s in record.sections},
            limiting_sections=record.score.limiting_sections,
            gate=record.gate.status,
            verdict=record.gate.verdict,
            change=None,
            trend=(),
            owners=owners(record),
            branch=run.branch,
            commit=run.commit,
            ci=run.ci,
            items=tuple(
                ItemState(id=i.id, section=i.section, state=i.state, points=i.points)
                for i in record.items
            ),
        )
        items = tuple(ItemFacts(i.id, i.name, i.title, i.section) for i in record.items)
        return Candidate(
            system,
            Terms.of(record),
            record.rubric,
            record.score.max,
            record.sections,
            items,
            record.trend,
        )


def owners(record: Record) -> tuple[str, ...]:
    """Return whom to ask about a system, each once.

    First those that the record names in `extra.owner` or `extra.owners`, then the owners of its
    attestations.
    """
    named = [*_names(record.extra.get("owner")), *_names(record.extra.get("owners"))][:OWNERS]
    attested = (_attested(item) for item in record.items)
    return tuple(dict.fromkeys([*named, *(name for name in attested if name)]))


def _names(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [clean_line(v, limit=120) for v in listed if isinstance(v, str) and v.strip()]


def _attested(item: ItemScore) -> str:
    return clean_line(item.attestation.statement.owner, limit=120) if item.attestation else ""


def _point(record: Record, started_at: dt.datetime) -> TrendPoint:
    return TrendPoint(
        started_at=started_at.isoformat(),
        final=record.score.final,
        sections={s.id: s.score for s in record.sections},
        commit=record.run.commit,
    )


def _with_trend(candidate: Candidate, found: _Found, further: Sequence[TrendPoint]) -> Candidate:
    """Return a candidate with the runs before it, each once, and the change from the last."""
    system = candidate.system
    seen = [*found.seen(candidate), *further]
    points: dict[dt.datetime, TrendPoint] = {}
    earlier = sorted(seen, key=_by_content) if len(seen) > 1 else candidate.own_trend
    for point in earlier:
        when = moment(point.started_at)
        if when is not None and when < system.started_at:
            points[when] = point
    trend = tuple(points[when] for when in sorted(points)[1 - TREND_POINTS :])
    change = system.score - trend[-1].final if trend else None
    shown = msgspec.structs.replace(system, trend=trend, change=change)
    return candidate._replace(system=shown)


def _by_content(point: TrendPoint) -> tuple[str, float, str]:
    """Order points so that of several at one time the same one counts, however they came."""
    return point.started_at, point.final, point.commit or ""

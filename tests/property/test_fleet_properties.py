"""A fleet is the same however its records come."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import fleet_records as records
import sample_records as samples
from pytest_mltestscore.domain.moments import moment
from pytest_mltestscore.domain.record import Reason, TrendPoint
from pytest_mltestscore.scoring.fleet import TREND_POINTS, fleet_of

EVERY = [fact.id for fact in samples.FACTS]
PARTIAL = (Reason(kind="deselected", detail="1 tagged test deselected by -k"),)


@st.composite
def runs(draw):
    """Draw runs of a few systems at a few times; each has an id of its own."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        lost = draw(st.integers(0, 7))
        states = dict.fromkeys(EVERY, "automated")
        states |= {f"model-{n}": "missing" for n in range(1, lost + 1)}
        reasons = PARTIAL if draw(st.booleans()) else ()
        started_at = records.NOW - dt.timedelta(days=draw(st.integers(-1, 40)))
        record = records.scored(
            draw(st.sampled_from("abc")),
            states,
            id=str(number),
            started_at=started_at.isoformat(),
            branch=draw(st.sampled_from(["main", "wild", None])),
            complete=not reasons,
            incomplete_reasons=reasons,
        )
        version = draw(st.sampled_from(["1", "2"]))
        found.append(replace(record, rubric=replace(record.rubric, version=version)))
    return found


@given(runs(), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(found, dice):
    shuffled = list(found)
    dice.shuffle(shuffled)
    assert fleet_of(shuffled, now=records.NOW) == fleet_of(found, now=records.NOW)


@given(runs())
def test_every_system_is_scored_or_listed_apart_and_never_both(found):
    fleet = fleet_of(found, now=records.NOW)
    scored = [s.system for group in fleet.groups for s in group.systems]
    listed = [u.system for u in fleet.unscored]
    assert sorted(scored + listed) == sorted({r.system for r in found})
    assert set(scored) == {r.system for r in found if r.run.complete}


@given(runs())
def test_trends_from_names_are_those_from_records(found):
    """What a store tells without reading gives the same fleet as reading all of it."""
    whole = fleet_of(found, now=records.NOW)
    newest, trends = [], {}
    for system in (s for group in whole.groups for s in group.systems):
        [shown] = [r for r in found if (r.system, r.run.id) == (system.system, system.run)]
        newest.append(shown)
        alike = [
            r
            for r in found
            if r.run.complete
            and (r.system, r.rubric.version, r.run.branch)
            == (shown.system, shown.rubric.version, shown.run.branch)
        ]
        trends[system.system] = [
            TrendPoint(
                started_at=moment(r.run.started_at).isoformat(),
                final=r.score.final,
                sections={s.id: s.score for s in r.sections},
                commit=r.run.commit,
            )
            for r in alike
        ]
    named = fleet_of(newest, trends, now=records.NOW)
    assert named.groups == whole.groups
    assert all(len(s.trend) < TREND_POINTS for g in named.groups for s in g.systems)

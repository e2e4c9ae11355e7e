"""Systems beside each other: which run shows a system, what came before it, and counts."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from msgspec.structs import replace

import fleet_records as records
import sample_records as samples
from pytest_mltestscore.domain.fleet import Unscored
from pytest_mltestscore.domain.record import Reason, Shard, TrendPoint
from pytest_mltestscore.scoring.fleet import TREND_POINTS, fleet_of

NOW = records.NOW


def at(days_ago, name="churn", states=None, **run):
    """Return the record of a run so many days ago; without states every item is automated."""
    every = dict.fromkeys((fact.id for fact in samples.FACTS), "automated")
    facts = {"started_at": (NOW - dt.timedelta(days=days_ago)).isoformat(), "branch": "main"}
    return records.scored(
        name, {**every, **(states or {})}, **{"id": f"{days_ago}", **facts, **run}
    )


def missing(number, section="data"):
    """Return states in which so many items of a section are missing."""
    return {f"{section}-{n}": "missing" for n in range(1, number + 1)}


def only(fleet):
    [group] = fleet.groups
    [system] = group.systems
    return system


# Which run


def test_the_newest_complete_run_shows_a_system_whatever_the_order():
    runs = [at(3), at(1, states=missing(2)), at(2)]
    random.Random(1).shuffle(runs)
    system = only(fleet_of(runs, now=NOW))
    assert (system.score, system.age_days, system.stale) == (5.0, 1, False)
    assert system.limiting_sections == ("data",)


def test_an_incomplete_run_is_passed_over():
    partial = replace(samples.partial(), system="churn")
    newer = replace(partial, run=replace(partial.run, started_at=NOW.isoformat()))
    fleet = fleet_of([at(3), newer], now=NOW)
    assert only(fleet).age_days == 3
    assert fleet.unscored == ()


def test_a_part_of_a_run_shows_a_system_once_the_other_parts_were_there():
    missing = Reason(kind="shard-missing", detail="shard 1 of 2 is missing")
    last = at(1, shard=Shard(2, 2))
    first = at(2, "spam", shard=Shard(1, 2), complete=False, incomplete_reasons=(missing,))
    fleet = fleet_of([last, first], now=NOW)
    assert only(fleet).system == "churn"
    assert [u.reason for u in fleet.unscored] == [
        "its newest run is cut short: shard 1 of 2 is missing"
    ]


def test_systems_without_a_complete_run_are_listed_with_the_reason_of_the_newest():
    fleet = fleet_of([samples.cut_short(), replace(samples.partial(), system="spam")], now=NOW)
    assert [(u.system, u.reason) for u in fleet.unscored] == [
        (
            "churn",
            (
                "its newest run is cut short: stopping after 1 failure; 1 selected test has no"
                " final report"
            ),
        ),
        ("spam", "its newest run is partial: 2 tagged tests deselected by -k"),
    ]


def test_what_a_reader_knows_of_unscored_systems_counts_unless_one_has_a_score():
    known = [Unscored(system="churn", reason="torn"), Unscored(system="spam", reason="torn")]
    fleet = fleet_of([at(1)], now=NOW, unscored=known)
    assert [u.system for u in fleet.unscored] == ["spam"]


@pytest.mark.parametrize("started_at", ["", "yesterday", "2026-03-02T08:00:00", "9999-99-99"])
def test_a_run_at_no_time_is_left_out(started_at):
    fleet = fleet_of([at(1, started_at=started_at)], now=NOW)
    assert fleet.groups == fleet.unscored == ()
    [left_out] = fleet.left_out
    assert (left_out.place, "not a time with its zone" in left_out.reason) == (
        "a record of churn",
        True,
    )


@pytest.mark.parametrize(
    "days, stale", [(29.9, False), (30, False), (30.1, True), (400, True), (-1, False)]
)
def test_a_system_is_stale_beyond_the_limit(days, stale):
    assert only(fleet_of([at(days)], now=NOW)).stale is stale


def test_the_limit_of_staleness_can_be_moved():
    fleet = fleet_of([at(3)], now=NOW, stale_after_days=2)
    assert (only(fleet).stale, fleet.groups[0].stale) == (True, 1)


# What came before


def test_change_and_trend_are_against_earlier_runs_of_the_same_branch():
    runs = [
        at(4, states=missing(3)),
        at(3, branch="feature", states=missing(7)),
        at(2, states=missing(2)),
        at(1, states=missing(3)),
    ]
    system = only(fleet_of(runs, now=NOW))
    assert [point.final for point in system.trend] == [4.0, 5.0]
    assert system.change == -1.0


def test_a_run_of_another_rubric_is_no_part_of_a_trend():
    old = replace(at(2), rubric=replace(at(2).rubric, version="0"))
    system = only(fleet_of([old, at(1)], now=NOW))
    assert (system.trend, system.change) == ((), None)


def test_a_trend_may_be_given_and_is_cut_to_the_newest():
    given = [
        TrendPoint(started_at=(NOW - dt.timedelta(days=n)).isoformat(), final=n / 2, sections={})
        for n in range(1, 40)
    ]
    system = only(fleet_of([at(5)], {"churn": given}, now=NOW))
    assert [p.final for p in system.trend] == [n / 2 for n in range(5 + TREND_POINTS - 1, 5, -1)]


def test_what_a_record_says_of_its_trend_serves_where_nothing_else_does():
    point = TrendPoint(started_at=(NOW - dt.timedelta(9)).isoformat(), final=1.0, sections={})
    alone = replace(at(1), trend=(point,))
    assert only(fleet_of([alone], now=NOW)).change == 6.0
    assert only(fleet_of([alone, at(3, states=missing(1))], now=NOW)).change == 1.0


# Owners


@pytest.mark.parametrize(
    "extra, owners",
    [
        ({}, ("ana@example.org",)),
        ({"owner": "Serving team"}, ("Serving team", "ana@example.org")),
        ({"owners": ["b", "ana@example.org", "b"]}, ("b", "ana@example.org")),
        ({"owner": 3, "owners": [None, {"a": 1}, " "]}, ("ana@example.org",)),
        ({"owner": "a\n\x1b[31mb"}, ("a b", "ana@example.org")),
    ],
)
def test_owners_are_those_that_a_record_names_and_those_of_attestations(extra, owners):
    record = replace(samples.mixed(), extra=extra)
    found = only(fleet_of([record], now=NOW)).owners
    assert found == owners


def test_a_record_names_no_more_than_a_few_owners_itself():
    record = replace(at(1), extra={"owners": [f"owner {n}" for n in range(10_000)]})
    assert len(only(fleet_of([record], now=NOW)).owners) == 20


# Counts


def test_systems_of_another_rubric_or_scoring_stand_apart_the_largest_group_first():
    runs = [at(1, "a"), at(1, "b"), replace(samples.edition_2016(), system="c")]
    runs.append(replace(at(1, "d"), scoring_version="0"))
    fleet = fleet_of(runs, now=NOW)
    assert [[s.system for s in g.systems] for g in fleet.groups] == [["a", "b"], ["c"], ["d"]]
    assert [g.max for g in fleet.groups] == [7.0, 14.0, 7.0]


def test_a_group_is_counted_from_the_worst():
    runs = [
        at(1, "a"),
        at(1, "b", missing(6)),
        at(40, "c", missing(4, "infra")),
        at(1, "d", {**missing(7), "model-1": "failing"}),
    ]
    [group] = fleet_of(runs, now=NOW).groups
    assert [s.system for s in group.systems] == ["d", "b", "c", "a"]
    assert (group.median, group.stale) == (2.0, 1)
    assert [(b.key, b.systems, b.below) for b in group.bands] == [
        ("research", 1, 0),
        ("holes", 1, 1),
        ("first-pass", 0, 2),
        ("reasonable", 1, 2),
        ("strong", 0, 3),
        ("exceptional", 1, 3),
    ]
    assert group.weakest_section == "data"
    assert {s.id: (s.mean, s.limits) for s in group.sections} == {
        "data": (3.75, 3),
        "model": (6.75, 1),
        "infra": (6.0, 2),
        "monitor": (7.0, 1),
    }
    assert group.gates == {"not-asked": 4}


def test_items_come_worst_first_and_failing_beats_missing():
    runs = [
        at(1, "a", {"data-2": "missing", "data-3": "missing", "infra-1": "failing"}),
        at(1, "b", {"data-2": "manual", "data-3": "missing", "infra-1": "missing"}),
    ]
    [group] = fleet_of(runs, now=NOW).groups
    worst = group.items[:4]
    assert [item.id for item in worst] == ["infra-1", "data-3", "data-2", "data-1"]
    assert [item.mean_points for item in worst] == [0.0, 0.0, 0.25, 1.0]
    assert [item.states for item in worst[:2]] == [{"failing": 1, "missing": 1}, {"missing": 2}]


def test_every_system_is_counted_once_in_every_tally():
    fleet = fleet_of(records.systems(200), now=NOW)
    [group] = fleet.groups
    assert fleet.systems == len(group.systems) == 200
    assert sum(band.systems for band in group.bands) == 200
    assert sum(group.gates.values()) == 200
    assert {item.systems for item in group.items} == {200}
    assert sum(s.limits for s in group.sections) >= 200


def test_records_are_let_go_one_by_one():
    import weakref

    alive: list = []

    def stream():
        for number in range(20):
            marker = _Marker()
            alive.append(weakref.ref(marker))
            yield replace(records.system(number), extra={"marker": marker})

    fleet_of(stream(), now=NOW)
    assert sum(ref() is not None for ref in alive) <= 1


class _Marker:
    """Something that a weak reference can be made to."""


def test_nothing_gives_an_empty_fleet():
    fleet = fleet_of([], now=NOW)
    assert (fleet.groups, fleet.unscored, fleet.systems) == ((), (), 0)

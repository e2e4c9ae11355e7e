"""Which stored runs make a history. Told by entries alone, so nothing is stored here."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pytest_mltestscore import catalog
from pytest_mltestscore.domain.record import Reason
from pytest_mltestscore.store import history, on_branch, short_branch, trend
from pytest_mltestscore.store._entry import Entry, describe
from store_records import START, record

RUBRIC = replace(catalog.load(), id="ml-test-score-2017", version="1")  # as in the samples
LONG = "feature/that-took-somewhat-longer-to-name"


def entry(number=0, **facts):
    base = {
        "key": f"churn/2026-03/{number:03}",
        "system": "churn",
        "started_at": START + dt.timedelta(minutes=number),
        "run": f"run-{number}",
        "digest": "0" * 32,
        "completeness": "complete",
        "failing": False,
        "branch": "main",
        "final": 2.0,
        "yardstick": "a",
    }
    return Entry(**{**base, **facts})


def test_only_complete_runs_with_a_score_are_in_it_and_others_are_counted():
    kinds = ["complete", "partial", "cut-short", "partial", "complete"]
    entries = [entry(n, completeness=kind) for n, kind in enumerate(kinds)]
    found = history([*entries, entry(9, final=None)])
    assert [step.entry for step in found.steps] == [entries[0], entries[4]]
    assert found.passed_over == {"partial": 2, "cut-short": 1, "unscored": 1}
    assert history([]).steps == ()


def test_a_run_is_compared_with_the_newest_one_before_it_that_has_the_same_yardstick():
    scores = [("a", 1.0), ("a", 2.5), ("b", 4.0), ("a", 2.0), ("b", 4.0)]
    entries = [entry(n, yardstick=y, final=f) for n, (y, f) in enumerate(scores)]
    steps = history(entries).steps
    assert [step.before and step.before.run for step in steps] == [
        *(None, "run-0", None, "run-1", "run-2")
    ]
    assert [step.gain for step in steps] == [None, 1.5, None, -0.5, 0.0]
    assert [step.breaks for step in steps] == [False, False, True, True, True]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 14)), max_size=20))
def test_gains_of_a_yardstick_add_up_to_the_way_from_its_first_run_to_its_last(scores):
    entries = [entry(n, yardstick=y, final=half / 2) for n, (y, half) in enumerate(scores)]
    steps = history(entries).steps
    for terms in "abc":
        own = [step for step in steps if step.entry.yardstick == terms]
        gains = sum(step.gain or 0.0 for step in own)
        assert not own or own[0].final + gains == own[-1].final


@pytest.mark.parametrize(
    "pattern,expected",
    [
        ("main", ["main"]),
        ("release/*", ["release/1", "release/2"]),
        ("*", ["main", "release/1", "release/2", short_branch(LONG)]),
        (LONG, [short_branch(LONG)]),
        ("feature/*", [short_branch(LONG)]),
        ("MAIN", []),
        ("[", []),
    ],
)
def test_branches_are_chosen_by_pattern_or_by_their_whole_name(pattern, expected):
    branches = ["main", "release/1", "release/2", short_branch(LONG), None]
    entries = [entry(n, branch=branch) for n, branch in enumerate(branches)]
    assert [e.branch for e in on_branch(entries, pattern)] == expected


def described(number, **run):
    made = record(number, **run)
    return describe(b"...", made)


def test_a_trend_is_of_earlier_complete_runs_that_can_be_compared():
    stopped = (Reason(kind="stopped", detail="stopping"),)
    entries = [
        described(0),
        described(1, complete=False, incomplete_reasons=stopped),
        replace(described(2), yardstick="another"),
        described(3),
        described(5),
        described(6),
    ]
    began = entries[4].started_at
    points = trend(entries, RUBRIC, before=began)
    assert [p.started_at for p in points] == [
        "2026-03-02T08:15:30+00:00",
        "2026-03-02T08:18:30+00:00",
    ]
    assert points[0].final == 2.5
    assert points[0].sections == {"data": 4.5, "model": 2.5, "infra": 3.0, "monitor": 3.5}
    assert points[0].commit == entries[0].commit
    assert trend(entries, RUBRIC, before=began, most=1) == points[1:]
    assert trend(entries, RUBRIC, before=began, most=0) == ()
    assert trend([], RUBRIC, before=began) == ()

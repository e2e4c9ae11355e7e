"""What a store reads of many runs shows what all of them show, and no store makes it read them all.

The store here is in memory: what a place does to names and bytes is tested with each kind of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools import NOW, pooled, ran
from pytest_mltestscore.domain.record import Policy
from pytest_mltestscore.provenance import GitFacts
from pytest_mltestscore.reporters.to_json import render
from pytest_mltestscore.store import Scope, Store, gather
from pytest_mltestscore.store import _gathering as module
from strategies import PAPER, reason, row, steady

FUNCTIONS = ("tests/test_a.py::test_a", "tests/test_b.py::test_b")
OUTCOMES = ("passed", "passed", "skipped", "failed", "not-run")
HOME = GitFacts()


class Memory:
    """A place that counts what is read of it."""

    mend, at_once = "none", 32

    def __init__(self):
        self.objects: dict[str, bytes] = {}
        self.read: list[str] = []

    def put(self, sent):
        self.objects[sent.entry.key] = sent.content

    def keys(self, system, window):
        return list(self.objects)

    def get(self, keys):
        self.read += keys
        return {key: self.objects[key] for key in keys}

    def close(self):
        pass


def stored(records):
    """Put records into a store; return what it has for a score, and how many it read."""
    place = Memory()
    store = Store(place, "memory")
    for record in records:
        store.append(render(record).encode())
    scope = Scope(
        system="churn",
        rubric=PAPER,
        policy=Policy(commits="any"),
        now=NOW,
        root=Path.cwd(),
        git=HOME,
    )
    return gather(store, scope), len(place.read)


class Plan(NamedTuple):
    """A run of two tests whose parameters are others on other machines."""

    hours: int
    outcomes: Sequence[Mapping[str, str]]
    """By parameter, for each test."""
    collected: tuple[str, ...]

    def record(self):
        tests = {
            f"data-{number}": [row(f"{FUNCTIONS[number - 1]}[{p}]", o) for p, o in found.items()]
            for number, found in enumerate(self.outcomes, 1)
        }
        left_out = any("not-run" in found.values() for found in self.outcomes)
        why = [reason("deselected")] if left_out else []
        facts = {"collected": self.collected, "commit": None, "dirty": None}
        return ran(self.hours, tests, *why, **facts)


outcomes = st.dictionaries(st.sampled_from("123"), st.sampled_from(OUTCOMES))
plans = st.builds(
    Plan,
    st.integers(1, 24 * 80),
    st.tuples(outcomes, outcomes),
    st.sampled_from([(), ("tests",), (".",)]),
)
histories = st.lists(plans, min_size=1, max_size=8, unique_by=lambda plan: plan.hours)


def shown(records):
    """Return the outcome that counts of each test."""
    found = pooled(records, policy=Policy(commits="any")).tests
    return {
        item: {test.nodeid: test.outcome for test in rows if test.outcome != "not-run"}
        for item, rows in found.items()
    }


@steady
@given(histories)
def test_what_is_read_shows_what_all_runs_show(planned):
    records = [plan.record() for plan in planned]
    gathered, _ = stored(records)
    read, everything = shown(gathered.records), shown(records)
    for item in ("data-1", "data-2"):
        assert read.get(item, {}) == everything.get(item, {})


def day(number, outcome="passed"):
    """Return a run of a test whose parameter is the day."""
    tests = {"data-1": [row(f"{FUNCTIONS[0]}[{number}]", outcome)]}
    return ran(number, tests, commit=None, dirty=None)


def test_parameters_that_are_others_each_day_are_not_all_read():
    gathered, read = stored(day(n) for n in range(1, 81))
    assert read == module.SETS_OF_PARAMETERS
    assert {r.run.id for r in gathered.records} == {f"run-{n}" for n in range(1, 21)}
    assert gathered.left_out == {"of parameters that 20 newer sets have replaced": 60}


def test_those_that_failed_are():
    gathered, read = stored([*(day(n) for n in range(1, 41)), day(60, "failed")])
    assert read == module.SETS_OF_PARAMETERS + 1
    assert "run-60" in {r.run.id for r in gathered.records}


@pytest.mark.parametrize("outcome", ["passed", "failed"])
def test_no_store_makes_a_score_read_it_all(monkeypatch, outcome):
    monkeypatch.setattr(module, "READ_AT_MOST", 30)

    def run(number, outcome):
        tests = {"data-1": [row(f"tests/test_a.py::test_{number}", outcome)]}
        return ran(number, tests, commit=None, dirty=None)

    runs = [*(run(n, "passed") for n in range(1, 41)), run(60, outcome)]
    gathered, read = stored(runs)
    assert read == 30
    assert ("run-60" in {r.run.id for r in gathered.records}) == (outcome == "failed")
    assert gathered.left_out == {module.BEYOND: 11}

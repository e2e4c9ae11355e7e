"""What the ledger keeps of several systems, each apart from the others."""

from __future__ import annotations

import pytest

from pytest_mltestscore.collect.ledger import Ledger
from pytest_mltestscore.domain.tags import OWN, tag

CHURN = tag("data-1", "churn")


@pytest.fixture
def ledger():
    """Three tests that ran, one of two systems, one of others alone, and one without an item."""
    ledger = Ledger()
    tests = {"own": ("data-1",), "both": ("data-2", CHURN), "other": (), "plain": ()}
    ledger.select(tests, of_others=["other"])
    ledger.leave_out({"out": (CHURN,), "out-plain": ()})
    return ledger


def rows(ledger, system):
    return {item: [r.nodeid for r in found] for item, found in ledger.evidence(system).items()}


def test_evidence_is_of_one_system(ledger):
    assert rows(ledger, OWN) == {"data-1": ["own"], "data-2": ["both"]}
    assert rows(ledger, "churn") == {"data-1": ["both", "out"]}
    assert rows(ledger, "fraud") == {}


def test_what_was_left_out_is_counted_for_its_system(ledger):
    assert [ledger.left_out(system) for system in (OWN, "churn", "fraud")] == [0, 1, 0]


def test_a_test_of_others_lacks_no_item(ledger):
    assert ledger.untagged() == ["plain"]
    assert ledger.untagged(lambda nodeid: nodeid != "plain") == []
    assert ledger.selected == 4


def test_tags_and_systems_are_known(ledger):
    assert ledger.tags() == {"data-1", "data-2", CHURN}
    assert ledger.systems() == {OWN, "churn"}
    ledger.retag("plain", (tag("data-3", "fraud"),))
    assert ledger.systems() == {OWN, "churn", "fraud"}


def test_one_system_keeps_the_tuples_that_it_was_given():
    ledger = Ledger()
    ledger.select({"a": ("data-1",), "b": ("data-1", "data-2")})
    assert rows(ledger, OWN) == {"data-1": ["a", "b"], "data-2": ["b"]}

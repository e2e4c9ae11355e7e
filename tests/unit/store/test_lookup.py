"""The record that a branch or commit is compared by, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

import sample_records
from pytest_mltestscore.domain.record import Reason
from pytest_mltestscore.store import newest_record, reference
from store_records import START, content

NOW = START.replace(hour=20)
PARTIAL = (Reason(kind="deselected", detail="2 deselected by -k"),)
COMMIT = "c" * 40


@pytest.fixture
def place(folder_place):
    """What is chosen of a listing is the same for every kind."""
    return folder_place


@pytest.fixture
def appended(store):
    """Store a run of a branch."""

    def append(number, branch="main", **facts):
        known = {"commit": f"{number:040x}", "dirty": False, **facts}
        return store.append(content(number, branch=branch, **known))

    return append


def found(store, text, **how):
    return newest_record(store, "churn", reference(text), **{"now": NOW, **how})


def test_the_newest_run_that_can_be_one(store, appended):
    appended(1)
    appended(2, dirty=True)
    appended(3, complete=False, incomplete_reasons=PARTIAL)
    appended(4, branch="other")
    appended(60 * 24)
    assert found(store, "branch:main").record.run.id == f"{1:032x}"
    assert found(store, "branch:main").instead == ""


def test_a_store_without_the_system_has_nothing_instead(store):
    assert found(store, "branch:main") == (None, "")


@pytest.mark.parametrize(
    "wanted, instead",
    [
        ("mian", "did you mean branch:main? The store has runs of release/2, release/1, main"),
        ("relaese/2", "did you mean branch:release/2? The store has runs of release/2, "),
        ("x", "the store has runs of release/2, release/1, main"),
    ],
)
def test_a_branch_that_is_not_there_names_those_that_are(store, appended, wanted, instead):
    for number, branch in enumerate(["main", "release/1", "release/2"]):
        appended(number, branch=branch)
    assert found(store, f"branch:{wanted}").instead.startswith(instead)


def test_of_many_branches_a_few_are_named(store, appended):
    for number in range(30):
        appended(number, branch=f"feature/{number}")
    appended(31, branch=None)
    said = "the store has runs of feature/29, feature/28, feature/27, 27 more"
    assert found(store, "branch:main").instead == said


def test_branches_of_others_are_shown_on_one_line(store, appended):
    appended(1, branch="ma\x1b[31min\n::error::")
    said = found(store, "branch:mine").instead
    assert said.isprintable()


def test_a_commit_that_is_not_there_has_nothing_instead(store, appended):
    appended(1)
    assert found(store, "commit:abcdef0") == (None, "")


def test_a_branch_without_a_run_to_compare_with_says_why(store, appended):
    appended(1, commit=COMMIT)
    appended(2, commit=COMMIT)
    appended(3, dirty=True)
    appended(4, complete=False, incomplete_reasons=PARTIAL)
    appended(60 * 24)
    torn = appended(5)
    Path(store.place, torn.key).write_bytes(b"{")
    assert found(store, "branch:main", beside=COMMIT).instead == (
        "of the runs that the store has of it none can be compared with: 1 begun after the moment"
        " of judging, 1 not complete, 2 of this same commit, 1 on uncommitted changes, 1 that"
        " cannot be read"
    )


def test_what_its_own_gate_failed_is_one_only_where_there_is_no_other(store, appended):
    assert sample_records.mixed().gate.status == "failed"
    appended(1)
    appended(2)
    assert found(store, "branch:main").record.run.id == f"{2:032x}"

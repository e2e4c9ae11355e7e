"""Removing what is old: only that, and only when asked."""

from __future__ import annotations

import datetime as dt

import pytest

from pytest_mltestscore.domain.errors import InputError
from pytest_mltestscore.store import prune
from store_records import START, content

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def place(folder_place):
    """What a store removes is seen elsewhere, for every kind; what is to be removed, here."""
    return folder_place


@pytest.fixture
def entries(store):
    """Two systems: one that runs each hour, and one that ran once."""
    hourly = [store.append(content(60 * hour)) for hour in range(5)]
    return [*hourly, store.append(content(0, system="stale"))]


def left(store):
    return set(store.entries().entries)


def test_nothing_is_removed_without_being_asked(store, entries):
    found = prune(store, before=START + 2 * HOUR)
    assert set(found.entries) == set(entries[:2])
    assert left(store) == set(entries)


def test_what_is_older_is_removed_and_the_newest_of_each_system_stays(store, entries):
    found = prune(store, before=START + 2 * HOUR, dry_run=False)
    assert set(found.entries) == set(entries[:2])
    assert left(store) == set(entries[2:])
    assert prune(store, before=START + 2 * HOUR, dry_run=False).entries == ()


def test_a_run_that_has_not_begun_is_none_of_those_that_stay(store, entries):
    ahead = store.append(content(60 * 24))
    now = START + 9 * HOUR
    found = prune(store, before=now, now=now)
    assert set(found.entries) == set(entries[:4]), "the newest of each that has begun stays"
    assert ahead in set(prune(store, before=START + 48 * HOUR, now=now).entries)


@pytest.mark.parametrize("keep, removed", [(0, [0, 1, 2, 3, 4, 5]), (1, [0, 1, 2, 3]), (9, [])])
def test_some_of_the_newest_can_be_kept(store, entries, keep, removed):
    found = prune(store, before=START + 9 * HOUR, keep=keep, dry_run=False)
    assert set(found.entries) == {entries[n] for n in removed}
    assert left(store) == set(entries) - set(found.entries)


def test_one_system(store, entries):
    prune(store, before=START + 9 * HOUR, system="stale", keep=0, dry_run=False)
    assert left(store) == set(entries[:5])


def test_bad_arguments(store):
    with pytest.raises(InputError, match="before: has no time zone"):
        prune(store, before=dt.datetime(2026, 3, 2))  # noqa: DTZ001
    with pytest.raises(InputError, match="keep: is -1"):
        prune(store, before=START, keep=-1)

"""What holds for every kind of store."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from msgspec.structs import replace

import sample_records
from pytest_mltestscore.domain.errors import InputError, RecordError
from pytest_mltestscore.domain.record import Shard
from pytest_mltestscore.reporters.to_json import render
from pytest_mltestscore.store import Sent, Skipped, open_store
from pytest_mltestscore.store._entry import describe
from store_records import START, content, record

MINUTE = dt.timedelta(minutes=1)


def contents(store, entries):
    """Return the records of entries as bytes; nothing may be skipped."""
    found = list(store.read(entries))
    assert [each for each in found if isinstance(each, Skipped)] == []
    assert [each.entry for each in found] == list(entries)
    return [render(each.record).encode() for each in found]


def test_what_is_appended_is_found_and_read(store):
    entry = store.append(content(1))
    assert store.entries("churn") == ((entry,), ())
    assert store.entries() == ((entry,), ())
    assert contents(store, [entry]) == [content(1)]
    assert store.systems() == ["churn"]


def test_an_empty_store_is_empty_and_stays_so(store, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    assert store.systems() == []
    assert store.entries("churn") == store.entries() == ((), ())
    assert sorted(tmp_path.rglob("*")) == before


def test_sending_a_run_again_changes_nothing(store):
    entry = store.append(content(1))
    assert store.append(content(1)) == entry
    assert store.entries() == ((entry,), ())
    assert contents(store, [entry]) == [content(1)]


def test_two_records_of_one_run_are_both_kept(store):
    first = store.append(content(1))
    second = store.append(content(1, selected=99))
    assert (first.run, first.started_at) == (second.run, second.started_at)
    assert set(store.entries("churn").entries) == {first, second}
    assert sorted(contents(store, [first, second])) == sorted([content(1), content(1, selected=99)])


def test_entries_come_in_order_of_time(store):
    sent = {number: store.append(content(number)) for number in (3, 1, 2, 100_000, 0)}
    assert list(store.entries("churn").entries) == [sent[number] for number in sorted(sent)]


WINDOWS = [
    (None, None, [0, 1, 2]),
    (START + MINUTE, None, [1, 2]),
    (START + MINUTE / 2, None, [1, 2]),
    (None, START + MINUTE, [0]),
    (START + MINUTE, START + 2 * MINUTE, [1]),
    (START + 3 * MINUTE, None, []),
    (START - 400 * 1440 * MINUTE, START + 400 * 1440 * MINUTE, [0, 1, 2]),
    ((START + MINUTE).astimezone(dt.timezone(dt.timedelta(hours=-8))), None, [1, 2]),
]


def test_a_window_takes_its_first_moment_and_not_its_last(store):
    sent = [store.append(content(number)) for number in range(3)]
    for since, until, expected in WINDOWS:
        for system in ("churn", None):
            found = store.entries(system, since=since, until=until).entries
            assert list(found) == [sent[number] for number in expected], (since, until)


def test_a_window_reaches_over_months(store):
    sent = [store.append(content(days * 1440)) for days in (0, 20, 40, 80, 320)]
    found = store.entries("churn", since=sent[1].started_at, until=sent[4].started_at)
    assert list(found.entries) == sent[1:4]


@pytest.mark.parametrize("argument", ["since", "until"])
def test_a_time_without_a_zone_is_refused(store, argument):
    with pytest.raises(InputError, match=f"^{argument}: has no time zone"):
        store.entries("churn", **{argument: dt.datetime(2026, 3, 2)})  # noqa: DTZ001


SYSTEMS = ["churn", "churn-2", "churn_2", "Churn", "..", ".hidden", "a/b", "größe", "50%", "!2e."]


def test_systems_are_kept_apart_whatever_their_names(store):
    sent = {name: store.append(content(1, system=name)) for name in SYSTEMS}
    assert store.systems() == sorted(SYSTEMS)
    for name in SYSTEMS:
        assert store.entries(name) == ((sent[name],), ())
        assert contents(store, [sent[name]]) == [content(1, system=name)]
    assert len(store.entries().entries) == len(SYSTEMS)


def test_an_entry_says_what_the_record_says(store):
    told = store.append(content(1, shard=Shard(2, 3)))
    (found,) = store.entries("churn").entries
    assert found == told
    run, score = record().run, record().score
    assert (found.system, found.run, found.shard) == ("churn", f"{1:032x}", Shard(2, 3))
    assert found.started_at == START + MINUTE
    assert (found.commit, found.dirty, found.branch) == (run.commit, False, "feature/slices")
    assert (found.completeness, found.failing, found.ci) == ("complete", True, True)
    assert found.final == score.final
    assert found.sections == tuple(s.score for s in record().sections)


def test_parts_of_a_run_are_two_records(store):
    shards = [Shard(1, 2), Shard(2, 2)]
    sent = [store.append(content(1, shard=shard)) for shard in shards]
    assert sorted(e.shard for e in store.entries("churn").entries) == shards
    assert contents(store, sent) == [content(1, shard=shard) for shard in shards]


@pytest.mark.parametrize("shard", [Shard(0, 1), Shard(2, 1), Shard(1, 10_000)])
def test_parts_are_counted_from_one(store, shard):
    with pytest.raises(RecordError, match=r"run\.shard"):
        store.append(content(1, shard=shard))


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "is empty"),
        (b"{}", "not a run record"),
        (content()[:-100], "cut off"),
        (b'{"records": [' + content(1) + b"," + content(2) + b"]}", "holds 2 records"),
        (content(started_at="yesterday"), "started_at is 'yesterday'"),
        (content(started_at="2026-03-02T08:15:30"), "not a time with its zone"),
        (content(started_at="0001-01-01T00:00:00+14:00"), "not a time with its zone"),
        (content(system=""), "system '' cannot name a place"),
        (content(system="x" * 201), "use a shorter name"),
    ],
)
def test_what_is_no_record_is_not_stored(store, data, message):
    with pytest.raises(RecordError, match=message):
        store.append(data)
    assert store.entries() == ((), ())


def test_a_record_of_a_newer_minor_version_is_kept_as_it_is(store):
    data = json.loads(content(1))
    data |= {"schema_version": "1.99", "later": {"deep": [1]}}
    sent = json.dumps(data).encode()
    entry = store.append(sent)
    (found,) = store.read([entry])
    assert found.record.schema_version == "1.99"
    assert store._backend.get([entry.key]) == {entry.key: sent}


ALIENS = {
    "newer": (content(1).replace(b'"schema_version": "1.', b'"schema_version": "2.'), "newer than"),
    "older": (content(1).replace(b'"schema_version": "1.', b'"schema_version": "0.'), "older than"),
    "no record": (b"{}", "not a run record"),
    "several": (b'{"records": [' + content(1) + b"," + content(1) + b"]}", "of another run"),
    "another run": (content(2), "of another run"),
}


@pytest.mark.parametrize("what", ALIENS)
def test_a_name_makes_no_record(store, what):
    """What lies there fits its digest, as written by others or by another version."""
    put, reason = ALIENS[what]
    sent = Sent(describe(put, record(1)), put, record(1))
    store._backend.put(sent)
    kept = store.append(content(3))
    listing = store.entries("churn")
    found, other = store.read(listing.entries)
    assert (found.kind, other.entry) == ("newer" if what == "newer" else "alien", kept)
    assert found.place == f"{store.place}/{sent.entry.key}"
    assert reason in found.reason
    assert store._backend.get([sent.entry.key]) == {sent.entry.key: put}


def test_what_was_removed_is_gone(store):
    kept, gone = store.append(content(1)), store.append(content(2))
    store.remove([gone])
    store.remove([gone])
    assert store.entries() == ((kept,), ())
    first, second = store.read([gone, kept])
    assert (first.kind, second.entry) == ("gone", kept)
    assert str(first).endswith(f"{gone.key}: was removed since it was listed")


def test_many_are_read_in_order(store):
    sent = [store.append(content(number)) for number in range(7)]
    store._backend.at_once = 3
    assert contents(store, sent) == [content(number) for number in range(7)]
    assert contents(store, sent[::-1]) == [content(number) for number in reversed(range(7))]


def test_a_record_of_any_text_comes_back(store):
    sent = render(replace(sample_records.hostile(), system="churn")).encode()
    assert contents(store, [store.append(sent)]) == [sent]


def test_a_closed_store_opens_again(store, place):
    store.append(content(1))
    store.close()
    store.close()
    store.append(content(2))
    with open_store(place) as other:
        assert len(other.entries().entries) == 2

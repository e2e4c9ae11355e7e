"""The benchmark of stores still runs, and what it makes up is what a store would have stored."""

from __future__ import annotations

import datetime as dt
import importlib.util
from pathlib import Path

import pytest

import needs
from pytest_mltestscore.store import StoredRecord, open_store

ROOT = Path(__file__).parents[2]
UNTIL = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
RECORDS = 40


@pytest.fixture(scope="module")
def benchmark():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        spec = importlib.util.spec_from_file_location("store", ROOT / "benchmarks/store.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["folder", "sqlite"])
def place(request, benchmark, tmp_path):
    """A store that the benchmark has filled."""
    if request.param == "sqlite":
        needs.module("sqlalchemy")
    url, fill = benchmark._KINDS[request.param](None, tmp_path)
    place = benchmark.Place(request.param, url, fill)
    benchmark.grow([place], range(3), UNTIL)
    benchmark.grow([place], range(3, RECORDS), UNTIL)
    return place


def test_what_is_made_up_is_what_would_be_stored(benchmark, place, tmp_path):
    with open_store(place.url) as store:
        listing = store.entries()
        assert (len(listing.entries), listing.skipped) == (RECORDS, ())
        assert all(isinstance(found, StoredRecord) for found in store.read(listing.entries))
        for sent in benchmark.records(range(RECORDS), UNTIL):
            assert store.append(sent.content) in listing.entries
        assert store.entries() == listing
    assert len({entry.scope for entry in listing.entries}) == len(benchmark.SHARES)
    assert {entry.branch for entry in listing.entries} > {"main"}


def test_the_rows_of_a_database_are_those_that_appending_makes(benchmark, tmp_path):
    needs.module("sqlalchemy")
    import sqlalchemy

    urls = [f"sqlite:///{tmp_path}/{name}.db" for name in ("filled", "appended")]
    filled = benchmark.Place("sqlite", urls[0], benchmark.fill_database)
    benchmark.grow([filled], range(RECORDS), UNTIL)
    with open_store(urls[1]) as store:
        for sent in benchmark.records(range(RECORDS), UNTIL):
            store.append(sent.content)
    tables = []
    for url in urls:
        engine = sqlalchemy.create_engine(url)
        with engine.connect() as connection:
            names = ("mlscore_run", "mlscore_section", "mlscore_item", "mlscore_record")
            read = (connection.execute(sqlalchemy.text(f"SELECT * FROM {n}")) for n in names)
            tables.append([sorted(map(repr, rows)) for rows in read])
        engine.dispose()
    assert tables[0] == tables[1]
    assert len(tables[0][0]) == RECORDS


def test_every_call_tells_what_it_found(benchmark, place):
    found = {name: call(place.url) for name, call in benchmark.calls(UNTIL).items()}
    assert found["list 90 days"] == f"{RECORDS} entries"
    week = sum(
        sent.entry.started_at >= UNTIL - dt.timedelta(days=7)
        for sent in benchmark.records(range(RECORDS), UNTIL)
    )
    assert found["list 7 days"] == f"{week} entries"
    assert 0 < week < RECORDS
    assert found["mlscore fleet"].endswith(" kB")


def test_a_store_may_stop_growing(benchmark, monkeypatch):
    monkeypatch.setitem(benchmark.LARGEST, "folder", 5)
    lines = list(benchmark.report([5, 10], ["folder"], 1))
    assert [line.count("| folder |") for line in lines].count(1) == len(benchmark.calls(UNTIL))


def test_a_size_is_a_table_and_growth_is_over_the_first(benchmark):
    lines = list(benchmark.report([5, 10], ["folder"], 1))
    assert [line for line in lines if line.startswith("## ")] == ["## 5 records", "## 10 records"]
    first = lines[lines.index("## 5 records") :]
    assert next(line for line in first if line.startswith("| list")).split(" | ")[3] == "1.0"
    assert "| call | store | seconds, median | over 5 |" in "\n".join(lines)

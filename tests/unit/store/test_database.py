"""Tables: their steps, their rows, and what else may be found in them."""

from __future__ import annotations

import datetime as dt
import logging
import random
import sqlite3
import threading
import traceback
import zlib
from contextlib import closing
from urllib.parse import quote

import pytest
from msgspec.structs import replace

import needs
import postgresql_server
from pytest_mltestscore.domain.errors import ConfigError, MLTestScoreError, StoreError
from pytest_mltestscore.domain.record import Shard
from pytest_mltestscore.reporters.to_json import render
from pytest_mltestscore.store import open_store
from store_records import START, content, record

needs.module_at_import("sqlalchemy")

from sqlalchemy import inspect, text  # noqa: E402 - needs what was just asked for
from sqlalchemy.exc import OperationalError  # noqa: E402

from pytest_mltestscore.store import _database, _migrations, _tables  # noqa: E402
from pytest_mltestscore.store._migrations import (  # noqa: E402
    MIGRATIONS,
    Migration,
    upgrade,
    version,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request):
    return request.getfixturevalue(f"{request.param}_place")


def execute(store, statement, **values):
    """Change something behind the store's back."""
    with store._backend._engine.begin() as connection:
        connection.execute(text(statement), values)


def rows(store, statement):
    with store._backend._engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def skipped(store):
    listing = store.entries("churn")
    passed = [*listing.skipped, *(f for f in store.read(listing.entries) if hasattr(f, "kind"))]
    return [(each.place.removeprefix(f"{store.place}/"), each.kind) for each in passed]


def test_looking_makes_no_tables(store):
    assert store.entries() == ((), ())
    if store._backend._file:
        assert not store._backend._file.exists()
    with store._backend._engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
        assert version(connection) == (0, 0)
    assert store.entries() == ((), ())  # in an empty file, too


def test_tables_are_those_that_the_code_names(store):
    store.append(content(1))
    with store._backend._engine.connect() as connection:
        found = inspect(connection)
        made = {name: found.get_columns(name) for name in found.get_table_names()}
    assert set(made) == {"mlscore_schema", *_tables.METADATA.tables}
    for table in _tables.METADATA.tables.values():
        columns = {c["name"]: c["nullable"] for c in made[table.name]}
        assert columns == {c.name: c.nullable for c in table.columns}


def test_a_run_can_be_asked_for_in_sql(store):
    sent = record(1)
    store.append(content(1, shard=Shard(2, 3)))
    facts = "system, run, commit_hash, dirty, branch, shard_number, shard_count, completeness"
    ((*found, ci),) = rows(store, f"SELECT {facts}, ci_provider FROM mlscore_run")
    run = sent.run
    expected = ["churn", run.id, run.commit, False, "feature/slices", 2, 3, "complete"]
    assert (found, ci) == (expected, run.ci.provider)
    scores = "gate, score, implemented, max_score, band, rubric, rubric_version, scoring_version"
    score = sent.score
    assert rows(store, f"SELECT {scores} FROM mlscore_run") == [
        (
            "failed",
            *(score.final, score.implemented, score.max, score.band.key),
            *(sent.rubric.id, sent.rubric.version, sent.scoring_version),
        )
    ]
    assert rows(
        store, "SELECT section, score, max_score FROM mlscore_section ORDER BY section"
    ) == [(s.id, s.score, s.max) for s in sorted(sent.sections, key=lambda s: s.id)]
    of_items = "SELECT item, section, state, points FROM mlscore_item"
    assert sorted(rows(store, of_items)) == sorted(
        (i.id, i.section, i.state, i.points) for i in sent.items
    )


def test_times_are_in_utc(store):
    store.append(content(0, started_at="2026-03-02T00:15:30-08:00"))
    ((found,),) = rows(store, "SELECT started_at FROM mlscore_run")
    if isinstance(found, str):  # SQLite knows no times
        found = dt.datetime.fromisoformat(found).replace(tzinfo=dt.UTC)
    assert found == START


def test_hostile_texts_are_shown_harmless(store):
    base = record(1)
    items = (replace(base.items[0], id="data-1\0"), replace(base.items[0], id="data-1\\x00"))
    sent = replace(
        base,
        run=replace(base.run, branch="a\0b\x1b[31m", id="\u202e"),
        items=items,
        next_steps=(),
    )
    entry = store.append(render(sent).encode())
    (found,) = store.read([entry])
    assert found.record == sent
    assert rows(store, "SELECT branch, run FROM mlscore_run") == [("a\\x00b", "\\u202e")]
    assert rows(store, "SELECT item FROM mlscore_item") == [("data-1\\x00",)]


def test_ids_of_any_length_fit_an_index(store):
    base = record(1)
    # Of many characters, or the database would pack it until it fits.
    long = "".join(random.Random(1).choices([chr(0x20000 + n) for n in range(40_000)], k=9000))
    items = [replace(base.items[0], id=long + end) for end in ("a", "b")]
    sent = replace(base, items=tuple(items), next_steps=())
    (found,) = store.read([store.append(render(sent).encode())])
    assert found.record == sent
    assert len(rows(store, "SELECT item FROM mlscore_item")) == 2


def test_a_row_of_another_system_is_not_taken_for_one_of_this(store):
    store.append(content(1, system="fraud"))
    execute(store, "UPDATE mlscore_run SET system = 'churn'")
    (entries, passed) = store.entries("churn")
    assert (entries, [each.kind for each in passed]) == ((), ["alien"])


DAMAGES = {
    "no zlib": content(1),
    "cut off": zlib.compress(content(1))[:500],
    "empty": b"",
    "another": zlib.compress(content(2)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_torn_record_is_reported_and_mended_by_sending_it_again(store, damage):
    entry = store.append(content(1))
    execute(store, "UPDATE mlscore_record SET content = :data", data=DAMAGES[damage])
    assert skipped(store) == [(entry.key, "torn")]
    assert rows(store, "SELECT content FROM mlscore_record") == [(DAMAGES[damage],)]
    store.append(content(1))
    assert skipped(store) == []


def test_a_run_without_its_record_is_reported_and_mended(store):
    entry = store.append(content(1))
    execute(store, "DELETE FROM mlscore_record")
    assert skipped(store) == [(entry.key, "gone")]
    store.append(content(1))
    assert skipped(store) == []


def test_no_more_is_unpacked_than_a_record_may_have(monkeypatch):
    monkeypatch.setattr(_tables, "SIZE_LIMIT", 1000)
    assert len(_tables.unpacked(zlib.compress(b"0" * 10**6))) == 1001


@pytest.mark.parametrize("data", ["a text", 7, None])
def test_content_that_is_no_bytes_is_damaged(data):
    assert _tables.unpacked(data) == b""


def test_an_alien_row_is_reported_and_left_alone(store):
    store.append(content(1))
    execute(store, "UPDATE mlscore_run SET key = 'churn/mine'")
    assert skipped(store) == [("churn/mine", "alien")]
    assert rows(store, "SELECT key FROM mlscore_run") == [("churn/mine",)]


def test_removing_leaves_no_row(store):
    entry = store.append(content(1))
    kept = store.append(content(2))
    store.remove([entry])
    for table in ("section", "item", "record"):
        ids = f"SELECT DISTINCT run_id FROM mlscore_{table}"
        assert rows(store, ids) == rows(store, "SELECT id FROM mlscore_run")
    assert store.entries().entries == (kept,)


ADDING = Migration(("ALTER TABLE mlscore_run ADD COLUMN owner TEXT",), works_from=1)
BREAKING = Migration(
    ("ALTER TABLE mlscore_record RENAME TO mlscore_document",), works_from=len(MIGRATIONS) + 1
)


def migrate(store, *more):
    with store._backend._engine.begin() as connection:
        upgrade(connection, [*MIGRATIONS, *more])
        return version(connection, len(MIGRATIONS) + len(more))


def test_the_first_writer_makes_the_newest_tables(store):
    store.append(content(1))
    assert migrate(store).number == len(MIGRATIONS)


def test_tables_are_migrated_with_what_is_in_them(store):
    entry = store.append(content(1))
    assert migrate(store, ADDING).number == len(MIGRATIONS) + 1
    assert migrate(store, ADDING).number == len(MIGRATIONS) + 1
    assert rows(store, "SELECT key, owner FROM mlscore_run") == [(entry.key, None)]
    assert skipped(store) == []


def test_an_older_program_goes_on_with_tables_that_only_gained(store, place):
    store.append(content(1))
    migrate(store, ADDING)
    with open_store(place) as older:
        older.append(content(2))
        assert len(older.entries("churn").entries) == 2
        assert skipped(older) == []


@pytest.mark.parametrize("what", ["read", "written"])
def test_an_older_program_says_that_it_is_one(store, place, what):
    entry = store.append(content(1))
    migrate(store, BREAKING)
    older = open_store(place)
    with pytest.raises(StoreError) as caught:
        _ = older.append(content(2)) if what == "written" else list(older.read([entry]))
    said = str(caught.value)
    assert said.startswith(f"{older.place}: its tables are of version {len(MIGRATIONS) + 1}")
    assert said.endswith("; update pytest-mltestscore")
    assert rows(store, "SELECT count(*) FROM mlscore_document") == [(1,)]


def test_older_tables_are_migrated_by_whoever_comes(store, place, monkeypatch):
    """As for a program that knows one step more than the one that made them."""
    store.append(content(1))
    steps = (*MIGRATIONS, ADDING)
    monkeypatch.setattr(_database, "MIGRATIONS", steps)
    monkeypatch.setattr(_database, "upgrade", lambda connection: upgrade(connection, steps))
    monkeypatch.setattr(_migrations.version, "__defaults__", (len(steps),))
    assert len(open_store(place).entries("churn").entries) == 1
    assert rows(store, "SELECT owner FROM mlscore_run") == [(None,)]


def test_a_step_that_fails_changes_nothing(store):
    store.append(content(1))
    failing = Migration((*ADDING.statements, "ALTER TABLE nothing ADD COLUMN x TEXT"), 1)
    with pytest.raises(Exception, match="nothing"):
        migrate(store, failing)
    assert migrate(store).number == len(MIGRATIONS)
    with pytest.raises(Exception, match="owner"):
        rows(store, "SELECT owner FROM mlscore_run")


class RefusedError(Exception):
    """What a driver raises, with the state that a database gives some errors."""

    def __init__(self, said, sqlstate=None):
        super().__init__(said)
        self.sqlstate = sqlstate


BUSY = [
    RefusedError("connection failed: FATAL:  sorry, too many clients already"),
    RefusedError("FATAL:  remaining connection slots are reserved"),
    RefusedError("FATAL:  the database system is starting up"),
    RefusedError("database is locked"),
    RefusedError("Verklemmung entdeckt", "40P01"),
]


@pytest.mark.parametrize("refusals, tries", [(BUSY, 6), ([RefusedError("no such user")], 1)])
def test_only_a_busy_database_is_tried_again(refusals, tries, monkeypatch):
    monkeypatch.setattr(_database.time, "sleep", lambda seconds: None)
    done = []

    def work():
        done.append(1)
        if len(done) <= len(refusals):
            raise OperationalError("INSERT", {}, refusals[len(done) - 1])
        return "stored"

    if tries > 1:
        assert _database._patiently(work) == "stored"
    else:
        with pytest.raises(OperationalError):
            _database._patiently(work)
    assert len(done) == tries


def test_a_database_is_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr(_database.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(_database, "PATIENCE_S", 0.0)
    with pytest.raises(OperationalError, match="too many clients"):
        _database._patiently(raising(OperationalError("INSERT", {}, BUSY[0])))


def raising(error):
    def work():
        raise error

    return work


def test_sqlite_waits_for_another_writer(sqlite_place):
    store = open_store(sqlite_place)
    store.append(content(1))
    other = sqlite3.connect(store._backend._file, isolation_level=None)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        waiting = threading.Thread(target=store.append, args=(content(2),))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        other.execute("COMMIT")
        waiting.join()
    assert len(store.entries().entries) == 2


def test_a_file_stays_the_same_when_the_working_directory_changes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = open_store("sqlite:///scores.db")
    monkeypatch.chdir("/")
    store.append(content(1))
    assert (tmp_path / "scores.db").is_file()


@pytest.mark.parametrize("doing", ["read", "written"])
def test_a_file_that_is_no_database(tmp_path, doing):
    (tmp_path / "scores.db").write_bytes(b"something else" * 100)
    store = open_store(f"sqlite:///{tmp_path}/scores.db")
    with pytest.raises(StoreError) as caught:
        store.append(content(1)) if doing == "written" else store.entries()
    said = f"cannot be {doing}: (sqlite3.DatabaseError) file is not a database; choose another"
    assert said in str(caught.value)


def test_a_file_in_no_folder(tmp_path):
    with pytest.raises(StoreError, match="unable to open database file; choose another file"):
        open_store(f"sqlite:///{tmp_path}/none/scores.db").append(content(1))


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///x.db?mode=ro"]
)
def test_a_database_in_memory_is_no_store(url):
    with pytest.raises(ConfigError, match=r"names no place|a file is all"):
        open_store(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_by_each_of_its_names(postgresql_place, scheme):
    store = open_store(f"{scheme}{postgresql_place.removeprefix('postgresql')}")
    store.append(content(1))
    assert len(store.entries().entries) == 1


PASSWORD = "hunter22/é"
REFUSALS = {
    "wrong password": ("{host}", "password authentication failed for user"),
    "no such database": ("{host_right}", 'database "nowhere" does not exist'),
    "unreachable": ("127.0.0.1:1/scores", "Connection refused"),
    "no such host": ("db.invalid/scores", "(psycopg.OperationalError)"),
    "no port": ("db.invalid:port/scores", "invalid literal for int()"),
    "unknown parameter": ("127.0.0.1:1/scores?nonsense=1", 'invalid connection option "nonsense"'),
    "two ats": ("db@127.0.0.1:1/scores", "has two '@'; write the one in the password as %40"),
}


@pytest.mark.parametrize("doing", ["read", "written"])
@pytest.mark.parametrize("case", REFUSALS)
def test_no_error_or_log_holds_the_password(postgresql_server_url, case, doing, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    password = postgresql_server.PASSWORD if case == "no such database" else PASSWORD
    encoded = quote(password, safe="")
    folder = postgresql_server_url.partition("host=")[2]
    hosts = {"host": f"/postgres?host={folder}", "host_right": f"/nowhere?host={folder}"}
    rest, expected = REFUSALS[case]
    url = f"postgresql://mlscore:{encoded}@{rest.format(**hosts)}"

    def use():
        store = open_store(url)
        return store.append(content(1)) if doing == "written" else store.entries()

    with pytest.raises(MLTestScoreError) as caught:
        use()
    assert expected in str(caught.value)
    assert "mlscore:***@" in str(caught.value)
    shown = "".join(traceback.format_exception(caught.value))
    out, err = capfd.readouterr()
    for form in (password, encoded, repr(password)[1:-1], quote(password)):
        assert form not in shown + caplog.text + out + err
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_what_was_being_stored_is_in_no_error(postgresql_place):
    store = open_store(postgresql_place)
    store.append(content(1))
    execute(store, "DROP TABLE mlscore_item")
    with pytest.raises(StoreError) as caught:
        store.append(content(2))
    assert 'relation "mlscore_item" does not exist' in str(caught.value)
    assert "feature/slices" not in str(caught.value)
    assert len(str(caught.value)) < 700

"""Objects in a bucket: what is listed and asked for, and what else may lie there."""

from __future__ import annotations

import logging
import sys
import traceback

import pytest

from pytest_mltestscore.domain.errors import ConfigError, MissingDependencyError, StoreError
from pytest_mltestscore.store import Store, open_store
from store_records import content


@pytest.fixture
def place(s3_place):
    return s3_place


@pytest.fixture
def files(s3_place):
    """The bucket as others see it."""
    import s3fs

    return s3fs.S3FileSystem(skip_instance_cache=True, use_listings_cache=False)


def skipped(store):
    listing = store.entries("churn")
    passed = [*listing.skipped, *(f for f in store.read(listing.entries) if hasattr(f, "kind"))]
    return {(each.place.removeprefix(f"{store.place}/"), each.kind) for each in passed}


@pytest.mark.parametrize("kept", [0, 1, -1])
def test_a_torn_object_is_reported_and_mended_by_sending_it_again(store, place, files, kept):
    entry = store.append(content(1))
    path = f"{place}/{entry.key}"
    files.pipe_file(path, content(1)[:kept])
    assert skipped(store) == {(entry.key, "torn")}
    assert files.cat_file(path) == content(1)[:kept]
    store.append(content(1))
    assert skipped(store) == set()


def test_strange_objects_are_reported_and_left_alone(store, place, files):
    entry = store.append(content(1))
    month = f"{place}/{entry.key.rpartition('/')[0]}"
    strange = [f"{month}/README.md", f"{place}/churn/notes.txt", f"{place}/index.html"]
    hidden = [f"{month}/.keep", f"{month}/"]
    for path in [*strange, *hidden]:
        files.pipe_file(path, b"")
    assert skipped(store) == {("churn/2026-03/README.md", "alien"), ("churn/notes.txt", "alien")}
    (found, passed) = store.entries(since=entry.started_at)
    assert found == (entry,)
    assert [s.place for s in passed] == sorted(strange)
    assert [s.place for s in store.entries().skipped] == sorted(strange)
    assert store.systems() == ["churn"]
    assert all(files.exists(path) for path in strange)


class Counting:
    """Stands before a file system and counts what it is asked for."""

    def __init__(self, files):
        self.files, self.asked = files, []

    def __getattr__(self, name):
        def asked(*args, **kwargs):
            self.asked.append(name)
            return getattr(self.files, name)(*args, **kwargs)

        return asked


@pytest.fixture
def asked(store, monkeypatch):
    """What the file system below the store is asked for."""
    files, root = store._backend._opened
    counting = Counting(files)
    monkeypatch.setitem(store._backend.__dict__, "_opened", (counting, root))
    return counting.asked


def test_a_window_takes_a_listing_a_month_and_a_record_one_request(store, asked):
    for days in (0, 1, 2, 40, 80):
        store.append(content(1440 * days))
    asked.clear()
    first = store.entries("churn").entries[0].started_at
    assert asked == ["find"]
    listing = store.entries("churn", since=first, until=first.replace(month=4, day=30))
    assert asked == ["find", "ls", "find", "find"]
    assert len(listing.entries) == 4
    assert len(list(store.read(listing.entries))) == 4
    assert asked == ["find", "ls", "find", "find", "cat"]


def test_reading_asks_for_each_object_once(store, files, monkeypatch):
    import s3fs

    entries = [store.append(content(number)) for number in range(3)]
    calls = []
    call = s3fs.S3FileSystem._call_s3

    async def counted(self, method, *args, **kwargs):
        calls.append(method)
        return await call(self, method, *args, **kwargs)

    monkeypatch.setattr(s3fs.S3FileSystem, "_call_s3", counted)
    assert len(list(store.read(entries))) == 3
    assert calls == ["get_object"] * 3


@pytest.mark.parametrize(
    "url, message",
    [
        ("s3://key:hunter22@bucket/a", "credentials do not belong here"),
        ("s3://bucket/a?x=1", "a bucket and a prefix are all that it can name"),
        ("gs://bucket/*", "a bucket and a prefix are all that it can name"),
        ("az://", "names no place"),
    ],
)
def test_urls_that_name_no_bucket(url, message):
    with pytest.raises(ConfigError) as caught:
        open_store(url)
    assert message in str(caught.value)
    assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize(
    "url, module, extra",
    [
        ("s3://bucket/a", "s3fs", "s3"),
        ("gs://bucket/a", "gcsfs", "gcs"),
        ("gcs://bucket/a", "gcsfs", "gcs"),
        ("az://container/a", "adlfs", "azure"),
        ("abfss://container@account.example/a", "adlfs", "azure"),
        ("sqlite:///scores.db", "sqlalchemy", "sql"),
        ("postgresql://me@db/scores", "sqlalchemy", "postgresql"),
    ],
)
def test_a_missing_library_is_named_with_what_installs_it(url, module, extra, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingDependencyError) as caught:
        open_store(url)
    said = f"{module} is needed here and cannot be imported: "
    assert str(caught.value) == f"{said}pip install 'pytest-mltestscore[{extra}]'"


def test_a_bucket_that_does_not_exist(place):
    with pytest.raises(StoreError) as caught:
        open_store("s3://nowhere/a").append(content(1))
    said = str(caught.value)
    assert said.startswith("s3://nowhere/a: cannot be written: ")
    assert "bucket does not exist" in said
    assert said.endswith(
        "; check the name of the bucket, and credentials and endpoint in the environment"
    )


@pytest.mark.parametrize("doing", ["read", "written"])
def test_no_error_or_log_holds_the_secret_key(s3_place, monkeypatch, doing, caplog):
    caplog.set_level(logging.DEBUG, "pytest_mltestscore")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    store: Store = open_store(s3_place)
    with pytest.raises(StoreError) as caught:
        _ = store.append(content(1)) if doing == "written" else store.entries()
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert f"cannot be {doing}: Could not connect to the endpoint URL" in shown
    assert "testing-secret-key" not in shown
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_a_bucket_that_fails_is_not_taken_for_torn_records(store, monkeypatch):
    entry = store.append(content(1))
    store.close()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(StoreError, match="cannot be read: Could not connect to the endpoint URL"):
        list(store.read([entry]))

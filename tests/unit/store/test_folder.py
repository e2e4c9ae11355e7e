"""Files in a folder: written whole or not at all, and nothing strange among them is fatal."""

from __future__ import annotations

import datetime as dt
import os
import shutil

import pytest

from pytest_mltestscore.domain.errors import ConfigError, StoreError
from pytest_mltestscore.store import _folder, open_store, prune
from store_records import content


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "scores"


@pytest.fixture
def store(folder):
    return open_store(folder)


@pytest.fixture
def path(store, folder):
    """The file of a record."""
    return folder / store.append(content(1)).key


def skipped(store):
    """Return what is passed over while listing or reading, by place within the store and kind."""
    listing = store.entries("churn")
    passed = [*listing.skipped, *(f for f in store.read(listing.entries) if hasattr(f, "kind"))]
    return {(each.place.removeprefix(f"{store.place}/"), each.kind): each.reason for each in passed}


def test_a_file_is_a_run_record(path):
    assert path.read_bytes() == content(1)
    assert oct(path.stat().st_mode & 0o777) == oct(0o666 & ~_umask())


def _umask():
    value = os.umask(0)
    os.umask(value)
    return value


@pytest.mark.parametrize("url", ["file://{}", "file://localhost{}", "{}"])
def test_a_folder_by_its_url(folder, url, path):
    assert len(open_store(url.format(folder)).entries().entries) == 1


def test_a_url_with_blanks(tmp_path):
    open_store(f"file://{tmp_path}/two%20words").append(content(1))
    assert (tmp_path / "two words").is_dir()


@pytest.mark.parametrize("url", ["file://elsewhere/scores", "file://scores"])
def test_files_of_other_machines(url):
    with pytest.raises(ConfigError, match="give file:///path, or the path alone"):
        open_store(url)


def test_a_folder_stays_the_same_when_the_working_directory_changes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = open_store("scores")
    monkeypatch.chdir("/")
    store.append(content(1))
    assert (tmp_path / "scores").is_dir()


@pytest.mark.parametrize("kept", [0, 1, 1000, -1])
def test_a_torn_file_is_reported_and_left_alone(store, path, kept):
    torn = content(1)[:kept]
    path.write_bytes(torn)
    ((place, kind),) = skipped(store)
    assert (place, kind) == (path.relative_to(store.place).as_posix(), "torn")
    assert path.read_bytes() == torn


def test_sending_a_record_again_mends_a_torn_file(store, path):
    path.write_bytes(content(1)[:100])
    store.append(content(1))
    assert skipped(store) == {}
    assert path.read_bytes() == content(1)


def test_sending_a_record_again_does_not_touch_the_file(store, path):
    before = path.stat()
    store.append(content(1))
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_changed_file_is_not_served(store, path):
    path.write_bytes(content(1).replace(b"passed", b"failed", 1))
    assert [kind for _, kind in skipped(store)] == ["torn"]


def test_a_renamed_file_is_not_served(store, path):
    target = path.parents[2] / "fraud" / "2026-03" / path.name
    target.parent.mkdir(parents=True)
    path.rename(target)
    (found,) = store.read(store.entries("fraud").entries)
    assert (found.kind, found.reason) == ("alien", "was renamed: its content is of another run")


def test_strange_things_are_reported_and_left_alone(store, path, folder):
    month = path.parent
    (month / "README.md").write_text("hello")
    (month / path.name.replace("_r", "_r0", 1)).mkdir()
    pipe = month / path.name.replace("_r", "_r1", 1)
    os.mkfifo(pipe)
    loop = month / path.name.replace("_r", "_r2", 1)
    loop.symlink_to(loop)
    (folder / "churn" / "old").mkdir()
    shutil.copy(path, folder / "churn" / "old")
    (folder / "churn" / "notes.txt").touch()
    (folder / "index.html").touch()
    before = sorted(folder.rglob("*"))
    found = skipped(store)
    assert {kind for (place, kind) in found if place.endswith("README.md")} == {"alien"}
    assert [kind for (_, kind) in found].count("torn") == 3
    assert ("churn/notes.txt", "alien") in found
    assert found[f"churn/2026-03/{pipe.name}", "torn"] == "is not a file"
    assert [s.place for s in store.entries().skipped if "index" in s.place] == [
        f"{folder}/index.html"
    ]
    assert sorted(folder.rglob("*")) == before
    assert [e.key for e in store.entries().entries if (folder / e.key) == path]


def test_hidden_files_are_nobodys_business(store, path):
    (path.parent / ".mlscore-0123.tmp").write_bytes(content(1)[:50])
    (path.parents[2] / ".gitignore").write_text("*")
    assert skipped(store) == {}
    assert store.systems() == ["churn"]
    assert len(store.entries().entries) == 1


def test_a_name_that_would_rule_the_terminal_is_shown_harmless(store, path):
    (path.parent / "\x1b[31mred\n").touch()
    ((place, _),) = skipped(store)
    assert place == "churn/2026-03/red"


@pytest.mark.parametrize("what", ["file in the way", "no such device"])
def test_a_place_that_cannot_be_written(tmp_path, what):
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "scores" if what == "file in the way" else "/proc/none/scores"
    with pytest.raises(StoreError) as caught:
        open_store(place).append(content(1))
    assert str(caught.value).startswith(f"{place}: cannot be written: ")
    assert str(caught.value).endswith("; choose another place or mend this one")


def test_a_place_that_cannot_be_read(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be read: Not a directory"):
        open_store(tmp_path / "file").entries()


def test_pruning_leaves_what_is_not_ours(store, path):
    alien = path.with_name("old.json")
    alien.write_text("{}")
    before = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    found = prune(store, before=before, keep=0, dry_run=False)
    assert [s.kind for s in found.skipped] == ["alien"]
    assert list(path.parent.iterdir()) == [alien]


class Failing:
    """Stands in for the module `os`, and fails at one of the steps of writing."""

    def __init__(self, step):
        self.rest = step

    def __getattr__(self, name):
        return getattr(os, name)

    def _step(self):
        self.rest -= 1
        if self.rest == 0:
            raise OSError(28, "No space left on device")

    def open(self, path, flags, *mode):
        if flags & os.O_CREAT:
            self._step()
        return os.open(path, flags, *mode)

    def write(self, descriptor, data):
        self._step()
        return os.write(descriptor, data[:20_000])

    def fsync(self, descriptor):
        self._step()
        os.fsync(descriptor)

    def replace(self, *args):
        self._step()
        os.replace(*args)  # noqa: PTH105 - stands in for this very call


@pytest.mark.parametrize("step", range(1, 6))  # open, write twice, fsync, replace
def test_a_full_disk_leaves_nothing(store, folder, monkeypatch, step):
    monkeypatch.setattr(_folder, "os", Failing(step))
    with pytest.raises(StoreError, match="cannot be written: No space left on device"):
        store.append(content(1))
    monkeypatch.undo()
    assert [p for p in folder.rglob("*") if p.is_file()] == []
    store.append(content(1))
    assert len(store.entries().entries) == 1

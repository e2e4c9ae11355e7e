"""The past of files, from real repositories."""

from __future__ import annotations

import pytest

import git_repository
from git_repository import ADA, BOB, START, Change, git, make_repository
from pytest_mltestscore.provenance import History

pytestmark = pytest.mark.skipif(not git_repository.AVAILABLE, reason="git is missing: install git")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return make_repository(
        tmp_path_factory.mktemp("past") / "repo",
        [
            Change({"a.py": "one\n" * 9, "b.py": "1"}, day=1),
            Change({"a.py": None, "new name.py": "one\n" * 9}, day=3, tag="v1"),
            Change({"b.py": "2"}, BOB, day=4, branch="topic", starts="main",
                   message="Change b\n\nReviewed-by: Ada <ada@example.org>\nNot a trailer"),
            Change({"b.py": "3"}, BOB, day=5, branch="topic",
                   message="Change b again\n\nReviewed-by: Ada <ada@example.org>\nRisk: low"),
            Change({"b.py": "3"}, ADA, day=6, merges="topic", message="Merge", tag="v2"),
            Change({"c.py": "1"}, day=7, tag="draft"),
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def history(root):
    return History(root)


def test_changes_come_newest_first_and_without_merges(history):
    days = [(c.written - START).days for c in history.changes(["b.py"])]
    assert days == [5, 4, 1]
    newest = history.changes(["b.py"])[0]
    assert (newest.author.name, newest.author.email) == ("Bob", "bob@example.org")
    assert newest.trailers == (("Reviewed-by", "Ada <ada@example.org>"), ("Risk", "low"))


def test_changes_since_a_commit_leave_it_out(history):
    since = history.resolve("v1")
    assert len(history.changes(["b.py"], since=since)) == 2


def test_a_renamed_file_begins_with_its_old_name(history):
    assert (history.beginning(["new name.py"]).written - START).days == 1
    assert history.beginning(["nothing.py"]) is None


def test_a_file_like_another_begins_with_itself(history):
    assert (history.beginning(["c.py"]).written - START).days == 7
    assert (history.beginning(["b.py", "c.py"]).written - START).days == 1


def test_releases_are_oldest_first_and_by_name(history):
    assert [r.name for r in history.releases("v*")] == ["v1", "v2"]
    assert (history.releases("v*")[0].made - START).days == 3
    [_, second, *_] = history.changes(["b.py"])
    assert [r.name for r in history.releases("*", containing=second.hash)] == ["v2", "draft"]


def test_what_a_merge_brought_in_is_known_by_the_merge(history):
    [newest, second, oldest] = history.changes(["b.py"])
    merged = history.merged_by()
    assert merged[newest.hash].author.name == "Ada"
    assert merged[second.hash] == merged[newest.hash]
    assert oldest.hash not in merged


def test_tracked_files_and_changed_files(root, history):
    assert history.tracked("*.py") == ["b.py", "c.py", "new name.py"]
    assert history.tracked("nothing.py") == []
    (root / "b.py").write_text("changed")
    (root / "é.py").write_text("new")
    try:
        assert sorted(history.changed(["*.py"])) == ["b.py", "é.py"]
    finally:
        git(root, "checkout", "-q", "b.py")
        (root / "é.py").unlink()
    assert history.changed(["*.py"]) == []


def test_revisions(history):
    old, new = history.resolve("v1"), history.resolve("HEAD")
    assert history.resolve(new[:8]) == new
    assert history.is_ancestor(old, new)
    assert not history.is_ancestor(new, old)
    assert history.same_files(old, new, ["new name.py"])
    assert not history.same_files(old, new, ["b.py"])


@pytest.mark.parametrize("name", ["nothing", "--all", "", "v1:b.py"])
def test_what_is_no_commit_is_none(history, name):
    assert history.resolve(name) is None


def test_outside_a_repository_nothing_is_known(tmp_path):
    history = History(tmp_path, {"PATH": "", "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    assert history.changes(["x"]) is None
    assert history.changed(["x"]) is None
    assert history.tracked("x") == []
    assert history.releases("*") == []
    assert history.merged_by() == {}

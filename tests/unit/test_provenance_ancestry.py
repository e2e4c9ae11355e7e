"""Which commits lie in the history of a checkout."""

from __future__ import annotations

import pytest

import git_repository
from git_repository import Change, git, make_repository
from pytest_mltestscore.provenance import ancestry, contents

pytestmark = pytest.mark.skipif(not git_repository.AVAILABLE, reason="needs git")

NOWHERE = "a" * 40


@pytest.fixture
def root(tmp_path):
    return make_repository(
        tmp_path / "repository",
        [
            Change({"a": "1"}),
            Change({"b": "1"}, branch="merged", starts="main", day=1),
            Change({"c": "1"}, branch="open", starts="main", day=1),
            Change({"a": "2"}, day=2),
            Change({"a": "3"}, day=3, merges="merged"),
        ],
    )


def commit(root, name):
    return git(root, "rev-parse", name).strip()


def test_ancestors_merged_branches_and_the_commit_itself_are_in_it(root):
    names = ["main", "main~1", "main~2", "merged"]
    commits = [commit(root, name) for name in names]
    beside = commit(root, "open")
    found = ancestry(root, [*commits, beside, NOWHERE, "no commit", "--all"])
    assert found.ancestors == {*commits}
    assert found.unknown == {NOWHERE, "no commit", "--all"}
    assert beside not in found.ancestors | found.unknown


def test_another_checkout_has_another_history(root):
    git(root, "checkout", "-q", "open")
    commits = [commit(root, name) for name in ("main", "merged", "open")]
    assert ancestry(root, commits).ancestors == {commits[2]}


def test_what_a_shallow_clone_does_not_have_it_does_not_know(root, tmp_path):
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{root}", "shallow")
    known, cut = commit(root, "main"), commit(root, "main~1")
    found = ancestry(tmp_path / "shallow", [known, cut])
    assert (found.ancestors, found.unknown) == ({known}, {cut})


def test_hashes_may_be_cut(root):
    cut = commit(root, "main")[:12]
    assert ancestry(root, [cut]).ancestors == {cut}


def test_a_file_is_no_commit(root):
    blob = git(root, "rev-parse", "main:a").strip()
    assert ancestry(root, [blob]).unknown == {blob}


@pytest.mark.parametrize("commits", [[], [NOWHERE]])
def test_outside_of_git_nothing_is_known(tmp_path, commits):
    assert ancestry(tmp_path, commits) == (frozenset(), frozenset(commits))


def test_equal_contents_have_equal_names(root):
    first, last = commit(root, "main~2"), commit(root, "main")
    merged = commit(root, "merged")
    places = [(first, "a"), (last, "a"), (merged, "a"), (merged, "b")]
    strays = [(first, "b"), (NOWHERE, "a"), ("x", "a"), (last, "a\nb"), (last, "")]
    found = contents(root, [*places, *strays])
    assert {*found} == {*places}
    assert found[first, "a"] == found[merged, "a"] != found[last, "a"]
    assert found[merged, "b"] == git(root, "rev-parse", "merged:b").strip()


def test_paths_are_those_below_the_folder_that_is_asked_from(tmp_path):
    root = make_repository(tmp_path / "repository", [Change({"system/tests/t.py": "1"})])
    head = commit(root, "main")
    assert (head, "tests/t.py") in contents(root / "system", [(head, "tests/t.py")])
    assert contents(tmp_path, [(head, "tests/t.py")]) == {}

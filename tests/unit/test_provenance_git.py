"""Facts that git tells, from real repositories."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from pytest_mltestscore.provenance import GitFacts, _git, git_facts

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is missing: install git")

NOTHING = GitFacts(commit=None, branch=None, dirty=None, shallow=None)
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


class Repo:
    """A git repository of one tracked file, apart from the settings of whoever runs the tests."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        }

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env=self.environ | IDENTITY,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, text: str) -> str:
        (self.root / "tracked.txt").write_text(text)
        self.git("add", "tracked.txt")
        self.git("commit", "-q", "-m", text)
        return self.git("rev-parse", "HEAD")

    def facts(self, **environ: str) -> GitFacts:
        return git_facts(self.root, self.environ | environ)


@pytest.fixture
def empty_repo(tmp_path: Path) -> Repo:
    root = tmp_path / "repo"
    root.mkdir()
    (tmp_path / "gitconfig").write_text("[init]\n\tdefaultBranch = main\n")
    repo = Repo(root, tmp_path)
    repo.git("init", "-q")
    return repo


@pytest.fixture
def repo(empty_repo: Repo) -> Repo:
    empty_repo.commit("one")
    return empty_repo


def fake_git(folder: Path, script: str) -> dict[str, str]:
    """Return an environment in which `git` is this shell script."""
    folder.mkdir()
    program = folder / "git"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def test_a_clean_checkout(repo):
    assert repo.facts() == GitFacts(
        commit=repo.git("rev-parse", "HEAD"), branch="main", dirty=False, shallow=False
    )


def test_a_folder_below_the_top_knows_changes_of_the_whole_checkout(repo):
    (repo.root / "tracked.txt").write_text("changed")
    (repo.root / "below").mkdir()
    assert git_facts(repo.root / "below", repo.environ).dirty is True


@pytest.mark.parametrize(
    "change, dirty",
    [
        (lambda repo: (repo.root / "tracked.txt").write_text("changed"), True),
        (lambda repo: (repo.root / "tracked.txt").unlink(), True),
        (lambda repo: (repo.root / "untracked.txt").write_text("new"), False),
        (lambda repo: (repo.root / "tracked.txt").write_text("one"), False),
    ],
    ids=["changed", "removed", "untracked", "rewritten with the same content"],
)
def test_dirty_means_that_tracked_files_differ(repo, change, dirty):
    change(repo)
    assert repo.facts().dirty is dirty


def test_a_staged_file_is_a_difference(repo):
    (repo.root / "new.txt").write_text("new")
    repo.git("add", "new.txt")
    assert repo.facts().dirty is True


def test_untracked_files_count_as_little_when_git_is_told_to_show_them(repo):
    repo.git("config", "status.showUntrackedFiles", "all")
    repo.git("config", "status.branch", "true")
    (repo.root / "untracked.txt").write_text("new")
    assert repo.facts().dirty is False


def test_a_branch_name_may_have_slashes_and_any_letters(repo):
    repo.git("checkout", "-q", "-b", "feature/größer")
    assert repo.facts().branch == "feature/größer"


def test_a_branch_named_like_a_tag_keeps_its_name(repo):
    repo.git("tag", "main")
    assert repo.facts().branch == "main"


@pytest.mark.parametrize(
    "environ, branch",
    [
        ({}, None),
        ({"GITHUB_ACTIONS": "true", "GITHUB_REF_NAME": "release"}, "release"),
        ({"GITHUB_REF_NAME": "not in CI"}, None),
    ],
)
def test_a_detached_head_has_the_branch_that_ci_names(repo, environ, branch):
    repo.git("checkout", "-q", "--detach")
    facts = repo.facts(**environ)
    assert (facts.branch, facts.commit) == (branch, repo.git("rev-parse", "HEAD"))


def test_a_branch_that_is_checked_out_beats_what_ci_says(repo):
    assert repo.facts(GITHUB_ACTIONS="true", GITHUB_REF_NAME="other").branch == "main"


def test_a_shallow_clone_is_said(repo, tmp_path):
    repo.commit("two")
    clone = Repo(tmp_path / "clone", tmp_path)
    repo.git("clone", "-q", "--depth=1", repo.root.as_uri(), str(clone.root))
    facts = clone.facts()
    assert facts.shallow is True
    assert facts.commit == repo.git("rev-parse", "HEAD")


def test_a_linked_work_tree_is_a_checkout_like_any_other(repo, tmp_path):
    repo.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    assert Repo(tmp_path / "side", tmp_path).facts().branch == "side"


def test_a_repository_without_a_commit_says_nothing(empty_repo):
    assert empty_repo.facts() == NOTHING


def test_a_bare_repository_has_a_commit_and_no_tree_that_could_be_dirty(repo, tmp_path):
    repo.git("clone", "-q", "--bare", str(repo.root), str(tmp_path / "bare"))
    facts = Repo(tmp_path / "bare", tmp_path).facts()
    assert (facts.branch, facts.dirty) == ("main", None)


def test_outside_a_checkout_nothing_is_known(tmp_path):
    assert git_facts(tmp_path, {"PATH": os.environ["PATH"]}) == NOTHING


def test_a_folder_that_is_gone_says_nothing(tmp_path):
    assert git_facts(tmp_path / "gone") == NOTHING


def test_without_git_nothing_is_known(repo, tmp_path):
    assert repo.facts(PATH=str(tmp_path)) == NOTHING


def test_a_repository_that_git_does_not_trust_says_nothing(repo):
    refused = repo.facts(GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    assert refused == NOTHING


def test_a_broken_repository_says_nothing(repo):
    (repo.root / ".git" / "config").write_text("[core\n")
    assert repo.facts() == NOTHING


def test_the_repository_of_a_surrounding_git_hook_is_not_ours(repo, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    facts = repo.facts(
        GIT_DIR=str(other / ".git"), GIT_WORK_TREE=str(other), GIT_INDEX_FILE=str(other / "index")
    )
    assert (facts.branch, facts.dirty) == ("main", False)


def test_without_an_environment_given_it_is_that_of_the_process(repo, monkeypatch):
    for name, value in repo.environ.items():
        monkeypatch.setenv(name, value)
    assert git_facts(repo.root).branch == "main"


def test_nothing_that_the_repository_configures_is_run(repo, tmp_path):
    canary = tmp_path / "canary"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho ran > '{canary}'\n")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "pager.status", "core.askPass", "core.editor"):
        repo.git("config", key, str(program))
    for command in ("status", "rev-parse"):
        repo.git("config", f"alias.{command}", f"!{program}")
    canary.unlink(missing_ok=True)  # configuring may itself have asked
    assert repo.facts(GIT_PAGER=str(program)).dirty is False
    assert not canary.exists()


def test_the_index_is_left_alone(repo):
    os.utime(repo.root / "tracked.txt", (0, 0))  # git would like to note the new time
    index = repo.root / ".git" / "index"
    before = index.read_bytes()
    assert repo.facts().dirty is False
    assert index.read_bytes() == before


def test_git_is_asked_twice_at_most_and_never_by_a_shell(repo, monkeypatch):
    calls = []
    run = subprocess.run

    def spy(arguments, **options):
        calls.append((arguments[0], options.get("shell", False), options["timeout"]))
        return run(arguments, **options)

    monkeypatch.setattr(_git.subprocess, "run", spy)
    repo.facts()
    assert calls == [("git", False, _git.TIMEOUT_S)] * 2


def test_a_git_that_hangs_is_given_up(repo, tmp_path, monkeypatch):
    monkeypatch.setattr(_git, "TIMEOUT_S", 0.05)
    assert repo.facts(**fake_git(tmp_path / "bin", "exec sleep 60")) == NOTHING


def test_a_status_that_fails_costs_only_what_it_would_have_said(repo, tmp_path):
    script = f'case "$*" in *status*) exit 1;; esac\nexec {shutil.which("git")} "$@"'
    facts = repo.facts(**fake_git(tmp_path / "bin", script))
    assert (facts.branch, facts.dirty) == ("main", None)


@pytest.mark.parametrize("answer", ["", "nonsense", "\\377\\376\\000", "a\\nb\\nc\\nd\\ne"])
def test_an_answer_that_is_none_is_not_believed(repo, tmp_path, answer):
    facts = repo.facts(**fake_git(tmp_path / "bin", f"printf '{answer}'"))
    assert (facts.commit, facts.shallow) == (None, None)


def test_a_git_that_may_not_be_run_says_nothing(repo, tmp_path):
    environ = fake_git(tmp_path / "bin", "true")
    (tmp_path / "bin" / "git").chmod(stat.S_IRUSR)
    assert repo.facts(PATH=environ["PATH"].split(os.pathsep)[0]) == NOTHING

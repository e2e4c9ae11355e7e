import json
import subprocess

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import git_repository  # noqa: E402 - after the line that may skip all of it
from git_repository import ADA, BOB, CAT, Change, git, make_repository  # noqa: E402
from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.model import spec_review  # noqa: E402
from pytest_mltestscore.checks.model._code_owners import read_code_owners  # noqa: E402
from pytest_mltestscore.provenance import Person  # noqa: E402

pytestmark = pytest.mark.skipif(not git_repository.AVAILABLE, reason="git is missing: install git")

BY_BOB = f"Deeper\n\nReviewed-by: {BOB}"
SPEC = {"specs/model.toml": "depth = 1"}
MORE = {"specs/model.toml": "depth = 2"}
REVIEWED = Change(SPEC, message=BY_BOB)


def judged(tmp_path, *changes, specs=("specs/*.toml",), **options):
    return spec_review(make_repository(tmp_path / "repo", list(changes)), specs, **options)


def verdicts(result, what="change"):
    return [row["verdict"] for row in result.table if row["what"] == what]


def test_a_reviewed_specification_holds(tmp_path):
    result = judged(tmp_path, REVIEWED, Change({"other": "x"}))
    assert result
    assert result.summary == "1 file committed, 1 change reviewed"
    assert result.notes == ("no artifact was given, so none was compared",)


def test_a_change_that_nobody_reviewed_is_named_and_people_are_not(tmp_path):
    result = judged(tmp_path, REVIEWED, Change(MORE))
    assert not result
    assert verdicts(result) == ["not reviewed", "trailer of another"]
    assert result.summary == f"1 change not reviewed: {result.table[0]['which']}"
    assert result.notes[0] == (
        "a review is a line such as `Reviewed-by: Name <address>` of somebody else in its message,"
        " or a merge by somebody else, or a commit by an owner who is not the author,"
        " or named in reviewed="
    )
    assert "Ada" not in repr(result)
    assert "example.org" not in repr(result)


@pytest.mark.parametrize(
    "message, evidence",
    [
        (f"More\n\nApproved-by: {BOB}", "trailer of another"),
        (f"More\n\nacked-BY: {BOB}\nRisk: low", "trailer of another"),
        (f"More\n\nReviewed-by: {ADA}", "not reviewed"),
        ("More\n\nReviewed-by: Ada <ada@home.example>", "not reviewed"),
        ("More\n\nReviewed-by: ada2 <ADA@example.org>", "not reviewed"),
        ("More\n\nReviewed-by: Bob", "not reviewed"),
        (f"More\n\nSigned-off-by: {BOB}", "not reviewed"),
        (f"More\n\nReviewed-by: {BOB}\n\nbut not at the end", "not reviewed"),
    ],
)
def test_trailers_name_somebody_else(tmp_path, message, evidence):
    result = judged(tmp_path, Change(SPEC, message=message))
    assert verdicts(result) == [evidence]


@pytest.mark.parametrize(
    "merger, message, evidence",
    [
        (BOB, "Merge", "merged by another"),
        (ADA, "Merge", "not reviewed"),
        (ADA, f"Merge\n\nReviewed-by: {CAT}", "trailer of another"),
    ],
)
def test_a_merge_by_somebody_else_is_a_review(tmp_path, merger, message, evidence):
    result = judged(
        tmp_path,
        REVIEWED,
        Change(MORE, ADA, branch="topic", starts="main", day=1),
        Change({"other": "x"}, day=2),
        Change(MORE, merger, merges="topic", message=message, day=3),
    )
    assert sorted(verdicts(result)) == sorted([evidence, "trailer of another"])


OWNED = Change({"CODEOWNERS": "specs/ @bob cat@example.org\n", **SPEC}, message=BY_BOB)


@pytest.mark.parametrize(
    "committer, identities, evidence",
    [
        (CAT, {}, "applied by an owner"),
        (BOB, {"@bob": ["bob@example.org"]}, "applied by an owner"),
        ("B <7+bob@users.noreply.github.com>", {}, "applied by an owner"),
        (BOB, {}, "not reviewed"),
        ("GitHub <noreply@github.com>", {}, "not reviewed"),
        (None, {"@bob": ["ada@example.org"]}, "not reviewed"),
    ],
)
def test_an_owner_who_commits_somebody_elses_change_has_seen_it(
    tmp_path, committer, identities, evidence
):
    result = judged(tmp_path, OWNED, Change(MORE, ADA, committer, day=1), identities=identities)
    assert evidence in verdicts(result)


def test_only_owners_count_if_asked(tmp_path):
    changes = [OWNED, Change(MORE, message=f"More\n\nReviewed-by: {CAT}", day=1)]
    root = make_repository(tmp_path / "repo", changes)
    assert spec_review(root, ["specs"])
    result = spec_review(root, ["specs"], owners_only=True)
    assert verdicts(result) == ["not reviewed", "trailer of another"]


@pytest.mark.parametrize(
    "rules, path, owns",
    [
        ("* @ada", "a/b.toml", True),
        ("*.toml @ada", "a/b.toml", True),
        ("*.toml @ada", "a/b.json", False),
        ("/*.toml @ada", "a/b.toml", False),
        ("specs/ @ada", "deep/specs/b.toml", True),
        ("specs @ada", "specs/a/b.toml", True),
        ("/specs/* @ada", "specs/a/b.toml", False),
        ("/specs/** @ada", "specs/a/b.toml", True),
        ("/specs/**/*.toml @ada", "specs/b.toml", True),
        ("* @ada\nspecs/ @bob # Bob's", "specs/b.toml", False),
        ("* @ada\nspecs/", "specs/b.toml", False),
        ("# * @ada\n[Section]\n\n", "specs/b.toml", False),
    ],
)
def test_the_last_rule_that_fits_names_the_owners(tmp_path, rules, path, owns):
    (tmp_path / "CODEOWNERS").write_text(rules)
    owners = read_code_owners(tmp_path, {"@ada": ["ada@example.org"]})
    assert owners.owns(Person("Ada", "ada@example.org"), path) is owns


def test_what_counts_can_be_narrowed(tmp_path):
    result = judged(tmp_path, REVIEWED, accept=["merge"])
    assert not result
    assert result.notes[0] == "a review is a merge by somebody else, or named in reviewed="


def test_nothing_in_git_may_count(tmp_path):
    assert judged(tmp_path, REVIEWED, accept=[]).notes[0] == "a review is named in reviewed="


def test_a_review_elsewhere_can_be_named(tmp_path):
    root = make_repository(tmp_path / "repo", [Change(SPEC)])
    commit = git(root, "rev-parse", "--short", "HEAD")
    result = spec_review(root, ["specs"], reviewed={commit: "https://forge.example/pull/7"})
    assert result
    assert verdicts(result) == ["review: https://forge.example/pull/7"]


def test_an_old_past_can_be_left_out(tmp_path):
    result = judged(tmp_path, Change(SPEC, tag="v1"), Change(MORE, message=BY_BOB), since="v1")
    assert result
    assert result.notes[0] == "changes up to v1 are not judged"


def test_files_that_are_not_tracked_or_not_committed_are_named(tmp_path):
    root = make_repository(tmp_path / "repo", [REVIEWED])
    (root / "specs/model.toml").write_text("depth = 9")
    (root / "specs/new.toml").write_text("depth = 9")
    (root / "ignored.toml").write_text("depth = 9")
    (root / ".git/info/exclude").write_text("ignored.toml\n")
    result = spec_review(root, ["specs", "ignored.toml"])
    assert not result
    assert [row["which"] for row in result.table if row["what"] == "file"] == [
        "ignored.toml", "specs/model.toml", "specs/new.toml",
    ]  # fmt: skip
    assert verdicts(result, "file") == ["not tracked", "not committed", "not committed"]


def test_the_root_may_be_a_folder_below_the_top(tmp_path):
    changes = [Change({"CODEOWNERS": "/sub/specs/ cat@example.org", "sub/specs/a": "1"}, ADA, CAT)]
    root = make_repository(tmp_path / "repo", changes)
    assert spec_review(root / "sub", ["specs/a"])


@pytest.fixture
def root(tmp_path):
    return make_repository(
        tmp_path / "repo",
        [
            Change(SPEC, message=BY_BOB, tag="first"),
            Change(MORE, message=BY_BOB, day=1, tag="second"),
            Change({"README": "x"}, day=2),
            Change({"other": "x"}, branch="aside", starts="main", day=3),
        ],
    )


@pytest.mark.parametrize(
    "revision, verdict",
    [
        ("HEAD", "of this specification"),
        ("second", "of this specification"),
        ("first", "is of an earlier commit, with another specification"),
        ("aside", "is of a commit that did not lead to this one"),
    ],
)
def test_the_artifact_is_of_this_specification(root, revision, verdict):
    commit = git(root, "rev-parse", revision)
    result = spec_review(root, ["specs"], artifact={"commit": commit})
    assert verdicts(result, "artifact") == [verdict]
    assert bool(result) is (verdict == "of this specification")
    if revision == "second":
        assert result.notes == ("artifact is 1 commits behind, with the same specification",)


@pytest.mark.parametrize(
    "metadata, verdict",
    [
        ({}, "records no commit under commit or git_commit"),
        ({"commit": None}, "records no commit under commit"),
        ({"commit": "0" * 40}, "is of a commit that this repository does not have"),
        ({"commit": "HEAD"}, "is of a commit that this repository does not have"),
        ({"commit": "--all"}, "is of a commit that this repository does not have"),
    ],
)
def test_an_artifact_without_a_known_commit_fails(root, metadata, verdict):
    result = spec_review(root, ["specs"], artifact=metadata)
    assert not result
    assert verdicts(result, "artifact")[0].startswith(verdict)


@pytest.mark.parametrize(
    "key, metadata",
    [
        (None, lambda commit: {"mlflow.source.git.commit": commit}),
        ("model.made.from", lambda commit: {"model": {"made": {"from": commit[:9]}}}),
    ],
)
def test_the_commit_is_found_under_its_key(root, key, metadata):
    made = metadata(git(root, "rev-parse", "HEAD"))
    assert spec_review(root, ["specs"], artifact=made, commit_key=key)


def test_a_model_of_a_dirty_tree_fails(root):
    made = {"commit": git(root, "rev-parse", "HEAD"), "dirty": True}
    result = spec_review(root, ["specs"], artifact=made)
    assert "artifact was made from a tree with changes" in result.summary


def test_metadata_come_from_a_file(root, tmp_path):
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"git_commit": git(root, "rev-parse", "HEAD")}))
    assert spec_review(root, ["specs"], artifact=path)


def test_a_shallow_clone_is_said_and_not_guessed_over(root, tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", root.as_uri(), str(clone)], check=True)
    with pytest.raises(InputError, match="root: is a shallow clone"):
        spec_review(clone, ["specs"])


def test_a_folder_without_a_repository_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(InputError, match=r"root: .* is in no git repository"):
        spec_review(tmp_path, ["specs"])


@pytest.mark.parametrize(
    "options, argument, words",
    [
        ({"specs": []}, "specs", "is empty"),
        ({"specs": "specs"}, "specs", "is the text 'specs'"),
        ({"specs": ["spec"]}, "specs", "'spec' is no file here"),
        ({"trailers": "Seen-by"}, "trailers", "is the text 'Seen-by'; give a list of keys"),
        ({"accept": "merge"}, "accept", "is the text 'merge'; give a list of kinds"),
        ({"since": "v9"}, "since", "'v9' is no commit here"),
        ({"accept": ["merges"]}, "accept", "'merges' is not one of trailer, merge, owner"),
        ({"owners_only": True}, "owners_only", "needs one of the files CODEOWNERS"),
        ({"identities": {"@ada": "ada@example.org"}}, "identities", "has no list of addresses"),
        ({"reviewed": {"f" * 40: "x"}}, "reviewed", "is no commit with a place"),
        ({"reviewed": {"HEAD": ""}}, "reviewed", "is no commit with a place"),
        ({"artifact": 3}, "artifact", "is of type int"),
        ({"artifact": "/nowhere.json"}, "artifact", "cannot be read as JSON"),
    ],
)
def test_bad_arguments_are_named(root, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        spec_review(root, **{"specs": ["specs"], **options})
    assert caught.value.argument == argument


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_a_file_that_is_no_object_is_an_error(root, tmp_path, text):
    path = tmp_path / "model.json"
    path.write_text(text)
    with pytest.raises(InputError, match="artifact: "):
        spec_review(root, ["specs"], artifact=path)

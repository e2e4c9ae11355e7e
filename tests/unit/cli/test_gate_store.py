"""`mlscore gate --store` and `mlscore report --store`: a checkout judged by what a store has."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from git_repository import git
from pools import IN_CI, NOW, ran
from pytest_mltestscore.catalog import load
from pytest_mltestscore.cli import main
from pytest_mltestscore.reporters import find
from pytest_mltestscore.store import open_store
from strategies import row

RUBRIC = load()
ITEMS = {"data": "data-1", "model": "model-1", "infra": "infra-1", "monitor": "monitor-1"}


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A checkout without git, with a store that has a run of each section."""
    for name in ("CI", "GITHUB_ACTIONS", "MLSCORE_STORE", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "mlscore.toml").write_text('system = "churn"\n')
    monkeypatch.chdir(folder)
    for hours, (section, item) in enumerate(ITEMS.items(), 1):
        stored(hours, section, item)
    return folder


def stored(hours, section, item, **facts):
    tests = {item: [row(f"tests/{section}/test_it.py::test_it")]}
    known = {"collected": (f"tests/{section}",), "commit": None, "ci": IN_CI, **facts}
    with open_store("scores") as store:
        store.append(find("json").render(ran(hours, tests, by=RUBRIC, **known)).encode())


def gate(*args, now=NOW):
    return main(["gate", "--store", "scores", "--now", now.isoformat(), *args])


@pytest.mark.parametrize("floor, code", [("1", 0), ("1.5", 10)])
def test_the_whole_is_judged(root, capsys, floor, code):
    assert gate(f"--fail-under={floor}") == code
    said = capsys.readouterr().out
    assert said.startswith("churn, 2026-03-01\n")
    assert "4 tests seen in 4 other runs, the oldest 4 hours ago" in said
    assert said.splitlines()[-1].startswith("mlscore: ")


def test_what_is_too_old_is_named(root, capsys):
    (root / "mlscore.toml").write_text('system = "churn"\n[policy.max_age_days]\ndata = 0.01\n')
    assert gate("--fail-under=1") == 10
    said = capsys.readouterr().out
    assert "withheld  data-1: tests/data/test_it.py::test_it passed 1 hour ago" in said
    assert "withheld  model-1" not in said


def test_an_empty_store_decides_nothing(root, capsys):
    assert main(["gate", "--store", "nothing", "--fail-under=0"]) == 11
    assert "nothing has no record of churn that counts" in capsys.readouterr().out


def test_another_system_is_asked_for_by_its_name(root, capsys):
    assert gate("--fail-under=0", "--system", "chrun") == 2
    assert "did you mean 'churn'?" in capsys.readouterr().err


def test_an_own_system_of_several_is_not_dropped_for_want_of_a_readable_record(root, capsys):
    (root / "mlscore.toml").write_text(
        'system = "shop"\n[systems.churn]\npaths = ["tests"]\nfail_under = 1\n'
    )
    with open_store("scores") as store:
        record = replace(ran(1, {"data-1": [row()]}, by=RUBRIC, dirty=True), system="shop")
        store.append(find("json").render(record).encode())
    assert gate("--fail-under=1") == 11
    assert "has no record of shop that counts" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--root=.", "--rubric=ml-test-score", "--now=2026-03-01"])
def test_what_a_record_has_no_use_for_is_refused(root, capsys, option):
    (root / "now.json").write_text(find("json").render(ran(0, {}, by=RUBRIC)))
    for command in ("gate", "report"):
        assert main([command, "now.json", option]) == 2
        assert "a record needs it not" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["postgresql://me:pa55word@h/db", "s3://me:pa55word@bucket/prefix"])
def test_a_store_is_no_file_to_compare_with(root, capsys, url):
    assert gate("--fail-under=0", f"--baseline={url}") == 2
    said = "".join(capsys.readouterr())
    assert "name it by --store" in said
    assert "pa55word" not in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:/me:pa55word@h/db",
        "postgresql:me:pa55word@h/db",
        "me:pa55word@h/db",
        "host=h password=pa55word dbname=db",
    ],
)
def test_what_was_meant_for_a_url_is_no_folder(root, capsys, url):
    assert main(["gate", "--store", url, "--fail-under=0"]) == 2
    said = "".join(capsys.readouterr())
    assert "has no '://'" in said
    assert "pa55word" not in said


def test_uncommitted_changes_are_told(root, capsys):
    git(root, "init", "-q", "-b", "main")
    (root / "file").write_text("1")
    git(root, "add", "file")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    git(root, *identity, "commit", "-q", "-m", "one")
    (root / "file").write_text("2")
    gate("--fail-under=0")
    assert "with uncommitted changes" in capsys.readouterr().out.splitlines()[0]


def test_a_gate_without_a_condition_would_pass_whatever_is_there(root, capsys):
    assert gate() == 2
    assert "give a condition, such as --fail-under=2" in capsys.readouterr().err


def test_another_folder_can_be_judged(root, capsys, monkeypatch):
    monkeypatch.chdir(root.parent)
    now = f"--now={NOW.isoformat()}"
    assert main(["gate", "--store=checkout/scores", "--root=checkout", now, "--fail-under=1"]) == 0
    assert main(["gate", "--store=checkout/scores", "--root=nowhere", "--fail-under=1"]) == 2
    assert "--root: nowhere: no such folder" in capsys.readouterr().err


def test_what_is_wrong_in_the_configuration_is_said(root, capsys):
    (root / "mlscore.toml").write_text("[policy]\nmin_runs = 0\n")
    assert gate("--fail-under=1") == 2
    assert "policy.min_runs: is 0; give a number from 1 up" in capsys.readouterr().err


def test_neither_record_nor_store_is_an_error(root, capsys):
    assert main(["gate"]) == 2
    assert "name the store" in capsys.readouterr().err


def test_a_record_is_judged_as_before_and_may_be_compared_with_the_store(root, capsys):
    (root / "now.json").write_text(find("json").render(ran(0, {}, by=RUBRIC)))
    args = ["gate", "now.json", "--store=scores", "--fail-on-regression"]
    assert main([*args, "--baseline=branch:main"]) == 10
    assert "data-1 automated -> missing" in capsys.readouterr().out
    assert main([*args, "--baseline=branch:mian"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "branch:mian does not exist yet; did you mean branch:main? The store has runs of main"
        in said
    )
    assert main([*args, "--baseline=branch:"]) == 2
    assert "--baseline: 'branch:': names no branch" in capsys.readouterr().err
    assert main(["gate", "now.json", "--baseline=branch:main"]) == 2
    assert "name the store" in capsys.readouterr().err


def test_the_newest_run_of_a_branch_is_the_baseline(root, capsys):
    stored(0.5, "data", "data-2", id="newest", commit="a" * 40)
    for baseline, code in (("branch:main", 10), ("commit:aaaaaaa", 10), ("commit:bbbbbbb", 11)):
        assert gate(f"--baseline={baseline}", "--fail-on-regression", "--strict") == code
        assert ("data-2 automated -> missing" in capsys.readouterr().out) == (code == 10)


def test_commits_are_placed_by_git(root, capsys):
    git(root, "init", "-q", "-b", "main")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    git(root, *identity, "commit", "-q", "--allow-empty", "-m", "one")
    assert gate("--fail-under=1") == 11
    said = " ".join(capsys.readouterr().out.split())
    assert "4 stored records do not count: 4 of a commit that nobody can place" in said
    head = git(root, "rev-parse", "HEAD").strip()
    for hours, (section, item) in enumerate(ITEMS.items(), 1):
        stored(hours, section, item, commit=head, id=f"at-head-{hours}")
    git(root, *identity, "commit", "-q", "--allow-empty", "-m", "two")
    assert gate("--fail-under=1") == 0


def test_reports_are_made_of_the_same(root, capsys):
    args = ["report", "--store=scores", f"--now={NOW.isoformat()}"]
    assert main(args) == 0
    assert "Score 1 of 7" in capsys.readouterr().out
    assert main([*args, "--type=html:all.html", "--type=md:all.md", "--type=json:all.json"]) == 0
    page = (root / "all.html").read_text("utf-8")
    assert "Results of other runs" in page
    assert "3 hours ago, in run run-3" in page
    assert "4 tests seen in 4 other runs" in (root / "all.md").read_text("utf-8")
    now = f"--now={NOW.isoformat()}"
    assert main(["badge", "--store=scores", now, "-o", "badge.svg"]) == 0
    assert " of churn: 1 of 7; " in (root / "badge.svg").read_text("utf-8")
    capsys.readouterr()
    assert main(["gate", "all.json", "--fail-under=1"]) == 0


def test_a_store_that_fails_is_an_error_and_no_verdict(root, capsys):
    (root / "file").write_text("")
    assert main(["gate", "--store=file", "--fail-under=1"]) == 2
    assert "mlscore: error: file: cannot be read" in capsys.readouterr().err


def test_records_of_another_rubric_do_not_count(root, capsys):
    other = replace(RUBRIC, id="another")
    with open_store("elsewhere") as store:
        record = ran(1, {"data-1": [row()]}, by=other, commit=None)
        store.append(find("json").render(record).encode())
    now = f"--now={NOW.isoformat()}"
    assert main(["gate", "--store=elsewhere", now, "--fail-under=0"]) == 11
    assert "1 of another rubric" in capsys.readouterr().out

"""`--mlscore-store`: what is written when, what is added from it, and what goes wrong with it."""

from __future__ import annotations

import datetime as dt
import sys

import pytest

import needs
from git_repository import git
from proving import FRAME, SOUND
from pytest_mltestscore.store import open_store
from pytest_mltestscore.store._entry import digest

SUITES = {"data": "data-1", "model": "model-6", "infra": "infra-7", "monitor": "monitor-3"}
SETTINGS = 'system = "churn"\n'
IN_CI = {"CI": "true"}


@pytest.fixture
def project(pytester):
    """A repository with a folder of tests for each section."""
    pytester.makefile(".toml", mlscore=SETTINGS)
    pytester.makefile(".ini", pytest="[pytest]\n")
    for name, item in SUITES.items():
        (pytester.path / "tests" / name).mkdir(parents=True)
        write_suite(pytester, name, item)
    (pytester.path / ".gitignore").write_text("*\n!*.py\n!*.toml\n!*.ini\n!tests/\n!tests/*/\n")
    git(pytester.path, "init", "-q", "-b", "main")
    commit(pytester)
    return pytester.path


def write_suite(pytester, name, item, body="pass"):
    (pytester.path / "tests" / name / f"test_{name}.py").write_text(
        f"import pytest\n\n@pytest.mark.mlscore({item!r})\ndef test_{name}():\n    {body}\n"
    )


def commit(pytester):
    git(pytester.path, "add", "-A")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    git(pytester.path, *identity, "commit", "-q", "--allow-empty", "-m", "a change")


@pytest.fixture
def job(score, pytester, monkeypatch, project):
    """Score some folders as a job of CI does, with the store beside them."""
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "MLSCORE_STORE", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CI", "true")

    def run(*args, **how):
        return score("--mlscore-store=scores", *args, **how)

    return run


def entries(pytester):
    with open_store(pytester.path / "scores") as store:
        return store.entries("churn").entries


def gate(pytester, *args):
    command = (sys.executable, "-m", "pytest_mltestscore.cli", "gate", "--store", "scores")
    return pytester.run(*command, *args)


# Writing


@pytest.mark.parametrize(
    "ci, option, written",
    [
        ("true", [], True),
        ("", [], False),
        ("", ["--mlscore-store-write=always"], True),
        ("", ["--mlscore-store-write=ci"], False),
        ("true", ["--mlscore-store-write=never"], False),
    ],
)
def test_a_record_is_written_in_ci_or_where_it_is_asked_for(
    job, pytester, monkeypatch, ci, option, written
):
    monkeypatch.setenv("CI", ci)
    scored = job("tests/data", *option)
    assert scored.ret == 0
    assert len(entries(pytester)) == written


def test_what_is_written_is_the_record_of_the_run(job, pytester):
    scored = job("tests/data", "--mlscore-shard=2/3")
    (entry,) = entries(pytester)
    with open_store(pytester.path / "scores") as store:
        (stored,) = store.read([entry])
    assert stored.record.run.id == scored.record["run"]["id"]
    assert stored.record.run.collected == ("tests/data",)
    assert (entry.shard.number, entry.shard.of) == (2, 3)
    assert entry.branch == "main"
    assert entry.ci


def test_reports_and_results_survive_a_store_that_takes_nothing(job, pytester):
    (pytester.path / "scores").write_text("a file, and no folder")
    scored = job("tests/data", "--mlscore-report=md:score.md")
    assert scored.ret == 11
    assert scored.state("data-1") == "automated"
    assert (pytester.path / "score.md").exists()
    assert scored.reasons == {"store"}
    (line,) = [at for at in scored.result.stdout.lines if at.startswith("mlscore: record not ")]
    assert line == (
        "mlscore: record not stored: scores: cannot be written: Not a directory; choose another"
        " place or mend this one, then run again"
    )
    assert scored.last_line == "mlscore: score at least 0 of 7  (record not stored: exit 11)"


def test_a_report_and_a_record_that_were_not_written_are_both_told(job, pytester):
    (pytester.path / "scores").write_text("a file, and no folder")
    pytester.makeconftest(
        "from pathlib import Path\n"
        "def pytest_runtest_logfinish():\n"
        "    Path('score.md').unlink()\n"
        "    Path('score.md').mkdir()\n"
    )
    commit(pytester)
    scored = job("tests/data", "--mlscore-report=md:score.md")
    assert scored.ret == 11
    assert scored.last_line.endswith("(report not written, record not stored: exit 11)")


def test_a_fault_of_ours_costs_no_report(job, pytester):
    pytester.makeconftest(
        "from pytest_mltestscore.plugin import pooling\n"
        "def broken(*_):\n    raise RuntimeError('of ours')\n"
        "def pytest_runtest_logfinish():\n    pooling.gather = broken\n"
    )
    commit(pytester)
    scored = job("tests/data", "--mlscore-fail-under=0")
    assert (scored.ret, scored.reasons) == (11, {"store"})
    assert scored.state("data-1") == "automated"
    assert "RuntimeError: of ours" in scored.last_line


def test_a_run_in_which_a_test_fails_is_stored_too(job, pytester):
    write_suite(pytester, "data", "data-1", "assert 0")
    commit(pytester)
    assert job("tests/data").ret == 1
    (entry,) = entries(pytester)
    assert entry.failing


def test_nothing_is_stored_of_a_run_that_ends_as_a_usage_error(job, pytester):
    write_suite(pytester, "data", "data-99")
    job("tests/data", expect_record=False)
    assert entries(pytester) == ()


def test_nothing_is_stored_when_tests_are_only_listed(job, pytester):
    job("--collect-only", "-q", expect_record=False)
    assert entries(pytester) == ()


# Adding


def test_jobs_that_each_run_a_part_add_up(job, pytester):
    gated = [f"--mlscore-require={item}:automated" for item in SUITES.values()]
    first = [job(f"tests/{name}", *gated) for name in ("data", "model", "infra")]
    assert [s.ret for s in first] == [10, 10, 10]
    last = job("tests/monitor", *gated)
    assert last.ret == 0
    assert last.record["score"]["final"] == 1
    rows = {item: last.row(item) for item in SUITES.values()}
    runs = {item: row["seen"]["run"] for item, row in rows.items()}
    assert len({*runs.values()}) == 4
    assert runs["monitor-3"] == last.record["run"]["id"]
    assert [s["tests"] for s in last.record["pool"]["sources"]] == [1, 1, 1]
    assert "Store:   3 tests seen in 3 other runs, the oldest " in last.result.stdout.str()
    found = gate(pytester, "--fail-under=1")
    assert found.ret == 0


@pytest.mark.parametrize("by", [["-m", "mlscore_{}"], ["-k", "{}"], ["tests/{0}/test_{0}.py"]])
def test_parts_may_be_chosen_in_any_way(job, pytester, by):
    job("tests/infra")  # of what is named by files alone, nobody knows whether it is all
    for name in SUITES:
        last = job(*(word.format(name) for word in by), "--mlscore-fail-under=1")
    assert last.record["gate"]["status"] == "passed"
    assert last.record["run"]["complete"]
    assert last.record["pool"]["own_reasons"]


def test_xdist_adds_up_too(job, pytester):
    for name in ("data", "model", "infra"):
        job("-n", "2", f"tests/{name}")
    assert job("-n", "2", "tests/monitor", "--mlscore-fail-under=1").ret == 0


def test_a_test_that_was_deleted_is_gone(job, pytester):
    write_suite(pytester, "data", "data-1", "assert 0")
    commit(pytester)
    job("tests/data")
    assert job("tests/model").state("data-1") == "failing"
    (pytester.path / "tests/data/test_data.py").unlink()
    write_suite(pytester, "data", "data-2")
    commit(pytester)
    assert job("tests/data").state("data-1") == "missing"
    assert job("tests/model").state("data-1") == "missing"


def test_a_module_that_skips_itself_is_not_gone(job, pytester):
    job("tests")
    (pytester.path / "tests/data/test_data.py").write_text(
        "import pytest\npytest.skip('no GPU', allow_module_level=True)\n"
    )
    commit(pytester)
    assert job("tests").state("data-1") == "automated"


@pytest.mark.parametrize("addopts, gone", [("", True), ('-m "not slow"', False)])
def test_what_configuration_leaves_out_of_one_job_is_not_gone(job, pytester, addopts, gone):
    write_suite(pytester, "data", "data-1", "pass\n\ntest_data = pytest.mark.slow(test_data)")
    commit(pytester)
    job("tests")
    if gone:
        (pytester.path / "tests/data/test_data.py").unlink()
    ini = f"[pytest]\nmarkers = slow: takes long\naddopts = {addopts}\n"
    (pytester.path / "pytest.ini").write_text(ini)
    commit(pytester)
    assert job("tests").state("data-1") == ("missing" if gone else "automated")


def test_results_on_uncommitted_changes_count_for_their_own_run_only(job, pytester):
    write_suite(pytester, "data", "data-1", "'a change'")
    assert job("tests/data").state("data-1") == "automated"
    scored = job("tests/model")
    assert scored.state("data-1") == "missing"
    assert scored.record["pool"]["left_out"] == {"on uncommitted changes": 1}


def test_results_of_another_line_of_history_do_not_count(job, pytester):
    git(pytester.path, "checkout", "-q", "-b", "feature")
    commit(pytester)
    job("tests/data")
    git(pytester.path, "checkout", "-q", "main")
    scored = job("tests/model")
    assert scored.state("data-1") == "missing"
    why = {"of commits that are not in the history of this one": 1}
    assert scored.record["pool"]["left_out"] == why
    pytester.makefile(".toml", mlscore=SETTINGS + '[policy]\ncommits = "any"\n')
    assert job("tests/model").state("data-1") == "automated"


@pytest.mark.parametrize("branches, state", [("main", "automated"), ("release/*", "missing")])
def test_results_of_branches_count_that_policy_allows(job, pytester, branches, state):
    job("tests/data")
    git(pytester.path, "checkout", "-q", "-b", "feature")
    pytester.makefile(".toml", mlscore=f'{SETTINGS}[policy]\nbranches = ["{branches}"]\n')
    commit(pytester)
    job("tests/infra")
    scored = job("tests/model")
    assert scored.state("data-1") == state
    assert scored.state("infra-7") == "automated", "those of the own branch always do"


def test_a_shallow_clone_is_told_and_not_guessed_over(job, pytester):
    job("tests/data")
    commit(pytester)
    git(pytester.path, "clone", "-q", "--depth=1", f"file://{pytester.path}", "shallow")
    scored = job("--rootdir=shallow", "shallow/tests/model")
    (why,) = scored.record["pool"]["left_out"]
    assert "shallow: fetch all of its history" in why
    assert scored.reasons == {"store"}


def test_the_clock_of_reproducible_builds_is_not_that_of_a_run(job, pytester, monkeypatch):
    job("tests/data")
    write_suite(pytester, "data", "data-1", "assert 0")
    commit(pytester)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    scored = job("tests/data")
    assert scored.record["run"]["started_at"] > "2026"
    assert job("tests/model").state("data-1") == "failing"


def test_the_pipeline_of_an_old_commit_mends_nothing(job, pytester):
    write_suite(pytester, "data", "data-1", "assert 0")
    commit(pytester)
    job("tests/data")
    git(pytester.path, "checkout", "-q", "main~1")
    job("tests/data")
    git(pytester.path, "checkout", "-q", "main")
    assert job("tests/model").state("data-1") == "failing"


def test_age_is_judged_by_policy(job, pytester):
    pytester.makefile(".toml", mlscore=SETTINGS + "[policy]\nmax_age_days = {data = 1}\n")
    commit(pytester)
    job("tests/data", "--mlscore-now=2026-03-01T12:00:00Z")
    job("tests/infra", "--mlscore-now=2026-03-01T12:00:00Z")
    for day, state in (("2026-03-02T11:00:00Z", "automated"), ("2026-03-02T13:00:00Z", "withheld")):
        scored = job("tests/model", f"--mlscore-now={day}")
        assert (scored.state("data-1"), scored.state("infra-7")) == (state, "automated")


def test_repetition_is_judged_by_policy(job, pytester):
    pytester.makefile(".toml", mlscore=SETTINGS + "[policy]\nmin_runs = 3\n")
    commit(pytester)
    states = [job("tests/data").state("data-1") for _ in range(3)]
    assert states == ["withheld", "withheld", "automated"]


def test_an_attestation_comes_from_the_checkout(job, pytester):
    job("tests/data")
    statement = (
        '[[attestations]]\nitem = "model-1"\nowner = "ada"\ndate = 2026-01-01\n'
        'expires = 2099-01-01\nsummary = "s"\ndistributed_to = "d"\nlink = "https://example.org"\n'
    )
    pytester.makefile(".toml", mlscore=SETTINGS + statement)
    commit(pytester)
    assert job("tests/infra").state("model-1") == "manual"
    assert "ok" in gate(pytester, "--require=model-1").stdout.str()


# Parts that announce themselves


def test_a_part_that_is_missing_leaves_the_gate_undecided(job, pytester):
    job("tests/data", "--mlscore-shard=1/3")
    scored = job("tests/model", "--mlscore-shard=2/3", "--mlscore-fail-under=0")
    assert (scored.ret, scored.reasons) == (11, {"shard-missing"})
    assert "shard 3/3" in scored.last_line
    assert gate(pytester, "--fail-under=0").ret == 11
    assert job("tests/infra", "--mlscore-shard=3/3", "--mlscore-fail-under=0").ret == 0
    assert gate(pytester, "--fail-under=0").ret == 0


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/99999", "-1/2", "1/2/3", ""])
def test_a_part_is_counted_from_one(job, text):
    scored = job(f"--mlscore-shard={text}", expect_record=False)
    assert scored.ret == 4
    scored.result.stderr.fnmatch_lines(["*--mlscore-shard: is * give K/N counted from 1*"])


def test_merge_knows_which_parts_are_missing(job, pytester):
    for number, name in enumerate(("data", "model", "infra"), 1):
        job(f"tests/{name}", f"--mlscore-shard={number}/3", "-q")
        (pytester.path / "out.json").rename(pytester.path / f"{name}.json")
    command = (sys.executable, "-m", "pytest_mltestscore.cli", "merge", "-o", "all.json")
    found = pytester.run(*command, "data.json", "infra.json")
    found.stderr.fnmatch_lines(["*shard 2/3 of commit * did not come*"])
    whole = pytester.run(*command, "data.json", "infra.json", "model.json")
    whole.stderr.fnmatch_lines(["*(complete)*"])


# Baselines


def test_a_branch_is_a_baseline(job, pytester):
    gated = ["--mlscore-baseline=branch:main", "--mlscore-fail-on-regression"]
    first = job("tests", *gated)
    assert first.record["baseline"]["status"] == "missing"
    assert first.ret == 0
    git(pytester.path, "checkout", "-q", "-b", "feature")
    write_suite(pytester, "data", "data-2")
    commit(pytester)
    scored = job("tests", *gated)
    assert scored.ret == 10
    assert "data-1 automated -> missing" in scored.last_line
    mistyped = job("tests", "--mlscore-baseline=branch:mian").record["baseline"]
    assert mistyped["reason"].startswith(
        "branch:mian does not exist yet; did you mean branch:main? The store has runs of "
    )
    head = first.record["run"]["commit"]
    scored = job("tests", f"--mlscore-baseline=commit:{head[:9]}")
    assert scored.record["baseline"]["commit"] == head


def test_what_lost_something_is_no_measure_however_often_it_is_tried(job, pytester):
    gated = ["--mlscore-baseline=branch:main", "--mlscore-fail-on-regression"]
    job("tests", *gated)
    write_suite(pytester, "data", "data-2")
    commit(pytester)
    assert [job("tests", *gated).ret for _ in range(2)] == [10, 10]
    commit(pytester)
    assert job("tests", *gated).ret == 10, "nor in the next commit"


@pytest.mark.parametrize("option", ["--mlscore-baseline=postgresql://me:pa55word@h/db"])
def test_a_store_is_no_baseline_and_its_password_is_not_shown(job, option):
    scored = job(option, expect_record=False)
    said = scored.result.stderr.str() + scored.result.stdout.str()
    assert scored.ret == 4
    assert "name it by --mlscore-store" in said
    assert "pa55word" not in said.replace(option, "")


@pytest.mark.parametrize(
    "option, message",
    [
        ("--mlscore-baseline=branch:", "names no branch"),
        ("--mlscore-baseline=commit:xyz", "give at least 7 digits"),
        ("--mlscore-store-write=sometimes", "give ci or always or never"),
        ("--mlscore-store=s5://bucket", "unknown scheme 's5'; did you mean s3://?"),
        ("--mlscore-store=postgresql://me:pa55word@@host/db", "has two '@'"),
    ],
)
def test_what_cannot_be_is_a_usage_error(job, option, message):
    scored = job(option, expect_record=False)
    assert scored.ret == 4
    said = scored.result.stderr.str()
    assert message in said
    assert "pa55word" not in said


@pytest.mark.parametrize(
    "option", ["--mlscore-baseline=branch:main", "--mlscore-store-write=always"]
)
def test_what_needs_a_store_says_so(score, option):
    scored = score(option, expect_record=False)
    assert scored.ret == 4
    assert "add --mlscore-store=URL" in scored.result.stderr.str()


def test_the_environment_names_the_store_where_nothing_else_does(score, job, pytester, monkeypatch):
    monkeypatch.setenv("MLSCORE_STORE", str(pytester.path / "scores"))
    scored = score("tests/data")
    assert len(entries(pytester)) == 1
    assert scored.record["config"]["store"]["origin"] == "MLSCORE_STORE"
    job("tests/data", "--mlscore-store=elsewhere")
    assert len(entries(pytester)) == 1


def test_the_trend_is_that_of_the_runs_before(job, pytester):
    for name in ("data", "model", "infra", "monitor"):
        scored = job(f"tests/{name}")
    assert [point["final"] for point in scored.record["trend"]] == [0, 0, 0]
    assert scored.record["score"]["final"] == 1
    scored = job("tests/monitor")
    assert [point["final"] for point in scored.record["trend"]] == [0, 0, 0, 1]
    assert scored.record["trend"][-1]["sections"]["data"] == 1


def test_a_record_of_a_newer_version_leaves_the_gate_undecided(job, pytester):
    scored = job("tests/data")
    (entry,) = entries(pytester)
    path = pytester.path / "scores" / entry.key
    content = path.read_bytes().replace(b'"schema_version": "1.0"', b'"schema_version": "2.0"')
    later = entry.started_at + dt.timedelta(milliseconds=1)
    stamp = f"{later:%Y%m%dT%H%M%S.%fZ}"
    name = path.name.replace(entry.digest, digest(content))
    path.with_name(stamp + name[len(stamp) :]).write_bytes(content)
    scored = job("tests/model", "--mlscore-fail-under=0")
    assert (scored.ret, scored.reasons) == (11, {"store"})
    assert "1 record is of a newer version; update pytest" in scored.last_line
    assert scored.state("data-1") == "automated", "the older record says so"


def test_a_torn_record_is_told_and_passed_over(job, pytester):
    job("tests/data")
    (entry,) = entries(pytester)
    path = pytester.path / "scores" / entry.key
    path.write_bytes(path.read_bytes()[:100])
    scored = job("tests/model", "--mlscore-fail-under=0")
    assert scored.ret == 0
    assert scored.state("data-1") == "missing"
    (note,) = [n for n in scored.record["notes"] if "store" in n]
    assert "holds something else than was written" in note
    assert path.exists()


def test_a_proof_is_that_of_the_test_while_its_file_stays_the_same(job, pytester):
    needs.module("pandas", "narwhals")
    pytester.makefile(".toml", mlscore=SETTINGS + "[policy]\nrequire_proof = true\n")
    suite = pytester.path / "tests/data/test_data.py"
    suite.write_text(FRAME + SOUND)
    commit(pytester)
    assert job("tests/data", "--mlscore-prove").state("data-1") == "automated"
    commit(pytester)
    scored = job("tests/data")
    assert scored.state("data-1") == "automated"
    assert scored.row("data-1")["seen"]["proved_in"] == scored.record["pool"]["sources"][0]["run"]
    for _ in range(2):  # of a proof that was passed on, too, the test must be the same
        suite.write_text(suite.read_text() + "# a change\n")
        commit(pytester)
        assert job("tests/data").state("data-1") == "withheld"

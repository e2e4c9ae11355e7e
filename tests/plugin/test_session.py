"""Runs that end early, leave something out, or lose a worker: never a false green."""

from __future__ import annotations

import pytest

in_every_mode = pytest.mark.parametrize(
    "mode", [pytest.param([], id="serial"), pytest.param(["-n", "2"], id="xdist")]
)
THREE = """
import os, pytest
@pytest.mark.mlscore("data-1")
def test_a(): {first}
@pytest.mark.mlscore("data-2")
def test_b(): pass
@pytest.mark.mlscore("data-3")
def test_c(): pass
"""
GATE = "--mlscore-fail-under=0"


@pytest.fixture
def three(pytester):
    def write(first="pass"):
        return pytester.makepyfile(test_three=THREE.format(first=first))

    return write


@pytest.mark.parametrize("option", ["-x", "--maxfail=1"])
def test_stopping_at_the_first_failure(score, three, option):
    three("assert False")
    scored = score(option, GATE)
    assert scored.ret == pytest.ExitCode.TESTS_FAILED
    assert scored.reasons == {"stopped"}
    assert scored.state("data-1") == "failing"
    assert scored.state("data-2") == scored.state("data-3") == "not-run"
    assert scored.row("data-2")["outcome"] == "not-run"
    assert scored.record["gate"]["status"] == "undecided"


def test_stopping_under_xdist(score, pytester):
    pytester.makepyfile(
        "import pytest, time\n@pytest.mark.parametrize('n', range(60))\n"
        "@pytest.mark.mlscore('data-1')\ndef test(n):\n    time.sleep(.02)\n    assert n"
    )
    scored = score("-x", "-n", "2", GATE)
    assert scored.reasons == {"stopped"}
    outcomes = {row["outcome"] for row in scored.rows("data-1").values()}
    assert "not-run" in outcomes
    assert scored.record["gate"]["status"] == "undecided"


def test_stopping_at_the_very_last_test_leaves_nothing_out(score, pytester):
    pytester.makepyfile("import pytest\n@pytest.mark.mlscore('data-1')\ndef test(): assert 0")
    scored = score("-x")
    assert scored.record["run"]["complete"]


def test_interrupt_from_the_keyboard(score, three):
    three("raise KeyboardInterrupt")
    scored = score(GATE)
    assert scored.ret == pytest.ExitCode.INTERRUPTED
    assert scored.reasons == {"interrupted"}
    assert scored.record["gate"]["status"] == "undecided"
    assert scored.row("data-1")["outcome"] == "incomplete"


@in_every_mode
def test_exit_with_code_zero_is_no_success(score, three, mode):
    three('pytest.exit("enough", returncode=0)')
    scored = score(GATE, *mode)
    assert scored.ret in (
        11,
        pytest.ExitCode.INTERNAL_ERROR,
    )  # the latter is what xdist makes of it
    assert scored.record["gate"]["status"] == "undecided"
    assert not scored.record["run"]["complete"]


def test_exit_with_code_zero_in_one_process(score, three):
    three('pytest.exit("enough", returncode=0)')
    scored = score(GATE)
    assert scored.ret == 11
    assert scored.reasons == {"exit"}
    assert "enough" in scored.last_line


def test_exit_without_a_gate_keeps_the_exit_code_of_pytest(score, three):
    three('pytest.exit("enough", returncode=0)')
    assert score().ret == 0


@in_every_mode
@pytest.mark.parametrize("go_on", [[], ["--continue-on-collection-errors"]])
def test_collection_error(score, three, pytester, mode, go_on):
    three()
    pytester.makepyfile(test_broken="import pytest\nimport no_such_module_here")
    scored = score(GATE, *go_on, *mode)
    assert "collection-errors" in scored.reasons
    assert scored.record["gate"]["status"] == "undecided"
    assert scored.state("data-4") == "not-run", "a broken module may hold tests of any item"
    assert scored.ret in (1, 2)


def test_conftest_that_fails_in_workers_only(score, three, pytester):
    three()
    pytester.makeconftest(
        "import os\nif 'PYTEST_XDIST_WORKER' in os.environ: raise RuntimeError('worker only')"
    )
    scored = score(GATE, "-n", "2")
    assert not scored.record["run"]["complete"]
    assert scored.record["gate"]["status"] == "undecided"
    assert scored.ret != 0


@pytest.mark.parametrize("death", ["os._exit(0)", "__import__('ctypes').string_at(0)"])
def test_worker_that_dies(score, three, death):
    three(death)
    scored = score("-n", "2", "-p", "no:faulthandler")
    assert scored.row("data-1")["outcome"] == "crashed"
    assert scored.state("data-1") == "failing"
    assert scored.state("data-2") == scored.state("data-3") == "automated"


def test_worker_that_dies_in_set_up_is_attributed_too(score, pytester):
    pytester.makepyfile(
        "import os, pytest\n@pytest.fixture\ndef f(): os._exit(0)\n"
        "@pytest.mark.mlscore('data-1')\ndef test(f): pass"
    )
    assert score("-n", "2").row("data-1")["outcome"] == "crashed"


def test_loadfile_that_never_gets_past_a_crash(score, three):
    three("os._exit(1)")
    scored = score("-n", "2", "--dist", "loadfile", GATE)
    assert scored.row("data-1")["outcome"] == "crashed"
    assert scored.record["gate"]["status"] != "passed"


def test_crash_without_restart(score, three):
    three("os._exit(1)")
    scored = score("-n", "1", "--max-worker-restart", "0", GATE)
    assert scored.row("data-1")["outcome"] == "crashed"
    assert scored.state("data-3") == "not-run"
    assert scored.reasons in ({"unfinished"}, {"stopped"})
    assert scored.record["gate"]["status"] == "undecided"


@in_every_mode
@pytest.mark.parametrize(
    "narrow",
    [["-k", "test_a"], ["--deselect", "test_three.py::test_b"], ["-m", "mlscore and slow"]],
)
def test_partial_by_deselection(score, three, mode, narrow, pytester):
    three()
    scored = score(GATE, *narrow, *mode)
    assert scored.reasons >= {"deselected"}
    assert scored.state("data-2") == "not-run"
    assert scored.record["gate"]["status"] in ("not-evaluated", "undecided")
    assert scored.ret in (0, 5)


def test_partial_in_strict_mode(score, three):
    three()
    scored = score(GATE, "-k", "test_a", "--mlscore-strict")
    assert scored.ret == 11
    assert scored.record["gate"]["status"] == "undecided"


@pytest.mark.parametrize("argument", ["test_three.py", "test_three.py::test_a"])
def test_files_and_node_ids_make_a_run_partial(score, three, argument):
    three()
    scored = score(GATE, argument)
    assert scored.reasons == {"arguments"}
    assert scored.state("data-1") == "automated"
    assert scored.state("model-1") == "not-run"
    assert scored.record["gate"]["status"] == "not-evaluated"
    assert scored.ret == 0


def test_a_module_named_as_a_package_is_a_file(score, pytester):
    folder = pytester.mkpydir("suite")
    folder.joinpath("test_x.py").write_text(
        "import pytest\n@pytest.mark.mlscore('data-1')\ndef test(): pass", encoding="utf-8"
    )
    pytester.syspathinsert()
    assert score("--pyargs", "suite.test_x").reasons == {"arguments"}
    assert score("--pyargs", "suite").record["run"]["complete"]


def test_folder_arguments_are_the_scope(score, pytester):
    folder = pytester.mkpydir("sub")
    folder.joinpath("test_x.py").write_text(
        "import pytest\n@pytest.mark.mlscore('data-1')\ndef test(): pass", encoding="utf-8"
    )
    scored = score("sub")
    assert scored.record["run"]["complete"]
    assert scored.state("model-1") == "missing"


def test_selection_in_the_ini_file_is_the_scope(score, three, pytester):
    three()
    pytester.makeini("[pytest]\naddopts = -k test_a")
    scored = score(GATE)
    assert scored.record["run"]["complete"]
    assert scored.state("data-2") == "missing"
    assert scored.ret == 0


def test_last_failed(score, three):
    three("assert False")
    assert score().record["run"]["complete"]
    scored = score("--lf", GATE)
    assert not scored.record["run"]["complete"]
    assert scored.state("data-2") == "not-run"


def test_last_failed_with_nothing_failed_runs_everything(score, three):
    three()
    assert score().record["run"]["complete"]
    assert score("--lf").record["run"]["complete"]


def test_failed_first_leaves_nothing_out(score, three):
    three()
    assert score("--ff").record["run"]["complete"]


def test_stepwise(score, three):
    three("assert False")
    assert score("--sw", GATE).reasons == {"stopped"}


def test_ignored_file(score, three, pytester):
    three()
    pytester.makepyfile(test_more="def test(): pass")
    assert "arguments" in score("--ignore=test_three.py").reasons


@in_every_mode
def test_collect_only_writes_and_judges_nothing(score, three, pytester, mode):
    three()
    scored = score("--collect-only", "--mlscore-fail-under=7", *mode, expect_record=False)
    assert scored.ret == 0
    scored.result.stdout.fnmatch_lines(["*Data*3 of 7*"])


def test_nothing_selected_keeps_the_exit_code(score, three):
    three()
    scored = score("-k", "nothing_has_this_name", GATE)
    assert scored.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert not scored.record["run"]["complete"]


def test_nothing_there_at_all(score):
    scored = score()
    assert scored.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert scored.reasons == {"no-tests"}
    assert scored.record["score"]["final"] == 0


def test_internal_error_of_another_plugin(score, three, pytester):
    three()
    pytester.makeconftest("def pytest_runtest_logfinish(nodeid): raise ValueError('boom')")
    scored = score(GATE)
    assert scored.ret == pytest.ExitCode.INTERNAL_ERROR
    assert "internal-error" in scored.reasons
    assert scored.record["gate"]["status"] == "undecided"


@in_every_mode
@pytest.mark.parametrize(
    "disabled", ["terminal", "cacheprovider", "junitxml", "capture", "doctest", "logging"]
)
def test_without_a_plugin_of_pytest(score, three, mode, disabled):
    if disabled == "terminal" and mode:
        pytest.skip("xdist itself needs the terminal reporter")
    three()
    scored = score("-p", f"no:{disabled}", "--mlscore-fail-under=7", *mode)
    assert scored.ret == 10
    assert scored.state("data-1") == "automated"
    if disabled == "terminal":
        assert "gate failed" in scored.result.stderr.str().lower()


def test_without_plugin_autoload(score, three, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    three()
    assert score("-p", "pytest_mltestscore.plugin").state("data-1") == "automated"


def test_working_directory_that_a_test_removes(score, pytester):
    pytester.makepyfile(
        "import os, pytest, shutil\n@pytest.mark.mlscore('data-1')\n"
        "def test(tmp_path):\n    os.chdir(tmp_path)\n    shutil.rmtree(tmp_path)"
    )
    assert score().state("data-1") == "automated"


def test_report_folder_that_a_test_removes(score, pytester):
    pytester.makepyfile(
        "import pytest, shutil\n@pytest.mark.mlscore('data-1')\n"
        "def test():\n    shutil.rmtree('reports')"
    )
    score("--mlscore-report=md:reports/deep/score.md")
    assert (pytester.path / "reports/deep/score.md").exists()


def test_verdict_is_the_last_line_and_nothing_fails_without_a_gate(score, three):
    three()
    scored = score()
    assert scored.ret == 0
    assert scored.last_line.startswith("mlscore:")


@in_every_mode
@pytest.mark.parametrize(
    "first, options",
    [
        ("pytest.exit('enough', returncode=3)", []),
        ("pytest.exit('enough', returncode=0)", []),
        ("pytest.exit('enough')", []),
        ("raise KeyboardInterrupt", []),
        ("assert False", ["-x"]),
        ("assert False", []),
        ("pass", ["--mlscore-report=json:-"]),
    ],
    ids=["exit-3", "exit-0", "exit", "interrupt", "x", "failed", "stream"],
)
def test_the_verdict_is_the_last_line_whatever_the_end(three, plain, first, options, mode):
    three(first)
    result = plain("--mlscore", "--mlscore-fail-under=1", *options, *mode)
    lines = [line for line in result.outlines if line.strip()]
    ours = [line for line in lines if line.startswith("mlscore: ")]
    assert ours[1:] == lines[-1:], result.stdout.str()


def test_the_verdict_of_an_exit_without_a_terminal(three, plain):
    three("pytest.exit('enough', returncode=3)")
    result = plain("--mlscore", "-p", "no:terminal")
    assert result.ret == 3
    assert result.errlines[-1].startswith("mlscore: score")


def test_arguments_from_a_file(score, three, pytester):
    three()
    (pytester.path / "nodes.txt").write_text("test_three.py::test_a\n", encoding="utf-8")
    assert score(GATE, "@nodes.txt").reasons == {"arguments"}
    (pytester.path / "words.txt").write_text("-k\ntest_a\n", encoding="utf-8")
    assert score(GATE, "@words.txt").reasons == {"deselected"}


SPLITTING = """
def pytest_collection_modifyitems(config, items):
    config.hook.pytest_deselected(items=items[1:])
    items[:] = items[:1]
"""


@pytest.mark.parametrize("ini", ["", "[pytest]\naddopts = -m 'not slow'\nmarkers = slow\n"])
def test_a_plugin_that_splits_the_suite_leaves_tests_out(score, three, pytester, ini):
    three()
    pytester.makeini(ini)
    pytester.makeconftest(SPLITTING)
    scored = score(GATE)
    assert scored.reasons == {"deselected"}
    assert "plugin conftest" in scored.record["run"]["incomplete_reasons"][0]["detail"]


def test_last_failed_in_the_ini_file_is_no_scope(score, three, pytester):
    three("assert not os.path.exists('red')")
    (pytester.path / "red").touch()
    score()
    (pytester.path / "red").unlink()
    pytester.makeini("[pytest]\naddopts = --lf\n")
    scored = score(GATE)
    assert not scored.record["run"]["complete"]
    assert scored.record["gate"]["status"] == "not-evaluated"


@pytest.mark.parametrize("argument", ["-ppmark", "-rfEk", "--lfnf=all", "-vv"])
def test_options_that_only_look_like_a_selection(score, three, pytester, argument):
    three()
    pytester.makeini("[pytest]\naddopts = -m 'not slow'\nmarkers = slow\n")
    pytester.makepyfile(pmark="")
    pytester.syspathinsert()
    assert score(GATE, argument).record["run"]["complete"]


@pytest.mark.parametrize(
    "words", [["-xktest_a"], ["-vk", "test_a"], ["-k=test_a"], ["-q", "-ktest_a"]]
)
def test_every_way_to_write_a_keyword(score, three, words):
    three()
    assert score(GATE, *words).reasons == {"deselected"}


@pytest.mark.parametrize(
    "key, mend",
    [
        ("mlscore_fail_undr", "did you mean 'mlscore_fail_under'?"),
        ("mlscore-strict", "did you mean 'mlscore_strict'?"),
        ("mlscore_xyz", "there are mlscore_report, mlscore_rubric, "),
    ],
)
def test_an_ini_key_that_does_not_exist_is_a_usage_error(score, three, pytester, key, mend):
    three()
    pytester.makeini(f"[pytest]\n{key} = 1\n")
    scored = score(expect_record=False)
    assert scored.ret == pytest.ExitCode.USAGE_ERROR
    assert f"mlscore: tox.ini: unknown key {key!r}; {mend}" in scored.result.stderr.str()


def test_an_override_of_a_key_that_does_not_exist_is_a_usage_error(score, three):
    three()
    scored = score("-o", "mlscore_strit=1", expect_record=False)
    assert scored.ret == pytest.ExitCode.USAGE_ERROR
    said = "mlscore: -o: unknown key 'mlscore_strit'; did you mean 'mlscore_strict'?"
    assert said in scored.result.stderr.str()


def test_keys_of_other_plugins_may_start_like_ours(score, three, pytester):
    three()
    pytester.makeini("[pytest]\nmlscore_dashboard = x\nmlscore_size = many\n")
    pytester.makeconftest(
        "def pytest_addoption(parser):\n    parser.addini('mlscore_dashboard', '')\n"
    )
    scored = score(expect_record=False)
    errors = scored.result.stderr.str()
    assert "mlscore_size" in errors
    assert "mlscore_dashboard" not in errors


def test_unknown_keys_are_nobody_s_business_in_a_run_that_is_not_scored(plain, three, pytester):
    three()
    pytester.makeini("[pytest]\nmlscore_fail_undr = 1\n")
    assert plain().ret == 0

"""How every kind of outcome counts, in one process and over several."""

from __future__ import annotations

import pytest

MODES = [
    pytest.param([], id="serial"),
    pytest.param(["-n", "2"], id="xdist"),
    pytest.param(["-n", "2", "--dist", "loadfile"], id="loadfile"),
]
in_every_mode = pytest.mark.parametrize("mode", MODES)

# One tagged test each: what it does, the outcome in its row, the state of its item.
TAG = "import pytest, unittest\npytestmark = pytest.mark.mlscore('data-1')\n"
CASES = {
    "passed": ("def test(): pass", "passed", "automated"),
    "failed": ("def test(): assert 1 == 2", "failed", "failing"),
    "system_exit": ("def test(): raise SystemExit(0)", "failed", "failing"),
    "setup_error": (
        "@pytest.fixture\ndef f(): raise ValueError('broken set-up')\ndef test(f): pass",
        "error",
        "failing",
    ),
    "teardown_error": (
        (
            "@pytest.fixture\ndef f():\n    yield\n    raise ValueError('broken tear-down')\n"
            "def test(f): pass"
        ),
        "error",
        "failing",
    ),
    "call_and_teardown_fail": (
        (
            "@pytest.fixture\ndef f():\n    yield\n    raise ValueError('broken tear-down')\n"
            "def test(f): assert False, 'broken call'"
        ),
        "failed",
        "failing",
    ),
    "skip_mark": ("@pytest.mark.skip(reason='later')\ndef test(): pass", "skipped", "skipped"),
    "skip_in_call": ("def test(): pytest.skip('later')", "skipped", "skipped"),
    "skip_in_setup": (
        "@pytest.fixture\ndef f(): pytest.skip('later')\ndef test(f): pass",
        "skipped",
        "skipped",
    ),
    "skip_in_teardown": (
        "@pytest.fixture\ndef f():\n    yield\n    pytest.skip('late')\ndef test(f): pass",
        "passed",
        "automated",
    ),
    "xfail": ("@pytest.mark.xfail(reason='known')\ndef test(): assert 0", "xfailed", "skipped"),
    "xfail_without_reason": ("@pytest.mark.xfail\ndef test(): assert 0", "xfailed", "skipped"),
    "xfail_call": ("def test(): pytest.xfail('known')", "xfailed", "skipped"),
    "xfail_not_run": (
        "@pytest.mark.xfail(run=False)\ndef test(): assert 0",
        "xfailed",
        "skipped",
    ),
    "xfail_in_setup": (
        "@pytest.fixture\ndef f(): pytest.xfail('known')\ndef test(f): pass",
        "xfailed",
        "skipped",
    ),
    "xfail_and_teardown_error": (
        (
            "@pytest.fixture\ndef f():\n    yield\n    raise ValueError\n"
            "@pytest.mark.xfail\ndef test(f): pass"
        ),
        "xfailed",
        "skipped",
    ),
    "xpass": ("@pytest.mark.xfail(strict=False)\ndef test(): pass", "xpassed", "skipped"),
    "xpass_strict": ("@pytest.mark.xfail(strict=True)\ndef test(): pass", "failed", "failing"),
    "unittest_unexpected_success": (
        "class T(unittest.TestCase):\n    @unittest.expectedFailure\n    def test(self): pass",
        "failed",
        "failing",
    ),
    "unittest_passed": (
        "class T(unittest.TestCase):\n    def test(self): self.assertTrue(True)",
        "passed",
        "automated",
    ),
    "subtest_fails": (
        (
            "def test(subtests):\n    for i in range(3):\n"
            "        with subtests.test(i=i):\n            assert i != 1"
        ),
        "failed",
        "failing",
    ),
    "unittest_subtest_fails": (
        (
            "class T(unittest.TestCase):\n    def test(self):\n        for i in range(3):\n"
            "            with self.subTest(i=i):\n                assert i != 1"
        ),
        "failed",
        "failing",
    ),
    "all_subtests_skipped": (
        (
            "def test(subtests):\n    for i in range(3):\n"
            "        with subtests.test(i=i):\n            pytest.skip('later')"
        ),
        "skipped",
        "skipped",
    ),
    "one_subtest_skipped": (
        (
            "def test(subtests):\n    for i in range(3):\n"
            "        with subtests.test(i=i):\n            i == 1 and pytest.skip('later')"
        ),
        "passed",
        "automated",
    ),
    "subtest_of_odd_object": (
        "def test(subtests):\n    with subtests.test(obj=object()):\n        pass",
        "passed",
        "automated",
    ),
}

if pytest.version_tuple < (9,):
    # pytest-subtests sends the object itself to xdist's controller, which kills the worker.
    del CASES["subtest_of_odd_object"]


@in_every_mode
def test_one_run_with_every_outcome(score, pytester, mode):
    pytester.makepyfile(**{f"test_{name}": TAG + body for name, (body, _, _) in CASES.items()})
    scored = score(*mode)
    rows = {n.partition("::")[0][5:-3]: row for n, row in scored.rows("data-1").items()}
    assert {name: row["outcome"] for name, row in rows.items()} == {
        name: outcome for name, (_, outcome, _) in CASES.items()
    }
    assert scored.record["run"]["complete"]
    assert scored.state("data-1") == "failing"


@pytest.mark.parametrize("name", CASES)
def test_state_of_an_item_with_one_test(score, pytester, name):
    body, outcome, state = CASES[name]
    pytester.makepyfile(TAG + body)
    scored = score()
    assert scored.row("data-1")["outcome"] == outcome
    assert scored.state("data-1") == state
    assert scored.item("data-1")["points"] == (1.0 if state == "automated" else 0.0)


def test_phase_and_messages_are_kept(score, pytester):
    pytester.makepyfile(TAG + CASES["call_and_teardown_fail"][0])
    row = score().row("data-1")
    assert row["phase"] == "call"
    assert "broken call" in row["message"]
    assert "broken tear-down" in row["message"]


@pytest.mark.parametrize("name, phase", [("setup_error", "setup"), ("teardown_error", "teardown")])
def test_errors_name_their_phase(score, pytester, name, phase):
    pytester.makepyfile(TAG + CASES[name][0])
    scored = score()
    assert scored.row("data-1")["phase"] == phase
    assert f"had an error in {phase}" in scored.item("data-1")["reason"]


def test_subtests_are_counted_in_the_row_of_their_test(score, pytester):
    pytester.makepyfile(TAG + CASES["unittest_subtest_fails"][0])
    assert score().row("data-1")["subtests"]["failed"] == 1


@in_every_mode
def test_module_that_skips_itself_is_named(score, pytester, mode):
    pytester.makepyfile(
        "import pytest\npytest.skip('no credentials', allow_module_level=True)\n"
        "@pytest.mark.mlscore('data-1')\ndef test(): pass"
    )
    scored = score(*mode)
    assert scored.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert scored.state("data-1") == "missing"
    assert scored.item("data-1")["reason"] == (
        "no test was collected and no attestation;"
        " test_module_that_skips_itself_is_named.py skipped itself"
    )
    assert any("no credentials" in note for note in scored.record["notes"])
    assert scored.reasons == {"no-tests"}


@in_every_mode
def test_rerun_that_passes_counts_and_is_flaky(score, pytester, mode):
    pytester.makepyfile(
        TAG + "from pathlib import Path\ndef test(mlscore):\n    seen = Path('seen')\n"
        "    mlscore.record('attempt', 1 + seen.exists())\n"
        "    if not seen.exists():\n        seen.touch()\n        assert False"
    )
    scored = score("--reruns", "2", *mode)
    row = scored.row("data-1")
    assert (row["outcome"], row["flaky"], row["reruns"]) == ("passed", True, 1)
    assert [m["value"] for m in row["measurements"]] == [2], "a discarded attempt takes its values"
    assert scored.state("data-1") == "automated"


def test_rerun_because_tear_down_fails(score, pytester):
    pytester.makepyfile(TAG + CASES["teardown_error"][0])
    scored = score("--reruns", "1")
    assert scored.row("data-1")["outcome"] == "error"
    assert scored.row("data-1")["reruns"] == 1


def test_failed_subtests_of_a_discarded_attempt_do_not_count(score, pytester):
    pytester.makepyfile(
        TAG + "from pathlib import Path\ndef test(subtests):\n    seen = Path('seen')\n"
        "    again = seen.exists()\n    seen.touch()\n"
        "    with subtests.test('first'):\n        assert again\n    assert again"
    )
    row = score("--reruns", "1").row("data-1")
    assert row["outcome"] == "passed"
    assert row["subtests"] == {"failed": 0, "total": 1}


@in_every_mode
def test_one_failing_variant_of_many(score, pytester, mode):
    pytester.makepyfile(
        TAG + "@pytest.mark.parametrize('n', range(200))\ndef test(n): assert n != 137"
    )
    scored = score(*mode)
    assert len(scored.rows("data-1")) == 200
    assert scored.state("data-1") == "failing"
    assert "[137]" in scored.item("data-1")["reason"]


def test_variants_with_their_own_marks(score, pytester):
    pytester.makepyfile(
        "import pytest\n@pytest.mark.parametrize('n', [1, "
        "pytest.param(2, marks=pytest.mark.mlscore('data-2'))])\ndef test(n): pass"
    )
    scored = score()
    assert list(scored.rows("data-2")) == [
        "test_variants_with_their_own_marks.py::test[2]",
    ]
    assert scored.record["untagged"] == ["test_variants_with_their_own_marks.py::test[1]"]


def test_dist_each_folds_to_the_worst(score, pytester):
    pytester.makepyfile(
        TAG + "import os\ndef test(): assert os.environ['PYTEST_XDIST_WORKER'] != 'gw1'"
    )
    scored = score("-n", "2", "--dist", "each")
    assert scored.row("data-1")["outcome"] == "failed"


@pytest.mark.parametrize("dist", ["load", "loadscope", "loadfile", "loadgroup", "worksteal", "no"])
def test_every_distribution_mode_gives_the_same_record(score, pytester, dist):
    pytester.makepyfile(
        TAG + "@pytest.mark.parametrize('n', range(8))\n"
        "@pytest.mark.xdist_group('one')\n"
        "def test(n, mlscore):\n    mlscore.record('n', n, limit='<= 6')\n    assert n < 7\n"
        "@pytest.mark.mlscore('model-5')\ndef test_other(): pass\n"
    )
    serial, spread = score(), score("-n", "2", "--dist", dist)
    assert comparable(serial.record) == comparable(spread.record)


def comparable(record):
    """Drop the facts of the run, as comparing records does."""
    rest = {k: v for k, v in record.items() if k not in ("run", "generator")}
    for item in rest["items"]:
        for row in item.get("tests", ()):
            row.pop("duration_s", None)
    return rest


def test_forgotten_assert_counts_as_a_failure(score, pytester):
    pytester.makepyfile(
        TAG + "from pytest_mltestscore.domain.checkresult import CheckResult\n"
        "from pytest_mltestscore.domain.sink import push_check\n"
        "def test():\n    push_check(CheckResult(name='row_count', holds=False, summary='3 rows'))"
    )
    scored = score()
    assert scored.state("data-1") == "failing"
    assert "assert its result" in scored.row("data-1")["note"]


def test_a_check_that_is_expected_to_fail(score, pytester):
    pytester.makepyfile(
        TAG + "from pytest_mltestscore.domain.checkresult import CheckResult\n"
        "from pytest_mltestscore.domain.sink import push_check\n"
        "def test():\n    push_check(CheckResult(name='row_count', holds=False, summary='3 rows'),"
        " expect='fails')"
    )
    assert score().state("data-1") == "automated"


def test_async_test_without_a_runner_earns_nothing(score, pytester):
    pytester.makepyfile(TAG + "async def test(): pass")
    assert score().state("data-1") != "automated"


def test_checks_pushed_from_a_thread_and_an_event_loop_belong_to_their_test(score, pytester):
    pytester.makepyfile(
        "import asyncio, pytest, threading\n"
        "@pytest.mark.mlscore('data-1')\n@pytest.mark.asyncio(loop_scope='module')\n"
        "async def test_one(mlscore):\n    await asyncio.sleep(0)\n    mlscore.record('one', 1)\n"
        "@pytest.mark.mlscore('data-2')\n@pytest.mark.asyncio(loop_scope='module')\n"
        "async def test_two(mlscore):\n    mlscore.record('two', 2)\n"
        "@pytest.mark.mlscore('data-3')\ndef test_three(mlscore):\n"
        "    t = threading.Thread(target=mlscore.record, args=('three', 3))\n"
        "    t.start(); t.join()\n"
    )
    scored = score("--asyncio-mode=strict")
    found = [scored.row(i)["measurements"][0]["name"] for i in ("data-1", "data-2", "data-3")]
    assert found == ["one", "two", "three"]


def test_a_failed_check_of_a_discarded_attempt_is_gone(score, pytester):
    pytester.makepyfile(
        TAG + "from pathlib import Path\n"
        "from pytest_mltestscore import CheckResult, push_check\n"
        "@pytest.fixture\ndef once():\n    yield\n    seen = Path('seen')\n"
        "    if not seen.exists():\n        seen.touch()\n        raise ValueError\n"
        "def test(once):\n    if not Path('seen').exists():\n"
        "        push_check(CheckResult(name='c', holds=False, summary='s'))\n"
    )
    scored = score("--reruns", "1")
    assert scored.row("data-1")["outcome"] == "passed"
    assert "checks" not in scored.row("data-1")


def test_recording_never_fails_a_test(score, pytester):
    pytester.makepyfile(
        TAG + "class Odd:\n    ndim = 0\n    def item(self): raise ValueError\n"
        "    def __float__(self): raise RuntimeError\n    def __str__(self): raise KeyError\n"
        "    __repr__ = __str__\n"
        "def test(mlscore):\n    mlscore.record(Odd(), Odd(), limit=Odd(), unit=Odd())\n"
    )
    assert score().state("data-1") == "automated"

"""How the tests of an item become rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_mltestscore.domain.evidence import Measurement, TestEvidence
from pytest_mltestscore.reporters._html_tests import CASES_LISTED, RERUN_LIMIT, fold


def ran(nodeid, outcome="passed", **facts):
    return TestEvidence(nodeid=nodeid, outcome=outcome, **facts)


def cases(number, *, failing=(), nodeid="tests/test_a.py::test_x"):
    return [ran(f"{nodeid}[{n}]", "failed" if n in failing else "passed") for n in range(number)]


def rows(tests, limit=50):
    return [(row.name, row.result) for row in fold(tests, limit).rows]


def test_no_tests_make_no_rows():
    assert fold([], 50).rows == ()
    assert fold([], 50).total == 0


def test_cases_that_only_passed_are_one_row():
    assert rows(cases(500)) == [("test_x", "all 500 passed")]


def test_failed_cases_come_first_under_the_row_of_their_test():
    assert rows(cases(500, failing={17, 400})) == [
        ("test_x", "498 of 500 passed"),
        ("[17]", "failed"),
        ("[400]", "failed"),
    ]


def test_the_worst_case_comes_first():
    tests = [
        ran("t.py::t[a]", "skipped"),
        ran("t.py::t[b]", "failed"),
        ran("t.py::t[c]", "crashed"),
        ran("t.py::t[d]"),
    ]
    assert rows(tests) == [
        ("t", "1 of 4 passed"),
        ("[c]", "crashed"),
        ("[b]", "failed"),
        ("[a]", "skipped"),
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"measurements": (Measurement(name="rows", value=3),)},
        {"flaky": True, "reruns": 1},
        {"note": "skip in teardown"},
    ],
)
def test_a_passed_case_with_something_to_say_has_its_own_row(facts):
    tests = [ran("t.py::t[plain]"), ran("t.py::t[telling]", **facts)]
    assert rows(tests) == [("t", "all 2 passed"), ("[telling]", "passed")]


def test_some_cases_without_a_row_are_named():
    assert fold(cases(10), 50).rows[0].cases == "[0] [1] [2] [3] [4] [5] [6] [7] and 2 more"


def test_a_test_with_many_failing_cases_leaves_room_for_the_others():
    tests = [*cases(400, failing=range(400)), ran("tests/test_b.py::test_y", "failed")]
    folded = fold(tests, 50)
    assert folded.rows[0].unlisted == 400 - CASES_LISTED
    assert [row.name for row in folded.rows][-1] == "test_y"
    assert folded.first(50).left == 0


def test_a_lone_case_keeps_its_name():
    assert rows([ran("tests/test_a.py::TestA::test_x[a::b[c]]")]) == [
        ("TestA::test_x[a::b[c]]", "passed")
    ]


def test_brackets_in_a_folder_are_no_case():
    tests = [ran("tests/[old]/test_a.py::test_x"), ran("tests/[old]/test_a.py::test_y")]
    assert rows(tests) == [("test_x", "passed"), ("test_y", "passed")]


@pytest.mark.parametrize("nodeid", ["README.md", "a[b]", ""])
def test_a_node_id_without_a_test_still_has_a_row(nodeid):
    assert rows([ran(nodeid)]) == [(nodeid, "passed")]


def test_files_with_a_problem_come_first_and_files_stay_together():
    tests = [
        ran("a.py::one"),
        ran("b.py::two"),
        ran("a.py::three"),
        ran("b.py::four", "error"),
    ]
    shown = fold(tests, 50).first(50)
    assert [(file, [r.name for r in found]) for file, found in shown.blocks] == [
        ("b.py", ["four"]),
        ("a.py", ["one", "three"]),
        ("b.py", ["two"]),
    ]


def test_what_does_not_fit_is_counted():
    tests = [ran(f"t.py::t{n}") for n in range(80)]
    folded = fold(tests, 50)
    assert folded.first(50).left == 30
    assert folded.first(0).left == 80
    assert folded.first(0).blocks == []


def test_the_summary_counts_outcomes_worst_first():
    tests = [ran("a::a"), ran("a::b"), ran("a::c", "failed"), ran("a::d", "not-run")]
    assert fold(tests, 50).summary == "4 tests: 1 failed, 1 not run, 2 passed"


@pytest.mark.parametrize(
    "tests, again",
    [
        ([ran("a.py::one"), ran("a.py::two", "failed")], ("a.py::two",)),
        (cases(9), ("tests/test_a.py::test_x",)),
        (cases(9, failing={3}), ("tests/test_a.py::test_x[3]",)),
        (cases(9, failing=range(9)), ("tests/test_a.py::test_x",)),
        ([ran(f"a.py::t{n}", "failed") for n in range(9)], ("a.py",)),
        ([ran(f"a.py::t{n}") for n in range(9)], ("a.py",)),
        ([ran("README.md"), ran("README.md")], ("README.md",)),
    ],
)
def test_the_command_names_tests_as_exactly_as_it_can_be_short(tests, again):
    assert fold(tests, 50).rerun == again


def test_a_command_over_many_files_says_how_many_it_leaves_out():
    folded = fold([ran(f"t{n}.py::t", "failed") for n in range(RERUN_LIMIT + 3)], 50)
    assert len(folded.rerun) == RERUN_LIMIT
    assert folded.rerun_left == 3


outcomes = st.sampled_from(["passed", "failed", "skipped", "error", "xpassed", "not-run"])
nodeids = st.builds(
    "{}::{}{}".format,
    st.sampled_from(["a.py", "b.py"]),
    st.sampled_from(["one", "two"]),
    st.sampled_from(["", "[x]", "[y]", "[z[]"]),
)


@given(st.lists(st.builds(ran, nodeids, outcomes), max_size=40), st.integers(0, 60))
def test_every_test_is_accounted_for(tests, limit):
    folded = fold(tests, 60)
    shown = folded.first(limit)
    assert sum(row.covers for _, found in shown.blocks for row in found) + shown.left == len(tests)
    assert shown.left >= 0
    if limit == 60:
        assert shown.left == 0


@given(st.lists(st.builds(ran, nodeids, outcomes), min_size=1, max_size=40))
def test_no_problem_comes_after_a_test_without_one(tests):
    problems = {"crashed", "incomplete", "error", "failed", "xpassed"}
    heads = [row for row in fold(tests, 60).rows if not row.is_case]
    flags = [row.outcome in problems for row in heads]
    assert flags == sorted(flags, reverse=True)

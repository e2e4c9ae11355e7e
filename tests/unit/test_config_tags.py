"""Which node ids a tag pattern matches, and which patterns were of no use."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_mltestscore.config import TagMatcher, TagPattern, matching_items
from pytest_mltestscore.domain import nodeids

TEST = "tests/data/test_rows.py::TestRows::test_nulls[a-1]"


def matches(glob: str, nodeid: str) -> bool:
    return matching_items([TagPattern(glob, ("data-1",))], nodeid) == {"data-1"}


@pytest.mark.parametrize(
    "glob",
    [
        "tests",
        "tests/",
        "./tests/data",
        "tests/data/",
        "tests/data/test_rows.py",
        "tests/data/test_rows.py::TestRows",
        "tests/data/test_rows.py::TestRows::test_nulls",
        "tests/data/test_rows.py::TestRows::test_nulls[a-1]",
        "*",
        "*::test_nulls*",
        "tests/*/test_rows.py::*",
        "./tests/*",
        "tests/data/test_rows.py::TestRows::test_null?[[]a-1]",
        "tests/data/test_[qr]ows.py::*",
        "tests/data/test_[!q]ows.py::*",
    ],
)
def test_patterns_that_match(glob):
    assert matches(glob, TEST)


@pytest.mark.parametrize(
    "glob",
    [
        "test",
        "data",
        "Tests",
        "TESTS/*",
        "tests/dat",
        "tests/data/test_rows",
        "tests/data/test_rows.py::TestRow",
        "tests/data/test_rows.py::TestRows::test_null",
        "tests/data/test_rows.py::TestRows::test_nulls[a",
        "tests/data/test_rows.py::TestRows::test_nulls[a-2]",
        "tests/data/test_rows.py::TestRows::test_nulls?[a-1]",
        "/tests",
        "*.py",
        "tests/data/test_[!r]ows.py::*",
        "",
    ],
)
def test_patterns_that_do_not_match(glob):
    assert not matches(glob, TEST)


def test_brackets_are_literal_only_where_the_pattern_equals_the_id():
    assert matches("t.py::test[ab]", "t.py::test[ab]")
    assert matches("t.py::test[ab]", "t.py::testa")
    assert not matches("t.py::test[ab]", "t.py::test[a]")


def test_a_folder_with_brackets_in_its_name_is_a_folder():
    assert matches("tests/[old]", "tests/[old]/test_a.py::test_x")


@pytest.mark.parametrize("nodeid", ["", "a\nb", "\ud800", "a::[", "x" * 10_000])
def test_odd_node_ids_equal_themselves(nodeid):
    assert matches(nodeid, nodeid)
    assert matches("*", nodeid)


def test_items_come_once_in_the_order_of_the_patterns():
    matcher = TagMatcher(
        [
            TagPattern("b", ("model-1", "data-1")),
            TagPattern("nothing", ("infra-1",)),
            TagPattern("*", ("data-1", "monitor-1")),
        ]
    )
    assert matcher.items("b/test.py::test") == ("model-1", "data-1", "monitor-1")
    assert matcher.items("c") == ("data-1", "monitor-1")


def test_patterns_are_unused_until_they_match():
    matcher = TagMatcher([TagPattern("a", ("data-1",)), TagPattern("b", ("data-2",))])
    assert matcher.unused() == ("a", "b")
    assert matcher.items("c") == ()
    assert matcher.unused() == ("a", "b")
    matcher.items("b/c")
    assert matcher.unused() == ("a",)


def test_without_patterns_nothing_matches():
    assert TagMatcher(()).items(TEST) == ()
    assert matching_items((), TEST) == frozenset()


def test_matchers_know_only_their_own_tests():
    tags = [TagPattern("*", ("data-1",))]
    TagMatcher(tags).items("a")
    assert TagMatcher(tags).unused() == ("*",)


def test_patterns_are_compiled_once(monkeypatch):
    compiled = []
    real = re.compile
    monkeypatch.setattr(nodeids.re, "compile", lambda *a: compiled.append(a) or real(*a))
    tags = [TagPattern(f"once/{number}/*", ("data-1",)) for number in range(3)]
    for number in range(50):
        matching_items(tags, f"once/{number}/test.py::test")
    assert len(compiled) == 3


GLOBS = st.text(alphabet="ab*?[]!-/:.\\", max_size=12)
NODEIDS = st.text(alphabet="ab[]-/:.\\", max_size=12)


@given(GLOBS, NODEIDS)
def test_a_pattern_matches_by_equality_by_what_it_names_or_as_fnmatch_does(glob, nodeid):
    glob = glob.removeprefix("./")
    name = glob.rstrip("/")
    below = any(nodeid.startswith(name + mark) for mark in ("/", "::", "["))
    expected = nodeid == name or below or fnmatchcase(nodeid, glob)
    assert matches(glob, nodeid) == expected


@given(st.text(), st.text())
def test_no_pattern_and_no_node_id_is_too_odd(glob, nodeid):
    matcher = TagMatcher([TagPattern(glob, ("data-1",))])
    assert (matcher.items(nodeid) == ()) == (matcher.unused() == (glob,))

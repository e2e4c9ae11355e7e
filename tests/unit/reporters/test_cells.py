from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_mltestscore.reporters._cells import cells, cut, cut_middle, padded, wrapped


@pytest.mark.parametrize(
    "text, width",
    [("", 0), ("abc", 3), ("漢字", 4), ("e\u0301", 1), ("🙂", 2), ("\uff21", 2), ("é", 1)],
)
def test_cells(text, width):
    assert cells(text) == width
    assert cells(padded(text, 6)) == 6


@pytest.mark.parametrize(
    "text, width, expected",
    [
        ("short", 5, "short"),
        ("a bit longer", 8, "a bit.."),
        ("漢字漢字", 7, "漢字.."),
        ("abc", 2, ".."),
    ],
)
def test_cut(text, width, expected):
    assert cut(text, width, "..") == expected


@pytest.mark.parametrize(
    "text, width, expected",
    [
        ("tests/test_a.py::test_b", 23, "tests/test_a.py::test_b"),
        ("tests/test_a.py::test_b", 16, "tests..y::test_b"),
        ("漢字漢字漢字漢字", 9, "漢..漢字"),
    ],
)
def test_cut_middle(text, width, expected):
    assert cut_middle(text, width, "..") == expected


def test_wrapped_words_are_broken_where_no_blank_is():
    assert wrapped("one two three four", 9) == ["one two", "three", "four"]
    assert wrapped("tests/test_abcdef.py and", 8) == ["tests/te", "st_abcde", "f.py and"]
    assert wrapped("   ", 9) == []


def test_no_line_begins_with_two_colons():
    assert wrapped("test_abc.py::test_x", 11) == ["test_abc.p", "y::test_x"]


@given(text=st.text(max_size=60), width=st.integers(4, 40))
def test_nothing_is_wider_than_asked(text, width):
    assert cells(cut(text, width, "..")) <= width
    assert cells(cut_middle(text, width, "..")) <= width
    lines = wrapped(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(text.split())

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_mltestscore.cli._csv import csv_text


def cells(value):
    """Return the cells of the one row of a table that holds one value, as a program reads them."""
    head, row = csv.reader(io.StringIO(csv_text([{"a": value, "b": "end"}], ["a", "b"])))
    assert head == ["a", "b"]
    return row


@pytest.mark.parametrize(
    "value,expected",
    [
        ("main", "main"),
        (None, ""),
        (True, "true"),
        (False, "false"),
        (4.0, "4"),
        (4.5, "4.5"),
        (-0.25, "-0.25"),
        (12, "12"),
        (dt.date(2026, 3, 2), "2026-03-02"),
        (dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC), "2026-03-02T08:00:00+00:00"),
        ('a "quoted", one', 'a "quoted", one'),
        ("two\nlines\tand \x1b[31mred", "two lines and red"),
    ],
)
def test_a_value_is_written_as_people_write_it(value, expected):
    assert cells(value) == [expected, "end"]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", " =1", "\t\n=1", "\uff1d1+1", "-", "--x"],
)
def test_what_a_spreadsheet_would_compute_is_text(text):
    assert cells(text) == ["'" + text.strip(), "end"]


@pytest.mark.parametrize("text", ["-1", "+1.5", "-.5", "-1e3", "-12."])
def test_a_number_stays_one(text):
    assert cells(text) == [text, "end"]


def test_columns_stand_in_their_order_and_others_are_left_out():
    rows = [{"b": 1, "c": 2, "a": 3}, {"a": 4}]
    assert csv_text(rows, ["a", "b"]) == "a,b\n3,1\n4,\n"
    assert csv_text([], ["a", "=b"]) == "a,'=b\n"


@given(st.text())
def test_no_text_leaves_its_cell_or_begins_a_formula(text):
    cell, end = cells(text)
    assert end == "end"
    if cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        float(cell)  # raises for all but numbers

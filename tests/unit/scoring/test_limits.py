"""Limits as checks and people write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_mltestscore.scoring.limits import Limit, read_limit
from strategies import steady


@pytest.mark.parametrize(
    "text,allowed,refused",
    [
        (">= 0.7", [0.7, 1, math.inf], [0.69, -1]),
        ("> 0", [0.001], [0, -1]),
        ("<= 1e-3", [0.001, -5], [0.002]),
        ("< 5", [4.9], [5]),
        ("≥ 3", [3], [2]),
        ("≤3", [3], [4]),
        ("= 5", [5], [4, 6]),
        ("== 5", [5], [4, 6]),
        ("0", [0, -0.0], [1, 1e-9]),
        ("-0.5", [-0.5], [0.5]),
        (".5", [0.5], [5]),
        (">= 10,000", [10_000], [10, 9_999]),
        ("10 to 20", [10, 15, 20], [9, 21]),
        ("between 10 and 20", [10, 20], [9, 21]),
        ("within 0.15", [0.15, -0.15, 0], [0.16, -0.2]),
        ("at least 3", [3], [2]),
        ("At most 3", [3], [4]),
        ("> 0 and <= 1", [0.5, 1], [0, 1.1]),
        ("<= 1, > 0", [0.5, 1], [0, 1.1]),
    ],
)
def test_a_limit_allows_what_its_words_say(text, allowed, refused):
    limit = read_limit(text)
    assert [limit.allows(n) for n in allowed] == [True] * len(allowed)
    assert [limit.allows(n) for n in refused] == [False] * len(refused)
    assert not limit.allows(math.nan)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "by column",
        "<= 1.2 beyond chance",
        "30 in use",
        ">= strict",
        ">= 0,7",  # who writes so may mean seven tenths
        ">= 1,000,00",
        "10, 20",
        ">= 1 and >= 2",
        "> 0 and < 1 and < 2",
        ">= nan",
        "<= inf",
        ">= 0x10",
        ">= 1_000",
        "> ٣",
        ">=",
        ">= " + "1" * 200,
        "<= 3 s",
        "<= 30 %",
    ],
)
def test_what_is_not_about_one_number_is_not_guessed_at(text):
    assert read_limit(text) is None


def test_the_unit_of_the_measurement_may_stand_there_again():
    assert read_limit("<= 3 s", "s") == read_limit("<= 3") == Limit(high=3)
    assert read_limit("<= 30 %", "%") == Limit(high=30)
    assert read_limit("<= 3 ms", "s") is None


@pytest.mark.parametrize(
    "text,one", [("= 5", True), ("0", True), ("5 to 5", True), (">= 5", False)]
)
def test_counts_are_told_from_floors(text, one):
    assert read_limit(text).is_one_number is one


@steady
@given(st.text(max_size=120), st.text(max_size=3))
def test_no_text_is_too_odd(text, unit):
    limit = read_limit(text, unit)
    assert limit is None or not limit.allows(math.nan)


@steady
@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([">=", "<=", "=", "=="]))
def test_every_number_that_is_written_is_read(number, sign):
    assert read_limit(f"{sign} {number!r}").allows(number)

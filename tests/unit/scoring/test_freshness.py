"""Expiry counts whole UTC days, the last one included."""

from __future__ import annotations

import datetime as dt

import pytest

from pytest_mltestscore.scoring.freshness import (
    WARN_DAYS,
    attestation_status,
    freshness,
    waiver_status,
)
from strategies import TODAY, attestation, days, waiver

LEAP_DAY = dt.date(2028, 2, 29)


@pytest.mark.parametrize(
    "left,expected",
    [
        (-1000, "expired"),
        (-2, "expired"),
        (-1, "expired"),
        (0, "expiring"),
        (1, "expiring"),
        (13, "expiring"),
        (14, "expiring"),
        (15, "fresh"),
        (1000, "fresh"),
    ],
)
def test_the_last_day_counts_and_the_warning_comes_14_days_ahead(left, expected):
    assert WARN_DAYS == 14
    assert freshness(days(left), TODAY) == expected
    status = attestation_status(attestation(expires=left), TODAY)
    assert (status.freshness, status.days_left) == (expected, left)
    decision = waiver_status(waiver(expires=left), TODAY)
    assert (decision.freshness, decision.days_left) == (expected, left)
    assert decision.in_force == (left >= 0)


@pytest.mark.parametrize(
    "signed,expected", [(-400, "fresh"), (0, "fresh"), (1, "fresh"), (2, "future"), (400, "future")]
)
def test_a_statement_of_tomorrow_was_signed_east_of_utc_and_a_later_one_does_not_count(
    signed, expected
):
    assert freshness(days(60), TODAY, signed=days(signed)) == expected
    assert attestation_status(attestation(date=signed), TODAY).freshness == expected


def test_a_statement_that_expired_before_it_was_signed_is_called_future():
    assert freshness(days(-5), TODAY, signed=days(5)) == "future"


@pytest.mark.parametrize(
    "today,expires,expected",
    [
        (LEAP_DAY, LEAP_DAY, "expiring"),
        (dt.date(2028, 3, 1), LEAP_DAY, "expired"),
        (dt.date(2028, 2, 15), LEAP_DAY, "expiring"),
        (dt.date(2028, 2, 14), LEAP_DAY, "fresh"),
        (LEAP_DAY, dt.date(2028, 3, 14), "expiring"),
        (LEAP_DAY, dt.date(2028, 3, 15), "fresh"),
        (dt.date(2026, 12, 31), dt.date(2027, 1, 1), "expiring"),
        (dt.date(2027, 1, 1), dt.date(2026, 12, 31), "expired"),
    ],
)
def test_leap_days_and_turns_of_the_year(today, expires, expected):
    assert freshness(expires, today) == expected


def test_a_statement_of_the_leap_day_may_be_dated_one_day_ahead():
    assert freshness(days(900), dt.date(2028, 2, 28), signed=LEAP_DAY) == "fresh"
    assert freshness(days(900), dt.date(2028, 2, 27), signed=LEAP_DAY) == "future"

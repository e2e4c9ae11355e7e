"""The one clock: option, then SOURCE_DATE_EPOCH, then the real time; always UTC."""

from __future__ import annotations

import contextlib
import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_mltestscore.domain.errors import ConfigError
from pytest_mltestscore.provenance import today


def utc(*numbers: int) -> dt.datetime:
    return dt.datetime(*numbers, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "option, moment",
    [
        ("2026-11-23", utc(2026, 11, 23)),
        (" 2026-11-23 ", utc(2026, 11, 23)),
        ("2028-02-29", utc(2028, 2, 29)),
        ("2026-11-23T10:00:00Z", utc(2026, 11, 23, 10)),
        ("2026-11-23t10:00:00z", utc(2026, 11, 23, 10)),
        ("2026-11-23 10:00:00.5+00:00", utc(2026, 11, 23, 10, 0, 0, 500_000)),
        ("2026-11-23T10:00:00+14:00", utc(2026, 11, 22, 20)),
        ("2026-11-23T23:00:00-12:00", utc(2026, 11, 24, 11)),
        ("2024-02-29T23:30:00-01:00", utc(2024, 3, 1, 0, 30)),
    ],
)
def test_the_option_is_a_date_or_a_time(option, moment):
    now = today(option, {})
    assert now == moment
    assert now.tzinfo is dt.UTC


@pytest.mark.parametrize(
    "option",
    [
        "",
        "now",
        "2026-13-01",
        "2026-02-29",
        "20261123",
        "2026-W48-1",
        "23.11.2026",
        "2026-11-23T10:00Z",
        "2026-11-23T25:00:00Z",
        "2026-11-23T23:59:60Z",
        "2026-11-23T10:00:00+25:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:00:00-14:00",
        "२०२६-११-२३",
        "\ud800\x1b[31m",
    ],
)
def test_an_option_that_is_no_time_is_an_error_with_an_example(option):
    with pytest.raises(ConfigError) as caught:
        today(option, {"SOURCE_DATE_EPOCH": "0"})
    message = str(caught.value)
    assert message.startswith("--mlscore-now: ")
    assert "2030-12-31T18:00:00Z" in message
    assert message.isprintable()


def test_a_time_without_a_zone_is_an_error_that_asks_for_one():
    with pytest.raises(
        ConfigError, match=r"^--mlscore-now: '2026-11-23T10:00:00' has no time zone; add Z"
    ):
        today("2026-11-23T10:00:00", {})


@pytest.mark.parametrize(
    "value, moment",
    [
        ("0", utc(1970, 1, 1)),
        ("1764000000", utc(2025, 11, 24, 16)),
        (" 951782400 ", utc(2000, 2, 29)),
        ("253402300799", utc(9999, 12, 31, 23, 59, 59)),
    ],
)
def test_source_date_epoch_is_seconds(value, moment):
    assert today(None, {"SOURCE_DATE_EPOCH": value}) == moment


@pytest.mark.parametrize(
    "value",
    ["", "soon", "-1", "1.5", "1e9", "1_000", "٣", "253402300800", "9" * 15, "9" * 5_000, "\udcff"],
)
def test_a_source_date_epoch_that_is_no_number_of_seconds_is_an_error(value):
    with pytest.raises(ConfigError) as caught:
        today(None, {"SOURCE_DATE_EPOCH": value})
    message = str(caught.value)
    assert message.startswith("SOURCE_DATE_EPOCH: ")
    assert "give whole seconds since 1970 (UTC), or unset the variable" in message
    assert len(message) < 250


def test_the_option_beats_the_variable():
    assert today("2026-11-23", {"SOURCE_DATE_EPOCH": "soon"}) == utc(2026, 11, 23)


def test_without_either_it_is_the_real_clock():
    before = dt.datetime.now(dt.UTC)
    now = today(None, {})
    assert before <= now <= dt.datetime.now(dt.UTC)
    assert now.tzinfo is dt.UTC


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "UTC"])
def test_the_time_zone_of_the_machine_changes_nothing(zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert today("2026-11-23", {}) == utc(2026, 11, 23)
        assert today("2026-11-23T00:30:00+01:00", {}) == utc(2026, 11, 22, 23, 30)
        assert today(None, {"SOURCE_DATE_EPOCH": "1764000000"}) == utc(2025, 11, 24, 16)
        assert today(None, {}).utcoffset() == dt.timedelta(0)
    finally:
        monkeypatch.undo()
        time.tzset()


@given(
    st.text() | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{8}(Z|[+-][0-9]{2}:[0-9]{2}))?")
)
def test_any_text_gives_a_time_or_a_clear_error(text):
    for option, environ in ((text, {}), (None, {"SOURCE_DATE_EPOCH": text})):
        with contextlib.suppress(ConfigError):
            assert today(option, environ).utcoffset() == dt.timedelta(0)

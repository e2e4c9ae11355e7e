"""Unit tests of everything that makes a feature, with cases worked out by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from flights import data, online
from flights import features as ft

pytestmark = pytest.mark.mlscore("feature-code-tests")

# What is tested is handed to tests, so that a proof can break it for them; more in `conftest.py`.


@pytest.fixture
def minute_of_day():
    return ft.minute_of_day


@pytest.fixture
def weekday():
    return ft.weekday


@pytest.fixture
def encode():
    return ft.encode


@pytest.fixture
def vocabulary():
    return ft.vocabulary


@pytest.fixture
def inputs():
    return data.inputs


@pytest.fixture
def clean_weather():
    return data.clean_weather


@pytest.fixture
def landed():
    return data.landed


@pytest.fixture
def scheduled_hour():
    return online.scheduled_hour


@pytest.mark.parametrize(
    "hhmm, minute", [(0, 0), (59, 59), (100, 60), (515, 315), (1745, 1065), (2359, 1439)]
)
def test_minute_of_day(minute_of_day, hhmm, minute):
    assert minute_of_day(np.array([hhmm])).tolist() == [minute]


@pytest.mark.parametrize("wrong", [2400, 1260, -1, 12.5, np.nan])
def test_a_time_that_is_none_is_an_error(minute_of_day, wrong):
    with pytest.raises(ValueError, match="not a time of day"):
        minute_of_day(np.array([515, wrong]))


@pytest.mark.parametrize(
    "day", ["1969-12-31", "1970-01-01", "2013-01-01", "2013-02-28", "2013-12-31", "2016-02-29"]
)
def test_weekday_is_that_of_the_standard_library(weekday, day):
    expected = dt.date.fromisoformat(day).weekday()
    assert weekday(np.array([day], dtype="datetime64[D]")).tolist() == [expected]


def test_a_day_that_is_missing_is_an_error(weekday):
    with pytest.raises(ValueError, match="a day is missing"):
        weekday(np.array(["2013-12-31", "NaT"], dtype="datetime64[D]"))


def test_a_share_of_few_flights_is_drawn_to_a_quarter(smoothed_share):
    assert smoothed_share(0, 0) == 0.25
    assert smoothed_share(1, 1) == pytest.approx(6 / 21)
    assert smoothed_share(500, 1000) == pytest.approx(0.495, abs=0.001)


def test_an_unknown_name_is_encoded_as_missing(encode):
    words = {"carrier": ["AA", "UA"]}
    columns = {"carrier": np.array(["UA", "ZZ", "AA"], dtype=object), "humid": [1.0, np.nan, 3.0]}
    found = encode(columns, ["humid", "carrier"], words)
    assert np.array_equal(found, [[1, 1], [np.nan, np.nan], [3, 0]], equal_nan=True)


def test_the_vocabulary_does_not_depend_on_the_order_of_rows(vocabulary):
    one = {"carrier": ["UA", "AA", "UA"], "origin": ["LGA", "EWR", "JFK"], "dest": ["B", "A", "A"]}
    two = {name: values[::-1] for name, values in one.items()}
    assert vocabulary(one) == vocabulary(two)
    assert vocabulary(one)["carrier"] == ["AA", "UA"]


@pytest.mark.parametrize("carriers", [["AA", np.nan], [None, None]])
def test_a_name_lost_before_training_is_an_error(vocabulary, carriers):
    with pytest.raises(ValueError, match=r"carrier: .* is no name"):
        vocabulary({"carrier": carriers})


def test_a_missing_input_is_named(build):
    with pytest.raises(ft.MissingColumnError, match="no column 'day'"):
        build({})


def test_features_come_in_the_order_of_the_model(build, inputs, sources):
    rows = inputs(data.Sources(sources.flights.head(50), sources.weather))
    found = build(rows)
    assert tuple(found) == ft.FEATURES
    # The first one left on a Tuesday at 5:15, in 14 miles an hour of wind.
    assert [found[name][0] for name in ("departure_minute", "weekday")] == [315, 1]
    assert found["wind_speed"][0] == pytest.approx(12.66, abs=0.01)


def flights_of(*lines: tuple[str, str, int, int]) -> pd.DataFrame:
    """Make flights of carrier AA from (day, origin, departure, late)."""
    made = pd.DataFrame(lines, columns=["day", "origin", "sched_dep_time", "late"])
    return made.assign(day=pd.to_datetime(made["day"]), carrier="AA")


def test_yesterday_is_the_calendar_day_before_at_the_same_origin(late_yesterday):
    flights = flights_of(
        ("2013-03-01", "JFK", 900, 1),
        ("2013-03-01", "JFK", 1000, 0),
        ("2013-03-01", "LGA", 900, 0),
        ("2013-03-02", "JFK", 900, 0),
        ("2013-03-02", "LGA", 900, 0),
        ("2013-03-04", "JFK", 900, 0),  # nothing flew the day before
    )
    found = late_yesterday(flights)
    assert np.array_equal(found[3:], [0.5, 0.0, np.nan], equal_nan=True)


def test_evening_flights_do_not_count_as_known_lateness(late_yesterday):
    flights = flights_of(
        ("2013-03-01", "JFK", 1759, 0),
        ("2013-03-01", "JFK", 1800, 1),
        ("2013-03-02", "JFK", 900, 0),
    )
    assert late_yesterday(flights)[-1] == 0.0


def test_the_week_ends_on_the_day_before(carrier_late_week):
    days = [f"2013-03-{day:02}" for day in range(1, 10)]
    flights = flights_of(*((day, "JFK", 900, int(day == days[0])) for day in days))
    found = carrier_late_week(flights)
    assert found[0] == ft.smoothed_share(0, 0)
    assert found[7] == ft.smoothed_share(1, 7)  # 1 to 7 March
    assert found[8] == ft.smoothed_share(0, 7)  # 2 to 8 March: the late one is out


def test_a_carrier_that_did_not_fly_for_a_week_falls_back_to_the_prior(carrier_late_week):
    flights = flights_of(("2013-03-01", "JFK", 900, 1), ("2013-03-20", "JFK", 900, 0))
    assert carrier_late_week(flights).tolist() == [ft.smoothed_share(0, 0)] * 2


def test_the_broken_wind_reading_becomes_a_missing_one(clean_weather, sources):
    raw = sources.weather["wind_speed"]
    cleaned = clean_weather(sources.weather)["wind_speed"]
    assert raw.max() > 1000
    assert cleaned.max() < 100
    assert cleaned.isna().sum() == raw.isna().sum() + 1
    known = cleaned.notna()
    assert (cleaned[known] == raw[known]).all()


def test_cancelled_and_diverted_flights_have_no_label(landed, sources, mlscore):
    rows = landed(sources.flights)
    left_out = 1 - len(rows) / len(sources.flights)
    mlscore.record("left out", round(left_out, 4), limit="< 0.03")
    assert 0.02 < left_out < 0.03
    assert rows["arr_delay"].notna().all()
    assert (rows["late"] == (rows["arr_delay"] >= 15)).all()


@pytest.mark.parametrize(
    "day, hour",
    [
        ("2013-01-01", "2013-01-01T22:00:00Z"),  # winter: five hours
        ("2013-07-01", "2013-07-01T21:00:00Z"),  # summer: four
        ("2013-03-10", "2013-03-10T21:00:00Z"),  # the day on which it begins
        ("2013-11-03", "2013-11-03T22:00:00Z"),  # and ends
    ],
)
def test_scheduled_hour_knows_summer_time(scheduled_hour, day, hour):
    assert scheduled_hour({"day": day, "sched_dep_time": 1745}) == hour


def test_scheduled_hour_is_that_of_the_data(scheduled_hour, sources):
    hours = sources.flights[["year", "month", "day", "sched_dep_time", "time_hour"]]
    each = hours.assign(sched_dep_time=hours["sched_dep_time"] // 100 * 100).drop_duplicates()
    each = each.sample(1000, random_state=0)
    for line in each.itertuples():
        day = f"{line.year}-{line.month:02}-{line.day:02}"
        request = {"day": day, "sched_dep_time": line.sched_dep_time}
        assert scheduled_hour(request) == line.time_hour


@pytest.fixture
def look_up(tmp_path):
    """What serving looks up for a flight, in tables of a few lines."""
    (tmp_path / "weather.csv").write_text(
        "origin,time_hour,dewp,humid,wind_speed,precip,pressure,visib\n"
        "JFK,2013-03-09T14:00:00Z,30.5,60,,0.1,1010,9\n"
    )
    (tmp_path / "daily.csv").write_text(
        "day,by,name,late,flights\n"
        "2013-03-08,origin,JFK,10,50\n"
        "2013-03-08,carrier,AA,3,12\n"
        "2013-03-02,carrier,AA,6,8\n"  # seven days before: counts
        "2013-03-01,carrier,AA,9,9\n"  # eight: does not
    )
    return online.OnlineStore(tmp_path).inputs


def test_online_lookups_of_a_flight_worked_out_by_hand(look_up):
    flight = {"day": "2013-03-09", "carrier": "AA", "origin": "JFK", "dest": "LAX"}
    found = look_up({**flight, "flight": 1, "sched_dep_time": 930})
    assert found["dewp"] == 30.5
    assert np.isnan(found["wind_speed"])
    assert found["late_yesterday"] == 0.2
    assert found["carrier_late_week"] == ft.smoothed_share(9, 20)
    unknown = look_up({**flight, "flight": 1, "sched_dep_time": 1030, "origin": "EWR"})
    assert np.isnan(unknown["dewp"])
    assert np.isnan(unknown["late_yesterday"])
